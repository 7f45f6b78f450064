package client

import "net/http"

// api is one of Knock's faces, each with its own host and its own key.
type api int

const (
	public api = iota
	management
	ingestion
)

// keyVariable is the environment variable that official tools read the key of this API from.
func (a api) keyVariable() string {
	switch a {
	case public:
		return "KNOCK_API_KEY"
	case management:
		return "KNOCK_SERVICE_TOKEN"
	}
	return ""
}

// Requests per second that Knock allows per environment and endpoint, by the tier of its API description.
const (
	tier1 = 1
	tier2 = 5
	tier3 = 60
	tier4 = 200
	tier5 = 1000
)

// Neither has a published limit: the management API is asked little, and for source events Knock wants to hear
// from senders of more than 1,000 a second.
const (
	managementPerSecond = 20
	ingestionPerSecond  = 1000
)

// endpoint is one operation of Knock's API and what the client has to know to call it.
type endpoint struct {
	name       string // as Budget takes it
	api        api
	method     string
	path       string // its {parameters} are filled in order
	perSecond  int
	repeatable bool // repeating it does no harm, so it is retried after a lost answer
}

var (
	identifyUser = endpoint{"identify", public, http.MethodPut, "/v1/users/{user_id}", tier3, true}
	getUser      = endpoint{"user", public, http.MethodGet, "/v1/users/{user_id}", tier4, true}
	listUsers    = endpoint{"users", public, http.MethodGet, "/v1/users", tier4, true}

	recipientMessages = ofRecipient{
		endpoint{"user messages", public, http.MethodGet, "/v1/users/{user_id}/messages", tier4, true},
		endpoint{"object messages", public, http.MethodGet, "/v1/objects/{collection}/{id}/messages", tier4, true},
	}
	recipientSchedules = ofRecipient{
		endpoint{"user schedules", public, http.MethodGet, "/v1/users/{user_id}/schedules", tier4, true},
		endpoint{"object schedules", public, http.MethodGet, "/v1/objects/{collection}/{id}/schedules", tier4, true},
	}
	recipientSubscriptions = ofRecipient{
		endpoint{"user subscriptions", public, http.MethodGet, "/v1/users/{user_id}/subscriptions", tier4, true},
		endpoint{"object subscriptions", public, http.MethodGet, "/v1/objects/{collection}/{object_id}/subscriptions", tier4, true},
	}
	recipientPreferences = ofRecipient{
		endpoint{"user preferences", public, http.MethodGet, "/v1/users/{user_id}/preferences", tier4, true},
		endpoint{"object preferences", public, http.MethodGet, "/v1/objects/{collection}/{object_id}/preferences", tier4, true},
	}
	setPreferences = ofRecipient{
		endpoint{"user set preferences", public, http.MethodPut, "/v1/users/{user_id}/preferences/{id}", tier3, true},
		endpoint{"object set preferences", public, http.MethodPut, "/v1/objects/{collection}/{object_id}/preferences/{id}", tier3, true},
	}
	unsetPreferences = ofRecipient{
		endpoint{"user unset preferences", public, http.MethodDelete, "/v1/users/{user_id}/preferences/{id}", tier3, true},
		endpoint{"object unset preferences", public, http.MethodDelete, "/v1/objects/{collection}/{object_id}/preferences/{id}", tier3, true},
	}
	getChannelData = ofRecipient{
		endpoint{"user channel data", public, http.MethodGet, "/v1/users/{user_id}/channel_data/{channel_id}", tier4, true},
		endpoint{"object channel data", public, http.MethodGet, "/v1/objects/{collection}/{object_id}/channel_data/{channel_id}", tier4, true},
	}
	setChannelData = ofRecipient{
		endpoint{"user set channel data", public, http.MethodPut, "/v1/users/{user_id}/channel_data/{channel_id}", tier3, true},
		endpoint{"object set channel data", public, http.MethodPut, "/v1/objects/{collection}/{object_id}/channel_data/{channel_id}", tier3, true},
	}
	unsetChannelData = ofRecipient{
		endpoint{"user unset channel data", public, http.MethodDelete, "/v1/users/{user_id}/channel_data/{channel_id}", tier3, true},
		endpoint{"object unset channel data", public, http.MethodDelete, "/v1/objects/{collection}/{object_id}/channel_data/{channel_id}", tier3, true},
	}
	userFeed    = endpoint{"user feed", public, http.MethodGet, "/v1/users/{user_id}/feeds/{id}", tier2, true}
	subscribe   = endpoint{"subscribe", public, http.MethodPost, "/v1/objects/{collection}/{object_id}/subscriptions", tier3, true}
	unsubscribe = endpoint{"unsubscribe", public, http.MethodDelete, "/v1/objects/{collection}/{object_id}/subscriptions", tier3, true}

	triggerWorkflow = endpoint{"trigger", public, http.MethodPost, "/v1/workflows/{key}/trigger", tier5, false}
	cancelWorkflow  = endpoint{"cancel", public, http.MethodPost, "/v1/workflows/{key}/cancel", tier5, true}
	listRuns        = endpoint{"runs", public, http.MethodGet, "/v1/workflow_recipient_runs", tier2, true}
	getRun          = endpoint{"run", public, http.MethodGet, "/v1/workflow_recipient_runs/{id}", tier2, true}

	listMessages        = endpoint{"messages", public, http.MethodGet, "/v1/messages", tier4, true}
	getMessage          = endpoint{"message", public, http.MethodGet, "/v1/messages/{message_id}", tier4, true}
	messageContent      = endpoint{"message content", public, http.MethodGet, "/v1/messages/{message_id}/content", tier4, true}
	messageEvents       = endpoint{"message events", public, http.MethodGet, "/v1/messages/{message_id}/events", tier3, true}
	messageDeliveryLogs = endpoint{"message delivery logs", public, http.MethodGet, "/v1/messages/{message_id}/delivery_logs", tier3, true}
	messageActivities   = endpoint{"message activities", public, http.MethodGet, "/v1/messages/{message_id}/activities", tier4, true}
	batchArchive        = endpoint{"archive", public, http.MethodPost, "/v1/messages/batch/archived", tier3, true}
	bulkMessages        = endpoint{"bulk", public, http.MethodPost, "/v1/channels/{channel_id}/messages/bulk/{action}", tier2, false}
	bulkOperation       = endpoint{"bulk operation", public, http.MethodGet, "/v1/bulk_operations/{id}", tier4, true}

	getObject       = endpoint{"object", public, http.MethodGet, "/v1/objects/{collection}/{id}", tier4, true}
	listObjects     = endpoint{"objects", public, http.MethodGet, "/v1/objects/{collection}", tier4, true}
	setObject       = endpoint{"set object", public, http.MethodPut, "/v1/objects/{collection}/{id}", tier3, true}
	setTenant       = endpoint{"set tenant", public, http.MethodPut, "/v1/tenants/{id}", tier3, true}
	getTenant       = endpoint{"tenant", public, http.MethodGet, "/v1/tenants/{id}", tier4, true}
	listTenants     = endpoint{"tenants", public, http.MethodGet, "/v1/tenants", tier4, true}
	listSchedules   = endpoint{"schedules", public, http.MethodGet, "/v1/schedules", tier4, true}
	createSchedules = endpoint{"create schedules", public, http.MethodPost, "/v1/schedules", tier3, false}
	updateSchedules = endpoint{"update schedules", public, http.MethodPut, "/v1/schedules", tier3, true}
	deleteSchedules = endpoint{"delete schedules", public, http.MethodDelete, "/v1/schedules", tier3, true}

	listEnvironments = endpoint{"environments", management, http.MethodGet, "/v1/environments", managementPerSecond, true}
	whoAmI           = endpoint{"whoami", management, http.MethodGet, "/v1/whoami", managementPerSecond, true}
	listWorkflows    = endpoint{"workflows", management, http.MethodGet, "/v1/workflows", managementPerSecond, true}
	getWorkflow      = endpoint{"workflow", management, http.MethodGet, "/v1/workflows/{workflow_key}", managementPerSecond, true}
	activateWorkflow = endpoint{"activate", management, http.MethodPut, "/v1/workflows/{workflow_key}/activate", managementPerSecond, true}
	listChannels     = endpoint{"channels", management, http.MethodGet, "/v1/channels", managementPerSecond, true}
	listSources      = endpoint{"sources", management, http.MethodGet, "/v1/sources", managementPerSecond, true}
	listCommits      = endpoint{"commits", management, http.MethodGet, "/v1/commits", managementPerSecond, true}
	sourceLogs       = endpoint{"source logs", management, http.MethodGet, "/v1/sources/{key}/logs", managementPerSecond, true}

	trackEvent = endpoint{"track", ingestion, http.MethodPost, "", ingestionPerSecond, false}
)

// endpoints is every endpoint above; the limiters are made from it and the contract test walks it.
var endpoints = []*endpoint{
	&identifyUser, &getUser, &listUsers, &userFeed, &subscribe, &unsubscribe,
	&recipientMessages.user, &recipientMessages.object,
	&recipientSchedules.user, &recipientSchedules.object,
	&recipientSubscriptions.user, &recipientSubscriptions.object,
	&recipientPreferences.user, &recipientPreferences.object,
	&setPreferences.user, &setPreferences.object,
	&unsetPreferences.user, &unsetPreferences.object,
	&getChannelData.user, &getChannelData.object,
	&setChannelData.user, &setChannelData.object,
	&unsetChannelData.user, &unsetChannelData.object,
	&triggerWorkflow, &cancelWorkflow, &listRuns, &getRun,
	&listMessages, &getMessage, &messageContent, &messageEvents, &messageDeliveryLogs, &messageActivities,
	&batchArchive, &bulkMessages, &bulkOperation,
	&getObject, &listObjects, &setObject, &setTenant, &getTenant, &listTenants, &listSchedules, &createSchedules, &updateSchedules, &deleteSchedules,
	&listEnvironments, &whoAmI, &listWorkflows, &getWorkflow, &activateWorkflow, &listChannels, &listSources, &sourceLogs, &listCommits,
	&trackEvent,
}
