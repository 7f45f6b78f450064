package client

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestTriggerCheck(t *testing.T) {
	good := func() Trigger { return Trigger{Workflow: "welcome", Recipients: []Recipient{{Ref: Ref{ID: "u"}}}} }
	many := func(n int) []Recipient {
		r := make([]Recipient, n)
		for i := range r {
			r[i].ID = "u"
		}
		return r
	}
	for name, x := range map[string]struct {
		change func(*Trigger)
		want   string // part of the error; "" for none
	}{
		"good":                  {func(*Trigger) {}, ""},
		"no workflow":           {func(t *Trigger) { t.Workflow = "" }, "workflow key: is empty"},
		"nobody":                {func(t *Trigger) { t.Recipients = nil }, "recipients: none is named"},
		"1,000 recipients":      {func(t *Trigger) { t.Recipients = many(1000) }, ""},
		"1,001 recipients":      {func(t *Trigger) { t.Recipients = many(1001) }, "recipients: more than 1,000 are named"},
		"empty recipient":       {func(t *Trigger) { t.Recipients = make([]Recipient, 1) }, "recipients[0] id: is empty"},
		"long id":               {func(t *Trigger) { t.Recipients[0].ID = strings.Repeat("x", 256) }, "256 characters"},
		"bad trigger data":      {func(t *Trigger) { t.Recipients[0].Properties = map[string]any{"$trigger_data": 1} }, "recipients[0]: $trigger_data"},
		"empty actor":           {func(t *Trigger) { t.Actor = &Recipient{} }, "actor id: is empty"},
		"empty tenant":          {func(t *Trigger) { t.Tenant = &Tenant{} }, "tenant id: is empty"},
		"data":                  {func(t *Trigger) { t.Data = json.RawMessage(" {}\n") }, ""},
		"data is a list":        {func(t *Trigger) { t.Data = json.RawMessage("[]") }, "data: must be a JSON object"},
		"data is null":          {func(t *Trigger) { t.Data = json.RawMessage("null") }, "data: must be a JSON object"},
		"data is broken":        {func(t *Trigger) { t.Data = json.RawMessage("{\n\"a\" 1}") }, "line 2, column 5"},
		"data is too large":     {func(t *Trigger) { t.Data = json.RawMessage(`{"a":"` + strings.Repeat("x", 10<<20) + `"}`) }, "10 MB"},
		"idempotency key":       {func(t *Trigger) { t.IdempotencyKey = strings.Repeat("k", 255) }, ""},
		"long idempotency key":  {func(t *Trigger) { t.IdempotencyKey = strings.Repeat("k", 256) }, "idempotency key: has 256"},
		"weird idempotency key": {func(t *Trigger) { t.IdempotencyKey = "a\r\nX: y" }, "idempotency key: travels"},
	} {
		trigger := good()
		x.change(&trigger)
		sent := 0
		c := newClient(t, func(*http.Request) (*http.Response, error) { sent++; return fine() })
		err := trigger.Check()
		_, err2 := c.Trigger(t.Context(), trigger)
		_, err3 := c.TriggerRequest(trigger)
		for _, err := range []error{err, err2, err3} {
			if (err == nil) != (x.want == "") || err != nil && !strings.Contains(err.Error(), x.want) {
				t.Errorf("%s: %v, want %q", name, err, x.want)
			}
		}
		if (sent > 0) != (x.want == "") {
			t.Errorf("%s: %d requests were sent", name, sent)
		}
	}
}

func TestSmallTriggerSendsNothingElse(t *testing.T) {
	c := newClient(t, func(*http.Request) (*http.Response, error) { return fine() })
	r, err := c.TriggerRequest(Trigger{Workflow: "welcome", Recipients: []Recipient{{Ref: Ref{ID: "u"}}}})
	if err != nil || string(r.Body) != `{"recipients":["u"]}` || r.Header["Idempotency-Key"] != nil {
		t.Errorf("%s %v %v", r.Body, r.Header, err)
	}
}

func TestCancellationCannotBeMisused(t *testing.T) {
	sent := 0
	c := newClient(t, func(*http.Request) (*http.Response, error) { sent++; return respond(204, ""), nil })
	var none []Ref
	for name, x := range map[string]Cancellation{
		"zero value":         {},
		"no key":             CancelEveryone("w", ""),
		"no workflow":        CancelEveryone("", "k"),
		"no key, recipient":  CancelRecipients("w", "", Ref{ID: "u"}),
		"empty recipient":    CancelRecipients("w", "k", Ref{}),
		"empty among others": CancelRecipients("w", "k", Ref{ID: "u"}, Ref{Collection: "c"}),
		"long workflow":      CancelEveryone(strings.Repeat("w", 256), "k"),
		"empty selection":    CancelRecipients("w", "k", Ref{}, none...),
		"neither of both":    {workflow: "w", key: "k"},
		"both at once":       {workflow: "w", key: "k", everyone: true, recipients: []Ref{{ID: "u"}}},
	} {
		_, err := c.Cancel(t.Context(), x)
		_, err2 := c.CancelRequest(x)
		if err == nil || err2 == nil || sent > 0 {
			t.Errorf("%s: %v, %v, %d requests", name, err, err2, sent)
		}
	}
	if _, err := c.Cancel(t.Context(), Cancellation{}); !errors.Is(err, ErrEmptyCancellation) {
		t.Errorf("the zero value gives %v", err)
	}
}

func TestCancelBodies(t *testing.T) {
	var body string
	c := newClient(t, func(r *http.Request) (*http.Response, error) {
		b, err := io.ReadAll(r.Body)
		body = string(b)
		return respond(204, ""), err
	})
	for _, x := range []struct {
		Cancellation
		want string
	}{
		{CancelEveryone("w", "k"), `{"cancellation_key":"k"}`},
		{CancelRecipients("w", "k", Ref{ID: "u"}), `{"cancellation_key":"k","recipients":["u"]}`},
		{CancelRecipients("w", "k", Ref{"c", "o"}, Ref{ID: "u"}), `{"cancellation_key":"k","recipients":[{"collection":"c","id":"o"},"u"]}`},
	} {
		before := time.Now()
		got, err := c.Cancel(t.Context(), x.Cancellation)
		if err != nil || body != x.want || got.RequestID != "req_1" || got.At.Before(before) {
			t.Errorf("%s, want %s: %+v, %v", body, x.want, got, err)
		}
	}
}

// What a cancellation was made of may change later, or be handed out and changed: it stays what it was.
func TestCancellationIsASnapshot(t *testing.T) {
	rest := []Ref{{ID: "b"}}
	x := CancelRecipients("w", "k", Ref{ID: "a"}, rest...)
	rest[0].ID = "changed"
	x.Recipients()[0].ID = "changed"
	if got := x.Recipients(); len(got) != 2 || got[0].ID != "a" || got[1].ID != "b" || x.Everyone() || x.Key() != "k" || x.Workflow() != "w" {
		t.Errorf("%+v", x)
	}
}

func TestArchivingAndDeletingNeedASelection(t *testing.T) {
	c := newClient(t, func(r *http.Request) (*http.Response, error) {
		t.Errorf("%s was sent", r.URL)
		return respond(200, `{}`), nil
	})
	_, err1 := c.ArchiveMessages(t.Context(), nil)
	_, err2 := c.DeleteSchedules(t.Context(), []string{})
	_, err3 := c.BulkArchive(t.Context(), someUUID, BulkFilter{})
	_, err4 := c.BulkArchive(t.Context(), someUUID, BulkFilter{Archived: "exclude"})
	_, err5 := c.BulkArchive(t.Context(), someUUID, BulkFilter{Workflows: []string{"welcome"}, RecipientIDs: []string{}})
	_, err6 := c.BulkArchive(t.Context(), someUUID, BulkFilter{Workflows: []string{""}})
	_, err7 := c.BulkStatus(t.Context(), someUUID, "delete", BulkFilter{Workflows: []string{"welcome"}})
	for i, err := range []error{err1, err2, err3, err4, err5, err6, err7} {
		var invalid *InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("call %d: %v", i+1, err)
		}
	}
}

func TestTrack(t *testing.T) {
	var body string
	c := newClient(t, func(r *http.Request) (*http.Response, error) {
		b, err := io.ReadAll(r.Body)
		body = string(b)
		return respond(204, ""), err
	})
	at := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
	err := c.Track(t.Context(), "http://127.0.0.1:8080/in", TrackEvent{"Order placed", "user_1", "m1", json.RawMessage(`{"n":1.0}`), at})
	want := `{"type":"track","event":"Order placed","properties":{"n":1.0},"userId":"user_1","messageId":"m1","timestamp":"2026-01-02T03:04:05.006Z"}`
	if err != nil || body != want {
		t.Errorf("%s, %v", body, err)
	}
	body = ""
	for _, url := range []string{"", "in", "ftp://x/y", "http://in.example/x", "https://user:pw@in.example/x", "https:///x"} {
		if err := c.Track(t.Context(), url, TrackEvent{Event: "e"}); err == nil || body != "" {
			t.Errorf("%q: %v, sent %q", url, err, body)
		}
	}
	for _, e := range []TrackEvent{{}, {Event: "e", Properties: json.RawMessage("[]")}, {Event: "e", Properties: json.RawMessage("{")}} {
		if err := c.Track(t.Context(), testIngestionURL, e); err == nil || body != "" {
			t.Errorf("%+v: %v, sent %q", e, err, body)
		}
	}
	c = newClient(t, func(*http.Request) (*http.Response, error) { return respond(404, `{"message":"nope"}`), nil })
	if err := c.Track(t.Context(), testIngestionURL, TrackEvent{Event: "e"}); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("the ingestion URL lets in whoever knows it, and is in: %v", err)
	}
}
