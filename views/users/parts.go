package users

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/nav"
)

// parts is a page on a sheet whose parts are read at once, in rounds, and shown
// as they come.
type parts struct {
	env   ui.Env
	sheet sheet
	build func() // draws the parts anew
	round int
	asOf  time.Time // when Knock last answered with what was asked for
}

// part is one answer of several, kept when a later reading fails.
type part[T any] struct {
	read  bool // at least once, well
	value T
	err   error
}

func (p *part[T]) take(v T, err error) {
	p.err = err
	if err == nil {
		p.read, p.value = true, v
	}
}

// asked is a part of any kind: whether it was read, and why it cannot be.
type asked interface{ state() (read bool, err error) }

func (p *part[T]) state() (read bool, err error) { return p.read, p.err }

// loadedMsg brings an answer to the part that asked for it.
type loadedMsg struct {
	round int
	apply func()
}

// begin starts a round. What is shown stays until its new reading has come.
func (p *parts) begin() {
	p.round++
	p.build()
}

// load reads one part. Its answer is dropped when the page reads again before it comes.
func load[T any](p *parts, into *part[T], f func(context.Context) (T, error)) tea.Cmd {
	round := p.round
	return p.env.Go(func(ctx context.Context) tea.Msg {
		v, err := f(ctx)
		return loadedMsg{round, func() {
			if into.take(v, err); err == nil {
				p.asOf = time.Now()
			}
		}}
	})
}

func (p *parts) Update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(loadedMsg); ok {
		if m.round == p.round {
			m.apply()
			p.build()
		}
		return nil
	}
	p.sheet.update(msg)
	return nil
}

func (p *parts) SetSize(w, h int) {
	p.sheet.setSize(w, h)
	p.build()
}

func (p *parts) Note() string {
	if p.asOf.IsZero() {
		return ""
	}
	return "as of " + termtext.Age(time.Since(p.asOf)) + " ago"
}

func (p *parts) Editing() bool { return false }

// Move implements [ui.Mover].
func (p *parts) Move(key tea.KeyPressMsg) tea.Cmd {
	p.sheet.press(key)
	return nil
}

// Copy implements [ui.Detailer]: the line that is selected.
func (p *parts) Copy() tea.Cmd {
	at := p.sheet.cursor()
	return ui.Copy(at.what, at.copy)
}

// NothingToCopy implements [ui.Detailer].
func (p *parts) NothingToCopy() string {
	if p.sheet.cursor().copy == "" {
		return "nothing to copy on this line"
	}
	return ""
}

// Raw implements [ui.Detailer]: what Knock sent of the line.
func (p *parts) Raw() tea.Cmd {
	at := p.sheet.cursor()
	return nav.JSON(at.id, at.json)
}

// NoRaw implements [ui.Detailer].
func (p *parts) NoRaw() string {
	if len(p.sheet.cursor().json) == 0 {
		return "this line is not a thing of its own that Knock sent: go to one that is, or to a heading"
	}
	return ""
}

// lined is a page on a sheet.
type lined interface{ lines() *sheet }

func (p *parts) lines() *sheet { return &p.sheet }

// partsBindings are what every page on a sheet can do.
func partsBindings(page string) []ui.Binding {
	section := func(by int) func(lined) tea.Cmd {
		return func(v lined) tea.Cmd {
			v.lines().section(by)
			return nil
		}
	}
	return []ui.Binding{
		ui.Bind(keymap.Action{ID: page + ".open", Title: "Open the selected line", Short: "open", Keys: []string{"enter"}}, func(v lined) tea.Cmd { return v.lines().cursor().open }, nothingToOpen),
		ui.Bind(keymap.Action{ID: page + ".section", Title: "Go to the next section", Short: "section", Keys: []string{"tab", "]"}}, section(1)),
		ui.Bind(keymap.Action{ID: page + ".sectionback", Title: "Go to the previous section", Keys: []string{"shift+tab", "["}}, section(-1)),
	}
}

func nothingToOpen(v lined) string {
	if v.lines().cursor().open == nil {
		return "nothing to open on this line"
	}
	return ""
}
