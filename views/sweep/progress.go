package sweep

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/pager"
	"github.com/knockops/knockops/ui/kit/progress"
	"github.com/knockops/knockops/views/internal/nav"
)

// frameEvery spaces the frames of a sweep that goes on.
const frameEvery = 200 * time.Millisecond

// watch is one sweep as it goes, or as the journal has it.
type watch struct {
	env     ui.Env
	session *ops.Session
	id      int64
	sweep   *sweep.Sweep // nil while this session does not carry it out
	record  sweep.Record
	known   bool
	err     error
	round   int // of reading the journal
	pager   pager.Pager
	at      int // the number under the cursor, among those whose runs can be listed

	accepted, confirmed *progress.Progress
	width               int
}

type (
	recordMsg struct {
		record sweep.Record
		err    error
		round  int
	}
	movedMsg     struct{ sweep *sweep.Sweep }
	readMsg      struct{}
	elsewhereMsg struct{ round int } // another process carries it out: look again
)

func newProgress(env ui.Env, s *ops.Session, p ui.Params) *watch {
	v := &watch{env: env, session: s, accepted: progress.New("accepted ", 0), confirmed: progress.New("confirmed", 0)}
	v.accepted.SetTheme(env.Theme)
	v.confirmed.SetTheme(env.Theme)
	v.id, v.err = strconv.ParseInt(p[ID], 10, 64)
	return v
}

func (v *watch) Init() tea.Cmd { return v.read() }

// Resume looks whether it was resumed or has ended meanwhile.
func (v *watch) Resume() tea.Cmd { return v.read() }

func (v *watch) read() tea.Cmd {
	v.round++
	round := v.round
	return v.env.Go(func(ctx context.Context) tea.Msg {
		r, err := v.session.Sweeps.Record(ctx, v.id)
		return recordMsg{r, err, round}
	})
}

func (v *watch) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case recordMsg:
		if msg.round != v.round {
			return nil
		}
		if v.err = msg.err; msg.err == nil {
			v.record, v.known = msg.record, true
			v.accepted.Began(msg.record.At)
			v.confirmed.Began(msg.record.At)
		}
		if v.record.Elsewhere != nil {
			return tea.Batch(v.follow(), v.env.After(2*time.Second, elsewhereMsg{v.round}))
		}
		return v.follow()
	case elsewhereMsg:
		if msg.round == v.round {
			return v.read()
		}
	case movedMsg:
		if msg.sweep != v.sweep {
			return nil
		}
		v.record.Progress = v.sweep.Progress()
		if v.over() {
			v.record.Running = false
		}
		v.draw()
		if v.over() {
			return v.read()
		}
		return v.env.After(frameEvery, readMsg{})
	case readMsg:
		return v.await()
	case tea.MouseWheelMsg:
		return v.pager.Update(msg)
	}
	return nil
}

// follow watches the sweep where this session carries it out.
func (v *watch) follow() tea.Cmd {
	w, ok := v.session.Sweeps.Of(v.id)
	started := ok && w != v.sweep && v.record.Running
	if ok {
		v.sweep = w
	}
	if ok && !v.record.Running {
		v.record.Progress.Err = w.Progress().Err // the journal keeps its text alone
	}
	v.draw()
	if started {
		return v.await()
	}
	return nil
}

func (v *watch) await() tea.Cmd {
	w := v.sweep
	changed := w.Changed()
	if p := w.Progress(); p.Phase != v.record.Progress.Phase || p.Done || ended(p) {
		return v.env.Send(movedMsg{w}) // it moved before the channel was asked for
	}
	return v.env.Go(func(ctx context.Context) tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
		case <-time.After(time.Second): // the time left goes on by itself
		}
		return movedMsg{w}
	})
}

func ended(p sweep.Progress) bool {
	return p.Phase == sweep.PhaseDone || p.Phase == sweep.PhaseAborted || p.Phase == sweep.PhaseFailed
}

func (v *watch) over() bool { return ended(v.record.Progress) }

// runs reports that this session carries it out now.
func (v *watch) runs() bool { return v.known && v.record.Running && v.sweep != nil && !v.over() }

func (v *watch) SetSize(w, h int) {
	v.width = w
	v.pager.SetSize(w, h)
	v.accepted.SetSize(max(1, w-4), 1)
	v.confirmed.SetSize(max(1, w-4), 1)
	v.draw()
}

func (v *watch) Crumb() string {
	if !v.known {
		return ""
	}
	return termtext.Clean(v.record.Scope.Workflow)
}

func (v *watch) Note() string {
	if !v.known {
		return ""
	}
	return fmt.Sprintf("sweep %d of %s", v.id, moment(v.record.At))
}

func (v *watch) Editing() bool { return false }

func (v *watch) Disabled(action string) string {
	if action == "sweeping.list" || !v.known && v.err == nil {
		return ""
	}
	switch action {
	case "sweeping.outcomes":
		if _, ok := v.chosen(); !ok {
			return "there is no number yet whose runs could be listed"
		}
	case "sweeping.pause", "sweeping.abort":
		if !v.runs() {
			return "this sweep is not in progress"
		}
	case "sweeping.resume":
		switch {
		case !v.known:
			return "there is no such sweep"
		}
		return cannotResume(v.env, v.session, v.record)
	case "sweeping.runs", "sweeping.workflow":
		if !v.known {
			return "there is no such sweep"
		}
	}
	return ""
}

// cannotResume says why a sweep does not go on.
func cannotResume(env ui.Env, s *ops.Session, r sweep.Record) string {
	switch {
	case r.Running:
		return "this sweep is in progress"
	case r.Elsewhere != nil:
		return fmt.Sprintf("%s carries it out in process %d: end that one first", r.Elsewhere.Who, r.Elsewhere.PID)
	case r.Progress.Phase == sweep.PhaseDone:
		return "this sweep is done: " + env.Key("sweeps.new") + " on the list of sweeps plans another"
	case r.Environment != s.Environment:
		return "this sweep was made in " + r.Environment + ", and this is " + s.Environment
	}
	return ""
}

func (v *watch) Do(action string) tea.Cmd {
	if action == "sweeping.list" {
		return nav.Sweeps()
	}
	if !v.known {
		return nil
	}
	switch action {
	case "sweeping.outcomes":
		n, _ := v.chosen()
		return ui.Open(Outcomes, ui.Params{ID: strconv.FormatInt(v.id, 10), Outcome: n.Outcome.String()})
	case "list.up", "list.down":
		step := 1
		if action == "list.up" {
			step = -1
		}
		if last := len(v.listed()) - 1; v.at+step >= 0 && v.at+step <= last {
			v.at += step
			v.draw()
			return nil
		}
		return v.pager.Update(ui.ListKey(action))
	case "sweeping.pause":
		if _, why := v.sweep.Held(); v.sweep.More() > 0 {
			return askMore(v.env, v.session, v.sweep, why)
		}
		if v.sweep.Progress().Paused {
			v.sweep.Resume()
			return ui.Toast(ui.Info, "the sweep goes on")
		}
		v.sweep.Pause()
		return ui.Toast(ui.Warn, "the sweep is paused: nothing is sent until it goes on")
	case "sweeping.abort":
		v.sweep.Abort()
	case "sweeping.resume":
		return askResume(v.env, v.session, v.record)
	case "sweeping.runs":
		return openRuns(v.record.Scope)
	case "sweeping.workflow":
		return nav.WorkflowDetail(v.record.Scope.Workflow)
	default:
		if key := ui.ListKey(action); key != nil {
			return v.pager.Update(key)
		}
	}
	return nil
}

// listed are the numbers whose runs can be listed.
func (v *watch) listed() []sweep.Number {
	return slices.DeleteFunc(v.record.Progress.Numbers(), func(n sweep.Number) bool { return !n.Listed })
}

// chosen is the number under the cursor. Numbers come and go as the sweep does.
func (v *watch) chosen() (sweep.Number, bool) {
	listed := v.listed()
	if len(listed) == 0 {
		return sweep.Number{}, false
	}
	return listed[min(v.at, len(listed)-1)], true
}

func (v *watch) View() string { return v.pager.View() }

// Subject implements [ui.Pointed].
func (v *watch) Subject() ui.Subject {
	if !v.known {
		return ui.Subject{}
	}
	return ui.Subject{Kind: ui.SubjectWorkflow, ID: v.record.Scope.Workflow}
}
