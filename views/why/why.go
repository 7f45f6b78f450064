package why

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/why"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/timeline"
)

// view is one question and its answer.
type view struct {
	env     ui.Env
	session *ops.Session
	params  ui.Params

	asking   chan why.Progress // nil when nothing is asked
	progress why.Progress
	answer   *why.Answer
	both     *why.Comparison // nil where one question was asked
	err      error

	route *timeline.Timeline
	opens map[string]func() tea.Cmd // by the id of an entry

	width, height int
}

type (
	progressMsg struct{ why.Progress }
	answerMsg   struct {
		answer why.Answer
		both   *why.Comparison
		err    error
	}
)

func newView(env ui.Env, s *ops.Session, p ui.Params) *view {
	v := &view{env: env, session: s, params: p, route: timeline.New()}
	v.route.SetTheme(env.Theme)
	return v
}

func (v *view) Init() tea.Cmd {
	if len(v.params) == 0 {
		return nil
	}
	return v.ask()
}

// question is what the parameters ask.
func (v *view) question() (why.Question, error) {
	q := why.Question{ID: v.params[ID], Run: v.params[Run], Message: v.params[Message], Trigger: v.params[Trigger]}
	var err error
	if to := v.params[Recipient]; to != "" {
		q.Recipient, err = client.ParseRef(to)
	}
	return q, err
}

func (v *view) ask() tea.Cmd {
	if v.asking != nil {
		return nil
	}
	q, err := v.question()
	var other why.Question
	if with := v.params[Compare]; with != "" && err == nil {
		other.Recipient, err = client.ParseRef(with)
	}
	if err != nil {
		v.err = err
		return nil
	}
	asking := make(chan why.Progress, 3*why.MaxRequests) // as many as two answers take, so that none waits for the screen
	v.asking = asking
	s := v.session
	return tea.Batch(v.awaitProgress(), v.env.Go(func(ctx context.Context) tea.Msg {
		defer close(asking)
		tell := func(p why.Progress) { asking <- p }
		if other.Recipient.IsZero() {
			a, err := why.Ask(ctx, s, q, tell)
			return answerMsg{answer: a, err: err}
		}
		both, err := why.AskBoth(ctx, s, q, other, tell)
		return answerMsg{both.Left, &both, err}
	}))
}

// awaitProgress brings the next request that is made.
func (v *view) awaitProgress() tea.Cmd {
	return ui.Await(v.env, v.asking, func(p why.Progress, more bool) tea.Msg {
		if !more {
			return nil
		}
		return progressMsg{p}
	})
}

func (v *view) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case progressMsg:
		if v.progress = msg.Progress; v.asking != nil {
			return v.awaitProgress()
		}
	case answerMsg:
		v.asking, v.err = nil, msg.err
		if msg.err == nil {
			v.answer, v.both = &msg.answer, msg.both
			v.draw()
		}
	case tea.MouseWheelMsg:
		return v.route.Update(msg)
	}
	return nil
}

func (v *view) SetSize(w, h int) {
	v.width, v.height = w, h
	v.layout()
}

func (v *view) layout() {
	if v.answer != nil {
		v.route.SetSize(v.width, max(1, v.height-len(v.head())-1))
	}
}

// Subject implements [ui.Pointed].
func (v *view) Subject() ui.Subject {
	switch {
	case v.answer == nil:
		return ui.Subject{}
	case v.answer.Run != "":
		return ui.Subject{Kind: ui.SubjectRun, ID: v.answer.Run}
	}
	return ui.Subject{Kind: ui.SubjectRecipient, ID: v.answer.Recipient}
}

func (v *view) Crumb() string {
	for _, name := range []string{ID, Recipient, Run, Message, Trigger} {
		if id := v.params[name]; id != "" {
			if with := v.params[Compare]; with != "" {
				return termtext.Middle(id, 20) + " beside " + termtext.Middle(with, 20)
			}
			return termtext.Middle(id, 28)
		}
	}
	return ""
}

func (v *view) Note() string {
	switch {
	case v.asking != nil && v.progress.What != "":
		return fmt.Sprintf("request %d of at most %d: %s", v.progress.Requests, why.MaxRequests, termtext.Middle(termtext.Clean(v.progress.What), 40))
	case v.answer != nil:
		return termtext.Plural(v.answer.Requests, "request")
	}
	return ""
}

func (v *view) Editing() bool { return false }

// Move implements [ui.Mover].
func (v *view) Move(key tea.KeyPressMsg) tea.Cmd { return v.route.Update(key) }
