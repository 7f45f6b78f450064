package emulator

import (
	"encoding/base64"
	"net/http/httptest"
	"testing"
	"time"
)

func TestFeedShowsWhatARecallTakesAway(t *testing.T) {
	inBubble(t, Options{NoRateLimit: true}, func(b *bed) {
		b.trigger("welcome", m{"recipients": list("dana"), "tenant": "acme", "actor": "rosa", "data": m{"a": 1, "deep": m{"x": 1}}})
		b.trigger("welcome", m{"recipients": list("dana")})
		b.pass(time.Minute)
		feed := "/v1/users/dana/feeds/" + b.channels["in-app-feed"].id.String()
		all := b.must("GET", feed, nil)
		if len(all.items("entries")) != 2 || all.at("meta", "unread_count") != 2.0 || all.text("entries", 1, "blocks", 0, "rendered") != "<p>Hello <strong>Dana Whitfield</strong>, have a look around.</p>" {
			b.Errorf("the feed: %s", all.Body)
		}
		b.must("PUT", "/v1/messages/"+all.text("entries", 0, "id")+"/read", m{})
		if r := b.must("GET", feed+"?status=unread", nil); len(r.items("entries")) != 1 || r.at("meta", "total_count") != 2.0 || r.at("meta", "unread_count") != 1.0 {
			b.Errorf("what is unread: %s", r.Body)
		}
		if r := b.must("GET", feed+"?tenant=acme&mode=compact&exclude=entries.actors,meta.total_count", nil); len(r.items("entries")) != 1 ||
			r.at("entries", 0, "activities") != nil || r.at("entries", 0, "actors") != nil || r.at("entries", 0, "data", "deep") != nil || r.at("entries", 0, "data", "a") != 1.0 || r.at("meta", "total_count") != nil {
			b.Errorf("the tenant's, compact: %s", r.Body)
		}
		if r := b.ask("POST", "/v1/channels/in-app-feed/messages/bulk/archived", m{"recipient": "dana"}); r.Code != 422 {
			b.Errorf("a filter that nobody knows is answered with %d", r.Code)
		}
		b.must("POST", "/v1/channels/in-app-feed/messages/bulk/archived", m{"tenants": list("acme"), "user_ids": list("dana")})
		b.pass(time.Second)
		if r := b.must("GET", feed, nil); len(r.items("entries")) != 1 || r.at("entries", 0, "tenant") != nil {
			b.Errorf("after the recall: %s", r.Body)
		}
		if r := b.must("GET", feed+"?archived=only", nil); len(r.items("entries")) != 1 || r.at("entries", 0, "archived_at") == nil {
			b.Errorf("what was recalled: %s", r.Body)
		}
	})
}

func TestKeysOpenWhatTheyAreFor(t *testing.T) {
	b := newBed(t, Options{NoRateLimit: true, APIKeys: []string{"mine"}})
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	token := func(head, claims string) string { return part(head) + "." + part(claims) + ".c2ln" }
	const head = `{"alg":"RS256"}`
	for _, test := range []struct {
		key, token, target string
		want               int
	}{
		{"mine", "", "/v1/users/dana", 200}, {DemoAPIKey, "", "/v1/users/dana", 401}, {"mine", "", "/v1/workflows?environment=development", 403},
		{"pk_1", "", "/v1/users/dana", 200}, {"pk_1", "", "/v1/users", 403}, {"pk_1", "", "/v1/workflow_recipient_runs", 403},
		{"pk_1", token(head, `{"sub":"dana"}`), "/v1/users/dana/feeds/in-app-feed", 200}, {"pk_1", token(head, `{"sub":"rosa"}`), "/v1/users/dana", 403},
		{"pk_1", token(head, `{"sub":"dana","exp":1}`), "/v1/users/dana", 401}, {"pk_1", token(`{"alg":"none"}`, `{"sub":"dana"}`), "/v1/users/dana", 401},
		{"pk_1", "dana", "/v1/users/dana", 401}, {"anything else", "", "/v1/whoami", 200},
	} {
		if r := b.ask("GET", test.target, nil, "Authorization", "Bearer "+test.key, "X-Knock-User-Token", test.token); r.Code != test.want {
			t.Errorf("%s with %s and %q: %d, want %d: %s", test.target, test.key, test.token, r.Code, test.want, r.Body)
		}
	}
}

func TestBrowsersAreAnswered(t *testing.T) {
	b := newBed(t, Options{})
	req := httptest.NewRequest("OPTIONS", "/v1/users/dana/feeds/in-app-feed", nil)
	req.Header.Set("Access-Control-Request-Headers", "authorization,x-knock-user-token")
	rec := httptest.NewRecorder()
	b.handler.ServeHTTP(rec, req)
	if rec.Code != 204 || rec.Header().Get("Access-Control-Allow-Headers") != "authorization,x-knock-user-token" || rec.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("OPTIONS: %d %v", rec.Code, rec.Header())
	}
	for _, target := range []string{"/v1/nothing", "/v1/users//x", "/elsewhere"} {
		if r := b.ask("GET", target, nil); r.Code != 404 || r.text("code") != "not_found" || r.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %d %s", target, r.Code, r.Body)
		}
	}
	if r := b.ask("PATCH", "/v1/users/dana", nil); r.Code != 404 || r.text("type") != "invalid_request_error" {
		t.Errorf("PATCH: %d %s", r.Code, r.Body)
	}
}

func TestGuides(t *testing.T) {
	b := newBed(t, Options{NoRateLimit: true})
	keys := func(who string) map[string]string {
		out := map[string]string{}
		r := b.must("GET", "/v1/users/"+who+"/guides/guides", nil)
		for i := range r.items("entries") {
			out[r.text("entries", i, "key")] = "shown"
		}
		for i := range r.items("ineligible_guides") {
			out[r.text("ineligible_guides", i, "key")] = r.text("ineligible_guides", i, "reason")
		}
		return out
	}
	if got := keys("kenji"); got["roadmap-news"] != "shown" || got["pro-tips"] != "not_in_target_audience" {
		t.Errorf("a free user sees %v", got)
	}
	if got := keys("dana"); got["pro-tips"] != "shown" {
		t.Errorf("a pro user sees %v", got)
	}
	step := m{"guide_key": "pro-tips", "guide_step_ref": "step_1", "channel_id": "x", "guide_id": "x"}
	b.must("PUT", "/v1/users/dana/guides/messages/archived", step)
	if got := keys("dana"); got["pro-tips"] != "marked_as_archived" {
		t.Errorf("after archiving: %v", got)
	}
	b.must("PUT", "/v1/users/dana/guides/engagements/reset", m{"guide_key": "pro-tips"})
	b.must("PUT", "/v1/guides/roadmap-news/activate?environment=development&status=false", nil)
	if got := keys("dana"); got["pro-tips"] != "shown" || got["roadmap-news"] != "guide_not_active" {
		t.Errorf("after a reset and a deactivation: %v", got)
	}
}
