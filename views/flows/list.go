package flows

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/flows"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/listpage"
)

// recent is how many runs of the journal are listed.
const recent = 200

// row is a document, a run that goes on, or one of the journal.
type row struct {
	document *flows.Listed
	live     *flows.Live
	run      *flows.PastRun
}

type list struct {
	*listpage.List[row]
	onlyRuns bool
}

func listBindings() []ui.Binding {
	return []ui.Binding{
		listpage.OnRow(keymap.Action{ID: "flows.open", Title: "Open the flow to run it, or the run", Short: "open", Keys: []string{"enter"}}, (*list).open),
	}
}

func newList(env ui.Env, s *ops.Session, runs *flows.Runs) *list {
	l := &list{}
	l.List = listpage.New(env, listpage.Spec[row]{
		Noun: "flow", ID: row.id, Columns: columns(env.Theme), CopyOf: "name", Copied: row.copied,
		Read:  func(ctx context.Context, _ string) ([]row, string, error) { return read(ctx, s, runs) },
		Every: 2 * time.Second,
		Filtered: func() string {
			if l.onlyRuns {
				return "runs only"
			}
			return ""
		},
		AskFilter: l.toggleRuns, Unfilter: l.toggleRuns,
		Empty: func() (what, help string) { return "No flow was run here yet.", "" },
	})
	return l
}

// read lists what goes on first, then the documents, then what was run before.
func read(ctx context.Context, s *ops.Session, runs *flows.Runs) ([]row, string, error) {
	kept, err := s.Journal.FlowRuns(ctx, recent)
	if err != nil {
		return nil, "", err
	}
	var rows []row
	for _, l := range slices.Backward(runs.All()) {
		if !l.State().Over {
			rows = append(rows, row{live: l})
		}
	}
	for _, d := range (flows.Library{Folder: s.FlowFolder}).List() {
		rows = append(rows, row{document: &d})
	}
	for _, r := range kept {
		rows = append(rows, row{run: &r})
	}
	return rows, "", nil
}

func (r row) id() string {
	switch {
	case r.document != nil:
		return "document " + r.document.Source + " " + r.document.Name
	case r.live != nil:
		return "live " + strconv.Itoa(r.live.Number)
	}
	return "run " + strconv.FormatInt(r.run.ID, 10)
}

func (r row) copied() string {
	if r.document != nil && !r.document.BuiltIn() {
		return r.document.Source
	}
	return r.name()
}

func (r row) name() string {
	switch {
	case r.document != nil:
		return r.document.Name
	case r.live != nil:
		return r.live.Workflow.ID
	}
	return r.run.Workflow
}

func (r row) what() string {
	switch {
	case r.live != nil:
		return "run"
	case r.run != nil:
		return fmt.Sprintf("run %d", r.run.ID)
	case r.document.BuiltIn():
		return "built in"
	}
	return "folder"
}

func columns(t *theme.Theme) []table.Column[row] {
	return []table.Column[row]{
		{Title: "WHAT", Width: 9, Cell: table.Text(theme.Muted, row.what)},
		{Title: "NAME", Width: 28, Min: 16, Flex: true, Identifies: true, Cell: table.Text(theme.Plain, row.name)},
		{Title: "STATE", Width: 13, Cell: func(r row) (string, theme.Ink) { return r.state(t) }},
		{Title: "STEPS", Width: 5, Priority: 2, Cell: table.Text(theme.Muted, row.steps)},
		{Title: "BEGUN", Width: 16, Priority: 3, Cell: table.Text(theme.Muted, row.begun)},
		{Title: "ABOUT", Width: 40, Min: 12, Flex: true, Priority: 1, Cell: row.about},
	}
}

func (r row) state(t *theme.Theme) (string, theme.Ink) {
	switch {
	case r.document != nil && r.document.Error != "":
		return t.Glyphs.Error + " unreadable", theme.Danger
	case r.document != nil:
		return "", theme.Plain
	case r.live != nil:
		return liveState(t, r.live.State())
	}
	return outcome(t, flow.Outcome(r.run.Outcome))
}

func (r row) steps() string {
	switch {
	case r.document != nil && r.document.Error == "":
		return strconv.Itoa(r.document.Steps)
	case r.live != nil:
		return strconv.Itoa(len(r.live.Workflow.Steps))
	}
	return ""
}

func (r row) begun() string {
	if r.run == nil {
		return ""
	}
	return r.run.At.Local().Format("2006-01-02 15:04")
}

func (r row) about() (string, theme.Ink) {
	switch {
	case r.document != nil && r.document.Error != "":
		return r.document.Error, theme.Danger
	case r.document != nil:
		return r.document.Summary, theme.Muted
	case r.live != nil:
		return r.live.Flow.Title, theme.Muted
	case r.run.Error != "":
		return r.run.Error, theme.Muted
	}
	return r.run.Title, theme.Muted
}

// liveState is how a run stands that goes on: a glyph with a word.
func liveState(t *theme.Theme, s flows.LiveState) (string, theme.Ink) {
	switch {
	case s.Over:
		return outcome(t, s.Result.Outcome)
	case s.Asks != nil:
		return t.Glyphs.Unconfirmed + " asks", theme.Attention
	case s.At != nil && s.At.Failed:
		return t.Glyphs.Error + " step failed", theme.Danger
	case s.At != nil:
		return t.Glyphs.Paused + " paused", theme.Attention
	}
	return t.Glyphs.Processing + " running", theme.Accent
}

// outcome is how a run ended; one without was cut off.
func outcome(t *theme.Theme, o flow.Outcome) (string, theme.Ink) {
	g := t.Glyphs
	switch o {
	case flow.Succeeded:
		return g.Confirmed + " succeeded", theme.OK
	case flow.Unconfirmed:
		return g.Unconfirmed + " unconfirmed", theme.Attention
	case flow.NotDone:
		return g.Error + " failed", theme.Danger
	case flow.WasStopped:
		return g.Cancelled + " stopped", theme.Attention
	}
	return g.Unconfirmed + " not ended", theme.Attention
}

func (l *list) open(r row) tea.Cmd {
	switch {
	case r.document != nil && r.document.Error != "":
		return ui.Toast(ui.Bad, "%s", termtext.Clean(r.document.Error))
	case r.document != nil && r.document.BuiltIn():
		return ui.Open(Flow, ui.Params{Document: r.document.Name})
	case r.document != nil:
		return ui.Open(Flow, ui.Params{Document: r.document.Source})
	case r.live != nil:
		return ui.Open(Run, ui.Params{Live: strconv.Itoa(r.live.Number)})
	}
	return ui.Open(Run, ui.Params{ID: strconv.FormatInt(r.run.ID, 10)})
}

// toggleRuns is the list's filter: only runs, or all.
func (l *list) toggleRuns() tea.Cmd {
	l.onlyRuns = !l.onlyRuns
	if l.onlyRuns {
		l.Keep(func(r row) bool { return r.document == nil })
	} else {
		l.Keep(nil)
	}
	return nil
}
