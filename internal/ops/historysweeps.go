package ops

import (
	"context"
	"slices"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/ops/sweep"
)

// AuditMark is where a page of the history ended; the zero mark is before the first page, and behind the last.
type AuditMark struct {
	ID int64
	At time.Time
}

func markOf(page []AuditEntry, limit int) AuditMark {
	if len(page) < limit {
		return AuditMark{}
	}
	last := page[len(page)-1]
	return AuditMark{last.ID, last.At}
}

// readHistory reads a page with the sweeps of its time in their places.
func readHistory(ctx context.Context, j *journal.Journal, f ActionFilter, sweeps func() ([]sweep.Record, error), limit int, after AuditMark) ([]AuditEntry, AuditMark, error) {
	f.Folded = folds(f)
	page, err := readAudit(ctx, j, f, limit, after.ID)
	next := markOf(page, limit)
	if err != nil || !f.Folded {
		return page, next, err
	}
	records, err := sweeps()
	if err != nil {
		return nil, AuditMark{}, err
	}
	for _, r := range records {
		if e := sweepEntry(r); swept(f, e) && (after == AuditMark{} || r.At.Before(after.At)) && !r.At.Before(next.At) {
			page = append(page, e)
		}
	}
	slices.SortStableFunc(page, func(a, b AuditEntry) int { return b.At.Compare(a.At) })
	return page, next, nil
}

// folds reports that a filter asks for no single request.
func folds(f ActionFilter) bool {
	return f.Sweep == 0 && f.Act == 0 && f.Key == "" && f.Recipient == ""
}

// swept reports whether a filter leaves a sweep in.
func swept(f ActionFilter, e AuditEntry) bool {
	return (len(f.Kinds) == 0 || slices.Contains(f.Kinds, ActionSweep) || slices.Contains(f.Kinds, journal.Cancel)) &&
		(f.State == "" || f.State == e.State) && (f.Environment == "" || f.Environment == e.Environment) &&
		(f.Workflow == "" || f.Workflow == e.Workflow) && !e.At.Before(f.Since) && (f.Until.IsZero() || e.At.Before(f.Until))
}

// sweepEntry is a sweep as one entry of the history.
func sweepEntry(r sweep.Record) AuditEntry {
	p := r.Progress
	e := AuditEntry{
		Action: Action{
			At: r.At, Who: r.Who, Profile: r.Profile, Environment: r.Environment, Kind: ActionSweep, Workflow: r.Scope.Workflow, Sweep: r.ID,
			Reason: r.Options.Reason, State: journal.Unknown,
		},
		Verdicts: map[string]int{}, Swept: &r,
	}
	for v, n := range map[string]int{
		cancel.Confirmed.String(): p.Confirmed, cancel.FinishedFirst.String(): p.FinishedFirst, cancel.Unconfirmed.String(): p.Unconfirmed + p.Gone,
		cancel.Failed.String(): p.Refused, "left": p.NoKey + p.Inseparable + p.Unnamed, "out of scope": p.OutOfScope,
	} {
		if n > 0 {
			e.Verdicts[v] = n
		}
	}
	switch {
	case p.Phase == sweep.PhaseDone:
		e.State, e.FinishedAt = journal.Done, r.StepAt
	case p.Phase == sweep.PhaseFailed:
		e.State = journal.Failed
	case r.Running || r.Elsewhere != nil:
		e.State = journal.Begun
	}
	return e
}

// Words say what was done, to what.
func (e AuditEntry) Words() string {
	switch {
	case e.Swept != nil:
		return string(ActionSweep) + " " + e.Swept.Scope.String()
	case e.Together != nil:
		return e.actWords()
	}
	return ActionWords(e.Action)
}
