package runs

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/dashboard"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
)

func listBindings() []ui.Binding {
	return []ui.Binding{
		listpage.OnRow(keymap.Action{ID: "runs.open", Title: "Open the run", Short: "open", Keys: []string{"enter"}}, (*list).open),
		listpage.OnChosen(keymap.Action{ID: "runs.cancel", Title: "Cancel the marked runs, or this one", Short: "cancel", Keys: []string{"c"}, Danger: keymap.Destroys}, (*list).cancel, (*list).cannotCancel),
		listpage.OnRow(keymap.Action{ID: "runs.everyone", Title: "Cancel everyone under this run's key", Short: "everyone", Keys: []string{"K"}, Danger: keymap.Destroys}, (*list).everyone, func(_ *list, r *client.Run) string { return noKey(r) }),
		ui.Bind(keymap.Action{ID: "runs.sweep", Title: "Sweep: cancel all that is pending in this filter", Short: "sweep", Keys: []string{"S"}}, (*list).sweep),
		listpage.OnRow(keymap.Action{ID: "runs.user", Title: "Go to the run's recipient", Short: "user", Keys: []string{"u"}}, func(_ *list, r *client.Run) tea.Cmd { return nav.Of(r.Recipient) }),
		listpage.OnRow(dashboard.Action(Name), func(l *list, r *client.Run) tea.Cmd { return dashboard.Open(l.Env, l.session, r.Workflow) }),
	}
}

func (l *list) open(r *client.Run) tea.Cmd { return nav.Run(r.ID) }

func (l *list) cancel(runs []*client.Run) tea.Cmd {
	return confirm.Cancel(l.Env, l.session, runs, l.known(), l.snap.Complete)
}

func (l *list) cannotCancel(runs []*client.Run) string {
	if l.Table.MarkedCount() > 0 {
		return "" // the dialog says which of them cannot be
	}
	return whyNot(l.session, runs[0])
}

func (l *list) everyone(r *client.Run) tea.Cmd {
	return confirm.Everyone(l.Env, l.session, r, l.known(), l.snap.Complete)
}

func noKey(r *client.Run) string {
	if r.TriggerSource.CancellationKey == "" {
		return cancel.Uncancellable(r)
	}
	return ""
}

// sweep plans to cancel what the filter lists. A sweep is about one workflow:
// where the filter names none, the run under the cursor does.
func (l *list) sweep() tea.Cmd {
	of := l.filter.of()
	if to := l.filter.Recipient; to != nil {
		of.Recipient = client.JoinRefs([]client.Ref{*to})
	}
	if run, ok := l.Table.Cursor(); ok && of.Workflow == "" {
		of.Workflow = run.Workflow
	}
	return nav.Sweep(of, false)
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
