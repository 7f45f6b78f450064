package ops

import (
	"context"
	"fmt"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/termtext"
)

// asActs makes of the first request of each act that took several an entry that stands for all of them.
func asActs(ctx context.Context, j *journal.Journal, page []AuditEntry) error {
	var names []string
	for _, e := range page {
		if e.Act != "" {
			names = append(names, e.Act)
		}
	}
	acts, err := j.Acts(ctx, names)
	if err != nil {
		return err
	}
	for i, e := range page {
		if act := acts[e.Act]; act != nil && act.Requests > 1 {
			page[i] = actEntry(e, act)
		}
	}
	return nil
}

// actEntry is an act as one entry of the history. It has no request of its own: those are in ReadAudit, by the number
// of the first.
func actEntry(first AuditEntry, act *journal.Act) AuditEntry {
	a := first.Action
	a.Method, a.Path, a.Request, a.Outcome, a.Status, a.RequestID = "", "", nil, "", 0, ""
	a.State, a.FinishedAt = stateOf(act), act.FinishedAt
	if act.Workflows > 1 {
		a.Workflow = ""
	}
	if act.Keys > 1 {
		a.Key = ""
	}
	return AuditEntry{Action: a, To: act.Recipients, Verdicts: act.Verdicts, Together: act}
}

// stateOf is how far an act got: as far as the last of its requests, and failed where none was taken.
func stateOf(act *journal.Act) journal.State {
	for _, s := range []journal.State{journal.Begun, journal.Unknown, journal.Done} {
		if act.States[s] > 0 {
			return s
		}
	}
	return journal.Failed
}

// actStanding is how an act stands whose requests were all answered: refused ones are not made up for by others, and
// what no answer came for is not by the runs of others.
func actStanding(act *journal.Act) Standing {
	v := act.Verdicts
	switch {
	case v[cancel.Requested.String()] > 0:
		return StandsRequested
	case act.States[journal.Failed] > 0, v[cancel.Unconfirmed.String()] > 0, v[cancel.Failed.String()] > 0:
		return StandsUnconfirmed
	case act.Silent > 0:
		return StandsRequested
	case v[cancel.FinishedFirst.String()] > 0:
		return StandsFinishedFirst
	}
	return StandsConfirmed
}

func (e AuditEntry) actWords() string {
	words := string(e.Kind) + " " + e.WorkflowWords() + ", "
	if e.Key != "" {
		words += "key "
	}
	words += e.KeyWords()
	if e.Everyone {
		words += ", everyone"
	} else if e.To > 0 {
		words += ", to " + termtext.Plural(e.To, "recipient")
	}
	return fmt.Sprintf("%s, in %s", words, termtext.Plural(e.Together.Requests, "request"))
}

// KeyWords name the key of an entry, and count those of an act of several.
func (e AuditEntry) KeyWords() string {
	if e.Together != nil && e.Together.Keys > 1 {
		return termtext.Plural(e.Together.Keys, "key")
	}
	return e.Key
}

// WorkflowWords name the workflow of an entry, and count those of an act of several.
func (e AuditEntry) WorkflowWords() string {
	if e.Together != nil && e.Together.Workflows > 1 {
		return termtext.Plural(e.Together.Workflows, "workflow")
	}
	return e.Workflow
}
