package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// listener takes webhooks without a network. answer says what it makes of the
// nth delivery.
type listener struct {
	mu     sync.Mutex
	got    []delivery
	answer func(n int) int
}

type delivery struct {
	at     time.Time
	header http.Header
	body   []byte
	event  map[string]any
}

func (l *listener) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	d := delivery{at: time.Now(), header: req.Header, body: body}
	if err := json.Unmarshal(body, &d.event); err != nil {
		return nil, err
	}
	l.got = append(l.got, d)
	status := http.StatusOK
	if l.answer != nil {
		status = l.answer(len(l.got))
	}
	if status == 0 {
		return nil, errors.New("connection refused")
	}
	return &http.Response{StatusCode: status, Body: io.NopCloser(&bytes.Buffer{}), Request: req}, nil
}

func (l *listener) types() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var types []string
	for _, d := range l.got {
		types = append(types, d.event["type"].(string))
	}
	return types
}

const secret = "whsec_test"

func (l *listener) options(w *World) Options {
	return Options{World: w, WebhookURL: "http://listener.test/hook", WebhookSecret: secret, HTTPClient: &http.Client{Transport: l}, NoRateLimit: true}
}

func TestWebhooksTellWhatHappens(t *testing.T) {
	l := &listener{}
	inBubble(t, l.options(nil), func(b *bed) {
		b.trigger("welcome", m{"recipients": list("dana", "jonas")})
		b.pass(time.Minute)
		b.trigger("audit-log", m{"recipients": list("dana"), "data": m{"action": "x"}})
		b.pass(time.Minute)
		b.freeze("welcome", true)
		id := b.must("GET", "/v1/messages?source=welcome", nil).text("items", 0, "id")
		for _, mark := range []string{"seen", "read", "archived"} {
			b.must("PUT", "/v1/messages/"+id+"/"+mark, m{})
			b.must("DELETE", "/v1/messages/"+id+"/"+mark, nil)
		}
		b.must("PUT", "/v1/messages/"+id+"/interacted", m{"metadata": m{"button": "ok"}})
		b.pass(time.Second)
		got := map[string]int{}
		for _, kind := range l.types() {
			got[kind]++
		}
		want := map[string]int{
			"workflow_recipient_run.started": 3, "workflow_recipient_run.completed": 2, "workflow_recipient_run.error": 1,
			"message.sent": 4, "message.delivered": 3, "message.bounced": 1, "workflow.updated": 1,
			"message.seen": 1, "message.unseen": 1, "message.read": 1, "message.unread": 1, "message.archived": 1, "message.unarchived": 1, "message.interacted": 1,
		}
		for kind, n := range want {
			if got[kind] != n {
				b.Errorf("%s came %d times, want %d", kind, got[kind], n)
			}
			delete(got, kind)
		}
		if len(got) > 0 {
			b.Errorf("also came %v", got)
		}
		for _, d := range l.got {
			d.check(b)
		}
	})
}

// check holds a delivery against what Knock promises of all of them.
func (d delivery) check(b *bed) {
	b.Helper()
	t, _, _ := strings.Cut(strings.TrimPrefix(d.header.Get("X-Knock-Signature"), "t="), ",")
	ms, err := strconv.ParseInt(t, 10, 64)
	if err != nil || d.at.UnixMilli() != ms || sign(secret, time.UnixMilli(ms), d.body) != d.header.Get("X-Knock-Signature") {
		b.Errorf("signature %q at %d", d.header.Get("X-Knock-Signature"), d.at.UnixMilli())
	}
	if d.event["__typename"] != "Event" || d.event["type"] != d.header.Get("X-Knock-Event") || d.event["data"] == nil || d.header.Get("X-Knock-Environment-Id") == "" {
		b.Errorf("delivery %v %s", d.header, d.body)
	}
	if _, there := d.event["event_data"]; !there {
		b.Errorf("no event_data in %s", d.body)
	}
}

func TestSignatureIsHMACOfTimeAndBody(t *testing.T) {
	// made with: printf '1700000000000.{"a":1}' | openssl dgst -sha256 -hmac whsec_test -binary | base64
	const want = "t=1700000000000,s=MyhOvvJIofRj+BOEv7OTUbhXy0iXxlS4IGEVNvoITx4="
	if got := sign(secret, time.UnixMilli(1700000000000), []byte(`{"a":1}`)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAll26TypesCanBeSent(t *testing.T) {
	l := &listener{}
	inBubble(t, l.options(nil), func(b *bed) {
		if len(hookTypes) != 26 {
			b.Errorf("%d types", len(hookTypes))
		}
		b.trigger("welcome", m{"recipients": list("dana")})
		b.pass(time.Minute)
		before := len(l.types())
		for kind := range hookTypes {
			b.must("POST", "/_emulator/webhooks/"+kind, m{})
		}
		b.must("POST", "/_emulator/webhooks/message.sent", m{"data": m{"id": "mine"}, "event_data": m{"x": 1}})
		b.pass(time.Second)
		sent := l.types()[before:]
		slices.Sort(sent)
		if len(slices.Compact(sent)) != 26 {
			b.Errorf("sent %q", sent)
		}
		for _, d := range l.got {
			d.check(b)
		}
		if !slices.ContainsFunc(l.got, func(d delivery) bool {
			return bytes.Contains(d.body, []byte(`"data":{"id":"mine"},"event_data":{"x":1}`))
		}) {
			b.Error("a webhook of one's own making did not come through")
		}
	})
}

func TestWebhooksAreRetried(t *testing.T) {
	l := &listener{answer: func(n int) int { return []int{500, 0, 302, 404, 503, 500, 500, 500, 200}[n-1] }}
	inBubble(t, l.options(nil), func(b *bed) {
		b.must("POST", "/_emulator/webhooks/message.sent", m{"data": m{}})
		b.pass(time.Hour)
		if n := len(l.got); n != 8 {
			b.Fatalf("%d attempts, want 8", n)
		}
		for i, d := range l.got[1:] {
			if !bytes.Equal(d.body, l.got[0].body) {
				b.Errorf("attempt %d has another body", i+2)
			}
			if got, want := d.at.Sub(l.got[i].at).Round(time.Millisecond), time.Second<<i; got != want {
				b.Errorf("attempt %d came after %s, want %s", i+2, got, want)
			}
			d.check(b)
		}
		if s := b.Stats().Webhooks; s.Failed != 1 || s.Retried != 7 || s.Delivered != 0 {
			b.Errorf("counted %+v", s)
		}
	})
}

func TestAFullQueueDropsAndCounts(t *testing.T) {
	l := &listener{}
	b := newBed(t, l.options(nil)) // not started: nobody takes webhooks off
	for range hookQueue + 3 {
		b.emit("message.sent", func() any { return nil }, nil)
	}
	if s := b.Stats().Webhooks; s.Queued != hookQueue || s.Dropped != 3 {
		b.Errorf("counted %+v", s)
	}
}
