package pulse

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/status"
)

// How often the journal is looked at: while something is in progress, and otherwise, when another process alone
// may write to it without this page being told.
const (
	lookEvery = time.Second
	restEvery = 4 * time.Second
)

type view struct {
	env     ui.Env
	session *ops.Session

	snapshot ops.PulseSnapshot
	version  int

	watch     *events.Watch
	types     minutes  // events by their type
	failed    minutes  // what was not delivered, by kind of channel
	channels  channels // and how those that were decided ended
	counts    events.Counts
	counted   time.Time // every event since then is in the counts
	events    events.State
	eventsErr error

	recent    []ops.AuditEntry
	recentErr error
	sweeps    []sweep.Record
	cutOff    []sweep.Record // of these, those that nobody carries out and that are not done
	freezes   []ops.AuditEntry
	reading   bool // when a run wakes

	board board
}

type (
	eventsMsg struct {
		batch events.Batch
		err   error
	}
	lookMsg struct {
		past, freezes []ops.AuditEntry
		sweeps        []sweep.Record
		err           error
	}
	againMsg       struct{}
	eventsAgainMsg struct{}
)

func newView(env ui.Env, s *ops.Session) *view {
	return &view{env: env, session: s, watch: s.Events.Watch(events.Filter{}), board: board{theme: env.Theme}, channels: channels{}}
}

func (v *view) Init() tea.Cmd {
	v.session.Pulse.Start()
	v.draw()
	return tea.Batch(status.AwaitPulse(v.env, v.session, v.version), v.awaitEvents(), v.look())
}

func (v *view) awaitEvents() tea.Cmd {
	watch := v.watch
	return v.env.Go(func(ctx context.Context) tea.Msg {
		batch, err := watch.Next(ctx)
		return eventsMsg{batch, err}
	})
}

// look reads what was done last, and what was cut off.
func (v *view) look() tea.Cmd {
	return v.env.Go(func(ctx context.Context) tea.Msg {
		past, err := v.session.LastEntries(ctx, lastActions)
		if err != nil {
			return lookMsg{err: err}
		}
		freezes, err := v.session.LastActions(ctx, mostMarks, ops.ActionFreeze, ops.ActionThaw)
		if err != nil {
			return lookMsg{err: err}
		}
		sweeps, err := v.session.Sweeps.Records(ctx)
		return lookMsg{past, freezes, sweeps, err}
	})
}

func (v *view) Update(msg tea.Msg) tea.Cmd {
	defer v.draw()
	switch msg := msg.(type) {
	case status.PulseMsg:
		v.snapshot, v.version = msg.Snapshot, msg.Version
		return tea.Batch(status.AwaitPulse(v.env, v.session, v.version), v.readWake())
	case eventsMsg:
		if v.eventsErr = msg.err; msg.err != nil {
			return v.env.After(lookEvery, eventsAgainMsg{}) // the journal cannot be read; the last actions say so as well
		}
		v.count(msg.batch)
		return v.awaitEvents()
	case eventsAgainMsg:
		return v.awaitEvents()
	case lookMsg:
		v.recent, v.freezes, v.sweeps, v.recentErr = msg.past, msg.freezes, msg.sweeps, msg.err
		v.cutOff = slices.DeleteFunc(slices.Clone(msg.sweeps), func(r sweep.Record) bool { return !r.CutOff() || r.Progress.Phase == sweep.PhaseAborted })
		if v.session.InProgress() == 0 || !v.env.Shown() {
			return v.env.After(restEvery, againMsg{})
		}
		return v.env.After(lookEvery, againMsg{})
	case againMsg:
		return v.look()
	case wakeReadMsg:
		if v.reading = false; msg.read { // else the next snapshot tells whether to try again
			return v.readWake()
		}
	case tea.MouseWheelMsg:
		v.board.down(map[tea.MouseButton]int{tea.MouseWheelUp: -1, tea.MouseWheelDown: 1}[msg.Button])
	case tea.MouseClickMsg:
		v.board.click(msg.X, msg.Y)
	}
	return nil
}

func (v *view) count(b events.Batch) {
	v.events = b.State
	if v.counted.IsZero() {
		v.counted = time.Now()
		if n := len(b.Events); n > 0 {
			v.counted = b.Events[n-1].ReceivedAt
		}
	}
	for _, e := range b.Events {
		v.counts.Add(e)
		v.channels.add(e)
		if !e.Reconstructed {
			v.types.add(e.Type, e.ReceivedAt)
			if undelivered(e) {
				v.failed.add(e.ChannelType, e.ReceivedAt)
			}
		}
	}
}

func (v *view) SetSize(w, h int) {
	v.board.width, v.board.height = w, h
	v.draw()
}

// draw puts the sections together from what is known now.
func (v *view) draw() {
	v.board.set(v.runaways(), []section{v.pending(), v.deliveries(), v.inProgress()})
}

func (v *view) Crumb() string { return "" }

func (v *view) Note() string {
	var parts []string
	switch b := v.snapshot; {
	case b.Err != nil && !b.ReadAt.IsZero():
		parts = append(parts, "as of "+termtext.Age(time.Since(b.ReadAt))+" ago")
	case b.Known > 0 && b.Bounded:
		parts = append(parts, termtext.Count(b.Known)+" pending known, older ones not read")
	case b.Known > 0 && !b.Complete:
		parts = append(parts, termtext.Count(b.Known)+" pending known, reading on")
	case b.Complete:
		parts = append(parts, termtext.Count(b.Known)+" pending")
	}
	if n := len(v.snapshot.Frozen); n > 0 {
		parts = append(parts, termtext.Count(n)+" frozen")
	}
	return strings.Join(parts, " "+v.env.Theme.Glyphs.Dot+" ")
}

func (v *view) Editing() bool { return false }

func (v *view) View() string { return v.board.view() }

// Move implements [ui.Mover].
func (v *view) Move(key tea.KeyPressMsg) tea.Cmd {
	all := len(v.board.items())
	v.board.down(map[rune]int{tea.KeyUp: -1, tea.KeyDown: 1, tea.KeyPgUp: -all, tea.KeyHome: -all, tea.KeyPgDown: all, tea.KeyEnd: all}[key.Code])
	return nil
}

func (v *view) nothingToOpen() bool { return v.board.cursor().open == nil }

func (v *view) noWorkflow() string {
	if v.board.cursor().workflow == "" {
		return "no workflow selected"
	}
	return ""
}

// Subject implements [ui.Pointed].
func (v *view) Subject() ui.Subject {
	if w := v.board.cursor().workflow; w != "" {
		return ui.Subject{Kind: ui.SubjectWorkflow, ID: w}
	}
	return ui.Subject{}
}
