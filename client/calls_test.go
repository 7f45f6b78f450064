package client

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// roundTripper is a server without a network.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func respond(status int, body string, header ...string) *http.Response {
	h := http.Header{"Content-Type": {"application/json"}, "X-Request-Id": {"req_1"}}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

const (
	testKey   = Secret("sk_test_0123456789")
	testToken = Secret("token_9876543210")
	someUUID  = "6c1e4a52-7d0f-4a52-9d51-1d8c7a0e9f02"
)

// newClient makes a client whose requests go to serve.
func newClient(t testing.TB, serve roundTripper, change ...func(*Options)) *Client {
	t.Helper()
	o := Options{APIKey: testKey, ServiceToken: testToken, Environment: "staging", UserAgent: "knockops/test", Transport: serve}
	for _, f := range change {
		f(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func ptr[T any](v T) *T { return &v }

type madeCall struct {
	endpoint *endpoint
	make     func(context.Context, *Client) error
}

// everyCall makes each call that the client has, with all its parameters.
var everyCall = append([]madeCall{
	{&identifyUser, func(ctx context.Context, c *Client) error {
		_, err := c.Identify(ctx, "a/b ü", map[string]any{
			"email": "dana@example.com", "name": "Dana", "phone_number": "+15550100", "timezone": "Europe/Berlin", "locale": "de",
			"created_at":   "2025-01-01T00:00:00Z",
			"channel_data": map[string]any{someUUID: map[string]any{"tokens": []string{"t"}}},
			"preferences":  map[string]any{"default": map[string]any{"channel_types": map[string]any{"email": true}}}, "plan": "pro",
		})
		return err
	}},
	{&getUser, func(ctx context.Context, c *Client) error { _, err := c.GetUser(ctx, "user_1"); return err }},
	{&listUsers, func(ctx context.Context, c *Client) error {
		_, err := c.ListUsers(ctx, Cursor{After: "a=b&c", Size: 10})
		return err
	}},
	{&triggerWorkflow, func(ctx context.Context, c *Client) error { _, err := c.Trigger(ctx, fullTrigger); return err }},
	{&cancelWorkflow, func(ctx context.Context, c *Client) error {
		_, err := c.Cancel(ctx, CancelRecipients("invite-reminder", "invite-1", Ref{ID: "user_1"}, Ref{"projects", "atlas"}))
		return err
	}},
	{&cancelWorkflow, func(ctx context.Context, c *Client) error {
		_, err := c.Cancel(ctx, CancelEveryone("invite-reminder", "invite-1"))
		return err
	}},
	{&listRuns, func(ctx context.Context, c *Client) error {
		_, err := c.ListRuns(ctx, RunFilter{
			Workflow: "invite-reminder", Statuses: PendingStatuses, Tenant: "acme", Recipient: &Ref{"projects", "atlas"},
			HasErrors: ptr(true), StartingAt: time.Unix(1, 5), EndingAt: time.Unix(2, 0),
		}, Cursor{After: "x"})
		return err
	}},
	{&listRuns, func(ctx context.Context, c *Client) error {
		_, err := c.ListRuns(ctx, RunFilter{Recipient: &Ref{ID: "user_1"}}, Cursor{})
		return err
	}},
	{&getRun, func(ctx context.Context, c *Client) error { _, err := c.GetRun(ctx, someUUID); return err }},
	{&listMessages, func(ctx context.Context, c *Client) error {
		_, err := c.ListMessages(ctx, fullMessageFilter, Cursor{})
		return err
	}},
	{&getMessage, func(ctx context.Context, c *Client) error { _, err := c.GetMessage(ctx, "m"); return err }},
	{&messageContent, func(ctx context.Context, c *Client) error { _, err := c.MessageContent(ctx, "m"); return err }},
	{&messageEvents, func(ctx context.Context, c *Client) error { _, err := c.MessageEvents(ctx, "m", Cursor{}); return err }},
	{&messageDeliveryLogs, func(ctx context.Context, c *Client) error {
		_, err := c.MessageDeliveryLogs(ctx, "m", Cursor{})
		return err
	}},
	{&messageActivities, func(ctx context.Context, c *Client) error {
		_, err := c.MessageActivities(ctx, "m", `{"a":1}`, Cursor{})
		return err
	}},
	{&batchArchive, func(ctx context.Context, c *Client) error {
		_, err := c.ArchiveMessages(ctx, []string{"m", "n"})
		return err
	}},
	{&bulkMessages, func(ctx context.Context, c *Client) error {
		_, err := c.BulkArchive(ctx, someUUID, BulkFilter{
			Workflows: []string{"welcome"}, RecipientIDs: []string{"user_1"}, Tenants: []string{"acme"}, HasTenant: ptr(true),
			NewerThan: time.Unix(1, 0), OlderThan: time.Unix(2, 0), DeliveryStatus: MessageDelivered, EngagementStatus: EngagementUnread,
			Archived: "exclude", TriggerData: `{"a":1}`,
		})
		return err
	}},
	{&bulkOperation, func(ctx context.Context, c *Client) error { _, err := c.GetBulkOperation(ctx, someUUID); return err }},
	{&getObject, func(ctx context.Context, c *Client) error {
		_, err := c.GetObject(ctx, "projects", "atlas")
		return err
	}},
	{&listObjects, func(ctx context.Context, c *Client) error {
		_, err := c.ListObjects(ctx, "projects", Cursor{})
		return err
	}},
	{&getTenant, func(ctx context.Context, c *Client) error { _, err := c.GetTenant(ctx, "acme"); return err }},
	{&listTenants, func(ctx context.Context, c *Client) error { _, err := c.ListTenants(ctx, Cursor{}); return err }},
	{&listSchedules, func(ctx context.Context, c *Client) error {
		f := ScheduleFilter{Workflow: "weekly-digest", Tenant: "acme", Recipients: []Ref{{ID: "user_1"}, {"projects", "atlas"}, {"projects", "zeus"}}}
		_, err := c.ListSchedules(ctx, f, Cursor{})
		return err
	}},
	{&createSchedules, func(ctx context.Context, c *Client) error {
		t := Timing{Repeats: []RepeatRule{{Frequency: "weekly", Days: []string{"mon"}, Hours: 9}, {Frequency: "monthly", DayOfMonth: 1}, {Frequency: "hourly", Minutes: 5}},
			EndingAt: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Tenant: &Tenant{ID: "acme"}, Data: []byte(`{"a":1}`)}
		_, err := c.CreateSchedules(ctx, "weekly-digest", []Recipient{{Ref: Ref{ID: "user_1"}}, {Ref: Ref{"projects", "atlas"}}}, t)
		return err
	}},
	{&updateSchedules, func(ctx context.Context, c *Client) error {
		_, err := c.UpdateSchedules(ctx, []string{someUUID}, Timing{ScheduledAt: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)})
		return err
	}},
	{&deleteSchedules, func(ctx context.Context, c *Client) error {
		_, err := c.DeleteSchedules(ctx, []string{someUUID})
		return err
	}},
	{&listEnvironments, func(ctx context.Context, c *Client) error { _, err := c.Environments(ctx); return err }},
	{&whoAmI, func(ctx context.Context, c *Client) error { _, err := c.WhoAmI(ctx); return err }},
	{&listWorkflows, func(ctx context.Context, c *Client) error {
		_, err := c.ListWorkflows(ctx, Cursor{After: "x"})
		return err
	}},
	{&getWorkflow, func(ctx context.Context, c *Client) error { _, err := c.GetWorkflow(ctx, "welcome"); return err }},
	{&activateWorkflow, func(ctx context.Context, c *Client) error {
		_, err := c.SetWorkflowActive(ctx, "welcome", false)
		return err
	}},
	{&listChannels, func(ctx context.Context, c *Client) error { _, err := c.Channels(ctx); return err }},
	{&listCommits, func(ctx context.Context, c *Client) error {
		_, err := c.ListCommits(ctx, "welcome", Cursor{})
		return err
	}},
	{&listSources, func(ctx context.Context, c *Client) error { _, err := c.Sources(ctx); return err }},
	{&sourceLogs, func(ctx context.Context, c *Client) error {
		f := SourceLogFilter{Event: "Order placed", ID: "log_1", StartingAt: time.Unix(1, 0), EndingAt: time.Unix(2, 0)}
		_, err := c.SourceLogs(ctx, "shop", f, Cursor{})
		return err
	}},
	{&trackEvent, func(ctx context.Context, c *Client) error {
		return c.Track(ctx, testIngestionURL, TrackEvent{Event: "Order placed", UserID: "user_1", MessageID: "m", Properties: json.RawMessage(`{"total":1.50}`), Timestamp: time.Unix(1, 0).UTC()})
	}},
}, callsAboutRecipients()...)

const testIngestionURL = "https://api.knock.app/integrations/receive/hush-hush"

var fullMessageFilter = MessageFilter{
	Tenant: "acme", ChannelID: someUUID, Statuses: []MessageStatus{MessageQueued, MessageBounced},
	EngagementStatuses: []EngagementStatus{EngagementSeen, EngagementUnread}, MessageIDs: []string{"m", "n"}, WorkflowCategories: []string{"billing"},
	Source: "welcome", WorkflowRunID: someUUID, WorkflowRecipientRunID: someUUID, TriggerData: `{"a":1}`,
	InsertedAfter: time.Unix(1, 0), InsertedFrom: time.Unix(1, 0), InsertedTo: time.Unix(2, 0), InsertedBefore: time.Unix(2, 0),
}

var fullTrigger = Trigger{
	Workflow: "invite-reminder",
	Recipients: []Recipient{
		{Ref: Ref{ID: "user_1"}},
		{Ref: Ref{"projects", "atlas"}},
		{Ref: Ref{ID: "user_2"}, Properties: map[string]any{"email": "x@example.com", "$trigger_data": map[string]any{"seat": 4}}},
		{Ref: Ref{"projects", "zeus"}, Properties: map[string]any{"name": "Zeus"}},
	},
	Actor:           &Recipient{Ref: Ref{ID: "user_3"}},
	Tenant:          &Tenant{ID: "acme", Properties: map[string]any{"name": "Acme"}},
	Data:            json.RawMessage(`{ "z": 12345678901234567890, "a": 1.0, "html": "<b>&" }`),
	CancellationKey: "invite-1",
	SandboxMode:     ptr(true),
	SkipDelay:       ptr(false),
	IdempotencyKey:  "once",
}
