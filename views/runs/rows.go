package runs

import (
	"cmp"
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
)

// rest stops reading while another page is on top: the run endpoints take few
// requests a second, and what is in sight needs them.
func (l *list) rest() {
	l.stop()
	l.resting = true
}

// Resume goes on reading. What was listed stays until it has been read again.
func (l *list) Resume() tea.Cmd {
	if !l.resting {
		return nil
	}
	before := l.snap
	if before.Runs = l.known(); before.ReadAt.IsZero() {
		before.ReadAt = l.before.ReadAt
	}
	l.resting, l.before = false, before
	l.watch()
	l.rows()
	return l.await()
}

// rows shows what the feed knows, and the runs whose cancel was asked for here
// even after they have left the list, so that their verdict can be read.
func (l *list) rows() {
	rows := l.known()
	if results := l.session.Cancels.All(); len(results) > 0 {
		proven := map[string]*client.Run{}
		for _, f := range results {
			if l.filter.matches(f.Run) {
				proven[f.Run.ID] = f.Run
			}
		}
		rows = slices.Clone(rows)
		for i, r := range rows {
			if p := proven[r.ID]; p != nil {
				if !p.Status.Pending() {
					rows[i] = p // the proof is newer than the list
				}
				delete(proven, r.ID)
			}
		}
		rows = slices.AppendSeq(rows, maps.Values(proven))
		slices.SortFunc(rows, newestFirst)
	}
	if l.filter.Words.Key != "" || l.filter.Words.WorkflowRun != "" {
		rows = slices.DeleteFunc(slices.Clone(rows), func(r *client.Run) bool { return !l.filter.Matches(r) })
	}
	if len(rows) == 0 && l.snap.Err == nil && !l.snap.Complete && !l.snap.Bounded {
		return // nothing is known of it
	}
	l.Set(rows, l.snap.Err)
}

// known are the runs that the feed knows and, while it reads anew what was
// listed before it rested, those as well.
func (l *list) known() []*client.Run {
	if l.snap.Complete || l.snap.Bounded {
		l.before = ops.Snapshot{}
	}
	if len(l.before.Runs) == 0 {
		return l.snap.Runs
	}
	read := map[string]bool{}
	for _, r := range l.snap.Runs {
		read[r.ID] = true
	}
	rows := slices.Clone(l.snap.Runs)
	for _, r := range l.before.Runs {
		if !read[r.ID] {
			rows = append(rows, r)
		}
	}
	slices.SortFunc(rows, newestFirst)
	return rows
}

func newestFirst(a, b *client.Run) int {
	return cmp.Or(b.InsertedAt.Compare(a.InsertedAt), cmp.Compare(a.ID, b.ID))
}
