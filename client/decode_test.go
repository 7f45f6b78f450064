package client

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestUserIsSortedIntoNamedAndCustom(t *testing.T) {
	const sent = `{"__typename":"User","id":"u","name":"Dana","email":null,"phone_number":15550100,"locale":"de","plan":"pro","seats":12345678901234567890,
		"nested":{"a":[1]},"gone":null,"created_at":null,"updated_at":"2025-01-01T00:00:00Z"}`
	var u User
	if err := json.Unmarshal([]byte(sent), &u); err != nil {
		t.Fatal(err)
	}
	want := User{
		ID: "u", Name: "Dana", Locale: "de", UpdatedAt: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), Raw: json.RawMessage(sent),
		Custom: map[string]any{"phone_number": json.Number("15550100"), "plan": "pro", "seats": json.Number("12345678901234567890"),
			"nested": map[string]any{"a": []any{json.Number("1")}}, "gone": nil},
	}
	if !reflect.DeepEqual(u, want) {
		t.Errorf("%+v", u)
	}
	sameJSON(t, u, sent)
	sameJSON(t, User{ID: "u", Name: "Dana", Custom: map[string]any{"plan": "pro"}}, `{"id":"u","name":"Dana","plan":"pro"}`)
}

// sameJSON fails unless v encodes to the JSON that is wanted.
func sameJSON(t *testing.T, v any, want string) {
	t.Helper()
	b, err := json.Marshal(v)
	var x, y any
	if err != nil || json.Unmarshal(b, &x) != nil || json.Unmarshal([]byte(want), &y) != nil || !reflect.DeepEqual(x, y) {
		t.Errorf("%s, %v\nwant %s", b, err, want)
	}
}

// Whatever Knock adds to its answers one day is still there when they are shown as JSON.
func TestUnknownFieldsSurvive(t *testing.T) {
	const extra = `"new_field":{"big":12345678901234567890,"html":"<&>"}`
	for name, v := range map[string]any{
		"user": new(User), "run": new(Run), "message": new(Message), "content": new(MessageContent), "event": new(MessageEvent), "log": new(DeliveryLog),
		"activity": new(Activity), "object": new(Object), "tenant": new(TenantEntity), "schedule": new(Schedule), "subscription": new(Subscription),
		"preferences": new(PreferenceSet), "channel data": new(ChannelData), "bulk": new(BulkOperation), "workflow": new(Workflow),
		"channel": new(Channel), "source": new(Source), "source log": new(SourceLog),
	} {
		sent := `{"id":"x",` + extra + `}`
		if err := json.Unmarshal([]byte(sent), v); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		b, err := json.Marshal(v)
		if err != nil || strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(b)) != sent {
			t.Errorf("%s: %s, %v", name, b, err)
		}
	}
}

func TestRunIsDecoded(t *testing.T) {
	const sent = `{"id":"r","workflow_run_id":"w","workflow":"invite-reminder","status":"paused","recipient":{"id":"atlas","collection":"projects"},
		"actor":null,"tenant":null,"error_count":1,"trigger_source":{"type":"api","cancellation_key":"k","schedule_id":null},
		"inserted_at":"2025-01-01T00:00:00.123456Z","updated_at":"2025-01-01T00:05:00Z",
		"events":[{"id":"e","event":"delay_started","status":"ok","step_ref":"delay_1","step_type":"delay","attempt":1,"data":{"n":1.50},"inserted_at":"2025-01-01T00:00:00Z"}]}`
	c := newClient(t, func(*http.Request) (*http.Response, error) { return respond(200, sent), nil })
	r, err := c.GetRun(t.Context(), "r")
	if err != nil {
		t.Fatal(err)
	}
	want := Run{
		ID: "r", WorkflowRunID: "w", Workflow: "invite-reminder", Status: RunPaused, Recipient: Ref{"projects", "atlas"}, ErrorCount: 1,
		TriggerSource: TriggerSource{Type: "api", CancellationKey: "k"},
		InsertedAt:    time.Date(2025, 1, 1, 0, 0, 0, 123456000, time.UTC), UpdatedAt: time.Date(2025, 1, 1, 0, 5, 0, 0, time.UTC),
		Events: []RunEvent{{"e", "delay_started", "ok", "delay_1", "delay", 1, map[string]any{"n": json.Number("1.50")}, time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)}},
		Raw:    json.RawMessage(sent),
	}
	if !reflect.DeepEqual(r, want) {
		t.Errorf("%+v", r)
	}
	r.Raw = nil
	b, err := json.Marshal(r)
	if err != nil || strings.Contains(string(b), `"events":null`) || !strings.Contains(string(b), `"recipient":{"collection":"projects","id":"atlas"}`) {
		t.Errorf("made here: %s, %v", b, err)
	}
}

func TestPendingStatuses(t *testing.T) {
	for status, want := range map[RunStatus]bool{RunQueued: true, RunProcessing: true, RunPaused: true, RunCompleted: false, RunCancelled: false, "": false, "new": false} {
		if status.Pending() != want {
			t.Errorf("%q: %v", status, !want)
		}
	}
	for _, s := range PendingStatuses {
		if !s.Pending() {
			t.Errorf("%q is listed", s)
		}
	}
}

func TestContentIsTypedByChannel(t *testing.T) {
	for typename, part := range map[string]func(MessageContent) any{
		"MessageEmailContent":     func(m MessageContent) any { return m.Email },
		"MessageSmsContent":       func(m MessageContent) any { return m.SMS },
		"MessagePushContent":      func(m MessageContent) any { return m.Push },
		"MessageChatContent":      func(m MessageContent) any { return m.Chat },
		"MessageInAppFeedContent": func(m MessageContent) any { return m.Feed },
	} {
		var m MessageContent
		if err := json.Unmarshal([]byte(`{"message_id":"m","data":{"__typename":"`+typename+`","body":"b","subject_line":"s"}}`), &m); err != nil {
			t.Fatal(err)
		}
		set := 0
		for _, p := range []any{m.Email, m.SMS, m.Push, m.Chat, m.Feed} {
			if !reflect.ValueOf(p).IsNil() {
				set++
			}
		}
		if set != 1 || reflect.ValueOf(part(m)).IsNil() {
			t.Errorf("%s: %+v", typename, m)
		}
	}
	var m MessageContent
	if err := json.Unmarshal([]byte(`{"message_id":"m","data":{"__typename":"MessageFaxContent"}}`), &m); err != nil || m.Raw == nil {
		t.Errorf("a new type of content: %v", err)
	}
}

func BenchmarkDecodeRunPage(b *testing.B) {
	runs := make([]string, 50)
	for i := range runs {
		runs[i] = fmt.Sprintf(`{"__typename":"WorkflowRecipientRun","id":"%d","workflow_run_id":%q,"workflow":"invite-reminder","status":"paused","recipient":"user_%d","actor":null,"tenant":"acme","error_count":0,"trigger_source":{"type":"api","cancellation_key":"invite-%d"},"inserted_at":"2025-01-01T00:00:00.123456Z","updated_at":"2025-01-01T00:05:00Z"}`, i, someUUID, i, i)
	}
	body := []byte(`{"items":[` + strings.Join(runs, ",") + `],"page_info":{"__typename":"PageInfo","after":"x","page_size":50}}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var w wirePage[Run]
		if err := decode(body, &w); err != nil || len(w.Items) != 50 {
			b.Fatal(err)
		}
	}
}
