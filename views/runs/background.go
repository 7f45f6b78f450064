package runs

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops/origins"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
)

// background is what is known of a run besides its events and messages.
type background struct {
	origins.Run
	asked    bool
	messages int // that there were when it was asked for
}

type backgroundMsg struct{ origins.Run }

// mostBackground is how many lines are told of it: the events want the room.
const mostBackground = 4

// lines tell it under the head of a run.
func (b *background) lines(d *detail) (lines []string) {
	words := b.Words()
	add := func(text string) {
		lines = append(lines, " "+d.env.Theme.Muted.Render(termtext.Truncate(text, max(10, d.width-2))))
	}
	for _, l := range words[:min(len(words), mostBackground)] {
		add(l)
	}
	if n := len(words) - mostBackground; n > 0 {
		add("… and " + termtext.Plural(n, "line") + " more: " + d.env.Hint(keymap.DetailRaw) + " shows them")
	}
	return lines
}

// told is what there is to show of it as JSON, nil for nothing.
func (b *background) told() any {
	if !b.asked {
		return nil
	}
	return b.Run
}

// readBackground reads it once, and again when there are more messages.
func (d *detail) readBackground() tea.Cmd {
	b := &d.more
	if d.run == nil || d.err != nil || b.asked && b.messages == len(d.messages) || !origins.Asks(*d.run, d.messages) {
		return nil
	}
	b.asked, b.messages = true, len(d.messages)
	run, messages := *d.run, d.messages
	return d.env.Go(func(ctx context.Context) tea.Msg { return backgroundMsg{origins.OfRun(ctx, d.session, run, messages)} })
}
