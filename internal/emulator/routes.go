package emulator

const (
	get  = "GET"
	put  = "PUT"
	post = "POST"
	del  = "DELETE"
)

// ingestPath is where sources take events; the source's token follows.
const ingestPath = "/integrations/receive/"

// routes is every endpoint that is served, with the tier that Knock's API
// description gives it.
func routes() []*route {
	var all []*route
	add := func(a audience, t tier, method, path string, h handler) {
		all = append(all, &route{method: method, path: path, audience: a, tier: t, handle: h})
	}
	public := func(t tier, method, path string, h handler) { add(public, t, method, path, h) }

	public(4, get, "/v1/users", listUsers)
	public(4, get, "/v1/objects/{collection}", listObjects)
	for _, base := range []string{"/v1/users/{user_id}", "/v1/objects/{collection}/{id}"} {
		deleteTier := tier(2)
		if base != "/v1/users/{user_id}" {
			deleteTier = 3
		}
		public(4, get, base, getRecipient)
		public(3, put, base, identifyRecipient)
		public(deleteTier, del, base, deleteRecipient)
		public(4, get, base+"/messages", listRecipientMessages)
		public(4, get, base+"/schedules", listRecipientSchedules)
		public(4, get, base+"/subscriptions", listSubscriptions)
		public(4, get, base+"/preferences", listPreferences)
		public(4, get, base+"/preferences/{set_id}", getPreferences)
		public(3, put, base+"/preferences/{set_id}", setPreferences)
		public(4, get, base+"/channel_data/{channel_id}", getChannelData)
		public(3, put, base+"/channel_data/{channel_id}", setChannelData)
		public(3, del, base+"/channel_data/{channel_id}", unsetChannelData)
	}
	public(3, post, "/v1/objects/{collection}/{id}/subscriptions", addSubscriptions)
	public(3, del, "/v1/objects/{collection}/{id}/subscriptions", deleteSubscriptions)

	public(4, get, "/v1/tenants", listTenants)
	public(4, get, "/v1/tenants/{tenant_id}", getTenant)
	public(3, put, "/v1/tenants/{tenant_id}", setTenant)

	public(5, post, "/v1/workflows/{key}/trigger", triggerWorkflow)
	public(5, post, "/v1/workflows/{key}/cancel", cancelWorkflow)
	public(2, get, "/v1/workflow_recipient_runs", listRuns)
	public(2, get, "/v1/workflow_recipient_runs/{run_id}", getRun)

	public(4, get, "/v1/messages", listMessages)
	public(4, get, "/v1/messages/batch/content", batchContent)
	public(4, get, "/v1/messages/{message_id}", getMessage)
	public(4, get, "/v1/messages/{message_id}/content", getContent)
	public(4, get, "/v1/messages/{message_id}/activities", listActivities)
	public(3, get, "/v1/messages/{message_id}/events", listMessageEvents)
	public(3, get, "/v1/messages/{message_id}/delivery_logs", listDeliveryLogs)
	for _, done := range engagementOrder {
		undone := engagements[done]
		if done != "link_clicked" {
			public(2, put, "/v1/messages/{message_id}/"+done, markMessage(done))
			public(3, post, "/v1/messages/batch/"+done, batchMark(done))
		}
		if undone != "" {
			public(2, del, "/v1/messages/{message_id}/"+done, markMessage(undone))
			public(3, post, "/v1/messages/batch/"+undone, batchMark(undone))
		}
	}
	public(2, post, "/v1/channels/{channel_id}/messages/bulk/{action}", bulkMark)
	public(4, get, "/v1/bulk_operations/{operation_id}", getBulkOperation)

	public(4, get, "/v1/schedules", listSchedules)
	public(3, post, "/v1/schedules", createSchedules)
	public(3, del, "/v1/schedules", deleteSchedules)

	managed := func(method, path string, h handler) { add(management, 0, method, path, h) }
	managed(get, "/v1/whoami", whoami)
	managed(get, "/v1/environments", listEnvironments)
	managed(get, "/v1/environments/{slug}", getEnvironment)
	managed(get, "/v1/channels", listChannels)
	managed(get, "/v1/channels/{channel_key}", getChannel)
	managed(get, "/v1/workflows", listWorkflows)
	managed(get, "/v1/workflows/{key}", getWorkflow)
	managed(put, "/v1/workflows/{key}/activate", activateWorkflow)
	managed(get, "/v1/sources", listSources)
	managed(get, "/v1/sources/{source_key}", getSource)
	managed(get, "/v1/sources/{source_key}/status", getSourceStatus)
	managed(get, "/v1/sources/{source_key}/logs", listSourceLogs)
	managed(get, "/v1/sources/{source_key}/events", listSourceEvents)

	add(anyone, 0, post, ingestPath+"{token}", ingestEvent)

	// What Knock does not have: counts, and webhooks of any type on demand.
	add(anyone, 0, get, "/_emulator/stats", controlStats)
	add(anyone, 0, post, "/_emulator/webhooks/{type}", controlEmit)
	return all
}
