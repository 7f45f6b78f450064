package events

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/ops/export"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/views/internal/listpage"
)

// answer is the one field of a dialog.
const answer = "answer"

// entered makes something of the answer of a dialog.
func entered(of func(string) tea.Cmd) func(*form.Form) (tea.Cmd, error) {
	return func(f *form.Form) (tea.Cmd, error) { return of(strings.TrimSpace(f.Value(answer))), nil }
}

// askReplay asks where an event is sent again, and sends it.
func askReplay(env ui.Env, s *ops.Session, e events.Event) tea.Cmd {
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
		form.Text{ID: answer, Label: "To", Placeholder: "http://127.0.0.1:3000/hook", Validate: func(to string) error { return events.CheckReplay(strings.TrimSpace(to)) }})
}

func replayed(r events.Replayed, err error) tea.Cmd {
	if err != nil {
		return ui.Toast(ui.Bad, "the event was not accepted: %s", err)
	}
	return ui.Toast(ui.Good, "the event was accepted: %d within %d ms", r.Status, r.Latency.Milliseconds())
}

// askExport asks for the file to write what is filtered to, in the journal and not here alone.
func (l *list) askExport() tea.Cmd {
	filter := l.filter()
	return listpage.AskExport(l.env, l.exportWords(), "event", func(ctx context.Context, path string, overwrite bool) (export.Result, error) {
		return l.session.Events.Export(ctx, filter, path, overwrite)
	})
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
