package listpage

import (
	"context"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops/export"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
)

// Export implements [ui.Lister]: it writes the marked rows, or all that are
// listed, as the columns that are switched on show them.
func (l *List[R]) Export() tea.Cmd {
	if l.spec.AskExport != nil {
		return l.spec.AskExport()
	}
	chosen, what := l.Table.Marked(), "marked "+l.spec.Noun
	if len(chosen) == 0 {
		chosen, what = l.Table.Rows(), l.spec.Noun
	}
	var titles []string
	for _, title := range l.Table.Columns() {
		if l.Table.Shown(title) {
			titles = append(titles, title)
		}
	}
	rows := make([][]string, len(chosen))
	for i, r := range chosen {
		rows[i] = l.Table.Cells(r, l.Table.Shown)
	}
	write := func(path string, overwrite bool) (export.Result, error) {
		return export.Table(titles, rows, path, overwrite)
	}
	return AskExport(l.Env, termtext.Plural(len(rows), what), l.spec.Noun, func(_ context.Context, path string, overwrite bool) (export.Result, error) {
		return write(path, overwrite)
	})
}

// AskExport asks for a file and has it written. What is there already is not
// overwritten without asking. noun names one of what is written.
func AskExport(env ui.Env, what, noun string, write func(ctx context.Context, path string, overwrite bool) (export.Result, error)) tea.Cmd {
	return AskFile(env, File{
		Title: "Export " + what, Help: "The name's ending is the format: .ndjson, .json or .csv.", Name: noun + "s.csv", Noun: noun, Check: export.Check, Write: write,
	})
}

// File is a file to write, and how its name is asked for. Noun names one of what is written.
type File struct {
	Title, Help, Name, Noun string
	Check                   func(path string) error
	Write                   func(ctx context.Context, path string, overwrite bool) (export.Result, error)
}

// AskFile asks for the name of a file and has it written, as [AskExport] does.
func AskFile(env ui.Env, f File) tea.Cmd {
	const file = "file"
	var run func(path string, overwrite bool) tea.Cmd
	run = func(path string, overwrite bool) tea.Cmd {
		return func() tea.Msg {
			done, err := f.Write(env.Context(), path, overwrite)
			switch {
			case errors.Is(err, export.ErrExists):
				return ui.Show(ui.NewConfirm(env.Theme, ui.Confirm{
					Title: "Overwrite a file", Lines: []string{path + " already exists.", "Its contents will be lost."},
					Yes: "Overwrite it", No: "No, keep it",
					OnYes: func(string) tea.Cmd { return run(path, true) },
				}))()
			case err != nil:
				return ui.Toast(ui.Bad, "the export failed: %s", err)()
			}
			return ui.Toast(ui.Good, "%s written to %s", termtext.Plural(done.Rows, f.Noun), done.Path)()
		}
	}
	return ui.AskForm(env.Theme, f.Title, f.Help+"  enter to write · esc to cancel",
		func(entered *form.Form) (tea.Cmd, error) {
			return run(strings.TrimSpace(entered.Value(file)), false), nil
		},
		form.Text{ID: file, Label: "File", Value: f.Name, Validate: f.Check})
}
