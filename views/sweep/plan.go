package sweep

import (
	"context"
	"errors"
	"maps"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/pager"
)

// countFor is how long runs are read to count what a recall takes, and messages as long again.
const countFor = 10 * time.Second

// The steps of a sweep, in their order.
const (
	stepFreeze = iota
	stepCancel
	stepFollow
	stepRecall
	steps
)

// plan is a sweep before it starts: what is in scope, and which steps are taken.
type plan struct {
	env     ui.Env
	session *ops.Session
	params  ui.Params
	scope   sweep.Scope
	bad     error // why there is no scope
	stop    context.CancelFunc
	round   int // of reading; answers of an earlier one are dropped

	estimate sweep.Plan
	read     bool // the estimate is of this round
	reading  bool
	err      error

	file     *sweep.File        // a saved plan that is carried out; nil for one made here
	drifts   []sweep.Drift      // how what is pending differs from it
	recall   *sweep.RecallCount // of this estimate; nil when it was not counted
	counting bool

	started bool // a sweep was started from it, so that it is history

	chosen [steps]bool
	at     int // the step under the cursor
	pager  pager.Pager

	width, height int
}

type (
	planMsg struct {
		estimate sweep.Plan
		news     <-chan sweep.Plan
		round    int
	}
	plannedMsg struct {
		estimate sweep.Plan
		drifts   []sweep.Drift
		err      error
		round    int
	}
	countedMsg struct {
		count sweep.RecallCount
		round int
	}
	scopeMsg struct{ params ui.Params }
)

func newPlan(env ui.Env, s *ops.Session, p ui.Params) *plan {
	v := &plan{env: env, session: s, params: maps.Clone(p)}
	v.chosen = [steps]bool{stepFreeze: p[Freeze] == "yes", stepCancel: true, stepFollow: true}
	return v
}

func (v *plan) Init() tea.Cmd {
	if v.params[Workflow] == "" && v.params[File] == "" {
		v.bad = errors.New("a sweep is about one workflow, and none is named yet")
		v.draw()
		return v.askScope()
	}
	return v.make()
}

// Resume makes the plan again where it was carried out meanwhile: nothing is started from it twice.
func (v *plan) Resume() tea.Cmd {
	if !v.started {
		return nil
	}
	v.started = false
	return v.make()
}

// take reads the scope, or the saved plan, that the page is opened with.
func (v *plan) take() {
	v.file, v.drifts = nil, nil
	if path := v.params[File]; path != "" {
		var f sweep.File
		if f, v.bad = sweep.ReadFile(path); v.bad == nil {
			v.file, v.scope = &f, f.Scope
		}
		return
	}
	v.scope, v.bad = scopeOf(v.params, v.session.Client.ServerNow())
}

// make reads what is in scope, and drops what an earlier scope was answered.
func (v *plan) make() tea.Cmd {
	if v.stop != nil {
		v.stop()
	}
	v.round++
	v.read, v.reading, v.err = false, false, nil
	v.recall, v.counting = nil, false
	v.take()
	if v.bad != nil {
		v.draw()
		return nil
	}
	ctx, stop := context.WithCancel(v.env.Context())
	v.stop, v.reading = stop, true
	news := make(chan sweep.Plan, 1)
	round, scope, file := v.round, v.scope, v.file
	v.draw()
	return tea.Batch(v.await(news), v.env.Go(func(context.Context) tea.Msg {
		defer close(news)
		if file != nil {
			e, drifts, err := v.session.Sweeps.Compare(ctx, *file, nil)
			return plannedMsg{e, drifts, err, round}
		}
		e, err := v.session.Sweeps.Plan(ctx, scope, func(e sweep.Plan) {
			select { // the page shows the newest, however slow it draws
			case <-news:
			default:
			}
			news <- e
		})
		return plannedMsg{e, nil, err, round}
	}))
}

// await brings the plan as it grows.
func (v *plan) await(news <-chan sweep.Plan) tea.Cmd {
	round := v.round
	return ui.Await(v.env, news, func(e sweep.Plan, more bool) tea.Msg {
		if !more {
			return nil
		}
		return planMsg{e, news, round}
	})
}

func (v *plan) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case planMsg:
		if msg.round != v.round || !v.reading { // what is whole is not replaced by what led to it
			return nil
		}
		v.estimate, v.read = msg.estimate, true
		v.draw()
		return v.await(msg.news)
	case plannedMsg:
		if msg.round != v.round {
			return nil
		}
		v.reading, v.err = false, msg.err
		if msg.err == nil || msg.estimate.Runs > 0 && v.file == nil {
			v.estimate, v.drifts, v.read = msg.estimate, msg.drifts, true
		}
		cmd := v.count()
		v.draw()
		return cmd
	case countedMsg:
		if msg.round == v.round {
			v.recall, v.counting = &msg.count, false
			v.draw()
		}
	case scopeMsg:
		msg.params[Freeze] = v.params[Freeze]
		v.params = msg.params
		return v.make()
	case tea.MouseWheelMsg:
		return v.pager.Update(msg)
	}
	return nil
}

func (v *plan) SetSize(w, h int) {
	v.width, v.height = w, h
	v.pager.SetSize(w, h)
	v.draw()
}

func (v *plan) Crumb() string {
	switch {
	case v.file != nil:
		return termtext.Clean(v.scope.Workflow + " · saved plan " + v.params[File])
	case v.params[Workflow] == "":
		return "no scope yet"
	}
	return termtext.Clean(strings.TrimSuffix(v.params[Workflow]+" · "+v.scope.Words(), " · "))
}

func (v *plan) Note() string {
	switch {
	case v.reading:
		return "reading on"
	case v.read:
		return "plan of " + v.estimate.At.Local().Format("15:04:05")
	}
	return ""
}

func (v *plan) Editing() bool { return false }

func (v *plan) View() string { return v.pager.View() }

func (v *plan) askScope() tea.Cmd {
	var known []string
	for _, l := range v.session.Pulse.Now().Loads {
		known = append(known, l.Workflow)
	}
	return askScope(v.env.Theme, v.params, known, func(p ui.Params) tea.Cmd { return v.env.Send(scopeMsg{p}) })
}

// Move implements [ui.Mover]: from step to step, or through the lines.
func (v *plan) Move(key tea.KeyPressMsg) tea.Cmd {
	switch key.Code {
	case tea.KeyUp:
		v.at = max(0, v.at-1)
	case tea.KeyDown:
		v.at = min(steps-1, v.at+1)
	default:
		return v.pager.Update(key)
	}
	v.draw()
	return nil
}

func (v *plan) toggle() tea.Cmd {
	if why := v.fixed(v.at); why != "" {
		return ui.Toast(ui.Warn, "%s", why)
	}
	v.chosen[v.at] = !v.chosen[v.at]
	cmd := v.count()
	v.draw()
	return cmd
}

// count counts what a recall would take, once it is chosen and the plan is read.
func (v *plan) count() tea.Cmd {
	if !v.chosen[stepRecall] || v.recall != nil || v.counting || v.reading || !v.read {
		return nil
	}
	v.counting = true
	round, e := v.round, v.estimate
	return v.env.Go(func(ctx context.Context) tea.Msg {
		return countedMsg{v.session.Sweeps.CountRecall(ctx, e, countFor), round}
	})
}

// fixed says why a step cannot be taken in or left out.
func (v *plan) fixed(step int) string {
	switch {
	case step == stepCancel:
		return "cancelling is what a sweep is: " + v.env.Hint(keymap.AppBack) + " leaves the plan"
	case v.file != nil && (step == stepFollow || step == stepRecall):
		return "a saved plan is followed until each of its runs is accounted for, and recalls nothing"
	case step == stepFreeze && v.frozen():
		return v.scope.Workflow + " is frozen already"
	case step == stepFreeze && v.read && v.estimate.Frozen == nil:
		if why, _ := ops.Unmanaged(v.session.Client.Unmanaged()); why != "" {
			return why
		}
		return "the management API could not be asked"
	}
	return ""
}

func (v *plan) frozen() bool { return v.estimate.Frozen != nil && *v.estimate.Frozen }

// takes reports that a step is chosen and can be taken.
func (v *plan) takes(step int) bool {
	return v.chosen[step] && (step != stepFreeze || v.fixed(step) == "")
}

// took is a duration as a plan names it: about 75 s, about 4 m.
func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return "under 1 s"
	case d < 2*time.Minute:
		return "about " + termtext.Count(int(d.Round(time.Second)/time.Second)) + " s"
	}
	return "about " + termtext.Count(int(d.Round(time.Minute)/time.Minute)) + " min"
}
