package why_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops/why"
)

// Scripts compare these: none is ever renamed, and none is in the list twice.
func TestCausesAreStable(t *testing.T) {
	want := strings.Fields(`no_such_recipient never_triggered workflow_inactive workflow_missing data_invalid waiting_delay
		waiting_batch waiting_event still_running cancelled preference_workflow preference_category preference_channel
		preference_tenant condition_not_met no_address throttled batched_into_other step_failed fetch_failed run_halted
		sandbox provider_rejected bounced undelivered retrying delivered_unseen delivered_seen archived wrong_tenant
		other_environment beyond_retention replayed unknown
		preference_commercial sent_unconfirmed trigger_refused wait_ended`)
	var ids []string
	for _, c := range why.Causes {
		ids = append(ids, c.ID)
	}
	slices.Sort(ids)
	slices.Sort(want)
	if !slices.Equal(ids, want) {
		t.Errorf("%d causes %v, want %d %v", len(ids), ids, len(want), want)
	}
	// Each has a case that it is the answer to.
	told := causesOf(tales)
	slices.Sort(told)
	if !slices.Equal(told, want) {
		t.Errorf("cases of %v, want %v", told, want)
	}
}

// One question about a user of 10,000 messages and 2,000 runs, at Knock's limits.
func TestALargeRecipient(t *testing.T) {
	w := caseWorld("email", reachable())
	var five []emulator.Step
	for i := range 5 {
		five = append(five, emulator.Step{Ref: fmt.Sprint("mail_", i), Type: "channel", Channel: "email", Subject: "s", Body: "b"})
	}
	w.Workflows = append(w.Workflows, emulator.Workflow{Key: "five", Name: "five", Steps: five})
	at(t, emulator.Options{World: w, WebhookURL: silent}, func(d *desk) {
		dana := []client.Recipient{{Ref: client.Ref{ID: "dana"}}}
		var early string
		for n := range 2000 {
			id := d.trigger(false, client.Trigger{Workflow: "five", Recipients: dana})
			if n == 1800 {
				early = id
			}
		}
		time.Sleep(time.Minute)
		if stats := d.knock.Stats(); stats.Messages["delivered"] != 10_000 {
			t.Fatalf("%+v", stats)
		}
		d.answer = func(*http.Request) *http.Response {
			time.Sleep(300 * time.Millisecond) // a slow way to Knock
			return nil
		}
		for _, q := range []why.Question{{Recipient: dana[0].Ref}, {Recipient: dana[0].Ref, Workflow: "five"}, {Trigger: early}, {Recipient: dana[0].Ref, Trigger: early}} {
			begun := time.Now()
			a := d.ask(q, nil)
			t.Logf("%+v: %d requests, %s: %s", q, a.Requests, time.Since(begun), a.Cause)
			if took := time.Since(begun); a.Cause != "delivered_unseen" || took > 5*time.Second {
				t.Errorf("%+v: %s after %s and %d requests", q, a.Cause, took, a.Requests)
			}
		}
	})
}

// Each push and chat channel is looked up, and one that two steps send through once.
func TestEveryChannelsDataIsRead(t *testing.T) {
	w := caseWorld("push", nil)
	again := one("push")[0]
	again.Ref = "push_again"
	w.Workflows = append(w.Workflows, emulator.Workflow{Key: "both", Name: "both", Steps: append(one("push"), again, one("chat")[0])})
	at(t, emulator.Options{World: w, WebhookURL: silent}, func(d *desk) {
		d.opaque = true // nothing but the channels' data says why
		d.trigger(false, client.Trigger{Workflow: "both", Recipients: []client.Recipient{{Ref: client.Ref{ID: "dana"}}}})
		time.Sleep(settled)
		lookups := map[string]int{}
		d.answer = func(r *http.Request) *http.Response {
			if strings.Contains(r.URL.Path, "/channel_data/") {
				lookups[r.URL.Path]++
				if len(lookups) == 2 && lookups[r.URL.Path] == 1 { // what cannot be read proves no address
					return &http.Response{StatusCode: 403, Body: http.NoBody}
				}
			}
			return nil
		}
		for _, want := range []int{2, 3} {
			a := d.ask(why.Question{Recipient: client.Ref{ID: "dana"}, Workflow: "both"}, nil)
			unreachable := 0
			for _, f := range a.Findings {
				if f.Cause == "no_address" {
					unreachable++
				}
			}
			if unreachable != want || len(lookups) != 2 {
				t.Errorf("%d channels without an address, want %d: %+v; looked up %v", unreachable, want, a.Findings, lookups)
			}
		}
	})
}

// A Knock that is busy is asked again, and every request counts.
func TestRequestsAreBounded(t *testing.T) {
	at(t, emulator.Options{World: caseWorld("email", reachable())}, func(d *desk) {
		d.deaf.Store(true)
		d.trigger(false, client.Trigger{Workflow: "plain", Recipients: []client.Recipient{{Ref: client.Ref{ID: "dana"}}}})
		time.Sleep(settled)
		busy := 0
		d.answer = func(*http.Request) *http.Response {
			if busy++; busy%2 == 1 {
				return &http.Response{StatusCode: 503, Body: http.NoBody}
			}
			return nil
		}
		q := why.Question{Recipient: client.Ref{ID: "dana"}, Workflow: "plain"}
		var told []int
		a := d.ask(q, func(p why.Progress) { told = append(told, p.Requests) })
		if a.Cause != "delivered_unseen" || a.Requests != d.asked || len(told) != a.Requests {
			t.Errorf("%s, %d requests, %d counted, told %v", a.Cause, d.asked, a.Requests, told)
		}
		d.answer = func(*http.Request) *http.Response { return &http.Response{StatusCode: 503, Body: http.NoBody} }
		d.asked, q = 0, why.Question{ID: "57991769-f020-4849-afb1-f8e3d047b4d5", Workflow: "plain"} // takes the most: 18, were there no bound
		if a := d.ask(q, nil); a.Proven || a.Cause != "unknown" || d.asked != why.MaxRequests || !strings.Contains(a.Verdict, "could not be read") {
			t.Errorf("%s, proven %v, %d requests: %s", a.Cause, a.Proven, d.asked, a.Verdict)
		}
	})
}

// Without Knock the webhooks answer; without either there is an error.
func TestWithoutKnock(t *testing.T) {
	p := reachable()
	bounce("email", p)
	at(t, emulator.Options{World: caseWorld("email", p)}, func(d *desk) {
		d.trigger(false, client.Trigger{Workflow: "plain", Recipients: []client.Recipient{{Ref: client.Ref{ID: "dana"}}}})
		time.Sleep(settled)
		d.answer = func(*http.Request) *http.Response { return &http.Response{StatusCode: 401, Body: http.NoBody} }
		a := d.ask(why.Question{Recipient: client.Ref{ID: "dana"}}, nil)
		if a.Cause != "bounced" || !a.Proven || a.Evidence[0].Kind != "webhook" {
			t.Errorf("%s, proven %v: %+v", a.Cause, a.Proven, a.Evidence)
		}
		if _, err := why.Ask(d.t.Context(), d.session, why.Question{}, nil); err == nil {
			t.Error("a question about nothing is answered")
		}
	})
}

// A webhook that nobody vouches for proves nothing.
func TestUnverifiedWebhooksAreLikely(t *testing.T) {
	p := reachable()
	bounce("email", p)
	at(t, emulator.Options{World: caseWorld("email", p)}, func(d *desk) {
		d.unverified.Store(true)
		d.trigger(false, client.Trigger{Workflow: "plain", Recipients: []client.Recipient{{Ref: client.Ref{ID: "dana"}}}})
		time.Sleep(40 * 24 * time.Hour)
		a := d.ask(why.Question{Recipient: client.Ref{ID: "dana"}}, nil)
		if a.Cause != "bounced" || a.Proven || !strings.Contains(a.Verdict, "likely, email bounced") {
			t.Errorf("%s, proven %v: %s", a.Cause, a.Proven, a.Verdict)
		}
	})
}

// What the last webhook said weeks ago may have gone on: it is likely at most.
func TestTheLastWordMayBeOld(t *testing.T) {
	at(t, emulator.Options{World: caseWorld("email", reachable())}, func(d *desk) {
		d.trigger(false, client.Trigger{Workflow: "plain", Recipients: []client.Recipient{{Ref: client.Ref{ID: "dana"}}}})
		for len(d.sent("message.sent")) == 0 {
			time.Sleep(50 * time.Millisecond)
		}
		d.deaf.Store(true) // what comes later is lost
		time.Sleep(40 * 24 * time.Hour)
		a := d.ask(why.Question{Recipient: client.Ref{ID: "dana"}}, nil)
		if a.Cause != "sent_unconfirmed" || a.Proven {
			t.Errorf("%s, proven %v: %s", a.Cause, a.Proven, a.Verdict)
		}
	})
}

// Words in an event of a name that is not known are a guess.
func TestUnknownWordsAreLikely(t *testing.T) {
	p := reachable()
	prefer(`{"channel_types": {%q: false}}`)("email", p)
	at(t, emulator.Options{World: caseWorld("email", p)}, func(d *desk) {
		d.rename = map[string]string{"step_skipped": "channel_step_not_run", "preferences": "user_preference_set"}
		d.trigger(false, client.Trigger{Workflow: "plain", Recipients: []client.Recipient{{Ref: client.Ref{ID: "dana"}}}})
		time.Sleep(settled)
		a := d.ask(why.Question{Recipient: client.Ref{ID: "dana"}}, nil)
		if a.Cause != "preference_channel" || a.Proven {
			t.Errorf("%s, proven %v: %s", a.Cause, a.Proven, a.Verdict)
		}
	})
}

// Each channel is told, what went wrong first, in one sentence.
func TestEachChannelIsTold(t *testing.T) {
	p := reachable()
	p["email"] = "dana@bounced.test"
	prefer(`{"channel_types": {"push": false}, "workflows": {"%s": true}}`)("x", p)
	w := caseWorld("email", p)
	w.Workflows = append(w.Workflows, emulator.Workflow{Key: "many", Name: "many", Steps: slices.Concat(one("in_app_feed"), one("push"), one("email"))})
	at(t, emulator.Options{World: w}, func(d *desk) {
		d.trigger(false, client.Trigger{Workflow: "many", Recipients: []client.Recipient{{Ref: client.Ref{ID: "dana"}}}})
		time.Sleep(settled)
		a := d.ask(why.Question{ID: "dana"}, nil)
		var got []string
		for _, f := range a.Findings {
			got = append(got, fmt.Sprintf("%s %s %s %v", f.Channel, f.Kind, f.Cause, f.Proven))
		}
		want := []string{"email wrong bounced true", "push nothing preference_channel true", "in-app arrived delivered_unseen true"}
		if !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		for _, words := range []string{"many for dana, triggered ", "email bounced at ", ": 550 5.1.1 no such mailbox; push was not sent: dana's preference channel_types.push refuses it; in-app was delivered at "} {
			if !strings.Contains(a.Verdict, words) {
				t.Errorf("%q does not say %q", a.Verdict, words)
			}
		}
		if !slices.ContainsFunc(a.Next, func(s string) bool {
			return strings.HasPrefix(s, "knockops messages logs ") && strings.HasSuffix(s, " --profile test")
		}) {
			t.Errorf("next: %q", a.Next)
		}
		var hops []string
		for _, h := range a.Route {
			if h.Cause != "" || h.Hop != "step" {
				hops = append(hops, strings.TrimSpace(h.Hop+" "+h.Cause))
			}
		}
		if got := strings.Join(hops, ", "); !strings.HasPrefix(got, "trigger, run, step preference_channel, message") || !strings.Contains(got, "provider bounced") {
			t.Errorf("the route is %s", got)
		}
	})
}

// Two recipients of one trigger part where the one's preference refuses what the other gets.
func TestCompare(t *testing.T) {
	p := reachable()
	prefer(`{"channel_types": {%q: false}}`)("email", p)
	at(t, emulator.Options{World: caseWorld("email", p)}, func(d *desk) {
		d.trigger(false, client.Trigger{Workflow: "plain", Recipients: []client.Recipient{{Ref: client.Ref{ID: "dana"}}, {Ref: client.Ref{ID: "noisy"}}}})
		time.Sleep(settled)
		c, err := why.AskBoth(d.t.Context(), d.session, why.Question{Recipient: client.Ref{ID: "dana"}}, why.Question{Recipient: client.Ref{ID: "noisy"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		row := c.Rows[c.Parts]
		if c.Left.Cause != "preference_channel" || c.Right.Cause != "delivered_unseen" || row.Title != "email_step" || !strings.Contains(row.Left.Text, "preferences") || !strings.Contains(row.Right.Text, "message enqueued") {
			t.Errorf("parts at %d of %+v", c.Parts, c.Rows)
		}
		for _, r := range c.Rows[:c.Parts] {
			if r.Differs {
				t.Errorf("%s differs before they part", r.Title)
			}
		}
		same, err := why.AskBoth(d.t.Context(), d.session, why.Question{Recipient: client.Ref{ID: "noisy"}}, why.Question{Recipient: client.Ref{ID: "noisy"}}, nil)
		if err != nil || same.Parts != -1 {
			t.Errorf("one and the same parts at %d: %v", same.Parts, err)
		}
	})
}

// An id that cannot be one is an error, not an answer.
func TestBadQuestions(t *testing.T) {
	at(t, emulator.Options{World: caseWorld("email", reachable())}, func(d *desk) {
		var bad *client.InvalidError
		if _, err := why.Ask(d.t.Context(), d.session, why.Question{ID: "projects/"}, nil); !errors.As(err, &bad) {
			t.Errorf("%v", err)
		}
	})
}
