package emulator

import (
	"net/url"
	"testing"
	"time"
)

func TestFiltersInEveryForm(t *testing.T) {
	inBubble(t, Options{NoRateLimit: true}, func(b *bed) {
		b.trigger("welcome", m{"recipients": list("dana")})
		b.pass(time.Minute)
		half := url.QueryEscape(b.Now().UTC().Format(time.RFC3339))
		b.trigger("welcome", m{"recipients": list("dana")})
		b.pass(time.Minute)
		b.must("POST", "/v1/objects/projects/atlas/subscriptions", m{"recipients": list(m{"collection": "teams", "id": "support"})})
		b.must("POST", "/v1/schedules", m{"workflow": "welcome", "recipients": list("dana", m{"collection": "teams", "id": "support"}), "scheduled_at": "2001-01-01T00:00:00Z"})
		for target, want := range map[string]int{
			"/v1/messages?inserted_at[gt]=" + half:                                                                               2,
			"/v1/messages?inserted_at[lte]=" + half:                                                                              2,
			"/v1/messages?inserted_at.gte=" + half + "&inserted_at[lt]=2100-01-01":                                               2,
			"/v1/messages?status[]=delivered&status[0]=sent&source=welcome":                                                      4,
			"/v1/users/dana/subscriptions?objects[][id]=atlas&objects[][collection]=projects":                                    1,
			"/v1/users/dana/subscriptions?objects[][id]=borealis&objects[][collection]=projects":                                 0,
			"/v1/objects/projects/atlas/subscriptions?recipients[]=dana&recipients[][id]=support&recipients[][collection]=teams": 2,
			"/v1/schedules?workflow=welcome&recipients[][id]=dana":                                                               1,
			"/v1/schedules?workflow=welcome&recipients[][id]=support&recipients[][collection]=teams":                             1,
		} {
			r := b.must("GET", target, nil)
			if got := len(r.items("items")) + len(r.items("entries")); got != want {
				b.Errorf("%s: %d rows, want %d", target, got, want)
			}
		}
		withSets := b.must("GET", "/v1/objects/projects/atlas/subscriptions?include[]=preferences", nil)
		if withSets.at("entries", 1, "recipient", "preferences") == nil {
			b.Errorf("no preferences included: %s", withSets.Body)
		}
	})
}

func TestFiltersByTriggerData(t *testing.T) {
	inBubble(t, Options{NoRateLimit: true}, func(b *bed) {
		b.trigger("welcome", m{"recipients": list("dana"), "data": m{"n": 1, "word": "nan", "at": m{"project": "atlas", "row": 2}, "none": m{}}})
		b.pass(time.Minute)
		for wanted, found := range map[string]bool{
			`{}`: true, `{"n":1}`: true, `{"n":1.0}`: true, `{"n":"1"}`: true, `{"n":2}`: false, `{"word":"nan"}`: true,
			`{"n":1,"word":"other"}`: false, `{"at":{"project":"atlas"}}`: true, `{"at":{"project":"atlas","row":3}}`: false,
			`{"at":{}}`: true, `{"n":{}}`: false, `{"n":{"x":1}}`: false, `{"none":{}}`: true, `{"gone":null}`: false,
		} {
			want := 0
			if found {
				want = 1
			}
			for _, target := range []string{"/v1/users/dana/feeds/in-app-feed", "/v1/users/dana/messages"} {
				r := b.must("GET", target+"?page_size=1&trigger_data="+url.QueryEscape(wanted), nil)
				if got := len(r.items("items")) + len(r.items("entries")); got != want {
					b.Errorf("%s by %s: %d rows, want %d", target, wanted, got, want)
				}
			}
		}
	})
}

func TestWhatIsNoFilterIsRefused(t *testing.T) {
	b := newBed(t, Options{NoRateLimit: true})
	for _, target := range []string{
		"/v1/messages?inserted_at[after]=2000-01-01", "/v1/messages?inserted_at=2000-01-01", "/v1/messages?inserted_at[gt]=yesterday", "/v1/messages?inserted_at[gt=2000-01-01",
		"/v1/messages?state=sent", "/v1/messages?status=gone", "/v1/workflow_recipient_runs?recipients=dana", "/v1/users?include[]=friends",
		"/v1/schedules", "/v1/users/dana/subscriptions?objects[][id]=a&objects[][collection]=b&objects[][collection]=c", "/v1/users?page_size=0",
		"/v1/users/dana/feeds/in-app-feed?status=new", "/v1/tenants?id=acme",
	} {
		if r := b.ask("GET", target, nil); r.Code != 422 || r.text("code") != "invalid_params" {
			t.Errorf("%s: %d %s", target, r.Code, r.Body)
		}
	}
}

func TestPreferencesAreReplaced(t *testing.T) {
	b := newBed(t, Options{NoRateLimit: true})
	set := "/v1/users/new-one/preferences/default"
	b.must("PUT", set, m{"channel_types": m{"email": false}, "workflows": m{"welcome": false}})
	b.must("GET", "/v1/users/new-one", nil) // made by that
	if r := b.must("PUT", set, m{"workflows": m{"audit-log": false}, "__persistence_strategy__": "merge"}); r.at("workflows", "welcome") != false || r.at("channel_types", "email") != false {
		t.Errorf("merged: %s", r.Body)
	}
	if r := b.must("PUT", set, m{"workflows": m{"audit-log": true}}); r.at("workflows", "welcome") != nil || r.at("channel_types") != nil {
		t.Errorf("replaced: %s", r.Body)
	}
	b.must("PUT", "/v1/users/new-one", m{"preferences": m{"default": m{"channel_types": m{"sms": false}}}})
	if r := b.must("GET", set, nil); r.at("workflows", "audit-log") != true || r.at("channel_types", "sms") != false {
		t.Errorf("what comes inline is merged: %s", r.Body)
	}
	for _, bad := range []m{
		{"channel_types": m{"email": "no"}}, {"workflows": list()}, {"workflows": m{"welcome": 1}}, {"workflows": m{"welcome": m{"email": false}}},
		{"categories": m{"x": m{"channel_types": m{"email": nil, "sms": "x"}}}}, {"channel_types": m{"email": m{"conditions": list(m{"variable": "a", "operator": "is like"})}}},
		{"channel_types": m{"emial": true}}, {"workflows": m{"welcome": m{"channel_types": m{"pigeon": true}}}}, {"commercial_subscribed": "yes"}, {"__persistence_strategy__": "append"},
	} {
		if r := b.ask("PUT", set, bad); r.Code != 422 {
			t.Errorf("%v: %d %s", bad, r.Code, r.Body)
		}
	}
	b.must("DELETE", set, nil)
	if r := b.must("GET", set, nil); r.at("workflows") != nil {
		t.Errorf("unset: %s", r.Body)
	}
}

func TestChannelDataIsWhole(t *testing.T) {
	b := newBed(t, Options{NoRateLimit: true})
	path := "/v1/objects/phones/p1/channel_data/" + b.channels["apns"].id.String()
	r := b.must("PUT", path, m{"data": m{"tokens": list("a"), "devices": list(m{"token": "b", "locale": "de"})}})
	if r.text("data", "devices", 0, "token") != "b" || r.text("data", "devices", 1, "token") != "a" || r.text("data", "tokens", 1) != "a" || r.text("provider") != "push_apns" {
		t.Errorf("channel data: %s", r.Body)
	}
	b.must("GET", "/v1/objects/phones/p1", nil) // made by that
	for _, bad := range []m{{}, {"data": m{}}, {"data": m{"tokens": "a"}}, {"data": m{"tokens": list(1)}}, {"data": m{"connections": list()}}} {
		if r := b.ask("PUT", path, bad); r.Code != 422 {
			t.Errorf("%v: %d %s", bad, r.Code, r.Body)
		}
	}
	if r := b.must("GET", "/v1/tenants/globex", nil); r.text("settings", "preference_set", "id") != "default" {
		t.Errorf("a tenant's preference set: %s", r.Body)
	}
}
