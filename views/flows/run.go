package flows

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/value"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/flows"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/wait"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/timeline"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/requestpane"
)

// frameEvery spaces the frames of a run that goes on; what counts down is drawn anew each second.
const frameEvery = 100 * time.Millisecond

// run is a run as it goes on, or as the journal has it.
type run struct {
	env     ui.Env
	session *ops.Session
	live    *flows.Live // nil for one of the journal
	kept    flows.Kept
	known   bool
	err     error
	id      int64

	state   flows.LiveState // also of a kept run
	changed <-chan struct{} // closed when a live run is another than state
	asked   *consent.Prompt // the question that a dialog was opened for

	line   *timeline.Timeline
	follow bool // the cursor stays on the step that runs
	pane   requestpane.Pane
	width  int
	height int
}

type (
	keptMsg struct {
		kept flows.Kept
		err  error
	}
	movedMsg struct{}
	nextMsg  struct{}
)

func newRun(env ui.Env, s *ops.Session, runs *flows.Runs, p ui.Params) *run {
	v := &run{env: env, session: s, line: timeline.New(), follow: true}
	v.line.SetTheme(env.Theme)
	if number, err := strconv.Atoi(p[Live]); err == nil {
		v.live, v.known = runs.Of(number)
		if !v.known {
			v.err = fmt.Errorf("this session has no run %d", number)
		}
		return v
	}
	v.id, v.err = strconv.ParseInt(p[ID], 10, 64)
	return v
}

func (v *run) Init() tea.Cmd {
	switch {
	case v.err != nil:
		return nil
	case v.live != nil:
		v.look()
		return tea.Batch(v.ask(), v.await())
	}
	return v.env.Go(func(ctx context.Context) tea.Msg {
		kept, err := flows.Load(ctx, v.session.Journal, v.id)
		return keptMsg{kept, err}
	})
}

// Resume asks what could not be asked while another page was on top.
func (v *run) Resume() tea.Cmd { return v.ask() }

func (v *run) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case keptMsg:
		if v.err = msg.err; msg.err == nil {
			v.take(msg.kept)
		}
	case movedMsg:
		v.look()
		return tea.Batch(v.ask(), v.env.After(frameEvery, nextMsg{}))
	case nextMsg:
		return v.await()
	case bodyMsg:
		v.live.Edit(msg.at, msg.body)
		v.look()
	case answerMsg:
		v.live.Answer(msg.prompt, msg.reason)
	case tea.MouseWheelMsg:
		v.pane.Update(msg)
	}
	return nil
}

// await waits for what changes, and for the next second where something counts down.
func (v *run) await() tea.Cmd {
	if v.state.Over {
		return nil
	}
	changed := v.changed
	return v.env.Go(func(ctx context.Context) tea.Msg {
		if wait.Rest(ctx, time.Second, changed) != nil {
			return nil
		}
		return movedMsg{}
	})
}

// take shows a run of the journal.
func (v *run) take(k flows.Kept) {
	v.kept, v.known = k, true
	v.state = flows.LiveState{Records: k.Records, Dropped: k.Dropped, Over: true, ID: k.ID}
	_ = json.Unmarshal(k.Result, &v.state.Result) // a run that was cut off has none
	v.state.Result.Outcome = flow.Outcome(k.Outcome)
	if k.Error != "" {
		v.state.Result.Err = fmt.Errorf("%s", k.Error)
	}
	v.draw()
}

// look shows how far the run is now.
func (v *run) look() {
	v.changed = v.live.Changed() // before the state is read: what changes meanwhile is not missed
	v.state = v.live.State()
	v.draw()
}

type answerMsg struct {
	prompt *consent.Prompt
	reason string
}

// ask puts what the run asks in a dialog, once: who says no is not asked again until they want it.
func (v *run) ask() tea.Cmd {
	asks := v.state.Asks
	if asks == nil || v.asked == asks {
		return nil
	}
	if !v.env.Shown() {
		return nil // a dialog must not come between somebody and another page
	}
	return v.answer()
}

func (v *run) answer() tea.Cmd {
	asks := v.state.Asks
	v.asked = asks
	return confirm.Ask(v.env, *asks, func(reason string) tea.Cmd { return v.env.Send(answerMsg{asks, reason}) })
}

// Move implements [ui.Mover]. On the last step that ran the cursor follows those that come.
func (v *run) Move(key tea.KeyPressMsg) tea.Cmd {
	cmd := v.line.Update(key)
	n := len(v.state.Records)
	at, _ := v.line.Cursor()
	v.follow = n > 0 && at.ID == entryID(v.state.Records[n-1])
	v.drawStep()
	return cmd
}

func (v *run) SetSize(w, h int) {
	v.width, v.height = w, h
	v.draw()
}

func (v *run) Crumb() string {
	switch {
	case v.live != nil:
		return termtext.Clean(v.live.Workflow.ID)
	case v.known:
		return termtext.Clean(v.kept.Workflow)
	}
	return ""
}

func (v *run) Note() string {
	switch {
	case !v.known:
		return ""
	case v.live != nil && v.state.ID == 0:
		return "in " + v.session.Where()
	case v.live != nil:
		return fmt.Sprintf("run %d in %s", v.state.ID, v.session.Where())
	}
	return fmt.Sprintf("run %d, %s, by %s", v.kept.ID, v.kept.At.Local().Format("2006-01-02 15:04:05"), v.kept.Who)
}

func (v *run) Editing() bool { return false }

// selected is the step under the cursor.
func (v *run) selected() (flow.Record, bool) {
	at, _ := v.line.Cursor()
	for _, r := range v.state.Records {
		if entryID(r) == at.ID {
			return r, true
		}
	}
	return flow.Record{}, false
}

// outputs are the run's outputs as lines, in order.
func (v *run) outputs() (out [][2]string) {
	for _, name := range value.Names(v.state.Result.Outputs) {
		out = append(out, [2]string{name, value.Text(v.state.Result.Outputs[name])})
	}
	return out
}
