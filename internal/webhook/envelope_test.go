package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestTypes(t *testing.T) {
	seen := map[string]bool{}
	for _, kind := range Types {
		seen[kind] = true
	}
	if len(seen) != 26 || !Known("source_event_action.committed") || Known("message.queued") {
		t.Errorf("%d types", len(seen))
	}
	for _, kind := range Failures {
		if !Known(kind) {
			t.Errorf("%s is no type", kind)
		}
	}
}

// bodies are one of each kind, with what is read of them.
var bodies = []struct {
	body string
	want Delivery
}{
	{`{"__typename":"Event","type":"message.sent","created_at":"2026-11-21T14:02:00.123Z","data":{"__typename":"Message","id":"m1",
		"channel":{"id":"c1","type":"email","provider":"postmark"},"channel_id":"c0","recipient":"user_1","tenant":"acme","workflow":"welcome",
		"source":{"key":"other","workflow_run_id":"w1","workflow_recipient_run_id":"r1"},"data":{"id":"not this","recipient":"nor this"}},"event_data":null}`,
		Delivery{Type: "message.sent", CreatedAt: time.Date(2026, 11, 21, 14, 2, 0, 123e6, time.UTC), MessageID: "m1", ChannelID: "c1", ChannelType: "email",
			Recipient: "user_1", Tenant: "acme", Workflow: "welcome", WorkflowRunID: "w1", RunID: "r1"}},
	{`{"type":"message.seen","data":{"id":"m2","channel_id":"c0","recipient":{"id":"atlas","collection":"projects"},"source":{"key":"welcome"}}}`,
		Delivery{Type: "message.seen", MessageID: "m2", ChannelID: "c0", Recipient: "projects/atlas", Workflow: "welcome"}},
	{`{"type":"workflow_recipient_run.completed","data":{"id":"r2","workflow_run_id":"w2","workflow":"welcome","recipient":"a/b",
		"trigger_source":{"type":"api","cancellation_key":"invite-1"}}}`,
		Delivery{Type: "workflow_recipient_run.completed", RunID: "r2", WorkflowRunID: "w2", Workflow: "welcome", Recipient: `"a/b"`, CancellationKey: "invite-1"}},
	{`{"type":"workflow.committed","data":{"key":"welcome","id":"x"},"event_data":{"commit_id":"k"}}`, Delivery{Type: "workflow.committed", Workflow: "welcome"}},
	{`{"type":"email_layout.updated","data":{"key":"default","id":"x"}}`, Delivery{Type: "email_layout.updated"}},
	{`{"type":"moon.risen","data":{"recipient":"user_1","id":"x"}}`, Delivery{Type: "moon.risen", Recipient: "user_1"}},
	{`{"type":"message.read","created_at":"yesterday","data":{"id":7,"recipient":[1],"tenant":{"id":"t"},"channel":"c","source":null,"workflow":{"a":[{}]}}}`,
		Delivery{Type: "message.read", Tenant: "t"}},
	{` {"data" : "nothing" , "type" : "esc\u0061ped \ud83d\ude00" } `, Delivery{Type: "escaped 😀"}},
	{`{"type":"message.sent","data":{"source":{"key":"k"},"workflow":null,"channel":{"id":null},"channel_id":"c0"}}`,
		Delivery{Type: "message.sent", Workflow: "k", ChannelID: "c0"}},
	{`{"type":"first","type":"last"}`, Delivery{Type: "last"}},
	{`{"type":"` + strings.Repeat("é", maxField) + `"}`, Delivery{Type: strings.Repeat("é", maxField/2)}},
}

func TestReceived(t *testing.T) {
	at := time.Now()
	for _, x := range bodies {
		got, err := Received(at, nil, []byte(x.body))
		if err != nil {
			t.Errorf("%s: %v", x.body, err)
		}
		want := x.want
		want.ReceivedAt, want.Body, want.Hash = at, []byte(x.body), got.Hash
		if !reflect.DeepEqual(got, want) {
			got.Body, want.Body = nil, nil
			t.Errorf("%s\n got %+v\nwant %+v", x.body, got, want)
		}
	}
	for _, body := range []string{"", "null", "[]", `"type"`, "{}", `{"type":null}`, `{"type":""}`, `{"type":7}`, `{"Type":"x"}`, `{"type":"x"} {}`, `{"type":"x"`, "\x00", `{"type":"x",}`} {
		if _, err := Received(at, nil, []byte(body)); !errors.Is(err, ErrNotEvent) {
			t.Errorf("%s: %v", body, err)
		}
	}
	d, err := Received(at, []Header{{"X-KNOCK-Environment-Id", "env_1"}}, []byte(`{"type":"x"}`))
	if err != nil || d.EnvironmentID != "env_1" {
		t.Errorf("environment %q, %v", d.EnvironmentID, err)
	}
}

// What is read of a body is what encoding/json reads of it.
func FuzzParse(f *testing.F) {
	for _, x := range bodies {
		f.Add([]byte(x.body))
	}
	f.Add([]byte(`{"type":"x","data":{"a":"\\\"{[","b":[{"c":"]}"}],"recipient":"\u00e9\\"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var want map[string]json.RawMessage
		var kind string
		event := json.Unmarshal(body, &want) == nil && json.Unmarshal(want["type"], &kind) == nil && kind != ""
		e, err := Parse(body)
		if (err == nil) != event {
			t.Fatalf("%q: %v", body, err)
		}
		if !event {
			return
		}
		if e.Type != kind || !bytes.Equal(e.Data, want["data"]) || !bytes.Equal(e.EventData, want["event_data"]) {
			t.Fatalf("%q: read %+v", body, e)
		}
		d, err := Received(time.Time{}, nil, body)
		if err != nil {
			t.Fatal(err)
		}
		var data map[string]json.RawMessage
		var workflow string
		if json.Unmarshal(e.Data, &data) != nil || json.Unmarshal(data["workflow"], &workflow) != nil || Group(d.Type) == "workflow" || len(workflow) > maxField {
			return
		}
		if workflow != "" && d.Workflow != workflow {
			t.Fatalf("%q: workflow %q", body, d.Workflow)
		}
	})
}
