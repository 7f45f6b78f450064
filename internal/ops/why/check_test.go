package why_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops/why"
)

// What a check says would be sent or stopped is what then is: over random preferences, addresses, conditions and data,
// held against what the emulator does, which evaluates conditions and preferences by code of its own.
func TestChecksComeTrue(t *testing.T) {
	at(t, emulator.Options{NoRateLimit: true}, func(d *desk) {
		ctx := context.Background()
		var workflows []client.Workflow
		for w, err := range d.session.Client.Workflows(ctx) {
			if err != nil {
				t.Fatal(err)
			}
			if w.Active {
				workflows = append(workflows, w)
			}
		}
		r := rand.New(rand.NewPCG(1, 2))
		seen := map[string]int{}
		for i := range 300 {
			w := workflows[r.IntN(len(workflows))]
			who := client.Ref{ID: fmt.Sprint("person-", i)}
			properties := map[string]any{"name": "P", "plan": []string{"pro", "free"}[r.IntN(2)]}
			if r.IntN(3) > 0 {
				properties["email"] = "p@acme.test"
			}
			if r.IntN(3) > 0 {
				properties["phone_number"] = "+15550100"
			}
			if _, err := d.others.Identify(ctx, who.ID, properties); err != nil {
				t.Fatal(err)
			}
			if r.IntN(2) > 0 {
				settings := []map[string]any{
					{"channel_types": map[string]any{"email": false}}, {"workflows": map[string]any{w.Key: false}},
					{"workflows": map[string]any{w.Key: map[string]any{"channel_types": map[string]any{"in_app_feed": false}}}},
				}
				for _, category := range w.Categories {
					settings = append(settings, map[string]any{"categories": map[string]any{category: false}})
				}
				set := []string{"default", "globex"}[r.IntN(2)]
				if _, err := d.others.Edit(ctx, client.SetPreferences(who, set, settings[r.IntN(len(settings))])); err != nil {
					t.Fatal(err)
				}
			}
			tr := client.Trigger{Workflow: w.Key, Recipients: []client.Recipient{{Ref: who}}, CancellationKey: fmt.Sprint("k-", i), Data: data(r, w)}
			if r.IntN(2) > 0 {
				tr.Tenant = &client.Tenant{ID: "globex"}
			}
			check, err := why.CheckTrigger(ctx, d.session, tr)
			if err != nil || len(check.Recipients) != 1 || len(check.Recipients[0].Unread) > 0 {
				t.Fatalf("%s: %v, %+v", w.Key, err, check)
			}
			if len(check.Stops) > 0 {
				seen[check.Stops[0].Cause]++
				if _, err := d.others.Trigger(ctx, tr); err == nil {
					t.Errorf("%s was to be stopped, %+v, and Knock took it", w.Key, check.Stops)
				}
				continue
			}
			made, failed := d.made(tr)
			for _, ch := range check.Recipients[0].Channels {
				seen[ch.Would+" "+ch.Cause]++
				if ch.Would == why.WouldSend && len(ch.After) == 0 && !failed && !made[ch.Step] || ch.Would == why.WouldStop && made[ch.Step] {
					t.Errorf("%d: %s, %s for %+v with %s: %s %s, and messages were made at %v", i, w.Key, ch.Step, properties, tr.Data, ch.Would, ch.Text, made)
				}
			}
		}
		t.Logf("%v", seen)
		for _, wanted := range []string{"sends ", "stops preference_workflow", "stops preference_channel", "stops preference_category", "stops preference_tenant", "stops no_address"} {
			if seen[wanted] == 0 {
				t.Errorf("nothing was %q: %v", wanted, seen)
			}
		}
	})
}

// made triggers, and returns the steps of the run that made a message, and whether it ran into errors.
func (d *desk) made(tr client.Trigger) (made map[string]bool, failed bool) {
	d.t.Helper()
	ctx, skip := context.Background(), true
	tr.SkipDelay = &skip
	if _, err := d.others.Trigger(ctx, tr); err != nil {
		d.t.Fatalf("%s with %s: %v", tr.Workflow, tr.Data, err)
	}
	time.Sleep(time.Hour)
	page, err := d.others.ListRuns(ctx, client.RunFilter{Workflow: tr.Workflow, Recipient: &tr.Recipients[0].Ref}, client.Cursor{})
	if err != nil || len(page.Items) != 1 {
		d.t.Fatalf("%d runs, %v", len(page.Items), err)
	}
	messages, err := d.others.ListMessages(ctx, client.MessageFilter{WorkflowRecipientRunID: page.Items[0].ID}, client.Cursor{})
	if err != nil {
		d.t.Fatal(err)
	}
	made = map[string]bool{}
	for _, m := range messages.Items {
		made[m.Source.StepRef] = true
	}
	return made, page.Items[0].ErrorCount > 0
}

// A check of branches within branches, of which some end the run and some are taken by chance, of objects and of what
// a tenant's people prefer comes true, too.
func TestChecksOfBranchesComeTrue(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	w := caseWorld("email", nil)
	const workflows = 40
	for i := range workflows {
		w.Workflows = append(w.Workflows, emulator.Workflow{Key: fmt.Sprint("tree-", i), Name: "t", Steps: tree(r, 0)})
	}
	w.Tenants = append(w.Tenants, emulator.Entity{"id": "quiet", "settings": map[string]any{"preference_set": map[string]any{"channel_types": map[string]any{"sms": false}}}})
	at(t, emulator.Options{World: w, NoRateLimit: true}, func(d *desk) {
		ctx := context.Background()
		seen := map[string]int{}
		for i := range 150 {
			who := client.Recipient{Ref: client.Ref{ID: fmt.Sprint("person-", i)}, Properties: map[string]any{"name": "P", "plan": []string{"pro", "free"}[r.IntN(2)]}}
			if r.IntN(4) == 0 {
				who.Collection = "projects"
			}
			if r.IntN(4) > 0 {
				who.Properties["email"] = "p@acme.test"
			}
			if r.IntN(4) > 0 {
				who.Properties["phone_number"] = "+15550100"
			}
			if r.IntN(5) == 0 { // conditions of preferences are not evaluated here
				setting := map[string]any{"conditions": []map[string]any{{"variable": "data.n", "operator": "less_than", "argument": "2"}}}
				if _, err := d.others.Edit(ctx, client.SetPreferences(who.Ref, "default", map[string]any{"channel_types": map[string]any{"email": setting}})); err != nil {
					t.Fatal(err)
				}
			}
			tr := client.Trigger{
				Workflow: fmt.Sprint("tree-", r.IntN(workflows)), Recipients: []client.Recipient{who}, CancellationKey: fmt.Sprint("k-", i),
				Data: json.RawMessage(fmt.Sprintf(`{"n":%d}`, r.IntN(4))),
			}
			if r.IntN(3) == 0 {
				tr.Tenant = &client.Tenant{ID: "quiet"}
			}
			check, err := why.CheckTrigger(ctx, d.session, tr)
			if err != nil || len(check.Stops) > 0 || len(check.Recipients) != 1 || len(check.Recipients[0].Unread) > 0 {
				t.Fatalf("%v, %+v", err, check)
			}
			made, failed := d.made(tr)
			for _, ch := range check.Recipients[0].Channels {
				seen[ch.Would+" "+ch.Text]++
				if failed || ch.Would == why.WouldSend && !made[ch.Step] || ch.Would == why.WouldStop && made[ch.Step] {
					t.Errorf("%s, %s of %s with %s for %v: %s %s, and messages were made at %v", tr.Workflow, ch.Step, who.Ref, tr.Data, who.Properties, ch.Would, ch.Text, made)
				}
			}
		}
		total := map[string]int{}
		for words, n := range seen {
			kind, _, _ := strings.Cut(words, " ")
			total[kind] += n
		}
		t.Logf("%v of %v", total, slices.Sorted(maps.Keys(seen)))
		for _, wanted := range []string{
			"sends ", "stops the run ends in a branch of ", "stops the run takes another branch: ", "stops its branch's conditions do not hold: ", "stops its conditions do not hold: ",
			"stops there is no phone number", "stops the preference of tenant quiet: channel_types.sms refuses it", "depends it depends on chance: ", "depends it depends on which branch of ",
			"depends it depends on conditions of the preference channel_types.email",
		} {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(seen)), func(s string) bool { return strings.HasPrefix(s, wanted) }) {
				t.Errorf("nothing was %q", wanted)
			}
		}
	})
}

// What cannot be read is not taken for what would be sent, and what is pending under the key not for nothing.
func TestWhatCannotBeReadIsNotCalledSent(t *testing.T) {
	for hindered, c := range map[string]struct {
		open    []string // the channels that it leaves open
		warning string
	}{
		"/v1/users/dana":                          {[]string{"email_step", "sms_step"}, ""},
		"/v1/users/dana/preferences":              {[]string{"email_step", "in_app_feed_step", "sms_step", "push_step", "chat_step"}, ""},
		"/v1/users/dana/channel_data/":            {[]string{"push_step", "chat_step"}, ""},
		"/v1/tenants/acme":                        {[]string{"email_step", "in_app_feed_step", "sms_step", "push_step", "chat_step"}, "what the tenant's recipients prefer is not known"},
		"/v1/workflow_recipient_runs":             {nil, "what is pending under the key k-1 already is not known"},
		"/v1/nothing is hindered, all is reached": {},
	} {
		w := caseWorld("email", reachable())
		all := emulator.Workflow{Key: "all", Name: "all"}
		for _, kind := range channelKinds {
			all.Steps = append(all.Steps, one(kind)...)
		}
		w.Workflows = append(w.Workflows, all)
		at(t, emulator.Options{World: w, NoRateLimit: true}, func(d *desk) {
			d.answer = func(r *http.Request) *http.Response {
				if r.URL.Path != hindered && !(strings.HasSuffix(hindered, "/") && strings.HasPrefix(r.URL.Path, hindered)) {
					return nil
				}
				body := `{"code":"forbidden","message":"not for you","status":403,"type":"authentication_error"}`
				return &http.Response{StatusCode: http.StatusForbidden, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
			}
			check, err := why.CheckTrigger(context.Background(), d.session, client.Trigger{
				Workflow: "all", Recipients: []client.Recipient{{Ref: client.Ref{ID: "dana"}}}, CancellationKey: "k-1", Tenant: &client.Tenant{ID: "acme"},
			})
			if err != nil {
				t.Fatal(err)
			}
			var open []string
			for _, ch := range check.Recipients[0].Channels {
				if ch.Would == why.WouldStop {
					t.Errorf("without %s %s stops: %s", hindered, ch.Step, ch.Text)
				}
				if ch.Would == why.Depends {
					open = append(open, ch.Step)
				}
			}
			if fmt.Sprint(open) != fmt.Sprint(c.open) || !strings.Contains(strings.Join(check.Warnings, "\n"), c.warning) {
				t.Errorf("without %s %v is open, want %v; %q", hindered, open, c.open, check.Warnings)
			}
		})
	}
}

// tree makes steps at random: channels, and branches of more such steps.
func tree(r *rand.Rand, depth int) (steps []emulator.Step) {
	conditions := func() *emulator.Conditions {
		if r.IntN(4) == 0 {
			return &emulator.Conditions{All: []emulator.Condition{{Variable: "recipient.plan", Operator: "equal_to", Argument: "pro"}}}
		}
		return &emulator.Conditions{All: []emulator.Condition{{Variable: "data.n", Operator: []string{"equal_to", "greater_than"}[r.IntN(2)], Argument: fmt.Sprint(r.IntN(4))}}}
	}
	for range 1 + r.IntN(3) {
		ref := fmt.Sprintf("s%08x", r.Uint32())
		if depth == 2 || r.IntN(2) == 0 {
			s := emulator.Step{Ref: ref, Type: "channel", Channel: []string{"email", "sms", "in_app_feed"}[r.IntN(3)], Subject: "s", Body: "b"}
			if r.IntN(4) == 0 {
				s.Conditions = conditions()
			}
			steps = append(steps, s)
			continue
		}
		s := emulator.Step{Ref: ref, Type: "branch"}
		for i := range 1 + r.IntN(3) {
			s.Branches = append(s.Branches, emulator.Branch{Name: fmt.Sprint("way ", i), Conditions: conditions(), Steps: tree(r, depth+1), Terminates: r.IntN(3) == 0})
		}
		switch r.IntN(5) {
		case 0, 1:
			s.Branches = append(s.Branches, emulator.Branch{Name: "else", Steps: tree(r, depth+1), Terminates: r.IntN(3) == 0})
		case 2:
			s.Type = "random_cohort"
			for i := range s.Branches {
				s.Branches[i].Conditions, s.Branches[i].Percentage = nil, 100/float64(len(s.Branches))
			}
			s.Branches[0].Percentage += 100 - float64(len(s.Branches))*s.Branches[0].Percentage
		}
		if r.IntN(5) == 0 {
			s.Conditions = conditions()
		}
		steps = append(steps, s)
	}
	return steps
}

// data are what a workflow's skeleton asks for, filled at random.
func data(r *rand.Rand, w client.Workflow) json.RawMessage {
	raw, err := json.Marshal(map[string]any{"project": "Atlas", "invoice_id": "i1", "id": r.IntN(9), "amount": r.IntN(900), "total": r.IntN(9)})
	if err != nil || r.IntN(9) == 0 {
		return nil
	}
	return raw
}
