package journal

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/webhook"
)

// delivered is a delivery of a body at a time.
func delivered(t testing.TB, at time.Time, body string) webhook.Delivery {
	t.Helper()
	header := []webhook.Header{{Name: "x-knock-event", Value: "x"}, {Name: "Empty", Value: ""}, {Name: "x-colon", Value: "a: b"}}
	d, err := webhook.Received(at, header, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func added(t testing.TB, j *Journal, ds ...webhook.Delivery) []bool {
	t.Helper()
	fresh, err := j.AddDeliveries(t.Context(), ds)
	if err != nil {
		t.Fatal(err)
	}
	return fresh
}

// indexAll brings the index up to date without waiting for it.
func indexAll(t testing.TB, j *Journal) {
	t.Helper()
	for {
		n, err := j.indexSome(context.Background(), 1000)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

var noon = time.UnixMicro(1_790_000_000_000_000)

const bounced = `{"type":"message.bounced","created_at":"2026-11-21T14:02:00Z","data":{"id":"m1","workflow":"invoice-due","recipient":"dana"},
	"event_data":{"failure_reason":"hard_bounce","failure_details":"550 5.1.1 No such mailbox: dana@example.com"}}`

func TestEventComesBackAsItCame(t *testing.T) {
	for name, open := range map[string]func() (*Journal, error){
		"file":   func() (*Journal, error) { return Open(filepath.Join(t.TempDir(), "j.db")) },
		"memory": OpenMemory,
	} {
		t.Run(name, func(t *testing.T) {
			j, err := open()
			if err != nil {
				t.Fatal(err)
			}
			defer j.Close()
			d := delivered(t, noon, bounced)
			d.Verified = true
			added(t, j, d)
			got, err := j.Event(t.Context(), 1)
			if want := (Event{ID: 1, Delivery: d, LastAt: noon, Outcome: "550 5.1.1 No such mailbox: dana@example.com (hard bounce)"}); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%v\n got %+v\nwant %+v", err, got, want)
			}
			listed, err := j.Events(t.Context(), EventFilter{}, 10, 0)
			if err != nil || len(listed) != 1 || listed[0].Body != nil || listed[0].Header != nil || listed[0].MessageID != "m1" || listed[0].Outcome != got.Outcome {
				t.Errorf("listed %+v, %v", listed, err)
			}
			if _, err := j.Event(t.Context(), 2); !errors.Is(err, ErrNoEvent) {
				t.Errorf("no such event: %v", err)
			}
		})
	}
}

func TestRepeatsAreCounted(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	other := strings.Replace(bounced, "m1", "m2", 1)
	d, later := delivered(t, noon, bounced), delivered(t, noon.Add(time.Minute), bounced)
	if fresh := added(t, j, d, delivered(t, noon, other), later); !slices.Equal(fresh, []bool{true, true, false}) {
		t.Errorf("fresh %v", fresh)
	}
	later.Verified = true // a secret was set up meanwhile
	added(t, j, later)
	added(t, j, d) // and taken away again
	e, err := j.Event(t.Context(), 1)
	if err != nil || e.Repeats != 3 || !e.Verified || !e.ReceivedAt.Equal(noon) {
		t.Errorf("%+v, %v", e, err)
	}
	if n, err := j.CountEvents(t.Context(), EventFilter{}); err != nil || n != 2 {
		t.Errorf("%d events, %v", n, err)
	}
}

func TestTextIsFound(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	added(t, j, delivered(t, noon, bounced), delivered(t, noon, `{"type":"x","data":{"Straße":"GRÜSSE aus München","n":[{"amount":49.50}],"jp":"通知が届きません","esc":"tab\tbed"}}`))
	for round, prepare := range []func(){func() {}, func() { indexAll(t, j) }} {
		prepare()
		for text, want := range map[string][]int64{
			"mailbox": {1}, "MAILBOX such": {1}, `"such mailbox"`: {1}, `"mailbox such"`: nil, "dana@example.com": {1}, "example.com@dana": nil,
			"mailb": nil, "mailb*": {1}, "550": {1}, "5.1.1": {1}, "grüsse münchen": {2}, "straße": nil, "49.50": {2}, "届き": {2}, "き届": nil,
			"message.bounced": {1}, "failure_reason": nil, "hard_bounce": {1}, "2026-11-21*": {1}, "tab bed": {2}, "tabbed": nil,
			`"`: nil, `"such mailbox`: {1}, "mailbox AND such": nil, "mailbox OR münchen": nil, "text:mailbox": nil, "NOT": nil, "mailbox)": {1}, "*": nil,
		} {
			found, err := j.Events(t.Context(), EventFilter{Text: text}, 10, 0)
			if wordless := strings.Trim(text, `"*`) == ""; wordless != errors.Is(err, ErrNoWords) || !wordless && err != nil {
				t.Errorf("%q: %v", text, err)
			}
			var ids []int64
			for _, e := range found {
				ids = append(ids, e.ID)
			}
			if !slices.Equal(ids, want) {
				t.Errorf("round %d: %q is found in %v, want %v", round, text, ids, want)
			}
		}
	}
}

// What is found does not depend on what is indexed already, and is what looking at each event gives.
func TestFilters(t *testing.T) {
	fullscale.Unraced(t)
	rapid.Check(t, func(rt *rapid.T) {
		j, err := OpenMemory()
		if err != nil {
			rt.Fatal(err)
		}
		defer j.Close()
		few := rapid.SampledFrom([]string{"", "a", "b", "a/b", `x"y`, "ü"})
		types := rapid.SampledFrom([]string{"message.sent", "message.bounced", "workflow_recipient_run.started", "moon.risen", "moon"})
		var ds []webhook.Delivery
		for i := range rapid.IntRange(0, 30).Draw(rt, "events") {
			body := fmt.Sprintf(`{"type":%q,"n":%d,"data":{"id":%q,"key":%q,"workflow":%q,"recipient":%q,"tenant":%q,"channel_id":%q,"workflow_run_id":%q,"trigger_source":{"cancellation_key":%q}}}`,
				types.Draw(rt, "type"), i, few.Draw(rt, "id"), few.Draw(rt, "key"), few.Draw(rt, "workflow"), few.Draw(rt, "recipient"), few.Draw(rt, "tenant"),
				few.Draw(rt, "channel"), few.Draw(rt, "run"), few.Draw(rt, "cancellation key"))
			clock := rapid.IntRange(-1, 3).Draw(rt, "clock") // it may be set back a little
			d := delivered(t, noon.Add(time.Duration(i*2+clock)*time.Second), body)
			d.Verified = rapid.Bool().Draw(rt, "verified")
			ds = append(ds, d)
		}
		indexed := rapid.IntRange(0, len(ds)).Draw(rt, "indexed")
		for i := range ds {
			if _, err := j.AddDeliveries(rt.Context(), ds[i:i+1]); err != nil {
				rt.Fatal(err)
			}
			if i+1 == indexed {
				if _, err := j.indexSome(rt.Context(), len(ds)); err != nil {
					rt.Fatal(err)
				}
			}
		}
		f := EventFilter{
			Workflow: few.Draw(rt, "f workflow"), Recipient: few.Draw(rt, "f recipient"),
			Types:    rapid.SliceOfN(rapid.SampledFrom([]string{"message.*", "moon*", "*.started", "message.sent", "m[", "*"}), 0, 2).Draw(rt, "f types"),
			Failures: rapid.IntRange(0, 5).Draw(rt, "f failures") == 0,
			Text:     rapid.SampledFrom([]string{"", "", "message", "b", "sent*", "3", `"a b"`, `"b a b"`, `"message sent"`, `"sent message"`, `"a b*`}).Draw(rt, "f text"),
		}
		if rapid.Bool().Draw(rt, "f one") {
			f.Tenant, f.MessageID, f.Key = few.Draw(rt, "f tenant"), few.Draw(rt, "f message"), few.Draw(rt, "f key")
			f.ChannelID, f.RunID, f.WorkflowRunID = few.Draw(rt, "f channel"), few.Draw(rt, "f run"), few.Draw(rt, "f wrun")
		}
		if rapid.Bool().Draw(rt, "f times") {
			f.Since = noon.Add(time.Duration(rapid.IntRange(-5, 70).Draw(rt, "f since")) * time.Second)
			f.Until = noon.Add(time.Duration(rapid.IntRange(-5, 70).Draw(rt, "f until")) * time.Second)
		}
		if rapid.Bool().Draw(rt, "f verdict") {
			v := rapid.Bool().Draw(rt, "f verified")
			f.Verified = &v
		}
		terms, err := parseTerms(f.Text)
		if err != nil {
			rt.Fatal(err)
		}
		var want []int64
		for i, d := range ds {
			if f.matches(&Event{Delivery: d}) && inText(terms, d.Body) {
				want = append(want, int64(i+1))
			}
		}
		limit := rapid.IntRange(1, 8).Draw(rt, "limit")
		var got []int64
		for after := int64(0); ; after = got[len(got)-1] {
			page, err := j.EventsAfter(rt.Context(), f, after, limit)
			if err != nil {
				rt.Fatal(err)
			}
			for _, e := range page {
				got = append(got, e.ID)
			}
			if len(page) < limit {
				break
			}
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("oldest first %v, want %v", got, want)
		}
		got = nil
		for before := int64(0); ; before = got[len(got)-1] {
			page, err := j.Events(rt.Context(), f, limit, before)
			if err != nil {
				rt.Fatal(err)
			}
			for _, e := range page {
				got = append(got, e.ID)
			}
			if len(page) < limit {
				break
			}
		}
		slices.Reverse(got)
		if !slices.Equal(got, want) {
			rt.Fatalf("newest first %v, want %v", got, want)
		}
		f.Match = func(*Event) bool { return true }
		if n, err := j.CountEvents(rt.Context(), f); err != nil || n != len(want) {
			rt.Fatalf("%d counted one by one, want %d: %v", n, len(want), err)
		}
	})
}

func TestCount(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	for i := range 10 {
		d := delivered(t, noon.Add(time.Duration(i)*time.Second), fmt.Sprintf(`{"type":"message.sent","data":{"workflow":"w%d","n":%d}}`, i%2, i))
		d.Verified = i%2 == 0
		added(t, j, d)
		if i == 6 {
			indexAll(t, j)
		}
	}
	yes := true
	for want, f := range map[int]EventFilter{
		10: {}, 5: {Verified: &yes}, 4: {Since: noon.Add(6 * time.Second)}, 2: {Workflow: "w0", Until: noon.Add(3 * time.Second)}, 1: {Text: "9"},
		0: {Types: []string{"moon.*"}}, 3: {Verified: &yes, Workflow: "w0", Since: noon.Add(3 * time.Second)},
		9: {Match: func(e *Event) bool { return !strings.Contains(string(e.Body), "9") }},
	} {
		if n, err := j.CountEvents(t.Context(), f); err != nil || n != want {
			t.Errorf("%+v: %d, %v, want %d", f, n, err, want)
		}
	}
}

func TestTheIndexFollows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.db")
	j := opened(t, path)
	for i := range 3 * indexAtOnce {
		added(t, j, delivered(t, noon, fmt.Sprintf(`{"type":"message.sent","n":%d}`, i)))
	}
	deadline := time.Now().Add(20 * time.Second)
	for {
		var indexed, words int
		if err := j.db.QueryRow("SELECT indexed, (SELECT count(*) FROM event_words WHERE event_words MATCH 'text:message') FROM event_state").Scan(&indexed, &words); err != nil {
			t.Fatal(err)
		}
		if indexed == 3*indexAtOnce && words == indexed {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d indexed, %d found", indexed, words)
		}
		<-time.After(10 * time.Millisecond)
	}
}

func TestPrune(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	for i := range 1000 {
		at := time.Now().Add(-time.Hour)
		if i >= 600 {
			at = time.Now()
		}
		added(t, j, delivered(t, at, fmt.Sprintf(`{"type":"message.sent","data":{"workflow":"w%d"},"pad":%q}`, i%10, strings.Repeat(fmt.Sprint("pad", i, " "), 100))))
	}
	indexAll(t, j)
	left := func(want int) {
		t.Helper()
		found, err := j.Events(t.Context(), EventFilter{Workflow: "w3"}, 1000, 0)
		n, cerr := j.CountEvents(t.Context(), EventFilter{})
		if err != nil || cerr != nil || n != want || len(found) != want/10 {
			t.Errorf("%d events left, %d found, want %d: %v, %v", n, len(found), want, err, cerr)
		}
		if err := j.Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
	for _, x := range []struct {
		age     time.Duration
		bytes   int64
		dropped int
	}{{0, 0, 0}, {2 * time.Hour, 1 << 30, 0}, {time.Minute, 0, 600}, {time.Minute, 0, 0}} {
		if n, err := j.Prune(t.Context(), x.age, x.bytes); err != nil || n != x.dropped {
			t.Errorf("%+v: dropped %d, %v", x, n, err)
		}
	}
	left(400)
	if n, err := j.Prune(t.Context(), 0, 1); err != nil || n != 399 {
		t.Errorf("no room at all: dropped %d, %v", n, err)
	}
	if n, err := j.Dropped(t.Context()); err != nil || n != 999 {
		t.Errorf("%d dropped in all, %v", n, err)
	}
	added(t, j, delivered(t, noon, bounced))
	if e, err := j.Event(t.Context(), 1001); err != nil || e.MessageID != "m1" {
		t.Errorf("the next event: %+v, %v", e, err)
	}
}

// Two consoles, and a clock that was set back, keep nothing twice and lose nothing.
func TestTwoConsoles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.db")
	consoles := []*Journal{opened(t, path), opened(t, path)}
	const events = 300
	var mu sync.Mutex
	fresh := 0
	var all sync.WaitGroup
	for c, j := range consoles {
		all.Go(func() {
			for i := range events {
				d := delivered(t, noon.Add(-time.Duration(i)*time.Second), fmt.Sprintf(`{"type":"message.sent","n":%d}`, (i*7+c*31)%events))
				got, err := j.AddDeliveries(t.Context(), []webhook.Delivery{d})
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if got[0] {
					fresh++
				}
				mu.Unlock()
				if _, err := j.Begin(t.Context(), sent); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	for _, j := range consoles {
		indexAll(t, j)
		found, err := j.Events(t.Context(), EventFilter{Types: []string{"message.*"}}, 10*events, 0)
		if err != nil || len(found) != events || fresh != events {
			t.Errorf("%d events, %d fresh: %v", len(found), fresh, err)
		}
		repeats := 0
		for _, e := range found {
			repeats += e.Repeats
		}
		if repeats != events {
			t.Errorf("%d repeats, want %d", repeats, events)
		}
		if err := j.Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
