package runs

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/dashboard"
)

func (l *list) Do(action string) tea.Cmd {
	switch action {
	case "runs.columns":
		return ui.ChooseColumns(l.env, l.table)
	case "runs.mark":
		l.table.MarkToggle()
		l.table.Down(1)
	case "runs.markall":
		l.table.MarkAll()
	case "runs.markrange":
		l.table.MarkRange()
	case "runs.unmark":
		l.table.ClearMarks()
	case "runs.sort":
		l.table.SortNext(1)
	case "runs.reverse":
		column, desc := l.table.Sort()
		l.table.SetSort(column, !desc)
	case "runs.refresh":
		if l.feed != nil {
			l.feed.Refresh()
		}
	case "runs.sweep":
		return l.sweep()
	case "runs.find":
		cmd := l.find.Open()
		l.SetSize(l.width, l.height)
		return cmd
	case "runs.filter":
		return askFilter(l.env.Theme, l.filter, func(f filter) tea.Cmd { return l.env.Send(filterMsg{f}) })
	default:
		if key := ui.ListKey(action); key != nil {
			return l.table.Update(key)
		}
		return l.onRun(action)
	}
	return nil
}

// sweep plans to cancel what the filter lists. A sweep is about one workflow:
// where the filter names none, the run under the cursor does.
func (l *list) sweep() tea.Cmd {
	p := l.filter.params()
	delete(p, Status) // a sweep is about what is pending
	if to := l.filter.Recipient; to != nil {
		p[Recipient] = client.JoinRefs([]client.Ref{*to})
	}
	if run, ok := l.table.Cursor(); ok && p[Workflow] == "" {
		p[Workflow] = run.Workflow
	}
	return ui.Open("sweep", p)
}

// onRun carries out the actions that need a run under the cursor.
func (l *list) onRun(action string) tea.Cmd {
	run, ok := l.table.Cursor()
	if !ok {
		return nil
	}
	switch action {
	case "runs.open":
		return ui.Open(Detail, ui.Params{ID: run.ID})
	case "runs.user":
		return openRecipient(run.Recipient)
	case "runs.copy":
		return ui.Copy("run id "+termtext.Middle(run.ID, 12), run.ID)
	case "runs.dashboard":
		return dashboard.Open(l.env, l.session, run.Workflow)
	case "runs.cancel":
		return confirm.Cancel(l.env, l.session, l.chosen(), l.known(), l.snap.Complete)
	case "runs.everyone":
		return confirm.Everyone(l.env, l.session, run, l.known(), l.snap.Complete)
	}
	return nil
}

// chosen are the marked runs, or the one under the cursor.
func (l *list) chosen() []*client.Run {
	if marked := l.table.Marked(); len(marked) > 0 {
		return marked
	}
	if run, ok := l.table.Cursor(); ok {
		return []*client.Run{run}
	}
	return nil
}

func (l *list) Disabled(action string) string {
	run, ok := l.table.Cursor()
	switch action {
	case "runs.open", "runs.user", "runs.copy", "runs.dashboard", "runs.mark", "runs.markall", "runs.cancel", "runs.everyone":
		if !ok {
			return "no run selected"
		}
	case "runs.unmark":
		if l.table.MarkedCount()+l.table.HiddenMarks() == 0 {
			return "nothing is marked"
		}
	}
	switch action {
	case "runs.cancel":
		if l.table.MarkedCount() > 0 {
			return ""
		}
		if l.table.CursorLost() {
			return "the run under the cursor left the list: select one"
		}
		return whyNot(l.session, run)
	case "runs.everyone":
		if l.table.CursorLost() {
			return "the run under the cursor left the list: select one"
		}
		if run.TriggerSource.CancellationKey == "" {
			return cancel.Uncancellable(run)
		}
	}
	return ""
}

// whyNot says why one run cannot be cancelled, and what can be done instead.
func whyNot(s *ops.Session, r *client.Run) string {
	if f := s.Cancels.Of(r.ID); f.Verdict == cancel.TooYoung || f.Verdict == cancel.Requested {
		return "its cancel is in progress: the status proves it"
	}
	switch {
	case !r.Status.Pending():
		return "this run is over: it reads " + string(r.Status)
	case r.TriggerSource.CancellationKey == "":
		return cancel.Uncancellable(r)
	}
	return ""
}

// openRecipient goes to a user's profile, or to the runs of an object.
func openRecipient(r client.Ref) tea.Cmd {
	if r.Collection == "" {
		return ui.Open("user", ui.Params{"id": r.ID})
	}
	return ui.Open(Name, ui.Params{Recipient: r.String(), Status: "all"})
}
