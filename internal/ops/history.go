package ops

import (
	"context"
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
	journal.DeleteSchedules, journal.Identify, journal.Track,
}

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
}

// History returns actions of the profile, the latest first; a before other than
// 0 leaves out that action and all after it. There may be more when it returns
// ActionPage of them.
func (s *Session) History(ctx context.Context, f ActionFilter, before int64) ([]AuditEntry, error) {
	return s.history(ctx, f, ActionPage, before)
}

// LastActions returns the last n actions of the profile, the latest first.
func (s *Session) LastActions(ctx context.Context, n int) ([]AuditEntry, error) {
	return s.history(ctx, ActionFilter{}, n, 0)
}

func (s *Session) history(ctx context.Context, f ActionFilter, limit int, before int64) ([]AuditEntry, error) {
	actions, err := s.Journal.Actions(ctx, f, limit, before)
	if err != nil {
		return nil, err
	}
	out := make([]AuditEntry, len(actions))
	for i, a := range actions {
		out[i] = AuditEntry{a, len(a.Recipients)}
		if subject(a) == "" || len(a.Request) > shortRequest {
			out[i].Request = nil
		}
		if len(a.Recipients) > namedRecipients {
			// A clone frees what is not kept: a trigger may name a thousand.
			out[i].Recipients = clones(a.Recipients[:namedRecipients])
		}
	}
	return out, nil
}

func clones(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strings.Clone(n)
	}
	return out
}

// AuditEntry returns one action whole, with what was learned about its runs.
func (s *Session) AuditEntry(ctx context.Context, id int64) (Action, []ActionNote, error) {
	a, err := s.Journal.Action(ctx, id)
	if err != nil {
		return Action{}, nil, err
	}
	notes, err := s.Journal.Notes(ctx, id)
	return a, notes, err
}
