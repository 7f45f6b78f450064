package events

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
)

// answer is the one field of a dialog.
const answer = "answer"

// entered makes something of the answer of a dialog.
func entered(of func(string) tea.Cmd) func(*form.Form) (tea.Cmd, error) {
	return func(f *form.Form) (tea.Cmd, error) { return of(strings.TrimSpace(f.Value(answer))), nil }
}

// askReplay asks where an event is sent again, and sends it.
func askReplay(env ui.Env, s *ops.Session, e ops.Event) tea.Cmd {
	help := "It is signed anew with the profile's secret. Nothing is sent to Knock."
	if !s.Events.CanSign() {
		help = "There is no signing secret here: it goes with the signature it came with, which is old by now. Nothing is sent to Knock."
	}
	send := func(to string) tea.Cmd {
		return env.Go(func(ctx context.Context) tea.Msg {
			r, err := s.Events.Replay(ctx, e, to)
			return fullMsg{func() tea.Cmd { return replayed(r, err) }}
		})
	}
	return ui.AskForm(env.Theme, "Replay "+e.Type, help+"  enter to send · esc to cancel", entered(send),
		form.Text{ID: answer, Label: "To", Placeholder: "http://127.0.0.1:3000/hook", Validate: func(to string) error { return ops.CheckReplay(strings.TrimSpace(to)) }})
}

func replayed(r ops.Replayed, err error) tea.Cmd {
	if err != nil {
		return ui.Toast(ui.Bad, "the event was not accepted: %s", err)
	}
	return ui.Toast(ui.Good, "the event was accepted: %d within %d ms", r.Status, r.Latency.Milliseconds())
}

func copyCurl(s *ops.Session, e ops.Event) tea.Cmd {
	return ui.Copy("the event as curl, for $URL", s.Events.Curl(e))
}

// exportMsg is what became of an export.
type exportMsg struct {
	path string
	done ops.Exported
	err  error
}

// askExport asks for the file to write what is filtered to.
func (l *list) askExport() tea.Cmd {
	write := func(path string) tea.Cmd { return l.export(path, false) }
	return ui.AskForm(l.env.Theme, "Export "+l.exportWords(),
		"The name's ending says how: .ndjson, .json or .csv. A file that is there is not overwritten without asking.  enter to write · esc to cancel",
		entered(write), form.Text{ID: answer, Label: "File", Value: "events.ndjson", Validate: ops.CheckExport})
}

func (l *list) exportWords() string {
	switch {
	case l.subject != (ui.Subject{}):
		return "the events of " + strings.TrimPrefix(followed(l.subject), "following ")
	case len(l.query.Words) > 0:
		return "the events of " + termtext.Truncate(l.query.String(), 48)
	}
	return "all events of the journal"
}

func (l *list) export(path string, overwrite bool) tea.Cmd {
	filter := l.filter()
	return l.env.Go(func(ctx context.Context) tea.Msg {
		done, err := l.session.Events.Export(ctx, filter, path, overwrite)
		return exportMsg{path, done, err}
	})
}

func (l *list) exported(m exportMsg) tea.Cmd {
	switch {
	case errors.Is(m.err, ops.ErrExists):
		return ui.Show(ui.NewConfirm(l.env.Theme, ui.Confirm{
			Title: "Overwrite a file", Lines: []string{m.path + " already exists.", "Its contents will be lost."},
			Yes: "Overwrite it", No: "No, keep it",
			OnYes: func(string) tea.Cmd { return l.export(m.path, true) },
		}))
	case m.err != nil:
		return ui.Toast(ui.Bad, "the export failed: %s", m.err)
	}
	return ui.Toast(ui.Good, "%s written to %s", termtext.Plural(m.done.Rows, "event"), m.done.Path)
}
