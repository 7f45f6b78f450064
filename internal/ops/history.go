package ops

import (
	"context"
	"iter"
	"strings"

	"github.com/knockops/knockops/internal/journal"
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
	journal.DeleteSchedules, journal.Identify, journal.Set, journal.Unset, journal.Track, journal.Request,
}

// Kinds that views name.
const (
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
}

// ReadAudit reads all actions of a journal that match, the latest first, a page at a time.
func ReadAudit(ctx context.Context, j *journal.Journal, f ActionFilter) iter.Seq2[AuditEntry, error] {
	return func(yield func(AuditEntry, error) bool) {
		for before := int64(0); ; {
			page, err := readAudit(ctx, j, f, ActionPage, before)
			if err != nil {
				yield(AuditEntry{}, err)
				return
			}
			for _, entry := range page {
				if !yield(entry, nil) {
					return
				}
			}
			if len(page) < ActionPage {
				return
			}
			before = page[len(page)-1].ID
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
		out[i] = AuditEntry{a, len(a.Recipients), verdicts[a.ID]}
	}
	return out, nil
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
	return AuditEntry{a, len(a.Recipients), verdicts[id]}, notes, err
}

// History returns actions of the profile, the latest first; a before other than
// 0 leaves out that action and all after it. There may be more when it returns
// ActionPage of them.
func (s *Session) History(ctx context.Context, f ActionFilter, before int64) ([]AuditEntry, error) {
	return s.history(ctx, f, ActionPage, before)
}

// LastActions returns the last n actions of the profile, of these kinds where any is named, the latest first.
func (s *Session) LastActions(ctx context.Context, n int, kinds ...journal.Kind) ([]AuditEntry, error) {
	return s.history(ctx, ActionFilter{Kinds: kinds}, n, 0)
}

func (s *Session) history(ctx context.Context, f ActionFilter, limit int, before int64) ([]AuditEntry, error) {
	out, err := readAudit(ctx, s.Journal, f, limit, before)
	for i, entry := range out {
		a := entry.Action
		if subject(a) == "" || len(a.Request) > shortRequest {
			out[i].Request = nil
		}
		if len(a.Recipients) > namedRecipients {
			// A clone frees what is not kept: a trigger may name a thousand.
			out[i].Recipients = clones(a.Recipients[:namedRecipients])
		}
	}
	return out, err
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
