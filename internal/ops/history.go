package ops

import (
	"context"
	"iter"
	"strings"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/sweep"
)

// Action is one thing that was done on this machine, as the journal keeps it.
type Action = journal.Action

// ActionFilter says which actions are meant.
type ActionFilter = journal.Filter

// ActionNote is what was learned about one run of an action afterwards.
type ActionNote = journal.Note

// ActionKind is what an action does, ActionKinds every one there is.
type ActionKind = journal.Kind

// ActionKinds are in the order in which a filter offers them.
var ActionKinds = []ActionKind{
	journal.Trigger, journal.Cancel, journal.Freeze, journal.Thaw, journal.Archive,
	journal.Schedule, journal.DeleteSchedules, journal.Identify, journal.Set, journal.Unset, journal.Track, journal.Request, journal.Command, ActionSweep,
}

// Kinds that views name. The cancels of a sweep are one entry of this kind.
const (
	ActionSweep  = journal.Sweeps
	ActionFreeze = journal.Freeze
	ActionThaw   = journal.Thaw
)

// The states of an action.
const (
	ActionBegun   = journal.Begun
	ActionDone    = journal.Done
	ActionFailed  = journal.Failed
	ActionUnknown = journal.Unknown
)

// ActionPage is how many actions are read at once.
const ActionPage = 500

// namedRecipients is how many recipients an action of a list keeps.
const namedRecipients = 5

// shortRequest is how many bytes of a request a list keeps where [ActionWords]
// wants it: 50 messages take half of that.
const shortRequest = 4 << 10

// AuditEntry is an action as a list shows it: without its request, unless its words
// stand there, and with the first of its recipients.
type AuditEntry struct {
	Action
	// To counts the recipients that the request named.
	To int
	// Verdicts counts the runs of a cancel by what became of them: "confirmed",
	// "finished first", "unconfirmed". It is empty where that is not known.
	Verdicts map[string]int
	// Together is what several requests came to that the entry stands for, Swept the sweep that it stands for. Both are nil
	// where it stands for one request.
	Together *journal.Act
	Swept    *sweep.Record
}

// ReadAudit reads all actions of a journal that match, the latest first, a page at a time, each cancel of a
// sweep by itself.
func ReadAudit(ctx context.Context, j *journal.Journal, f ActionFilter) iter.Seq2[AuditEntry, error] {
	return pagesOf(func(after AuditMark) ([]AuditEntry, AuditMark, error) {
		page, err := readAudit(ctx, j, f, ActionPage, after.ID)
		return page, markOf(page, ActionPage), err
	})
}

// ReadHistory is ReadAudit with each sweep as one entry, and each act of several requests, unless the filter asks for what one request did.
func ReadHistory(ctx context.Context, j *journal.Journal, f ActionFilter) iter.Seq2[AuditEntry, error] {
	return pagesOf(func(after AuditMark) ([]AuditEntry, AuditMark, error) {
		return readHistory(ctx, j, f, func() ([]sweep.Record, error) { return sweep.ReadAll(ctx, j) }, ActionPage, after)
	})
}

func pagesOf(read func(AuditMark) ([]AuditEntry, AuditMark, error)) iter.Seq2[AuditEntry, error] {
	return func(yield func(AuditEntry, error) bool) {
		for more, after := true, (AuditMark{}); more; more = after != (AuditMark{}) {
			page, next, err := read(after)
			if err != nil {
				yield(AuditEntry{}, err)
				return
			}
			for _, entry := range page {
				if !yield(entry, nil) {
					return
				}
			}
			after = next
		}
	}
}

func readAudit(ctx context.Context, j *journal.Journal, f ActionFilter, limit int, before int64) ([]AuditEntry, error) {
	actions, err := j.Actions(ctx, f, limit, before)
	if err != nil {
		return nil, err
	}
	var cancels []int64
	for _, a := range actions {
		if a.Kind == journal.Cancel {
			cancels = append(cancels, a.ID)
		}
	}
	verdicts, err := j.Verdicts(ctx, cancels)
	if err != nil {
		return nil, err
	}
	out := make([]AuditEntry, len(actions))
	for i, a := range actions {
		out[i] = AuditEntry{Action: a, To: len(a.Recipients), Verdicts: verdicts[a.ID]}
	}
	if f.Folded {
		err = asActs(ctx, j, out)
	}
	return out, err
}

// ReadAuditEntry returns one action of a journal whole, with what was learned about its runs.
func ReadAuditEntry(ctx context.Context, j *journal.Journal, id int64) (AuditEntry, []ActionNote, error) {
	a, err := j.Action(ctx, id)
	if err != nil {
		return AuditEntry{}, nil, err
	}
	verdicts, err := j.Verdicts(ctx, []int64{id})
	if err != nil {
		return AuditEntry{}, nil, err
	}
	notes, err := j.Notes(ctx, id)
	return AuditEntry{Action: a, To: len(a.Recipients), Verdicts: verdicts[id]}, notes, err
}

// History returns what was done in the profile, the latest first, and where it goes on; each sweep and each act is one
// entry, unless the filter asks for what one request did.
func (s *Session) History(ctx context.Context, f ActionFilter, after AuditMark) ([]AuditEntry, AuditMark, error) {
	page, next, err := readHistory(ctx, s.Journal, f, func() ([]sweep.Record, error) { return s.Sweeps.Records(ctx) }, ActionPage, after)
	return shortened(page), next, err
}

// LastEntries returns the last n entries of the history.
func (s *Session) LastEntries(ctx context.Context, n int) ([]AuditEntry, error) {
	page, _, err := readHistory(ctx, s.Journal, ActionFilter{}, func() ([]sweep.Record, error) { return s.Sweeps.Records(ctx) }, n, AuditMark{})
	return shortened(page[:min(n, len(page))]), err
}

// LastActions returns the last n requests of the profile, of these kinds where any is named, the latest first.
func (s *Session) LastActions(ctx context.Context, n int, kinds ...journal.Kind) ([]AuditEntry, error) {
	page, err := readAudit(ctx, s.Journal, ActionFilter{Kinds: kinds}, n, 0)
	return shortened(page), err
}

// shortened drops what a list does not show.
func shortened(page []AuditEntry) []AuditEntry {
	for i, entry := range page {
		a := entry.Action
		if subject(a) == "" || len(a.Request) > shortRequest {
			page[i].Request = nil
		}
		if len(a.Recipients) > namedRecipients {
			// A clone frees what is not kept: a trigger may name a thousand.
			page[i].Recipients = clones(a.Recipients[:namedRecipients])
		}
	}
	return page
}

func clones(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strings.Clone(n)
	}
	return out
}

// AuditEntry returns one action whole, with what was learned about its runs.
func (s *Session) AuditEntry(ctx context.Context, id int64) (AuditEntry, []ActionNote, error) {
	return ReadAuditEntry(ctx, s.Journal, id)
}
