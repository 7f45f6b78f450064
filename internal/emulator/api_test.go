package emulator

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestErrors(t *testing.T) {
	many := make([]any, 1001)
	for i := range many {
		many[i] = fmt.Sprint("u", i)
	}
	trigger := "/v1/workflows/welcome/trigger"
	bearer := func(token string) []string { return []string{"Authorization", "Bearer " + token} }
	tests := []struct {
		name, method, target string
		body                 any
		headers              []string
		status               int
		code, field          string
	}{
		{"unknown path", "GET", "/v1/nothing", nil, nil, 404, "not_found", ""},
		{"unknown method", "POST", "/v1/users", nil, nil, 404, "not_found", ""},
		{"empty id", "GET", "/v1/users/", nil, nil, 404, "not_found", ""},
		{"no key", "GET", "/v1/users", nil, []string{"Authorization", ""}, 401, "api_key_missing", ""},
		{"basic auth", "GET", "/v1/users", nil, []string{"Authorization", "Basic c2s6"}, 401, "api_key_missing", ""},
		{"public key", "GET", "/v1/users", nil, bearer("pk_test_1"), 403, "incorrect_token_type", ""},
		{"service token", "GET", "/v1/users", nil, bearer(DemoServiceToken), 403, "incorrect_token_type", ""},
		{"API key", "GET", "/v1/whoami", nil, bearer(DemoAPIKey), 403, "incorrect_token_type", ""},
		{"unknown user", "GET", "/v1/users/ghost", nil, nil, 404, "resource_missing", ""},
		{"unknown object", "GET", "/v1/objects/projects/ghost", nil, nil, 404, "resource_missing", ""},
		{"unknown run", "GET", "/v1/workflow_recipient_runs/x", nil, nil, 404, "resource_missing", ""},
		{"unknown message", "GET", "/v1/messages/x/content", nil, nil, 404, "resource_missing", ""},
		{"unknown environment", "GET", "/v1/workflows?environment=moon", nil, nil, 404, "resource_missing", ""},
		{"no environment", "GET", "/v1/workflows", nil, nil, 422, "invalid_params", "environment"},
		{"broken JSON", "POST", trigger, `{"recipients":`, nil, 400, "invalid_params", ""},
		{"more than JSON", "POST", trigger, `{} {}`, nil, 400, "invalid_params", ""},
		{"too large", "POST", trigger, strings.Repeat(" ", bodyLimit+1), nil, 413, "payload_too_large", ""},
		{"no body", "POST", trigger, nil, nil, 422, "invalid_params", "recipients"},
		{"a list", "POST", trigger, list(1), nil, 422, "invalid_params", "body"},
		{"unknown workflow", "POST", "/v1/workflows/ghost/trigger", m{"recipients": list("a")}, nil, 404, "workflow_missing", ""},
		{"inactive workflow", "POST", "/v1/workflows/old-newsletter/trigger", m{"recipients": list("a")}, nil, 400, "workflow_inactive", ""},
		{"no recipients", "POST", trigger, m{"recipients": list()}, nil, 422, "invalid_params", "recipients"},
		{"1001 recipients", "POST", trigger, m{"recipients": many}, nil, 422, "invalid_params", "recipients"},
		{"recipient without id", "POST", trigger, m{"recipients": list("a", m{"name": "x"})}, nil, 422, "invalid_params", "recipients[1]"},
		{"empty recipient", "POST", trigger, m{"recipients": list("")}, nil, 422, "invalid_params", "recipients[0]"},
		{"long recipient", "POST", trigger, m{"recipients": list(strings.Repeat("ü", 256))}, nil, 422, "invalid_params", "recipients[0]"},
		{"recipient's data", "POST", trigger, m{"recipients": list(m{"id": "a", "$trigger_data": 1})}, nil, 422, "invalid_params", "recipients[0].$trigger_data"},
		{"data is a list", "POST", trigger, m{"recipients": list("a"), "data": list()}, nil, 422, "invalid_params", "data"},
		{"much data", "POST", trigger, `{"recipients":["a"],"data":{"x":"` + strings.Repeat("x", dataLimit) + `"}}`, nil, 422, "invalid_params", "data"},
		{"settings", "POST", trigger, m{"recipients": list("a"), "settings": m{"skip_delay": "yes"}}, nil, 422, "invalid_params", "skip_delay"},
		{"key is a number", "POST", trigger, m{"recipients": list("a"), "cancellation_key": 1}, nil, 422, "invalid_params", "cancellation_key"},
		{"tenant", "POST", trigger, m{"recipients": list("a"), "tenant": 5}, nil, 422, "invalid_params", "tenant"},
		{"ghost actor", "POST", trigger, m{"recipients": list("a"), "actor": "ghost"}, nil, 422, "actor_missing", ""},
		{"schema, missing", "POST", "/v1/workflows/invoice-due/trigger", m{"recipients": list("a")}, nil, 422, "invalid_params", "data.invoice_id"},
		{"schema, wrong", "POST", "/v1/workflows/invoice-due/trigger", m{"recipients": list("a"), "data": m{"invoice_id": 7}}, nil, 422, "invalid_params", "data.invoice_id"},
		{"long idempotency key", "POST", trigger, m{"recipients": list("a")}, []string{"Idempotency-Key", strings.Repeat("k", 256)}, 422, "invalid_params", "idempotency_key"},
		{"cancel without key", "POST", "/v1/workflows/welcome/cancel", m{}, nil, 422, "invalid_params", "cancellation_key"},
		{"cancel of nobody", "POST", "/v1/workflows/welcome/cancel", m{"cancellation_key": "k", "recipients": "dana"}, nil, 422, "invalid_params", "recipients"},
		{"cursor", "GET", "/v1/users?after=nonsense", nil, nil, 422, "invalid_params", "after"},
		{"another listing's cursor", "GET", "/v1/users?after=" + *cursor("runs", 3), nil, nil, 422, "invalid_params", "after"},
		{"page of 0", "GET", "/v1/users?page_size=0", nil, nil, 422, "invalid_params", "page_size"},
		{"page of 51", "GET", "/v1/workflow_recipient_runs?page_size=51", nil, nil, 422, "invalid_params", "page_size"},
		{"status", "GET", "/v1/workflow_recipient_runs?status[]=paused&status[]=pending", nil, nil, 422, "invalid_params", "status"},
		{"date", "GET", "/v1/workflow_recipient_runs?starting_at=soon", nil, nil, 422, "invalid_params", "starting_at"},
		{"has_errors", "GET", "/v1/workflow_recipient_runs?has_errors=maybe", nil, nil, 422, "invalid_params", "has_errors"},
		{"message status", "GET", "/v1/messages?status[]=lost", nil, nil, 422, "invalid_params", "status"},
		{"trigger data", "GET", "/v1/messages?trigger_data=x", nil, nil, 422, "invalid_params", "trigger_data"},
		{"email", "PUT", "/v1/users/dana", m{"email": 1}, nil, 422, "invalid_params", "email"},
		{"long id", "PUT", "/v1/users/" + strings.Repeat("u", 256), m{}, nil, 422, "invalid_params", "id"},
		{"batch of none", "POST", "/v1/messages/batch/archived", m{"message_ids": list()}, nil, 422, "invalid_params", "message_ids"},
		{"bulk on no channel", "POST", "/v1/channels/x/messages/bulk/archived", m{}, nil, 404, "channel_invalid", ""},
		{"schedules of no workflow", "GET", "/v1/schedules", nil, nil, 422, "invalid_params", "workflow"},
		{"source event", "POST", ingestPath + "src_shop", m{"type": "identify", "event": "x"}, nil, 422, "invalid_params", "type"},
		{"unknown source", "POST", ingestPath + "src_moon", m{"type": "track", "event": "x"}, nil, 404, "resource_missing", ""},
		{"unknown webhook", "POST", "/_emulator/webhooks/message.lost", m{}, nil, 422, "invalid_params", "type"},
	}
	inBubble(t, Options{NoRateLimit: true}, func(b *bed) {
		for _, test := range tests {
			r := b.ask(test.method, test.target, test.body, test.headers...)
			if r.Code != test.status || r.text("code") != test.code || r.at("status") != float64(test.status) || r.text("message") == "" || r.text("type") == "" {
				b.Errorf("%s: %d %s", test.name, r.Code, r.Body)
			}
			if test.field != "" && r.text("errors", 0, "field") != test.field {
				b.Errorf("%s: want a problem with %s: %s", test.name, test.field, r.Body)
			}
			if r.Header().Get("X-Request-Id") == "" {
				b.Errorf("%s: no request id", test.name)
			}
		}
		if got := b.Stats().Runs; got["queued"] != 0 {
			b.Errorf("refused triggers made runs: %v", got)
		}
	})
}

func TestKeysOfTheWorld(t *testing.T) {
	w := *DefaultWorld()
	w.APIKeys, w.ExpiredKeys, w.ServiceTokens = []string{"sk_good"}, []string{"sk_old"}, []string{"st_good"}
	inBubble(t, Options{World: &w}, func(b *bed) {
		for token, code := range map[string]string{"sk_good": "", "sk_old": "api_key_expired", "sk_bad": "authentication_required"} {
			if got := b.ask("GET", "/v1/users", nil, "Authorization", "Bearer "+token).text("code"); got != code {
				b.Errorf("%s: %q", token, got)
			}
		}
		for token, code := range map[string]string{"st_good": "", "st_bad": "authentication_required"} {
			if got := b.ask("GET", "/v1/whoami", nil, "Authorization", "Bearer "+token).text("code"); got != code {
				b.Errorf("%s: %q", token, got)
			}
		}
	})
}

func TestIdempotency(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		target, key := "/v1/workflows/welcome/trigger", []string{"Idempotency-Key", "once"}
		refused := b.ask("POST", target, m{"recipients": list()}, key...)
		if refused.Code != 422 {
			b.Fatal(refused.Code)
		}
		first := b.must("POST", target, `{"recipients":["dana"],"data":{"a":1,"b":2}}`, key...) // errors are not remembered
		again := b.must("POST", target, `{"data":{"b":2,"a":1},"recipients":["dana"]}`, key...)
		if again.text("workflow_run_id") != first.text("workflow_run_id") {
			b.Error("the replay has another run")
		}
		if first.Header().Get("Idempotent-Replayed") != "" || again.Header().Get("Idempotent-Replayed") != "true" {
			b.Error("the replay is not told")
		}
		if got := again.Header().Get("Original-X-Request-Id"); got != first.Header().Get("X-Request-Id") || got == again.Header().Get("X-Request-Id") {
			b.Errorf("the original request is %q", got)
		}
		if other := b.ask("POST", target, m{"recipients": list("rosa")}, key...); other.text("code") != "idempotency_key_mismatch" {
			b.Errorf("another body: %d %s", other.Code, other.Body)
		}
		if other := b.ask("POST", "/v1/workflows/audit-log/trigger", m{"recipients": list("dana"), "data": m{"a": 1, "b": 2}}, key...); other.Code != 422 {
			b.Errorf("another workflow: %d", other.Code)
		}
		if n := b.Stats().Runs["queued"]; n != 1 {
			b.Errorf("%d runs, want 1", n)
		}
		b.pass(25 * time.Hour)
		if fresh := b.must("POST", target, m{"recipients": list("rosa")}, key...); fresh.Header().Get("Idempotent-Replayed") != "" {
			b.Error("the key is remembered for more than a day")
		}
	})
}

func TestIdsOfEveryKindGoIntoPaths(t *testing.T) {
	inBubble(t, Options{NoRateLimit: true}, func(b *bed) {
		for _, id := range []string{"a/b", "a?b", "a#b", "50%", "a b", "ü", "..", ".", "a%2Fb", "users", `{"id":"x"}`, strings.Repeat("x", 255)} {
			path := "/v1/users/" + url.PathEscape(id)
			b.must("PUT", path, m{"name": id})
			if got := b.must("GET", path, nil); got.text("id") != id || got.text("name") != id {
				b.Errorf("%q came back as %s", id, got.Body)
			}
		}
	})
}

func TestIdentifyMerges(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		b.must("PUT", "/v1/users/x", m{"email": "a@acme.test", "plan": "pro", "big": 12345678901234567})
		got := b.must("PUT", "/v1/users/x", m{"plan": nil, "phone_number": "+1"})
		if got.text("email") != "a@acme.test" || got.text("phone_number") != "+1" || got.at("plan") != nil {
			b.Errorf("merged: %s", got.Body)
		}
		if !strings.Contains(got.Body.String(), "12345678901234567") {
			b.Errorf("a large number did not survive: %s", got.Body)
		}
		b.trigger("welcome", m{"recipients": list(m{"id": "x", "city": "Oslo", "$trigger_data": m{"secret": 1}})})
		if got := b.must("GET", "/v1/users/x", nil); got.text("city") != "Oslo" || strings.Contains(got.Body.String(), "secret") {
			b.Errorf("after an inline identification: %s", got.Body)
		}
	})
}

func TestRecipientFilterForms(t *testing.T) {
	inBubble(t, Options{NoRateLimit: true}, func(b *bed) {
		b.trigger("invite-reminder", invite("k", "dana", m{"collection": "projects", "id": "borealis"}))
		for query, want := range map[string]int{
			"recipient=dana": 1,
			"recipient[id]=borealis&recipient[collection]=projects":                     1,
			"recipient=" + url.QueryEscape(`{"id":"borealis","collection":"projects"}`): 1,
			"recipient=nobody":                 0,
			"recipient=dana&tenant=no":         0,
			"status=queued":                    4,
			"status[]=queued&status[]=paused":  4,
			"status[]=paused":                  0,
			"workflow=welcome":                 0,
			"workflow=ghost":                   0,
			"starting_at=2000-01-02T00:00:00Z": 0,
			"ending_at=2000-01-02T00:00:00Z":   4,
			"has_errors=true":                  0,
			"has_errors=false":                 4,
		} {
			if got := len(b.must("GET", "/v1/workflow_recipient_runs?"+query, nil).items("items")); got != want {
				b.Errorf("%s: %d runs, want %d", query, got, want)
			}
		}
	})
}

// A walk through the pages sees every row that was there at its start once,
// in order, whatever is added or changes meanwhile.
func TestPagesAreStable(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		e, err := New(Options{NoRateLimit: true})
		if err != nil {
			rt.Fatal(err)
		}
		b := &bed{t, e, e.Handler(), func() {}}
		makeRuns := func(n int) {
			for range n {
				b.trigger("invite-reminder", invite("k", "dana"))
			}
		}
		makeRuns(rapid.IntRange(0, 40).Draw(rt, "before"))
		size := rapid.IntRange(1, 50).Draw(rt, "size")
		var want, got []string
		for _, r := range slices.Backward(e.runs.all) {
			want = append(want, r.id.String())
		}
		var back string
		for after := ""; ; {
			page := b.must("GET", fmt.Sprintf("/v1/workflow_recipient_runs?page_size=%d&after=%s", size, after), nil)
			for _, item := range page.items("items") {
				got = append(got, item.(m)["id"].(string))
			}
			makeRuns(rapid.IntRange(0, 3).Draw(rt, "added"))
			back = page.text("page_info", "before")
			if after = page.text("page_info", "after"); after == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("saw %d rows, want %d", len(got), len(want))
		}
		if back != "" { // and the way back leads through the same rows
			page := b.must("GET", fmt.Sprintf("/v1/workflow_recipient_runs?page_size=%d&before=%s", size, back), nil)
			if page.text("page_info", "after") == "" {
				rt.Fatal("the page before the last one leads nowhere")
			}
			end := len(want) - len(want)%size
			if len(want)%size == 0 {
				end -= size
			}
			for i, item := range page.items("items") {
				if item.(m)["id"] != want[end-size+i] {
					rt.Fatalf("row %d before the last page is another one", i)
				}
			}
		}
	})
}

// The indexes find what a look at every run finds.
func TestFiltersAgreeWithALookAtEveryRun(t *testing.T) {
	b := newBed(t, Options{NoRateLimit: true, Lively: true, Speed: 1e-9}) // time as good as stands
	rapid.Check(t, func(rt *rapid.T) {
		pick := func(name string, values ...string) string {
			return rapid.SampledFrom(append(values, "")).Draw(rt, name)
		}
		q := url.Values{"page_size": {"50"}}
		wf, status, who := pick("workflow", "invite-reminder", "welcome", "audit-log"), pick("status", "paused", "completed", "cancelled"), pick("recipient", "dana", "rosa", "user_2")
		tenant, failed := pick("tenant", "acme", "globex"), pick("has_errors", "true", "false")
		for name, value := range map[string]string{"workflow": wf, "status[]": status, "recipient": who, "tenant": tenant, "has_errors": failed} {
			if value != "" {
				q.Set(name, value)
			}
		}
		var want []string
		for _, r := range slices.Backward(b.runs.all) {
			j := r.json()
			if (wf == "" || j.Workflow == wf) && (status == "" || j.Status.String() == status) && (who == "" || j.Recipient == ref{id: who}) &&
				(tenant == "" || j.Tenant != nil && *j.Tenant == tenant) && (failed == "" || (j.ErrorCount > 0) == (failed == "true")) {
				want = append(want, j.ID.String())
			}
		}
		var got []string
		for after := ""; ; {
			q.Set("after", after)
			page := b.must("GET", "/v1/workflow_recipient_runs?"+q.Encode(), nil)
			for _, item := range page.items("items") {
				got = append(got, item.(m)["id"].(string))
			}
			if after = page.text("page_info", "after"); after == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			rt.Fatalf("%s: %d runs, want %d", q.Encode(), len(got), len(want))
		}
	})
}

func TestRateLimits(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		codes := func(n int, method, target string, body any) (ok int) {
			for range n {
				if b.ask(method, target, body).Code != http.StatusTooManyRequests {
					ok++
				}
			}
			return ok
		}
		runs := "/v1/workflow_recipient_runs"
		if got := codes(8, "GET", runs, nil); got != 5 {
			b.Errorf("%d reads of runs in a second, want 5", got)
		}
		if r := b.ask("GET", runs, nil); r.text("code") != "rate_limit_exceeded" || r.Header().Get("Retry-After") != "" {
			b.Errorf("over the limit: %s", r.Body)
		}
		if got := codes(1, "GET", runs+"/x", nil); got != 1 { // an endpoint of its own
			b.Error("another endpoint is limited too")
		}
		if got := codes(1001, "POST", "/v1/workflows/welcome/cancel", m{"cancellation_key": "k"}); got != 1000 {
			b.Errorf("%d cancels in a second, want 1000", got)
		}
		b.pass(999 * time.Millisecond)
		if got := codes(1, "GET", runs, nil); got != 0 {
			b.Error("a read is let through before the second is over")
		}
		b.pass(time.Millisecond)
		if got := codes(8, "GET", runs, nil); got != 5 {
			b.Errorf("%d reads in the next second, want 5", got)
		}
		if got := b.Stats().RateLimited; got != 9 {
			b.Errorf("%d requests were limited, want 9", got)
		}
	})
}

func TestRequestsAreWrittenDown(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		r := b.ask("POST", "/v1/workflows/a%2Fb/trigger?x=1", m{"recipients": list("dana")})
		got := b.Requests()
		last := got[len(got)-1]
		if last.Method != "POST" || last.Path != "/v1/workflows/a%2Fb/trigger" || last.Query.Get("x") != "1" || last.Status != 404 ||
			string(last.Body) != `{"recipients":["dana"]}` || last.RequestID != r.Header().Get("X-Request-Id") {
			b.Errorf("written down: %+v", last)
		}
		for range requestsKept + 5 {
			b.ask("GET", "/v1/nothing", nil)
		}
		if n := len(b.Requests()); n != requestsKept {
			b.Errorf("%d requests kept", n)
		}
		if n := b.Stats().Requests; n != requestsKept+6 {
			b.Errorf("%d requests counted", n)
		}
	})
}

func TestRetention(t *testing.T) {
	inBubble(t, Options{NoRateLimit: true}, func(b *bed) {
		old := b.trigger("welcome", m{"recipients": list("dana")})[0]
		b.pass(31 * 24 * time.Hour)
		b.trigger("welcome", m{"recipients": list("dana")})
		b.pass(time.Minute)
		if n := len(b.must("GET", "/v1/workflow_recipient_runs?workflow=welcome", nil).items("items")); n != 1 {
			b.Errorf("%d runs after 31 days, want the new one", n)
		}
		if n := len(b.must("GET", "/v1/messages?source=welcome", nil).items("items")); n != 2 {
			b.Errorf("%d messages after 31 days, want the 2 new ones", n)
		}
		if r := b.ask("GET", "/v1/workflow_recipient_runs/"+old, nil); r.Code != 404 {
			b.Errorf("a run of a month ago is answered with %d", r.Code)
		}
	})
}
