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
	"github.com/knockops/knockops/internal/wait"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/pager"
	"github.com/knockops/knockops/ui/kit/progress"
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
		if wait.Rest(ctx, time.Second, changed) != nil { // the time left goes on by itself
			return nil
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

// Move implements [ui.Mover]: from number to number, and beyond them through the lines.
func (v *watch) Move(key tea.KeyPressMsg) tea.Cmd {
	step := map[rune]int{tea.KeyUp: -1, tea.KeyDown: 1}[key.Code]
	if to := v.at + step; step != 0 && to >= 0 && to < len(v.listed()) {
		v.at = to
		v.draw()
		return nil
	}
	return v.pager.Update(key)
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
