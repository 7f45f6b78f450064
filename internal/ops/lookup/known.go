package lookup

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
)

// mostKnown is how many things of one kind Known tells.
const mostKnown = 4

// Known are the things in memory whose ids begin so, whatever the case: of pending runs, what they are of, and the
// sweeps under way. It asks nobody.
func Known(s *ops.Session, begin string) (found []Thing) {
	begin = strings.ToLower(begin)
	seen, of := map[Kind]map[string]bool{}, map[Kind]int{}
	add := func(t Thing) {
		if t.ID == "" || of[t.Kind] == mostKnown || seen[t.Kind][t.ID+t.Workflow] || !strings.HasPrefix(strings.ToLower(t.ID), begin) {
			return
		}
		if seen[t.Kind] == nil {
			seen[t.Kind] = map[string]bool{}
		}
		seen[t.Kind][t.ID+t.Workflow] = true
		of[t.Kind]++
		found = append(found, t)
	}
	for _, w := range s.Sweeps.Running() {
		add(Thing{Kind: Sweep, ID: strconv.FormatInt(w.ID(), 10), Says: "of " + w.Scope().String()})
	}
	now := s.Pulse.Now()
	for _, l := range now.Loads {
		add(Thing{Kind: Workflow, ID: l.Workflow, Says: "with " + termtext.Plural(l.Pending, "pending run")})
	}
	for _, w := range now.Frozen {
		add(Thing{Kind: Workflow, ID: w, Says: "frozen"})
	}
	for _, r := range s.Pulse.All() {
		kind := User
		if r.Recipient.Collection != "" {
			kind = Object
		}
		add(Thing{Kind: kind, ID: r.Recipient.String(), Says: "with a pending run"})
		add(underKey(r.TriggerSource.CancellationKey, r.Workflow))
		add(Thing{Kind: Run, ID: r.ID, Workflow: r.Workflow, Says: string(r.Status) + ", " + r.Workflow + " for " + r.Recipient.String()})
		add(Thing{Kind: Trigger, ID: r.WorkflowRunID, Workflow: r.Workflow, After: r.InsertedAt.Add(-together), Says: "of " + r.Workflow})
	}
	slices.SortStableFunc(found, func(a, b Thing) int { return cmp.Compare(len(a.ID), len(b.ID)) })
	return found
}
