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
)

func listBindings() []ui.Binding {
	return []ui.Binding{
		listpage.OnRow(keymap.Action{ID: "runs.open", Title: "Open the run", Short: "open", Keys: []string{"enter"}}, (*list).open),
		listpage.OnChosen(keymap.Action{ID: "runs.cancel", Title: "Cancel the marked runs, or this one", Short: "cancel", Keys: []string{"c"}, Danger: keymap.Destroys}, (*list).cancel, (*list).cannotCancel),
		listpage.OnRow(keymap.Action{ID: "runs.everyone", Title: "Cancel everyone under this run's key", Short: "everyone", Keys: []string{"K"}, Danger: keymap.Destroys}, (*list).everyone, (*list).noKey),
		ui.Bind(keymap.Action{ID: "runs.sweep", Title: "Sweep: cancel all that is pending in this filter", Short: "sweep", Keys: []string{"S"}}, (*list).sweep),
		listpage.OnRow(keymap.Action{ID: "runs.user", Title: "Go to the run's recipient", Short: "user", Keys: []string{"u"}}, func(_ *list, r *client.Run) tea.Cmd { return openRecipient(r.Recipient) }),
		listpage.OnRow(dashboard.Action(Name), func(l *list, r *client.Run) tea.Cmd { return dashboard.Open(l.Env, l.session, r.Workflow) }),
	}
}

func (l *list) open(r *client.Run) tea.Cmd { return ui.Open(Detail, ui.Params{ID: r.ID}) }

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

func (l *list) noKey(r *client.Run) string {
	if r.TriggerSource.CancellationKey == "" {
		return cancel.Uncancellable(r)
	}
	return ""
}

// sweep plans to cancel what the filter lists. A sweep is about one workflow:
// where the filter names none, the run under the cursor does.
func (l *list) sweep() tea.Cmd {
	p := l.filter.params()
	delete(p, Status) // a sweep is about what is pending
	if to := l.filter.Recipient; to != nil {
		p[Recipient] = client.JoinRefs([]client.Ref{*to})
	}
	if run, ok := l.Table.Cursor(); ok && p[Workflow] == "" {
		p[Workflow] = run.Workflow
	}
	return ui.Open("sweep", p)
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
