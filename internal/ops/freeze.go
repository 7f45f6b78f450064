package ops

import (
	"context"
	"errors"
	"fmt"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/termtext"
)

// PendingCount is how much is pending in a workflow, as far as it is known.
type PendingCount struct {
	Runs, Keyless int  // of the runs, Keyless have no cancellation key
	Known         bool // it was read at all
	AtLeast       bool // there may be more
}

// Pending is how much is pending in a workflow, as far as the pulse knows.
func (b PulseSnapshot) Pending(workflow string) PendingCount {
	l := b.Load(workflow)
	return PendingCount{l.Pending, l.Keyless, !b.ReadAt.IsZero(), !b.Complete}
}

// countedPending is how many pending runs are read before a freeze or a thaw; that takes a second.
const countedPending = 200

// CountPending reads how much is pending in a workflow, up to a bound. Where Knock does not tell, it
// is not known: on call, the list may be what is broken.
func (s *Session) CountPending(ctx context.Context, workflow string) (PendingCount, error) {
	n := PendingCount{Known: true}
	for run, err := range s.Client.Runs(ctx, client.RunFilter{Workflow: workflow, Statuses: client.PendingStatuses}) {
		var answer *client.Error
		switch {
		case err == nil:
		case ctx.Err() == nil && errors.As(err, &answer) && (answer.Status >= 500 || answer.Status == 429):
			return PendingCount{Runs: n.Runs, Keyless: n.Keyless, AtLeast: true}, nil
		default:
			return n, err
		}
		if n.Runs == countedPending {
			n.AtLeast = true
			break
		}
		if n.Runs++; run.TriggerSource.CancellationKey == "" {
			n.Keyless++
		}
	}
	return n, nil
}

func (n PendingCount) String() string {
	switch {
	case !n.Known:
		return "How many runs are pending in it is not known yet."
	case n.Runs == 0 && !n.AtLeast:
		return "No run is pending in it."
	case n.Runs == 0:
		return "No run is known to be pending in it so far."
	}
	runs, verb := termtext.Plural(n.Runs, "run"), "are"
	if n.AtLeast {
		runs = "at least " + runs
	}
	if n.Runs == 1 {
		verb = "is"
	}
	if n.Keyless > 0 {
		return fmt.Sprintf("Now %s %s pending in it, %s of them without a key: no cancel reaches those.", runs, verb, termtext.Count(n.Keyless))
	}
	return fmt.Sprintf("Now %s %s pending in it.", runs, verb)
}

// What a freeze and a thaw mean, a sentence each.
var (
	FreezeMeans = []string{
		"New triggers are refused at once, in this environment alone: Knock calls this deactivating. Nothing is committed.",
		"Runs being processed end at their next step.",
		"Paused runs stay paused, and end if the workflow is still frozen when they wake. Thawed before that, they go on and send.",
	}
	ThawMeans = []string{
		"Triggers are taken again at once: Knock calls this activating.",
		"Runs that are still paused go on and send when they wake.",
		"What was refused or ended while it was frozen does not come back.",
	}
)

// SetActivePrompt asks before a workflow is frozen, or thawed when active is true.
func (s *Session) SetActivePrompt(workflow string, active bool, pending PendingCount) consent.Prompt {
	f := s.Facts(workflow)
	f.Count, f.AtLeast = pending.Runs, pending.AtLeast || !pending.Known
	if active {
		lines := append([]string{}, ThawMeans...)
		if pending.Runs == 0 && pending.Known && !pending.AtLeast {
			lines = append(lines, "No run is pending in it, so nothing goes on and sends.")
		} else {
			lines = append(lines, pending.String()+" Sweep first to keep them from sending.")
		}
		return consent.Prompt{
			Question: consent.For(consent.Thaw, f), Title: "Thaw " + workflow + " in " + s.Where(), Lines: lines,
			Yes: "Thaw " + workflow, No: "No, leave it frozen",
		}
	}
	return consent.Prompt{
		Question: consent.For(consent.Freeze, f), Title: "Freeze " + workflow + " in " + s.Where(),
		Lines: append(append([]string{}, FreezeMeans...), "", pending.String()+" A sweep cancels what is pending, frozen or not."),
		Yes:   "Freeze " + workflow, No: "No, leave it active",
	}
}
