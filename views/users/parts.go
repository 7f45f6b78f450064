package users

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
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
