package events

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/text"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/theme"
)

// prompt is a dialog that asks for one line.
type prompt struct {
	theme *theme.Theme
	title string
	help  string
	form  *form.Form
	apply func(string) tea.Cmd
}

const answer = "answer"

func newPrompt(t *theme.Theme, title, help string, field form.Text, apply func(string) tea.Cmd) *prompt {
	field.ID = answer
	d := &prompt{theme: t, title: title, help: help, form: form.New(field), apply: apply}
	d.form.SetTheme(t)
	d.form.Focus()
	return d
}

// Update implements [ui.Dialog].
func (d *prompt) Update(msg tea.Msg) (tea.Cmd, bool) {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "esc":
			return nil, true
		case "enter", "ctrl+s":
			if d.form.FocusFirstError() {
				return nil, false
			}
			return d.apply(strings.TrimSpace(d.form.Value(answer))), true
		}
	}
	return d.form.Update(msg), false
}

// View implements [ui.Dialog].
func (d *prompt) View(width, height int) string {
	inner := min(max(36, width-4), 84)
	d.form.SetSize(inner-4, max(1, min(3, height-9)))
	lines := []string{d.form.View(), ""}
	for _, s := range text.Wrap(d.help, inner-4) {
		lines = append(lines, d.theme.Muted.Render(s))
	}
	return ui.Frame(d.theme, d.title, strings.Join(lines, "\n"), inner)
}

// askReplay asks where an event is sent again, and sends it.
func askReplay(env ui.Env, s *ops.Session, e ops.Event) tea.Cmd {
	help := "It is signed anew with the profile's secret. Nothing is sent to Knock."
	if !s.Events.CanSign() {
		help = "There is no signing secret here: it goes with the signature it came with, which is old by now. Nothing is sent to Knock."
	}
	return ui.Show(newPrompt(env.Theme, "Replay "+e.Type, help+"  enter sends · esc leaves it",
		form.Text{Label: "To", Placeholder: "http://127.0.0.1:3000/hook", Validate: func(to string) error { return ops.CheckReplay(strings.TrimSpace(to)) }},
		func(to string) tea.Cmd {
			return env.Go(func(ctx context.Context) tea.Msg {
				r, err := s.Events.Replay(ctx, e, to)
				return fullMsg{func() tea.Cmd { return replayed(r, err) }}
			})
		}))
}

func replayed(r ops.Replayed, err error) tea.Cmd {
	if err != nil {
		return ui.Toast(ui.Bad, "the event was not taken: %s", err)
	}
	return ui.Toast(ui.Good, "the event was taken: %d within %d ms", r.Status, r.Latency.Milliseconds())
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
	return ui.Show(newPrompt(l.env.Theme, "Export "+l.exportWords(), "The name's ending says how: .ndjson, .json or .csv. A file that is there is not overwritten without asking.  enter writes · esc leaves it",
		form.Text{Label: "File", Value: "events.ndjson", Validate: ops.CheckExport},
		func(path string) tea.Cmd { return l.export(path, false) }))
}

func (l *list) exportWords() string {
	switch {
	case l.subject != (ui.Subject{}):
		return "the events of " + strings.TrimPrefix(followed(l.subject), "following ")
	case len(l.query.Words) > 0:
		return "the events of " + text.Truncate(l.query.String(), 48)
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
			Title: "Overwrite a file", Lines: []string{m.path + " is there already.", "What is in it is gone then."},
			Yes: "Overwrite it", No: "No, keep it",
			OnYes: func(string) tea.Cmd { return l.export(m.path, true) },
		}))
	case m.err != nil:
		return ui.Toast(ui.Bad, "the export failed: %s", m.err)
	}
	return ui.Toast(ui.Good, "%s written to %s", text.Plural(m.done.Events, "event"), m.done.Path)
}
