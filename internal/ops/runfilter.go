package ops

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
)

// RunWords say which runs are listed, in the words of whoever asks.
type RunWords struct {
	// Statuses are pending, all, or statuses of Knock's; none are pending.
	Statuses []string
	// Key is a cancellation key, in which * stands for anything and ? for one character.
	Workflow, Recipient, Tenant, Key string
	WorkflowRun                      string // the trigger's id
	Since, Until                     string // as [ParseWhen] reads them
	HasErrors                        *bool  // nil for both
}

// RunFilter are runs that are listed.
type RunFilter struct {
	Words     RunWords
	Statuses  []client.RunStatus // none are all
	Recipient *client.Ref

	matchKey func(string) bool
}

// WordError says which of the [RunWords] cannot be read, by the name of the flag that they are given with.
type WordError struct {
	Flag string
	Err  error
}

func (e *WordError) Error() string { return e.Err.Error() }

func (e *WordError) Unwrap() error { return e.Err }

// ParseRunFilter reads a filter. Errors are a [WordError].
func ParseRunFilter(w RunWords) (RunFilter, error) {
	for _, s := range []*string{&w.Workflow, &w.Recipient, &w.Tenant, &w.Key, &w.WorkflowRun, &w.Since, &w.Until} {
		*s = strings.TrimSpace(*s)
	}
	f := RunFilter{Words: w, matchKey: sweep.Glob(w.Key)}
	var err error
	if f.Statuses, err = ParseStatuses(w.Statuses); err != nil {
		return f, &WordError{"status", err}
	}
	if w.Recipient != "" {
		to, err := client.ParseRef(w.Recipient)
		if err != nil {
			return f, &WordError{"to", err}
		}
		f.Recipient = &to
	}
	now := time.Now()
	since, err := f.when(w.Since, now)
	if err != nil {
		return f, &WordError{"since", err}
	}
	until, err := f.when(w.Until, now)
	if err != nil {
		return f, &WordError{"until", err}
	}
	if !since.IsZero() && !until.IsZero() && until.Before(since) {
		return f, &WordError{"until", errors.New("until is before since: swap them")}
	}
	return f, nil
}

func (RunFilter) when(s string, now time.Time) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return termtext.ParseWhen(s, now)
}

// AllStatuses are the statuses of a run, in the order of its life.
var AllStatuses = append(slices.Clone(client.PendingStatuses), client.RunCompleted, client.RunCancelled)

// ParseStatuses reads statuses; none are the pending ones, and nil is all of them.
func ParseStatuses(words []string) ([]client.RunStatus, error) {
	var out []client.RunStatus
	for _, word := range words {
		switch status := client.RunStatus(strings.TrimSpace(word)); {
		case status == "all":
			return nil, nil
		case status == "pending":
			out = append(out, client.PendingStatuses...)
		case slices.Contains(AllStatuses, status):
			out = append(out, status)
		case status != "":
			return nil, fmt.Errorf("%q is not a status: it is one of pending, all, queued, processing, paused, completed, cancelled", word)
		}
	}
	if len(out) == 0 {
		return client.PendingStatuses, nil
	}
	slices.SortFunc(out, func(a, b client.RunStatus) int { return slices.Index(AllStatuses, a) - slices.Index(AllStatuses, b) })
	return slices.Compact(out), nil
}

// Query is the part of the filter that Knock filters by; ages count back from now, by Knock's clock.
func (f RunFilter) Query(now time.Time) client.RunFilter {
	q := client.RunFilter{Workflow: f.Words.Workflow, Statuses: f.Statuses, Tenant: f.Words.Tenant, Recipient: f.Recipient, HasErrors: f.Words.HasErrors}
	q.StartingAt, _ = f.when(f.Words.Since, now) // ParseRunFilter has accepted it
	q.EndingAt, _ = f.when(f.Words.Until, now)
	return q
}

// Matches reports whether a run has the key and is of the trigger; Knock filters by neither.
func (f RunFilter) Matches(r *client.Run) bool {
	return (f.Words.Key == "" || f.matchKey(r.TriggerSource.CancellationKey)) && (f.Words.WorkflowRun == "" || r.WorkflowRunID == f.Words.WorkflowRun)
}

// Counted reports whether the filter has an age, which counts back from Knock's clock.
func (f RunFilter) Counted() bool {
	return termtext.IsAge(f.Words.Since) || termtext.IsAge(f.Words.Until)
}
