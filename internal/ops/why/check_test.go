package why_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
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
			skip := true
			tr.SkipDelay = &skip
			if _, err := d.others.Trigger(ctx, tr); err != nil {
				t.Fatalf("%s with %s: %v", w.Key, tr.Data, err)
			}
			time.Sleep(time.Hour)
			page, err := d.others.ListRuns(ctx, client.RunFilter{Workflow: w.Key, Recipient: &who}, client.Cursor{})
			if err != nil || len(page.Items) != 1 {
				t.Fatalf("%d runs, %v", len(page.Items), err)
			}
			messages, err := d.others.ListMessages(ctx, client.MessageFilter{WorkflowRecipientRunID: page.Items[0].ID}, client.Cursor{})
			if err != nil {
				t.Fatal(err)
			}
			made := map[string]bool{}
			for _, m := range messages.Items {
				made[m.Source.StepRef] = true
			}
			for _, ch := range check.Recipients[0].Channels {
				seen[ch.Would+" "+ch.Cause]++
				if ch.Would == why.WouldSend && len(ch.After) == 0 && page.Items[0].ErrorCount == 0 && !made[ch.Step] || ch.Would == why.WouldStop && made[ch.Step] {
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

// data are what a workflow's skeleton asks for, filled at random.
func data(r *rand.Rand, w client.Workflow) json.RawMessage {
	raw, err := json.Marshal(map[string]any{"project": "Atlas", "invoice_id": "i1", "id": r.IntN(9), "amount": r.IntN(900), "total": r.IntN(9)})
	if err != nil || r.IntN(9) == 0 {
		return nil
	}
	return raw
}
