package why

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/webhook"
)

// Bounds of what is read from the journal for one question.
const (
	actionsRead = 20
	hooksRead   = 200
)

// fromJournal reads the triggers that were sent from this machine. Where the question names a run they are those of
// its trigger, as often as it was sent.
func (g *gatherer) fromJournal(ctx context.Context, pinned bool) error {
	f := ops.ActionFilter{Kinds: []ops.ActionKind{journal.Trigger}, Workflow: g.Workflow, Since: g.Since}
	if !g.Recipient.IsZero() {
		f.Recipient = g.Recipient.String()
	}
	sent, err := g.session.Journal.Actions(ctx, f, actionsRead, 0)
	if err != nil {
		return err
	}
	of := g.Trigger
	if g.run != nil {
		of = g.run.WorkflowRunID
	}
	for _, a := range sent {
		if !pinned || a.WorkflowRunID != "" && a.WorkflowRunID == of {
			g.triggers = append(g.triggers, a)
		}
	}
	g.looked = append(g.looked, "triggers in the journal")
	return nil
}

// refusedSince is the latest trigger from this machine, where Knock refused it after that time.
func (f *facts) refusedSince(t time.Time) *ops.Action {
	if f.Message+f.Run+f.Trigger != "" || len(f.triggers) == 0 {
		return nil
	}
	if a := f.triggers[0]; a.State == ops.ActionFailed && a.At.Add(a.Skew).After(t) {
		return &f.triggers[0]
	}
	return nil
}

// knownByHooks says that webhooks tell of an id which Knock does not know, and takes it for what they call it.
func (g *gatherer) knownByHooks(ctx context.Context, id string) bool {
	for _, x := range []struct {
		filter journal.EventFilter
		as     *string
		what   string
	}{
		{journal.EventFilter{MessageID: id}, &g.Message, "message"},
		{journal.EventFilter{RunID: id}, &g.Run, "run"},
		{journal.EventFilter{WorkflowRunID: id}, &g.Trigger, "trigger"},
	} {
		if found, err := g.session.Journal.Events(ctx, x.filter, 1, 0); err == nil && len(found) > 0 {
			*x.as, g.missing = id, x.what
			return true
		}
	}
	if a, ok, err := g.session.Journal.TriggerOf(ctx, id); err == nil && ok && len(a.Recipients) > 0 {
		g.Trigger, g.missing = id, "trigger"
		return true
	}
	return false
}

// findHooks puts the run and its messages together from webhooks, for what Knock no longer tells.
func (g *gatherer) findHooks(ctx context.Context) {
	if g.refusedSince(time.Time{}) != nil {
		return
	}
	f := journal.EventFilter{MessageID: g.Message, RunID: g.Run, WorkflowRunID: g.Trigger, Workflow: g.Workflow, Tenant: g.Tenant, Since: g.Since, Whole: true}
	if !g.Recipient.IsZero() {
		f.Recipient = g.Recipient.String()
	}
	g.looked = append(g.looked, "webhooks in the journal")
	found, err := g.session.Journal.Events(ctx, f, hooksRead, 0)
	if err != nil || len(found) == 0 {
		return
	}
	i := slices.IndexFunc(found, func(e journal.Event) bool { return e.RunID != "" })
	if i < 0 {
		return
	}
	run := found[i].RunID
	if g.Message != "" || g.Workflow == "" { // what else the run did
		if more, err := g.session.Journal.Events(ctx, journal.EventFilter{RunID: run, Whole: true}, hooksRead, 0); err == nil {
			found = more
		}
	}
	found = slices.DeleteFunc(found, func(e journal.Event) bool { return e.RunID != run })
	slices.Reverse(found) // the oldest first, where times are equal too
	slices.SortStableFunc(found, func(a, b journal.Event) int { return a.CreatedAt.Compare(b.CreatedAt) })
	for _, e := range found {
		g.takeHook(e)
	}
	if ref, err := client.ParseRef(found[0].Recipient); err == nil {
		g.Recipient = ref
	}
	g.Workflow = found[0].Workflow
}

// takeHook takes what one webhook tells. They come in the order of what they tell of.
func (g *gatherer) takeHook(e journal.Event) {
	envelope, err := webhook.Parse(e.Body)
	if err != nil {
		return
	}
	g.hooks = append([]journal.Event{e}, g.hooks...)
	g.verified = g.verified && e.Verified
	switch webhook.Group(e.Type) {
	case "workflow_recipient_run":
		var r client.Run
		if json.Unmarshal(envelope.Data, &r) != nil || g.run != nil && !g.run.Status.Pending() {
			return
		}
		g.run = &r
		if e.Type == "workflow_recipient_run.error" {
			r.ErrorCount = max(1, r.ErrorCount)
		}
	case "message":
		var m client.Message
		if json.Unmarshal(envelope.Data, &m) != nil {
			return
		}
		event := client.MessageEvent{Type: e.Type, InsertedAt: e.CreatedAt}
		_ = json.Unmarshal(envelope.EventData, &event.Data) // free-form, and often null
		hook := e
		for _, known := range g.mails {
			if known.ID == m.ID {
				known.events = append(known.events, event)
				if next := (&mail{Message: m}); !next.going() || known.going() { // of one instant they come in any order
					known.Message, known.hook = m, &hook
				}
				return
			}
		}
		g.mails = append(g.mails, &mail{Message: m, hook: &hook, events: []client.MessageEvent{event}})
	}
}

// answered says that Knock answered one of these codes to a trigger from this machine: its outcome ends with that.
func answered(a *ops.Action, codes ...string) bool {
	return a != nil && slices.ContainsFunc(codes, func(code string) bool {
		return strings.Contains(a.Outcome, fmt.Sprintf("answered %d %s", a.Status, code))
	})
}
