package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// bed is an emulator under test, within a synctest bubble where time is free.
type bed struct {
	*testing.T
	*Emulator
	handler http.Handler
	settle  func() // waits until nothing is under way
}

// inBubble runs f with a started emulator.
func inBubble(t *testing.T, o Options, f func(b *bed)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t, o)
		b.settle = synctest.Wait
		b.Start(context.Background())
		defer b.Close()
		f(b)
	})
}

func newBed(t *testing.T, o Options) *bed {
	t.Helper()
	e, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &bed{t, e, e.Handler(), func() {}}
}

// pass lets emulated time go by.
func (b *bed) pass(d time.Duration) {
	time.Sleep(d)
	b.settle()
}

// look reads the emulator's insides.
func (b *bed) look(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
}

type reply struct {
	*httptest.ResponseRecorder
	request *http.Request
	json    any
}

// ask sends a request with the key that the path needs.
func (b *bed) ask(method, target string, body any, headers ...string) *reply {
	b.Helper()
	var raw []byte
	switch v := body.(type) {
	case nil:
	case string:
		raw = []byte(v)
	default:
		var err error
		if raw, err = json.Marshal(v); err != nil {
			b.Fatal(err)
		}
	}
	req := httptest.NewRequest(method, "http://emulator.test"+target, bytes.NewReader(raw))
	req.Header.Set("Authorization", "Bearer "+DemoAPIKey)
	if _, pattern := b.mux.Handler(req); managementPatterns[pattern] {
		req.Header.Set("Authorization", "Bearer "+DemoServiceToken)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	b.handler.ServeHTTP(rec, req)
	out := &reply{ResponseRecorder: rec, request: req}
	if rec.Body.Len() > 0 {
		if err := json.Unmarshal(rec.Body.Bytes(), &out.json); err != nil {
			b.Fatalf("%s %s: %s", method, target, err)
		}
	}
	return out
}

// must is ask for what has to succeed.
func (b *bed) must(method, target string, body any, headers ...string) *reply {
	b.Helper()
	r := b.ask(method, target, body, headers...)
	if r.Code < 200 || r.Code > 299 {
		b.Fatalf("%s %s: %d %s", method, target, r.Code, r.Body)
	}
	return r
}

// at follows a path of keys and numbers into the answer.
func (r *reply) at(path ...any) any {
	v := r.json
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			list, _ := v.([]any)
			if p >= len(list) {
				return nil
			}
			v = list[p]
		}
	}
	return v
}

func (r *reply) text(path ...any) string {
	s, _ := r.at(path...).(string)
	return s
}

func (r *reply) items(name string) []any {
	list, _ := r.at(name).([]any)
	return list
}

// trigger triggers a workflow and gives the ids of its runs, oldest first.
func (b *bed) trigger(workflow string, body map[string]any) []string {
	b.Helper()
	answer := b.must("POST", "/v1/workflows/"+workflow+"/trigger", body)
	var ids []string
	b.look(func() {
		for _, r := range b.runs.all {
			if r.trig.id.String() == answer.text("workflow_run_id") {
				ids = append(ids, r.id.String())
			}
		}
	})
	return ids
}

// run reads a run; it goes by the emulator itself, so it costs no rate.
func (b *bed) run(id string) *reply {
	b.Helper()
	b.pass(time.Second) // the endpoint allows 5 a second
	return b.must("GET", "/v1/workflow_recipient_runs/"+id, nil)
}

// events are the names of the run's events.
func (r *reply) events() []string {
	var names []string
	for _, ev := range r.items("events") {
		names = append(names, ev.(map[string]any)["event"].(string))
	}
	return names
}

// managementPatterns are those of the management API.
var managementPatterns = func() map[string]bool {
	patterns := map[string]bool{}
	for _, r := range routes() {
		patterns[r.method+" "+r.path] = r.access == managed
	}
	return patterns
}()

type m = map[string]any

func list(items ...any) []any { return append([]any{}, items...) }
