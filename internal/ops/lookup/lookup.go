// Package lookup finds out what an id is of, as it is pasted into a ticket.
package lookup

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
)

// Kind is what an id can be of.
type Kind string

// The kinds, in the order in which they are told.
const (
	Run      Kind = "run"     // of one recipient
	Trigger  Kind = "trigger" // a workflow_run_id: all runs of one trigger
	Message  Kind = "message"
	User     Kind = "user"
	Object   Kind = "object"
	Key      Kind = "cancellation key"
	Workflow Kind = "workflow"
	Sweep    Kind = "sweep"
)

// Thing is what an id is of.
type Thing struct {
	Kind     Kind   `json:"kind"`
	ID       string `json:"id"`
	Says     string `json:"says"`               // what it is, in words
	Workflow string `json:"workflow,omitempty"` // of a run, a trigger, a message, a key
	Command  string `json:"command"`            // that shows it, without the program's name
	// After is a time after which the runs of a trigger began; zero where that is not known.
	After time.Time `json:"-"`
}

// Requests is how many requests one question takes at most, when each is answered at once.
const Requests = 7

// Find finds what an id is of: first in this machine's journal, then at Knock. It asks all that the id could be
// at once. An error is returned with what was found beside it.
func Find(ctx context.Context, s *ops.Session, id string) ([]Thing, error) {
	id = strings.TrimSpace(id)
	looks := []func(context.Context, *ops.Session, string) ([]Thing, error){inJournal, run, trigger, message, recipient, workflow, newest}
	things, errs := make([][]Thing, len(looks)), make([]error, len(looks))
	var all sync.WaitGroup
	for i, look := range looks {
		all.Go(func() { things[i], errs[i] = look(ctx, s, id) })
	}
	all.Wait()
	kept := things[0]
	var found []Thing
	for _, t := range slices.Concat(slices.Concat(things[1:]...), kept) {
		if t.Kind == Trigger && len(kept) > 0 {
			if i := slices.IndexFunc(kept, t.same); i >= 0 {
				t = kept[i] // the journal knows best what was sent
			}
		}
		if !slices.ContainsFunc(found, t.same) {
			found = append(found, t)
		}
	}
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil || absent(err) })
	if len(errs) == 0 {
		return found, nil
	}
	return found, fmt.Errorf("%d of %d look-ups failed, one of them so: %w", len(errs), len(looks), errs[0])
}

// same reports that both are the same thing. An id is of one thing of a kind, but for a key, which is a workflow's own.
func (t Thing) same(o Thing) bool {
	return t.Kind == o.Kind && (t.Kind != Key || t.Workflow == o.Workflow)
}

// absent reports that Knock knows of no such thing, or that the id cannot be one.
func absent(err error) bool {
	var e *client.Error
	var invalid *client.InvalidError
	return errors.As(err, &e) && (e.Status == http.StatusNotFound || e.Status == http.StatusUnprocessableEntity || e.Status == http.StatusBadRequest) || errors.As(err, &invalid)
}

func run(ctx context.Context, s *ops.Session, id string) ([]Thing, error) {
	r, err := s.Client.GetRun(ctx, id)
	if err != nil {
		return nil, err
	}
	return []Thing{{
		Kind: Run, ID: id, Workflow: r.Workflow, Command: "runs get " + termtext.ShellWord(id),
		Says: string(r.Status) + ", " + r.Workflow + " for " + r.Recipient.String() + ", of trigger " + r.WorkflowRunID,
	}}, nil
}

// trigger finds a trigger by a message that it made.
func trigger(ctx context.Context, s *ops.Session, id string) ([]Thing, error) {
	page, err := s.Client.ListMessages(ctx, client.MessageFilter{WorkflowRunID: id}, client.Cursor{Size: 1})
	if err != nil || len(page.Items) == 0 {
		return nil, err
	}
	m := page.Items[0]
	t := Thing{Kind: Trigger, ID: id, Workflow: m.Source.Key, Command: runsOf(id), Says: "of " + m.Source.Key + ", which made messages"}
	if r, err := s.Client.GetRun(ctx, m.Source.WorkflowRecipientRunID); err == nil {
		t.After = r.InsertedAt.Add(-together)
	}
	return []Thing{t}, nil
}

// together is within how long the runs of one trigger begin, and how far clocks are apart at most.
const together = 5 * time.Minute

func runsOf(trigger string) string {
	return "runs list --status all --workflow-run " + termtext.ShellWord(trigger)
}

func message(ctx context.Context, s *ops.Session, id string) ([]Thing, error) {
	m, err := s.Client.GetMessage(ctx, id)
	if err != nil {
		return nil, err
	}
	return []Thing{{
		Kind: Message, ID: id, Workflow: m.Source.Key, Command: "messages get " + termtext.ShellWord(id),
		Says: string(m.Status) + ", " + m.Source.Key + " to " + m.Recipient.String() + " by " + m.Channel.Type,
	}}, nil
}

func recipient(ctx context.Context, s *ops.Session, id string) ([]Thing, error) {
	if r, err := client.ParseRef(id); err == nil && r.Collection != "" {
		o, err := s.Client.GetObject(ctx, r.Collection, r.ID)
		if err != nil {
			return nil, err
		}
		name, _ := o.Properties["name"].(string)
		return []Thing{{Kind: Object, ID: id, Says: strings.TrimSpace(o.Collection + " " + name), Command: "objects get " + termtext.ShellWord(id)}}, nil
	}
	u, err := s.Client.GetUser(ctx, id)
	if err != nil {
		return nil, err
	}
	return []Thing{{Kind: User, ID: id, Says: strings.TrimSpace(u.Name + " " + u.Email), Command: "users get " + termtext.ShellWord(id)}}, nil
}

func workflow(ctx context.Context, s *ops.Session, id string) ([]Thing, error) {
	if s.Client.Unmanaged() != nil || strings.ContainsAny(id, " /") {
		return nil, nil
	}
	w, err := s.Client.GetWorkflow(ctx, id)
	if err != nil {
		return nil, err
	}
	return []Thing{{Kind: Workflow, ID: id, Workflow: id, Says: w.Name, Command: "workflows get " + termtext.ShellWord(id)}}, nil
}

// newest finds a cancellation key, and a trigger that made no message yet, among the newest runs.
func newest(ctx context.Context, s *ops.Session, id string) (found []Thing, err error) {
	page, err := s.Client.ListRuns(ctx, client.RunFilter{}, client.Cursor{})
	for _, r := range page.Items {
		switch id {
		case r.TriggerSource.CancellationKey:
			found = append(found, underKey(id, r.Workflow))
		case r.WorkflowRunID:
			found = append(found, Thing{Kind: Trigger, ID: id, Workflow: r.Workflow, After: r.InsertedAt.Add(-together), Command: runsOf(id), Says: "of " + r.Workflow})
		}
	}
	return found, err
}

func underKey(key, workflow string) Thing {
	return Thing{
		Kind: Key, ID: key, Workflow: workflow, Says: "of " + workflow,
		Command: "runs list --status all --workflow " + termtext.ShellWord(workflow) + " --key " + termtext.ShellWord(key),
	}
}

// keyActions is how many of the newest changes under a key are looked at for the workflows that it is of.
const keyActions = 100

// inJournal finds what this machine sent, and what webhooks told of.
func inJournal(ctx context.Context, s *ops.Session, id string) (found []Thing, err error) {
	if n, notNumber := strconv.ParseInt(id, 10, 64); notNumber == nil {
		records, err := s.Sweeps.Records(ctx)
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			if r.ID == n {
				found = append(found, Thing{Kind: Sweep, ID: id, Workflow: r.Scope.Workflow, Says: "of " + r.Scope.String(), Command: "sweep show " + id})
			}
		}
	}
	actions, err := s.Journal.Actions(ctx, journal.Filter{Key: id}, keyActions, 0)
	if err != nil {
		return found, err
	}
	for _, a := range actions {
		found = append(found, underKey(id, a.Workflow))
	}
	a, sent, err := s.Journal.TriggerOf(ctx, id)
	if err != nil {
		return found, err
	}
	if sent {
		found = append(found, Thing{Kind: Trigger, ID: id, Workflow: a.Workflow, After: a.At.Add(a.Skew - together), Command: runsOf(id), Says: "of " + a.Workflow + ", sent from this machine"})
	}
	for _, of := range []struct {
		kind    Kind
		filter  journal.EventFilter
		command string
	}{
		{Run, journal.EventFilter{RunID: id}, "runs get " + termtext.ShellWord(id)},
		{Message, journal.EventFilter{MessageID: id}, "messages get " + termtext.ShellWord(id)},
		{Trigger, journal.EventFilter{WorkflowRunID: id}, runsOf(id)},
	} {
		events, err := s.Journal.Events(ctx, of.filter, 1, 0)
		if err != nil {
			return found, err
		}
		for _, e := range events {
			found = append(found, Thing{Kind: of.kind, ID: id, Workflow: e.Workflow, Command: of.command, Says: "told of by a webhook, " + e.Type + " of " + e.Workflow})
		}
	}
	return found, nil
}
