// Package detailpage is the page of one thing: it reads it, draws it as a sheet
// of lines, copies what identifies it and shows its JSON. A view brings where
// it comes from, its lines, and what is done to it.
package detailpage

import (
	"context"
	"encoding/json"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/pager"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/status"
)

// Scopes are the actions that every detail has besides its own.
var Scopes = []string{keymap.Detail, keymap.List}

// Spec is what a view brings.
type Spec[T any] struct {
	// Noun is what is shown: "tenant".
	Noun string
	// Read reads it. It runs outside of the program's loop.
	Read func(context.Context) (T, error)
	// Every is how often it is read again; 0 for never.
	Every time.Duration
	// Draw writes it on a sheet.
	Draw func(T, *Sheet)
	// Copied is what copying copies, named by CopyOf: "tenant id".
	CopyOf string
	Copied func(T) string
	// Raw is its JSON, named; nil where there is none.
	Raw func(T) (title string, raw json.RawMessage)
	// Crumb says what is shown, before it was read too.
	Crumb func() string
	// Why words an error; nil for its own words.
	Why func(error) string
}

// Page is the page of one T. A view embeds it.
type Page[T any] struct {
	Env    ui.Env
	spec   Spec[T]
	value  *T
	readAt time.Time
	err    error
	round  int // of reading; answers of an earlier one are dropped
	pager  pager.Pager
	width  int
}

type (
	readMsg[T any] struct {
		value T
		err   error
		round int
	}
	againMsg struct{ round int }
)

// New makes a page that has read nothing.
func New[T any](env ui.Env, s Spec[T]) *Page[T] { return &Page[T]{Env: env, spec: s} }

// Init implements [ui.View].
func (p *Page[T]) Init() tea.Cmd { return p.Refresh() }

// Resume implements [ui.Resumer]: it may have changed meanwhile, or Knock not have answered.
func (p *Page[T]) Resume() tea.Cmd { return p.Refresh() }

// Refresh reads it anew.
func (p *Page[T]) Refresh() tea.Cmd {
	p.round++
	round := p.round
	return p.Env.Go(func(ctx context.Context) tea.Msg {
		value, err := p.spec.Read(ctx)
		return readMsg[T]{value, err, round}
	})
}

// Update implements [ui.View].
func (p *Page[T]) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case readMsg[T]:
		if msg.round != p.round {
			return nil
		}
		if p.err = msg.err; p.err == nil {
			p.value, p.readAt = &msg.value, time.Now()
		}
		p.Draw()
		if p.spec.Every > 0 {
			return p.Env.After(p.spec.Every, againMsg{msg.round})
		}
	case againMsg:
		if msg.round == p.round && p.Env.Shown() {
			return p.Refresh()
		}
	case tea.MouseWheelMsg:
		return p.pager.Update(msg)
	}
	return nil
}

// Move implements [ui.Mover].
func (p *Page[T]) Move(key tea.KeyPressMsg) tea.Cmd { return p.pager.Update(key) }

// SetSize implements [ui.View].
func (p *Page[T]) SetSize(w, h int) {
	p.width = w
	p.pager.SetSize(w, h)
	p.Draw()
}

// Draw draws the sheet anew, for a view that knows more by now.
func (p *Page[T]) Draw() {
	if p.value == nil {
		return
	}
	s := &Sheet{theme: p.Env.Theme, width: p.width}
	p.spec.Draw(*p.value, s)
	p.pager.SetLines(s.lines)
}

// Value is what was read, or why there is none to act on.
func (p *Page[T]) Value() (value T, whyNot string) {
	if p.value == nil {
		return value, "the " + p.spec.Noun + " is still loading"
	}
	return *p.value, ""
}

// Err is why it could not be read, nil when it was.
func (p *Page[T]) Err() error { return p.err }

// Crumb implements [ui.View].
func (p *Page[T]) Crumb() string { return termtext.Clean(p.spec.Crumb()) }

// Note implements [ui.View].
func (p *Page[T]) Note() string {
	switch {
	case p.err != nil && p.value != nil:
		return "as of " + termtext.Age(time.Since(p.readAt)) + " ago: " + p.Env.Hint(keymap.DetailRefresh) + " reads it again"
	case p.pager.More() > 0:
		return termtext.Plural(p.pager.More(), "line") + " below"
	}
	return ""
}

// Editing implements [ui.View].
func (p *Page[T]) Editing() bool { return false }

// View implements [ui.View].
func (p *Page[T]) View() string {
	switch {
	case p.value != nil:
		return p.pager.View()
	case p.err != nil:
		why := p.err.Error()
		if p.spec.Why != nil {
			why = p.spec.Why(p.err)
		}
		return status.Failed(p.Env.Theme, why, p.Env.Hint(keymap.DetailRefresh)+" tries again, "+p.Env.Hint(keymap.AppBack)+" goes back.", p.width)
	}
	return status.Loading(p.Env.Theme, "the "+p.spec.Noun)
}

// Copy implements [ui.Detailer].
func (p *Page[T]) Copy() tea.Cmd {
	text := p.spec.Copied(*p.value)
	return ui.Copy(p.spec.CopyOf+" "+termtext.Middle(text, 24), text)
}

// NothingToCopy implements [ui.Detailer].
func (p *Page[T]) NothingToCopy() string {
	value, whyNot := p.Value()
	if whyNot == "" && p.spec.Copied(value) == "" {
		return "this " + p.spec.Noun + " has no " + p.spec.CopyOf
	}
	return whyNot
}

// Raw implements [ui.Detailer].
func (p *Page[T]) Raw() tea.Cmd {
	title, raw := p.spec.Raw(*p.value)
	return nav.JSON(title, raw)
}

// NoRaw implements [ui.Detailer].
func (p *Page[T]) NoRaw() string {
	value, whyNot := p.Value()
	if whyNot != "" {
		return whyNot
	}
	if p.spec.Raw != nil {
		if _, raw := p.spec.Raw(value); len(raw) > 0 {
			return ""
		}
	}
	return "there is no JSON of this " + p.spec.Noun
}

// On binds an action to what a view that embeds a [Page] shows.
func On[V interface{ Value() (T, string) }, T any](a keymap.Action, run func(V, T) tea.Cmd, cannot ...func(V, T) string) ui.Binding {
	return ui.Bind(a, func(v V) tea.Cmd {
		value, _ := v.Value()
		return run(v, value)
	}, func(v V) string {
		value, whyNot := v.Value()
		for _, why := range cannot {
			if whyNot == "" {
				whyNot = why(v, value)
			}
		}
		return whyNot
	})
}

var (
	_ ui.View     = (*Page[int])(nil)
	_ ui.Detailer = (*Page[int])(nil)
)
