package commands

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/commands"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/wait"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/pager"
	"github.com/knockops/knockops/ui/theme"
)

// Name is the page of what a program prints, Number its param: which of this session's it is.
const (
	Name   = "output"
	Number = "number"
)

// frameEvery spaces the frames of a program that prints.
const frameEvery = 200 * time.Millisecond

// Pages returns the page of what a program prints.
func Pages(s *ops.Session) []ui.Page {
	return []ui.Page{{
		Name: Name, Title: "Command", Hidden: true, Scopes: []string{keymap.List},
		Bindings: []ui.Binding{
			ui.Bind(keymap.Action{ID: "output.abort", Title: "Abort the command", Short: "abort", Keys: []string{"x"}}, (*output).abort, (*output).isOver),
			ui.Bind(keymap.Action{ID: "output.copy", Title: "Copy what it printed", Short: "copy", Keys: []string{"y"}}, (*output).copy, (*output).printedNothing),
		},
		Open: func(env ui.Env, p ui.Params) ui.View {
			number, _ := strconv.Atoi(p[Number]) // there is no run 0
			run, _ := s.Commands.Of(number)
			return &output{env: env, run: run}
		},
	}}
}

// output is what one program prints, the last of it in sight until somebody scrolls.
type output struct {
	env   ui.Env
	run   *commands.Run // nil for one that is not kept
	pager pager.Pager
	width int

	state   commands.State
	lines   []string
	dropped int
	changed <-chan struct{}
}

type (
	movedMsg struct{}
	nextMsg  struct{}
)

func (o *output) Init() tea.Cmd {
	if o.run == nil {
		return nil
	}
	o.look()
	o.pager.Show(len(o.lines))
	return o.await()
}

// await waits for what changes, and for the next second, which counts.
func (o *output) await() tea.Cmd {
	if o.state.Over {
		return nil
	}
	changed := o.changed
	return o.env.Go(func(ctx context.Context) tea.Msg {
		if wait.Rest(ctx, time.Second, changed) != nil {
			return nil
		}
		return movedMsg{}
	})
}

func (o *output) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case movedMsg:
		o.look()
		return o.env.After(frameEvery, nextMsg{})
	case nextMsg:
		return o.await()
	case tea.MouseWheelMsg:
		return o.pager.Update(msg)
	}
	return nil
}

// look shows what was printed by now.
func (o *output) look() {
	atEnd := o.pager.More() == 0
	o.changed = o.run.Changed() // before it is read: what comes meanwhile is not missed
	o.state = o.run.State()
	o.lines, o.dropped = o.run.Output()
	o.draw()
	if atEnd {
		o.pager.Show(1 << 30)
	}
}

func (o *output) draw() {
	if o.run == nil {
		return
	}
	t := o.env.Theme
	lines := []string{" " + t.Muted.Render(termtext.Truncate(o.run.Words(), max(1, o.width-2))), ""}
	if o.dropped > 0 {
		lines = append(lines, " "+t.Attention.Render(termtext.Plural(o.dropped, "earlier line")+" not kept"), "")
	}
	for _, line := range o.lines {
		for _, part := range termtext.Wrap(line, max(10, o.width-2)) {
			lines = append(lines, " "+t.Plain.Render(part))
		}
	}
	ink, words := o.ending()
	lines = append(lines, "", " "+t.Style(ink).Render(words))
	if o.state.Lost != nil {
		lines = append(lines, " "+t.Danger.Render("The history does not have its end: "+termtext.Clean(o.state.Lost.Error())))
	}
	o.pager.SetLines(lines)
}

// ending says how the program stands.
func (o *output) ending() (theme.Ink, string) {
	g, s := o.env.Theme.Glyphs, o.state
	switch took := s.Ended.Sub(o.run.Began).Round(time.Millisecond); {
	case !s.Over:
		return theme.Accent, fmt.Sprintf("%s running for %s", g.Requested, termtext.Age(time.Since(o.run.Began)))
	case s.Err != nil:
		return theme.Danger, fmt.Sprintf("%s %s after %s", g.Error, termtext.Clean(s.Err.Error()), took)
	case len(o.lines) == 0:
		return theme.OK, fmt.Sprintf("%s done after %s, and printed nothing", g.Completed, took)
	default:
		return theme.OK, fmt.Sprintf("%s done after %s", g.Completed, took)
	}
}

func (o *output) View() string {
	if o.run == nil {
		return "\n   " + o.env.Theme.Muted.Render("What this command printed is not kept any more.")
	}
	return o.pager.View()
}

func (o *output) SetSize(w, h int) {
	atEnd := o.pager.More() == 0
	o.width = w
	o.pager.SetSize(w, h)
	o.draw()
	if atEnd && o.run != nil {
		o.pager.Show(1 << 30)
	}
}

// Move implements [ui.Mover].
func (o *output) Move(key tea.KeyPressMsg) tea.Cmd { return o.pager.Update(key) }

func (o *output) Crumb() string {
	if o.run == nil {
		return ""
	}
	return termtext.Clean(o.run.Command.Title)
}

func (o *output) Note() string {
	if more := o.pager.More(); more > 0 {
		return termtext.Plural(more, "line") + " below"
	}
	return termtext.Plural(len(o.lines)+o.dropped, "line")
}

func (o *output) Editing() bool { return false }

func (o *output) abort() tea.Cmd {
	o.run.Abort()
	return ui.Toast(ui.Info, "aborting %s", o.run.Command.Title)
}

func (o *output) isOver() string {
	if o.run == nil || o.state.Over {
		return "the command has ended"
	}
	return ""
}

func (o *output) copy() tea.Cmd {
	return ui.Copy(termtext.Plural(len(o.lines), "line"), strings.Join(o.lines, "\n"))
}

func (o *output) printedNothing() string {
	if o.run == nil || len(o.lines) == 0 {
		return "the command has printed nothing"
	}
	return ""
}
