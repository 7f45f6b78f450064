package emulator

import (
	"testing"
	"time"
)

func TestMergedUsersKeepWhatTheyHave(t *testing.T) {
	inBubble(t, Options{NoRateLimit: true}, func(b *bed) {
		b.must("PUT", "/v1/users/old", m{"email": "old@acme.test", "plan": "pro", "preferences": m{"default": m{"channel_types": m{"sms": false}}}})
		b.must("PUT", "/v1/users/new", m{"email": "new@acme.test"})
		b.must("POST", "/v1/objects/projects/atlas/subscriptions", m{"recipients": list("old")})
		b.trigger("welcome", m{"recipients": list("old")})
		b.pass(time.Minute)
		merged := b.must("POST", "/v1/users/new/merge", m{"from_user_id": "old"})
		if merged.text("email") != "new@acme.test" || merged.text("plan") != "pro" {
			b.Errorf("merged: %s", merged.Body)
		}
		if r := b.must("GET", "/v1/users/new/preferences/default", nil); r.at("channel_types", "sms") != false {
			b.Errorf("its preferences: %s", r.Body)
		}
		for target, n := range map[string]int{"/v1/users/new/messages": 2, "/v1/users/new/subscriptions": 1, "/v1/users/new/feeds/in-app-feed": 1} {
			if r := b.must("GET", target, nil); len(r.items("items"))+len(r.items("entries")) != n {
				b.Errorf("%s: %s", target, r.Body)
			}
		}
		if r := b.ask("GET", "/v1/users/old", nil); r.Code != 404 {
			b.Errorf("the other user is still there: %d", r.Code)
		}
		if r := b.ask("POST", "/v1/users/new/merge", m{"from_user_id": "new"}); r.Code != 422 {
			b.Errorf("a user merged with itself: %d", r.Code)
		}
	})
}

func TestBulkOperationsProgress(t *testing.T) {
	inBubble(t, Options{NoRateLimit: true}, func(b *bed) {
		users := []any{}
		for i := range 900 {
			users = append(users, m{"id": "bulk" + string(rune('a'+i%26)) + string(rune('a'+i/26))})
		}
		made := b.must("POST", "/v1/users/bulk/identify", m{"users": users})
		seen := map[string]float64{}
		for range 4 {
			r := b.must("GET", "/v1/bulk_operations/"+made.text("id"), nil)
			seen[r.text("status")] = r.at("processed_rows").(float64)
			b.pass(250 * time.Millisecond)
		}
		if seen["queued"] != 0 || seen["processing"] != 500 || seen["completed"] != 900 {
			b.Errorf("it went %v", seen)
		}
		if r := b.ask("POST", "/v1/users/bulk/identify", m{"users": list(m{"email": "x"}, m{"id": "y", "email": 1}, "z")}); r.Code != 422 || len(r.items("errors")) != 4 {
			b.Errorf("bad rows: %d %s", r.Code, r.Body)
		}
	})
}

func TestAudiencesCauseRuns(t *testing.T) {
	inBubble(t, Options{NoRateLimit: true}, func(b *bed) {
		b.must("POST", "/v1/audiences/pro-users/members", m{"members": list(m{"user": m{"id": "kenji", "plan": "pro"}}, m{"user": m{"id": "dana"}})})
		runs := b.Runs()
		if len(runs) != 1 || runs[0].Source != "audience" || runs[0].Recipient != "kenji" || runs[0].Workflow != "welcome" {
			b.Errorf("one new member of two caused %+v", runs)
		}
		run := b.must("GET", "/v1/workflow_recipient_runs/"+runs[0].ID.String(), nil)
		if run.text("trigger_source", "audience_key") != "pro-users" || run.at("trigger_source", "cancellation_key") != nil {
			b.Errorf("its source: %s", run.Body)
		}
		if r := b.ask("POST", "/v1/audiences/none/members", m{"members": list(m{"user": m{"id": "kenji"}})}); r.Code != 404 {
			b.Errorf("an audience that is not there: %d", r.Code)
		}
	})
}

func TestSchedulesInFull(t *testing.T) {
	inBubble(t, Options{NoRateLimit: true}, func(b *bed) {
		once := b.must("POST", "/v1/schedules", m{"workflow": "welcome", "recipients": list("kenji"), "scheduled_at": "2000-01-01T02:00:00Z", "actor": "rosa", "tenant": "acme"})
		b.must("POST", "/v1/schedules", m{"workflow": "audit-log", "recipients": list("kenji"), "repeats": list(m{"frequency": "daily", "hours": 10}), "ending_at": "2000-01-03T12:00:00Z"})
		b.pass(3 * time.Hour)
		runs := b.Runs()
		if len(runs) != 2 || runs[0].Workflow != "audit-log" || runs[0].TriggeredAt.Hour() != 1 || runs[1].Actor != "rosa" || runs[1].Tenant != "acme" || runs[1].TriggeredAt.Hour() != 2 {
			b.Errorf("ten in Tokyo is one, and there is another at two: %+v", runs)
		}
		if r := b.must("GET", "/v1/users/kenji/schedules?workflow=welcome", nil); r.at("entries", 0, "next_occurrence_at") != nil || r.at("entries", 0, "last_occurrence_at") == nil {
			b.Errorf("a single time that is over: %s", r.Body)
		}
		b.must("PUT", "/v1/schedules", m{"schedule_ids": list(once.text(0, "id")), "scheduled_at": "2000-01-01T05:00:00Z"})
		b.pass(10 * 24 * time.Hour)
		counts := map[string]int{}
		for _, r := range b.Runs() {
			counts[r.Workflow]++
		}
		if counts["welcome"] != 2 || counts["audit-log"] != 3 {
			b.Errorf("moved once, and ended on the third day: %v", counts)
		}
		for _, bad := range []m{{}, {"repeats": list(m{"frequency": "yearly"})}, {"repeats": list(m{"frequency": "daily", "hours": 25})}, {"scheduled_at": "soon"}, {"scheduled_at": "2000-02-01T00:00:00Z", "ending_at": "2000-01-01T00:00:00Z"}} {
			bad["workflow"], bad["recipients"] = "welcome", list("kenji")
			if r := b.ask("POST", "/v1/schedules", bad); r.Code != 422 {
				b.Errorf("%v: %d %s", bad, r.Code, r.Body)
			}
		}
	})
}
