package compose

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/timeline"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/status"
)

// live is the trigger that was sent last, and what came of it.
type live struct {
	sent     *attempt
	now      ops.Following
	heard    bool  // Knock was asked at least once
	err      error // why it is not followed any more
	timeline *timeline.Timeline
	run      map[string]string // the run that an entry of the timeline is about
}

// stream brings what is followed to one page.
type stream struct {
	live  *live
	steps chan step
	stop  context.CancelFunc
	ended bool
}

type step struct {
	now ops.Following
	err error
}

type stepMsg struct {
	stream *stream
	step   step
	end    bool
}

type resultsMsg struct{}

func newLive(t *theme.Theme, a *attempt) *live {
	l := &live{sent: a, timeline: timeline.New()}
	l.timeline.SetTheme(t)
	return l
}

// over reports that nothing more will come.
func (l *live) over() bool { return l.now.Over || l.err != nil }

// follow reads the runs of what was sent last until they have ended or the page is closed.
func (v *view) follow() tea.Cmd {
	l := v.workspace.live
	if l == nil || l.over() {
		return nil
	}
	if s := v.stream; s != nil {
		if s.live == l && !s.ended {
			return nil
		}
		s.stop()
	}
	ctx, stop := context.WithCancel(v.env.Context())
	s := &stream{live: l, steps: make(chan step), stop: stop}
	v.stream = s
	f := ops.Followed{
		Workflow: l.sent.trigger.Workflow, WorkflowRunID: l.sent.result.WorkflowRunID,
		Recipients: l.sent.trigger.Recipients, Since: l.sent.since,
	}
	read := v.env.Go(func(context.Context) tea.Msg {
		defer close(s.steps)
		for now, err := range v.session.Follow(ctx, f) {
			select {
			case s.steps <- step{now, err}:
			case <-ctx.Done():
				return nil
			}
		}
		return nil
	})
	return tea.Batch(read, v.next())
}

// next waits for the next change.
func (v *view) next() tea.Cmd {
	s := v.stream
	return ui.Await(v.env, s.steps, func(now step, more bool) tea.Msg { return stepMsg{s, now, !more} })
}

func (v *view) stepped(m stepMsg) tea.Cmd {
	if m.stream != v.stream {
		return nil
	}
	if m.end {
		m.stream.ended = true
		return nil
	}
	l := m.stream.live
	l.now, l.heard, l.err = m.step.now, true, m.step.err
	l.draw(v.env.Theme, v.session)
	return v.next()
}

// awaitResults waits for news of the cancels that were asked for here.
func (v *view) awaitResults() tea.Cmd {
	return ui.Await(v.env, v.session.Cancels.Changed(), func(struct{}, bool) tea.Msg { return resultsMsg{} })
}

// draw puts the runs into the timeline: each with its steps beneath it.
func (l *live) draw(t *theme.Theme, s *ops.Session) {
	var entries []timeline.Entry
	l.run = map[string]string{}
	for i := range l.now.Runs {
		r := &l.now.Runs[i]
		status, ink := status.Run(t, s, r)
		glyph, word, _ := strings.Cut(status, " ")
		entries = append(entries, timeline.Entry{
			ID: r.ID, Time: r.InsertedAt.Local().Format(time.TimeOnly), Glyph: glyph, State: word, Ink: ink, Title: r.Recipient.String(), Text: cmp.Or(s.Cancels.Of(r.ID).Text, ops.SentNothingWords(*r, nil)),
		})
		l.run[r.ID] = r.ID
		for _, m := range ops.Timeline(*r, nil, s.Client.ServerNow()) {
			glyph, ink := t.Glyphs.Dot, theme.Muted
			switch {
			case m.Failed:
				glyph, ink = t.Glyphs.Error, theme.Danger
			case m.Waiting:
				glyph, ink = t.Glyphs.Paused, theme.Plain
			case m.Skipped:
				glyph = t.Glyphs.Dash
			}
			id := r.ID + " " + m.ID
			entries = append(entries, timeline.Entry{ID: id, Time: m.At.Local().Format(time.TimeOnly), Glyph: glyph, Ink: ink, Title: "  " + m.Title, Text: m.Text})
			l.run[id] = r.ID
		}
	}
	l.timeline.SetEntries(entries)
}

// cursor is the run that the cursor is on.
func (l *live) cursor() (*client.Run, bool) {
	e, ok := l.timeline.Cursor()
	if !ok {
		return nil, false
	}
	for i := range l.now.Runs {
		if r := &l.now.Runs[i]; r.ID == l.run[e.ID] {
			return r, true
		}
	}
	return nil, false
}

// pending are the runs that have not ended, and all there are.
func (l *live) pending() (pending, all []*client.Run) {
	for i := range l.now.Runs {
		r := l.now.Runs[i] // a copy: what is asked about must not change meanwhile
		all = append(all, &r)
		if r.Status.Pending() {
			pending = append(pending, &r)
		}
	}
	return pending, all
}

// view draws the runs under a few lines about the trigger.
func (l *live) view(t *theme.Theme, w, h int) string {
	a := l.sent
	lines := []string{t.Title.Render(termtext.Truncate(a.trigger.Workflow+" · run "+a.result.WorkflowRunID, w))}
	keyLine := "no key: these runs cannot be cancelled"
	if k := a.trigger.CancellationKey; k != "" {
		keyLine = "cancellation key " + k
	}
	lines = append(lines, t.Paint(theme.Muted, termtext.Truncate(keyLine, w)), l.state(t, w))
	if a.result.Replayed {
		for _, s := range termtext.Wrap(sentText(a.trigger, a.result), w) {
			lines = append(lines, t.Paint(theme.Attention, s))
		}
	}
	problem := l.err
	if problem == nil {
		problem = l.now.Err
	}
	if problem != nil {
		for _, s := range termtext.Wrap(t.Glyphs.Error+" "+problem.Error(), w) {
			lines = append(lines, t.Paint(theme.Danger, s))
		}
	}
	lines = append(lines, "")
	l.timeline.SetSize(w, max(1, h-len(lines)))
	return termtext.Clip(strings.Join(append(lines, l.timeline.View()), "\n"), w, h)
}

// state counts the runs by status.
func (l *live) state(t *theme.Theme, w int) string {
	if len(l.now.Runs) == 0 {
		return t.Paint(theme.Muted, termtext.Truncate("waiting for its runs "+t.Glyphs.Requested, w))
	}
	count := map[client.RunStatus]int{}
	for _, r := range l.now.Runs {
		count[r.Status]++
	}
	parts := []string{termtext.Plural(len(l.now.Runs), "run")}
	for _, s := range []client.RunStatus{client.RunQueued, client.RunProcessing, client.RunPaused, client.RunCompleted, client.RunCancelled} {
		if count[s] > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", termtext.Count(count[s]), s))
		}
	}
	return t.Paint(theme.Plain, termtext.Truncate(strings.Join(parts, " "+t.Glyphs.Dot+" "), w))
}
