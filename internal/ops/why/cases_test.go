package why_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/why"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
)

// Fractions of the cases, as one in so many.
const (
	opaqueIn  = 10 // events of runs have names that nobody knows, and no data
	tokenless = 12 // there is no service token, so no workflow can be read
)

var channelKinds = []string{"email", "in_app_feed", "sms", "push", "chat"}

// a labelled case: what happened is known, and the answer is held against it.
type labelled struct {
	*desk
	*rand.Rand
	cause    string
	channel  string // its kind
	to       client.Ref
	tenant   string
	here     here // the trigger comes from this machine
	question why.Question
	trigger1 string
}

func one(channel string, steps ...emulator.Step) []emulator.Step {
	return append(steps, emulator.Step{Ref: channel + "_step", Type: "channel", Channel: channel, Subject: "s", Body: "b"})
}

func hours(n int) emulator.Duration   { return emulator.Duration{Value: n, Unit: "hours"} }
func minutes(n int) emulator.Duration { return emulator.Duration{Value: n, Unit: "minutes"} }

// caseWorld has a workflow for each way that a run can go, and people of all kinds.
func caseWorld(channel string, props map[string]any) *emulator.World {
	never := &emulator.Conditions{All: []emulator.Condition{{Variable: "data.wanted", Operator: "equal_to", Argument: true}}}
	conditional := one(channel)
	conditional[0].Conditions = never
	failing, flaky := one(channel), one(channel)
	failing[0].Fails, flaky[0].Fails = 3, 2
	w := &emulator.World{Environment: emulator.DemoEnvironment}
	for _, kind := range channelKinds {
		provider := map[string]string{"email": "postmark", "in_app_feed": "knock", "sms": "twilio", "push": "push_fcm", "chat": "chat_slack"}[kind]
		w.Channels = append(w.Channels, emulator.Channel{Key: kind, Type: kind, Provider: provider})
	}
	flow := func(key string, steps []emulator.Step, change ...func(*emulator.Workflow)) {
		wf := emulator.Workflow{Key: key, Name: key, Steps: steps}
		for _, f := range change {
			f(&wf)
		}
		w.Workflows = append(w.Workflows, wf)
	}
	flow("plain", one(channel))
	flow("noise", one("in_app_feed"))
	flow("delayed", one(channel, emulator.Step{Ref: "wait", Type: "delay", For: hours(2)}))
	flow("batched", one(channel, emulator.Step{Ref: "gather", Type: "batch", Window: minutes(10)}))
	flow("waiting", one(channel, emulator.Step{Ref: "await", Type: "wait_for_event", Event: &emulator.WaitEvent{ExpiresAfter: minutes(10), HaltOnExpiry: true}}))
	flow("fetching", one(channel, emulator.Step{Ref: "get", Type: "http_fetch", URL: "https://example.test", Respond: []emulator.Response{{Status: 500}}}))
	flow("throttled", one(channel, emulator.Step{Ref: "limit", Type: "throttle", Window: hours(1), Limit: 1}))
	flow("failing", failing)
	flow("flaky", flaky)
	flow("conditional", conditional)
	flow("conditional-run", one(channel), func(wf *emulator.Workflow) { wf.Conditions = never })
	flow("branching", []emulator.Step{{Ref: "fork", Type: "branch", Branches: []emulator.Branch{
		{Name: "wanted", Conditions: never, Steps: one(channel)}, {Name: "else"},
	}}})
	flow("categorised", one(channel), func(wf *emulator.Workflow) { wf.Categories = []string{"news"} })
	flow("commercial", one(channel), func(wf *emulator.Workflow) { wf.Commercial = true })
	flow("strict", one(channel), func(wf *emulator.Workflow) {
		wf.Schema = map[string]any{"type": "object", "required": []any{"order"}, "properties": map[string]any{"order": map[string]any{"type": "string"}}}
	})
	for _, id := range []string{"acme", "globex"} {
		w.Tenants = append(w.Tenants, emulator.Entity{"id": id})
	}
	user := emulator.Entity{"id": "dana"}
	for k, v := range props {
		user[k] = v
	}
	w.Users = append(w.Users, user, emulator.Entity{"id": "noisy", "email": "noisy@example.com"})
	w.Objects = append(w.Objects, emulator.Object{Collection: "projects", ID: "apollo", Properties: emulator.Entity{"email": "apollo@example.com"}})
	w.Sources = append(w.Sources, emulator.Source{Key: "shop", Name: "shop", Mappings: []emulator.Mapping{{Event: "ordered", Workflow: "strict", Recipients: "userId"}}})
	return w
}

// reachable are properties with which every channel reaches a user.
func reachable() map[string]any {
	return map[string]any{
		"email": "dana@example.com", "phone_number": "+4930123456",
		"channel_data": map[string]any{
			"push": map[string]any{"tokens": []any{"token-1"}},
			"chat": map[string]any{"connections": []any{map[string]any{"access_token": "t", "channel_id": "C1"}}},
		},
	}
}

// tells are the ways in which a case comes to pass: what is done, and what is asked.
type tale struct {
	cause    string
	channels []string // that it can happen on; nil for all
	props    func(channel string, p map[string]any)
	tell     func(*labelled)
}

// run triggers a workflow for the case's recipient, lets that time pass, and asks about it.
func (l *labelled) run(workflow string, pass time.Duration, change ...func(*client.Trigger)) {
	l.t.Helper()
	x := client.Trigger{Workflow: workflow, Recipients: []client.Recipient{{Ref: l.to}}, CancellationKey: "key-1"}
	if l.tenant != "" {
		x.Tenant = &client.Tenant{ID: l.tenant}
	}
	for _, f := range change {
		f(&x)
	}
	l.question.Workflow = workflow
	l.trigger1 = l.desk.trigger(l.here, x)
	time.Sleep(pass)
}

// bounce gives the address at which a message of this channel comes back.
func bounce(channel string, p map[string]any) {
	p["email"] = "dana@bounced.test"
	p["channel_data"].(map[string]any)["push"] = map[string]any{"tokens": []any{"token-gone"}}
}

func prefer(set string) func(string, map[string]any) {
	return func(channel string, p map[string]any) {
		var prefs map[string]any
		if err := json.Unmarshal(fmt.Appendf(nil, set, channel), &prefs); err != nil {
			panic(err)
		}
		p["preferences"] = prefs
	}
}

func domain(name string) func(string, map[string]any) {
	return func(_ string, p map[string]any) { p["email"], p["phone_number"] = "dana@"+name, "+49300001" }
}

const settled = 20 * time.Second

var tales = []tale{
	{cause: "delivered_unseen", tell: func(l *labelled) { l.run("plain", settled) }},
	{cause: "delivered_seen", tell: func(l *labelled) { l.run("plain", settled); l.engage("seen") }},
	{cause: "archived", tell: func(l *labelled) { l.run("plain", settled); l.engage("archived") }},
	{cause: "bounced", channels: []string{"email", "push"}, props: bounce, tell: func(l *labelled) { l.run("plain", settled) }},
	{cause: "undelivered", channels: []string{"email", "sms"}, props: domain("undelivered.test"), tell: func(l *labelled) { l.run("plain", time.Minute) }},
	{cause: "provider_rejected", channels: []string{"email"}, props: domain("rejected.test"), tell: func(l *labelled) { l.run("plain", settled) }},
	{cause: "retrying", channels: []string{"email"}, props: domain("retried.test"), tell: func(l *labelled) { l.run("plain", 2*time.Second) }},
	{cause: "retrying", tell: func(l *labelled) { l.run("fetching", 3*time.Second) }},
	{cause: "retrying", tell: func(l *labelled) { l.run("flaky", time.Second) }},
	{cause: "sandbox", tell: func(l *labelled) {
		on := true
		l.run("plain", settled, func(x *client.Trigger) { x.SandboxMode = &on })
	}},
	{cause: "sent_unconfirmed", channels: []string{"email", "sms", "push"}, tell: func(l *labelled) { l.run("plain", 300*time.Millisecond); l.untilSent() }},
	{cause: "still_running", tell: func(l *labelled) { l.run("plain", 100*time.Millisecond) }},
	{cause: "waiting_delay", tell: func(l *labelled) { l.run("delayed", time.Minute) }},
	{cause: "waiting_batch", tell: func(l *labelled) { l.run("batched", time.Minute) }},
	{cause: "waiting_event", tell: func(l *labelled) { l.run("waiting", time.Minute) }},
	{cause: "wait_ended", tell: func(l *labelled) { l.run("waiting", 11*time.Minute) }},
	{cause: "cancelled", tell: func(l *labelled) {
		l.run("delayed", 10*time.Second)
		if _, err := l.others.Cancel(l.t.Context(), client.CancelRecipients("delayed", "key-1", l.to)); err != nil {
			l.t.Fatal(err)
		}
		time.Sleep(settled)
	}},
	{cause: "workflow_inactive", tell: func(l *labelled) { l.run("delayed", time.Minute); l.freeze("delayed"); time.Sleep(3 * time.Hour) }},
	{cause: "workflow_inactive", tell: func(l *labelled) { l.here = true; l.freeze("plain"); l.run("plain", settled) }},
	{cause: "workflow_missing", tell: func(l *labelled) { l.here = true; l.run("plane", settled) }},
	{cause: "workflow_missing", tell: func(l *labelled) { l.question.Workflow = "plane" }},
	{cause: "data_invalid", tell: func(l *labelled) { l.here = true; l.run("strict", settled) }},
	{cause: "data_invalid", tell: func(l *labelled) {
		l.question.Workflow, l.question.Since = "strict", time.Now().Add(-time.Hour)
		e := client.TrackEvent{Event: "ordered", UserID: l.to.ID}
		if err := l.others.Track(l.t.Context(), "http://127.0.0.1/integrations/receive/src_shop", e); err != nil {
			l.t.Fatal(err)
		}
		l.trigger1, l.here = "", false
	}},
	{cause: "trigger_refused", tell: func(l *labelled) {
		l.here = true
		l.run("plain", settled, func(x *client.Trigger) { x.Actor = &client.Recipient{Ref: client.Ref{ID: "nobody"}} })
	}},
	{cause: "replayed", tell: func(l *labelled) {
		l.here = true
		again := func(x *client.Trigger) { x.IdempotencyKey = "same" }
		l.run("plain", time.Minute, again)
		l.run("plain", settled, again)
	}},
	{cause: "never_triggered", tell: func(l *labelled) { l.question.Workflow, l.question.Since = "plain", time.Now().Add(-24*time.Hour) }},
	{cause: "never_triggered", tell: func(l *labelled) { l.question.Workflow = "plain" }},
	{cause: "no_such_recipient", tell: func(l *labelled) { l.to = client.Ref{ID: "dna"}; l.question.Workflow = "plain" }},
	{cause: "other_environment", tell: (*labelled).elsewhere},
	{cause: "wrong_tenant", tell: func(l *labelled) { l.tenant = "globex"; l.run("plain", settled); l.question.Tenant = "acme" }},
	{cause: "beyond_retention", tell: func(l *labelled) { l.here = true; l.deaf(); l.run("plain", 40*24*time.Hour) }},
	{cause: "preference_workflow", props: prefer(`{"workflows": {"plain": {"channel_types": {%q: false}}}}`), tell: func(l *labelled) { l.run("plain", settled) }},
	{cause: "preference_category", props: prefer(`{"categories": {"news": false}, "channels": {"other %s": false}}`), tell: func(l *labelled) { l.run("categorised", settled) }},
	{cause: "preference_channel", props: prefer(`{"channel_types": {%q: false}}`), tell: func(l *labelled) { l.run("plain", settled) }},
	{cause: "preference_channel", props: prefer(`{"channels": {%q: false}}`), tell: func(l *labelled) { l.run("plain", settled) }},
	{cause: "preference_commercial", props: prefer(`{"commercial_subscribed": false, "channels": {"other %s": true}}`), tell: func(l *labelled) { l.run("commercial", settled) }},
	{cause: "preference_tenant", tell: func(l *labelled) {
		l.tenant = "acme"
		l.put("/v1/users/dana/preferences/acme", fmt.Sprintf(`{"channel_types": {%q: false}}`, l.channel))
		l.run("plain", settled)
	}},
	{cause: "no_address", channels: []string{"email", "sms", "push", "chat"}, props: func(_ string, p map[string]any) { clear(p) }, tell: func(l *labelled) { l.run("plain", settled) }},
	{cause: "condition_not_met", tell: func(l *labelled) { l.run("conditional", settled) }},
	{cause: "condition_not_met", tell: func(l *labelled) { l.run("conditional-run", settled) }},
	{cause: "condition_not_met", tell: func(l *labelled) { l.run("branching", settled) }},
	{cause: "throttled", tell: func(l *labelled) { l.run("throttled", time.Minute); l.run("throttled", settled) }},
	{cause: "batched_into_other", tell: func(l *labelled) { l.run("batched", time.Minute); l.run("batched", 11*time.Minute) }},
	{cause: "fetch_failed", tell: func(l *labelled) { l.run("fetching", time.Minute) }},
	{cause: "step_failed", tell: func(l *labelled) { l.run("failing", time.Minute) }},
	{cause: "run_halted", tell: func(l *labelled) { l.run("failing", 40*24*time.Hour) }},
	{cause: "bounced", channels: []string{"email", "push"}, props: bounce, tell: func(l *labelled) { l.run("plain", 40*24*time.Hour) }},
	{cause: "delivered_unseen", tell: func(l *labelled) { l.run("plain", 40*24*time.Hour) }},
	{cause: "unknown", tell: func(l *labelled) { l.question.Message = "2xJt0000000000000000000000Q"[:27-1] + "Z" }},
}

func (l *labelled) freeze(workflow string) {
	if _, err := l.others.SetWorkflowActive(l.t.Context(), workflow, false); err != nil {
		l.t.Fatal(err)
	}
}

// deaf keeps webhooks out of the journal.
func (l *labelled) deaf() { l.desk.deaf.Store(true) }

func (l *labelled) messages() []client.Message {
	page, err := l.others.ListMessages(l.t.Context(), client.MessageFilter{WorkflowRunID: l.trigger1}, client.Cursor{})
	if err != nil || len(page.Items) == 0 {
		l.t.Fatalf("no message: %v", err)
	}
	return page.Items
}

func (l *labelled) engage(what string) { l.put("/v1/messages/"+l.messages()[0].ID+"/"+what, "{}") }

func (l *labelled) untilSent() {
	for range 40 {
		time.Sleep(50 * time.Millisecond)
		if l.messages()[0].Status == client.MessageSent {
			return
		}
	}
	l.t.Fatal("it was never just sent")
}

// elsewhere asks about a user of another environment.
func (l *labelled) elsewhere() {
	l.to = client.Ref{ID: "eve"}
	l.question.Workflow = "plain"
	other, err := emulator.New(emulator.Options{Seed: 9, World: &emulator.World{Environment: "production", Users: []emulator.Entity{{"id": "eve"}}}})
	if err != nil {
		l.t.Fatal(err)
	}
	c := connect(l.t, client.Options{BaseURL: "http://127.0.0.1", APIKey: emulator.DemoAPIKey}, other.Handler())
	l.session.Elsewhere = func() []ops.Elsewhere { return []ops.Elsewhere{{Profile: "prod", Client: c}} }
}

// noise is what else goes on: other people's runs, and the recipient's own of other workflows before.
func (l *labelled) noise() {
	for range l.IntN(4) {
		to := client.Ref{ID: "noisy"}
		if l.IntN(2) == 0 {
			to = l.to
		}
		if to.ID == "dana" || to.ID == "noisy" {
			l.desk.trigger(false, client.Trigger{Workflow: "noise", Recipients: []client.Recipient{{Ref: to}}})
		}
		time.Sleep(time.Duration(1+l.IntN(30)) * time.Second)
	}
}

// narrow asks about the same in one of the ways in which tickets name it.
func (l *labelled) narrow() {
	if l.question.Message != "" {
		return
	}
	how := l.IntN(5)
	if l.trigger1 == "" || l.cause == "wrong_tenant" || l.cause == "beyond_retention" || l.cause == "replayed" {
		how = 0
	}
	var page client.Page[client.Run]
	if how > 1 {
		var err error
		if page, err = l.others.ListRuns(l.t.Context(), client.RunFilter{Recipient: &l.to, Workflow: l.question.Workflow}, client.Cursor{}); err != nil {
			l.t.Fatal(err)
		}
	}
	switch {
	case how == 2 && len(page.Items) > 0:
		l.question = why.Question{Run: page.Items[0].ID}
	case how == 3 && len(page.Items) > 0:
		l.question = why.Question{ID: page.Items[0].ID}
	case how == 4:
		l.question = why.Question{Trigger: l.trigger1, Recipient: l.to}
	default:
		l.question.Recipient = l.to
	}
}

func (l *labelled) label() string {
	return fmt.Sprintf("%s on %s for %s, tenant %q, opaque %v, from here %v, question %+v", l.cause, l.channel, l.to, l.tenant, l.opaque, bool(l.here), l.question)
}

// play makes a case come to pass and answers it.
func play(t *testing.T, n int, judge func(*labelled, why.Answer)) {
	rng := rand.New(rand.NewPCG(12, uint64(n)))
	tale := tales[n%len(tales)]
	kinds := tale.channels
	if kinds == nil {
		kinds = channelKinds
	}
	channel, props := kinds[rng.IntN(len(kinds))], reachable()
	if tale.props != nil {
		tale.props(channel, props)
	}
	at(t, emulator.Options{Seed: uint64(n + 1), World: caseWorld(channel, props)}, func(d *desk) {
		l := &labelled{desk: d, Rand: rng, cause: tale.cause, channel: channel, to: client.Ref{ID: "dana"}, here: here(rng.IntN(2) == 0)}
		l.tenant = []string{"", "acme", "globex"}[rng.IntN(3)]
		if tale.props == nil && (channel == "email" || channel == "in_app_feed") && rng.IntN(4) == 0 && tale.cause != "preference_tenant" && l.cause != "data_invalid" {
			l.to = client.Ref{Collection: "projects", ID: "apollo"}
		}
		l.opaque = rng.IntN(opaqueIn) == 0
		l.noise()
		tale.tell(l)
		if rng.IntN(tokenless) == 0 && l.trigger1 != "" {
			d.answer = func(r *http.Request) *http.Response {
				if r.URL.Path == "/v1/workflows/"+l.question.Workflow {
					return &http.Response{StatusCode: 403, Body: http.NoBody}
				}
				return nil
			}
		}
		l.narrow()
		judge(l, d.ask(l.question, nil))
	})
}

// Of all cases nearly all are answered rightly, and what is called proven always is.
func TestLabelledCases(t *testing.T) {
	right, proven, provenWrong := 0, 0, 0
	missed := map[string]int{}
	cases := fullscale.N(500, 25) // each has its own seed
	for n := range cases {
		play(t, n, func(l *labelled, a why.Answer) {
			if a.Proven {
				proven++
			}
			if a.Proven && len(a.Evidence) == 0 {
				t.Errorf("case %d, %s: proven without evidence: %s", n, l.label(), a.Verdict)
			}
			if a.Cause == l.cause {
				right++
				return
			}
			missed[l.cause+" taken for "+a.Cause]++
			t.Logf("case %d, %s:\n  %s (%v): %s", n, l.label(), a.Cause, a.Proven, a.Verdict)
			if a.Proven {
				provenWrong++
			}
		})
	}
	t.Logf("%d cases of %d causes: %d right (%.1f %%), %d proven, %d proven and wrong; missed %v", cases, len(causesOf(tales)), right, 100*float64(right)/float64(cases), proven, provenWrong, missed)
	if right*100 < 97*cases {
		t.Errorf("%d of %d are right", right, cases)
	}
	if provenWrong > 0 {
		t.Errorf("%d are called proven and are wrong", provenWrong)
	}
}

func causesOf(all []tale) []string {
	var ids []string
	for _, c := range all {
		if !slices.Contains(ids, c.cause) {
			ids = append(ids, c.cause)
		}
	}
	return ids
}
