package emulator

const (
	get  = "GET"
	put  = "PUT"
	post = "POST"
	del  = "DELETE"
)

// ingestPath is where sources take events; the source's token follows.
const ingestPath = "/integrations/receive/"

// What paths name.
var (
	theTenant = named("tenant", "tenant_id", (*Emulator).tenant)
	theBranch = named("branch", "slug", (*Emulator).branch)
)

// routes is every endpoint that is served, with the tier that Knock's API
// description gives it.
func routes() []*route {
	var all []*route
	add := func(a access, t tier, method, path string, h handler) {
		all = append(all, &route{method: method, path: path, access: a, tier: t, handle: h})
	}
	public := func(t tier, method, path string, h handler) { add(public, t, method, path, h) }

	user := func(t tier, method, path string, h handler) { add(inApp, t, method, "/v1/users/{user_id}"+path, h) }

	recipientRoutes(public, user)
	preferenceRoutes(public, user)
	public(4, get, "/v1/tenants", listTenants)
	public(4, get, "/v1/tenants/{tenant_id}", about(theTenant, getTenant))
	public(3, put, "/v1/tenants/{tenant_id}", setTenant)
	public(2, del, "/v1/tenants/{tenant_id}", about(theTenant, deleteTenant))
	public(1, post, "/v1/tenants/bulk/set", bulkSetTenants)
	public(1, post, "/v1/tenants/bulk/delete", bulkDeleteTenants)

	public(5, post, "/v1/workflows/{key}/trigger", triggerWorkflow)
	public(5, post, "/v1/workflows/{key}/cancel", cancelWorkflow)
	public(3, post, "/v1/notify", about((*Emulator).notified, notify))
	public(3, post, "/v1/notify/cancel", cancelNotified)
	public(2, get, "/v1/workflow_recipient_runs", listRuns)
	public(2, get, "/v1/workflow_recipient_runs/{run_id}", getRun)

	messageRoutes(func(t tier, method, path string, h handler) { add(inApp, t, method, path, h) })
	add(inApp, 2, post, "/v1/channels/{channel_id}/messages/bulk/{action}", bulkMark)
	public(4, get, "/v1/bulk_operations/{operation_id}", getBulkOperation)

	public(4, get, "/v1/schedules", listSchedules)
	public(3, post, "/v1/schedules", createSchedules)
	public(3, put, "/v1/schedules", updateSchedules)
	public(3, del, "/v1/schedules", deleteSchedules)
	public(1, post, "/v1/schedules/bulk/create", bulkCreateSchedules)

	public(4, get, "/v1/audiences/{key}/members", listAudienceMembers)
	public(3, post, "/v1/audiences/{key}/members", addAudienceMembers)
	public(3, del, "/v1/audiences/{key}/members", removeAudienceMembers)

	user(2, get, "/feeds/{feed_id}", about((*Emulator).feedChannel, listFeed))
	user(4, get, "/feeds/{feed_id}/settings", getFeedSettings)
	user(4, get, "/preference_center/config", about((*Emulator).found, getPreferenceCenter))
	public(3, post, "/v1/users/{user_id}/preference_center/signed_url", about((*Emulator).found, signPreferenceCenter))
	guideRoutes(user)
	providerRoutes(func(t tier, method, path string, h handler) { add(inApp, t, method, path, h) })
	public(3, post, "/v1/integrations/census/custom-destination", answerRPC)
	public(3, post, "/v1/integrations/hightouch/embedded-destination", answerRPC)

	managementRoutes(func(method, path string, h handler) { add(managed, 0, method, path, h) })
	add(anyone, 0, post, ingestPath+"{token}", ingestEvent)

	// What Knock does not have: counts, and webhooks of any type on demand.
	add(anyone, 0, get, "/_emulator/stats", controlStats)
	add(anyone, 0, post, "/_emulator/webhooks/{type}", controlEmit)
	return all
}

// adder adds a route of one kind.
type adder func(t tier, method, path string, h handler)

// recipientRoutes are those of users and objects. What an in-app client may ask
// of its own user goes to user.
func recipientRoutes(public, user adder) {
	public(4, get, "/v1/users", listUsers)
	user(4, get, "", about((*Emulator).found, getRecipient))
	user(3, put, "", identifyRecipient)
	user(4, get, "/channel_data/{channel_id}", about((*Emulator).found, getChannelData))
	user(3, put, "/channel_data/{channel_id}", about((*Emulator).dataChannel, setChannelData))
	user(3, del, "/channel_data/{channel_id}", about((*Emulator).found, unsetChannelData))
	public(2, del, "/v1/users/{user_id}", about((*Emulator).found, deleteRecipient))
	public(2, post, "/v1/users/{user_id}/merge", mergeUser)
	public(1, post, "/v1/users/bulk/identify", bulkIdentify("users", "users.identify"))
	public(1, post, "/v1/users/bulk/delete", bulkForget("user_ids", "users.delete"))
	public(1, post, "/v1/users/bulk/preferences", bulkSetPreferences)

	const object = "/v1/objects/{collection}/{id}"
	public(4, get, "/v1/objects/{collection}", listObjects)
	public(4, get, object, about((*Emulator).found, getRecipient))
	public(3, put, object, identifyRecipient)
	public(3, del, object, about((*Emulator).found, deleteRecipient))
	public(4, get, object+"/channel_data/{channel_id}", about((*Emulator).found, getChannelData))
	public(3, put, object+"/channel_data/{channel_id}", about((*Emulator).dataChannel, setChannelData))
	public(3, del, object+"/channel_data/{channel_id}", about((*Emulator).found, unsetChannelData))
	public(3, post, object+"/subscriptions", addSubscriptions)
	public(3, del, object+"/subscriptions", about((*Emulator).found, deleteSubscriptions))
	public(1, post, "/v1/objects/{collection}/bulk/set", bulkIdentify("objects", "objects.set"))
	public(1, post, "/v1/objects/{collection}/bulk/delete", bulkForget("object_ids", "objects.delete"))
	public(1, post, "/v1/objects/{collection}/bulk/subscriptions/add", bulkSubscribe(false, "objects.add_subscriptions"))
	public(1, post, "/v1/objects/{collection}/bulk/subscriptions/delete", bulkSubscribe(true, "objects.delete_subscriptions"))

	for _, base := range []string{"/v1/users/{user_id}", object} {
		public(4, get, base+"/messages", about((*Emulator).found, listRecipientMessages))
		public(4, get, base+"/schedules", about((*Emulator).found, listRecipientSchedules))
		public(4, get, base+"/subscriptions", about((*Emulator).found, listSubscriptions))
	}
}

func preferenceRoutes(public, user adder) {
	object := func(t tier, method, path string, h handler) {
		public(t, method, "/v1/objects/{collection}/{id}"+path, h)
	}
	for _, of := range []adder{user, object} {
		of(4, get, "/preferences", about((*Emulator).found, listPreferences))
		of(4, get, "/preferences/{set_id}", about((*Emulator).found, getPreferences))
		of(3, put, "/preferences/{set_id}", setPreferences)
		of(3, del, "/preferences/{set_id}", about((*Emulator).found, deletePreferences))
		for _, part := range []string{"workflows", "categories", "channel_types"} {
			of(3, put, "/preferences/{set_id}/"+part, setPreferencePart(part))
			of(3, put, "/preferences/{set_id}/"+part+"/{entry}", setPreferenceEntry(part))
		}
	}
}

// messageRoutes are open to in-app clients too, which mark what they show.
func messageRoutes(of adder) {
	of(4, get, "/v1/messages", listMessages)
	of(4, get, "/v1/messages/batch/content", batchContent)
	of(4, get, "/v1/messages/{message_id}", about((*Emulator).message, getMessage))
	of(4, get, "/v1/messages/{message_id}/content", about((*Emulator).message, getContent))
	of(4, get, "/v1/messages/{message_id}/activities", listActivities)
	of(3, get, "/v1/messages/{message_id}/events", listOfMessage("events", (*Emulator).messageEventsJSON))
	of(3, get, "/v1/messages/{message_id}/delivery_logs", listOfMessage("delivery_logs", (*Emulator).logsJSON))
	for _, done := range engagementOrder {
		undone := engagements[done]
		if done != "link_clicked" {
			of(2, put, "/v1/messages/{message_id}/"+done, markMessage(done))
			of(3, post, "/v1/messages/batch/"+done, batchMark(done))
		}
		if undone != "" { // there are two ways to take it back
			of(2, del, "/v1/messages/{message_id}/"+done, markMessage(undone))
			of(2, del, "/v1/messages/{message_id}/"+undone, markMessage(undone))
			of(3, post, "/v1/messages/batch/"+undone, batchMark(undone))
		}
	}
}

func guideRoutes(user adder) {
	user(2, get, "/guides/{channel_id}", listGuides)
	user(2, put, "/guides/engagements/reset", about((*Emulator).guideNamed, resetGuide))
	user(2, del, "/guides/messages/archived", markGuide("unarchived"))
	for _, what := range []string{"seen", "interacted", "archived"} {
		user(2, put, "/guides/messages/"+what, markGuide(what))
		user(2, put, "/guides/messages/{message_id}/"+what, markGuide(what))
	}
}

func providerRoutes(of adder) {
	for _, p := range []struct {
		provider
		path string
	}{{slack, "/v1/providers/slack/{channel_id}"}, {msTeams, "/v1/providers/ms-teams/{channel_id}"}} {
		of(2, get, p.path+"/auth_check", func(e *Emulator, q *query) (int, any, *apiError) { return p.checkAuth(e, q) })
		of(2, put, p.path+"/revoke_access", func(e *Emulator, q *query) (int, any, *apiError) { return p.revoke(e, q) })
	}
	of(2, get, "/v1/providers/slack/{channel_id}/channels", listSlackChannels)
	of(2, get, "/v1/providers/ms-teams/{channel_id}/teams", listTeams)
	of(2, get, "/v1/providers/ms-teams/{channel_id}/channels", listTeamsChannels)
}

func managementRoutes(of func(method, path string, h handler)) {
	of(get, "/v1/whoami", whoami)
	of(post, "/v1/api_keys/exchange", environmental(exchangeKey))
	of(get, "/v1/environments", listEnvironments)
	of(get, "/v1/environments/{slug}", getEnvironment)
	of(get, "/v1/branches", environmental(listBranches))
	of(get, "/v1/branches/{slug}", environmental(about(theBranch, getBranch)))
	of(post, "/v1/branches/{slug}", environmental(createBranch))
	of(del, "/v1/branches/{slug}", environmental(about(theBranch, deleteBranch)))
	of(get, "/v1/channels", listChannels)
	of(get, "/v1/channels/{channel_key}", getChannel)

	of(get, "/v1/workflows", environmental(listWorkflows))
	of(get, "/v1/workflows/{key}", about((*Emulator).workflow, getWorkflow))
	of(put, "/v1/workflows/{key}", upsertWorkflow)
	of(put, "/v1/workflows/{key}/validate", about((*Emulator).readWorkflowBody, validateWorkflow))
	of(put, "/v1/workflows/{key}/activate", activateWorkflow)
	of(put, "/v1/workflows/{key}/run", about((*Emulator).workflow, runWorkflow))
	of(post, "/v1/workflows/{key}/steps/{step_ref}/preview_template", about((*Emulator).workflow, previewTemplate))
	of(get, "/v1/commits", listCommits)
	of(put, "/v1/commits", environmental(commitAll))
	of(put, "/v1/commits/promote", promoteAll)
	of(get, "/v1/commits/{id}", about((*Emulator).commit, getCommit))
	of(put, "/v1/commits/{id}/promote", about((*Emulator).commit, promoteOne))
	for _, k := range kinds {
		of(get, "/v1/"+k.path, listResources(k))
		of(get, "/v1/"+k.path+"/{key}", getResource(k))
		of(put, "/v1/"+k.path+"/{key}", upsertResource(k))
		of(put, "/v1/"+k.path+"/{key}/validate", validateResource(k))
	}
	of(put, "/v1/guides/{key}/activate", activateGuide)
	of(del, "/v1/guides/{key}", archiveResource(kindOf("guide")))
	of(del, "/v1/audiences/{key}", archiveResource(kindOf("audience")))

	of(get, "/v1/sources", listSources)
	of(get, "/v1/sources/{source_key}", about((*Emulator).source, getSource))
	of(put, "/v1/sources/{source_key}", environmental(upsertSource))
	of(post, "/v1/sources/{source_key}/rehearse", rehearseSource)
	of(get, "/v1/sources/{source_key}/status", about((*Emulator).source, getSourceStatus))
	of(get, "/v1/sources/{source_key}/logs", about((*Emulator).source, listSourceLogs))
	of(get, "/v1/sources/{source_key}/events", about((*Emulator).source, listSourceEvents))
}
