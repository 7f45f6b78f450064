package runs

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/timeline"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/dashboard"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/status"
)

const (
	detailEvery = time.Second
	// idleEvery is how often a run that is over is read: its messages go on being seen and read.
	idleEvery = 5 * time.Second
)

// detail is one run: what happened to it, step by step, and what it sent.
type detail struct {
	env      ui.Env
	session  *ops.Session
	id       string
	run      *client.Run
	messages []client.Message
	data     string // that it was triggered with, as JSON
	err      error
	readAt   time.Time
	reading  bool
	recipes  *recipes
	steps    []client.Step // of its workflow, none where they are not known
	asked    bool          // for the steps
	more     background
	round    int // of reading; what an earlier one would begin is dropped

	events *timeline.Timeline
	made   map[string]string // by a moment's id, the message that it made

	width, height int
}

type readMsg struct {
	run      client.Run
	messages []client.Message
	data     string
	err      error
}

type againMsg struct{ round int }

func newDetail(env ui.Env, s *ops.Session, all *recipes, p ui.Params) *detail {
	d := &detail{env: env, session: s, recipes: all, id: p[ID], events: timeline.New()}
	d.events.SetTheme(env.Theme)
	return d
}

func (d *detail) Init() tea.Cmd { return tea.Batch(d.read(), awaitResults(d.env, d.session)) }

// Resume goes on reading, which rests while another page is on top: the run
// endpoints take few requests a second, and what is in sight needs them.
func (d *detail) Resume() tea.Cmd { return d.read() }

func (d *detail) read() tea.Cmd {
	if d.reading {
		return nil
	}
	d.reading = true
	return d.env.Go(func(ctx context.Context) tea.Msg {
		run, err := d.session.Client.GetRun(ctx, d.id)
		if err != nil {
			return readMsg{err: err}
		}
		page, err := d.session.Client.ListMessages(ctx, client.MessageFilter{WorkflowRecipientRunID: d.id}, client.Cursor{})
		return readMsg{run, page.Items, d.session.TriggerData(ctx, run, page.Items), err}
	})
}

func (d *detail) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case readMsg:
		d.reading = false
		d.take(msg)
		pause := detailEvery
		if d.run != nil && !d.run.Status.Pending() || d.err != nil {
			pause = idleEvery
		}
		d.round++
		return tea.Batch(d.env.After(pause, againMsg{d.round}), d.readSteps(), d.readBackground())
	case backgroundMsg:
		d.more.Run = msg.Run
		d.layout()
	case stepsMsg:
		d.steps = msg.steps
		d.draw()
	case againMsg:
		if msg.round == d.round && d.env.Shown() {
			return d.read()
		}
	case tea.MouseWheelMsg:
		return d.events.Update(msg)
	case resultsMsg:
		d.layout()
		if !d.env.Shown() {
			return awaitResults(d.env, d.session)
		}
		return tea.Batch(d.read(), awaitResults(d.env, d.session))
	}
	return nil
}

// take keeps what was known when a reading fails.
func (d *detail) take(m readMsg) {
	d.err = m.err
	if m.run.ID == "" {
		return
	}
	d.run, d.readAt = &m.run, time.Now()
	if m.err == nil {
		d.messages, d.data = m.messages, m.data
		d.session.Learn(m.run, m.messages)
	}
	d.draw()
}

// draw puts the timeline together from what is known now.
func (d *detail) draw() {
	t := d.env.Theme
	var entries []timeline.Entry
	d.made = map[string]string{}
	for _, e := range ops.Timeline(*d.run, d.messages, d.session.Client.ServerNow()) {
		glyph, ink := t.Glyphs.Completed, theme.OK
		switch {
		case e.Failed:
			glyph, ink = t.Glyphs.Error, theme.Danger
		case e.Waiting:
			glyph, ink = t.Glyphs.Paused, theme.Plain
		case e.Skipped:
			glyph, ink = t.Glyphs.Dash, theme.Muted
		}
		if e.MessageID != "" {
			d.made[e.ID] = e.MessageID
		}
		entries = append(entries, timeline.Entry{
			ID: e.ID, Time: e.At.Local().Format("15:04:05"), Glyph: glyph, Ink: ink, Title: e.Title, Text: e.Text,
		})
	}
	d.events.SetEntries(append(entries, d.toCome()...))
	d.layout()
}

// message is what the step under the cursor made, "" for none.
func (d *detail) message() string {
	at, _ := d.events.Cursor()
	return d.made[at.ID]
}

// json is what Knock sent: the run, and its messages.
func (d *detail) json() []byte {
	all := struct {
		Run      json.RawMessage   `json:"run"`
		Messages []json.RawMessage `json:"messages"`
		More     any               `json:"background,omitempty"`
	}{Run: d.run.Raw, More: d.more.told()}
	for _, m := range d.messages {
		all.Messages = append(all.Messages, m.Raw)
	}
	out, err := json.Marshal(all)
	if err != nil {
		return d.run.Raw
	}
	return out
}

func (d *detail) SetSize(w, h int) {
	d.width, d.height = w, h
	d.layout()
}

func (d *detail) layout() {
	if d.run != nil {
		d.events.SetSize(d.width, max(1, d.height-len(d.head())-1))
	}
}

// Subject implements [ui.Pointed].
func (d *detail) Subject() ui.Subject { return ui.Subject{Kind: ui.SubjectRun, ID: d.id} }

func (d *detail) Crumb() string { return termtext.Middle(d.id, 13) }

func (d *detail) Note() string {
	switch {
	case d.err != nil && !d.readAt.IsZero():
		return "as of " + termtext.Age(time.Since(d.readAt)) + " ago"
	case d.run != nil:
		return termtext.Age(d.session.Client.ServerNow().Sub(d.run.InsertedAt)) + " old"
	}
	return ""
}

func (d *detail) Editing() bool { return false }

func (d *detail) View() string {
	t := d.env.Theme
	if d.run == nil {
		if d.err == nil {
			return status.Loading(t, "the run")
		}
		return status.Failed(t, d.err.Error(), "Retrying. "+d.env.Hint(keymap.DetailRefresh)+" tries now, "+d.env.Hint(keymap.AppBack)+" goes back.", d.width)
	}
	return strings.Join(d.head(), "\n") + "\n\n" + d.events.View()
}

// head is the run in few words, and under it what a cancel that was asked for here has come to.
func (d *detail) head() []string {
	t, r := d.env.Theme, d.run
	word, ink := status.Run(t, d.session, r)
	facts := []string{r.Workflow, r.Recipient.String()}
	if r.Tenant != "" {
		facts = append(facts, "tenant "+r.Tenant)
	}
	if key := r.TriggerSource.CancellationKey; key != "" {
		facts = append(facts, "key "+key)
	} else {
		facts = append(facts, "no key")
	}
	facts = append(append(facts, r.TriggerSource.Type), startedBy(r)...)
	before := termtext.Width(word) + 4
	lines := termtext.Wrap(termtext.Clean(strings.Join(facts, " · ")), max(10, d.width-before-1))
	for i, l := range lines {
		lines[i] = termtext.Spaces(before) + t.Plain.Render(l)
	}
	lines[0] = " " + t.Style(ink).Render(word) + "   " + strings.TrimLeft(lines[0], " ")
	about := "run of trigger " + r.WorkflowRunID
	switch f := d.session.Cancels.Of(r.ID); {
	case f.Text != "":
		about = f.Verdict.String() + ": " + f.Text
	case ops.SentNothingWords(*r, d.messages) != "":
		about += " · " + ops.SentNothingWords(*r, d.messages)
	case r.Status.Pending() && r.TriggerSource.CancellationKey == "":
		about = "It cannot be cancelled: " + cancel.Uncancellable(r)
	}
	for _, l := range termtext.Wrap(termtext.Clean(about), max(10, d.width-2)) {
		lines = append(lines, " "+t.Muted.Render(l))
	}
	if d.data != "" {
		lines = append(lines, " "+t.Muted.Render(termtext.Truncate("data "+d.data, max(10, d.width-2))))
	}
	return append(lines, d.more.lines(d)...)
}

// startedBy is what more is known of who or what started a run.
func startedBy(r *client.Run) []string {
	var facts []string
	for _, of := range [][2]string{{"schedule ", r.TriggerSource.ScheduleID}, {"audience ", r.TriggerSource.AudienceKey}} {
		if of[1] != "" {
			facts = append(facts, of[0]+of[1])
		}
	}
	if r.Actor != nil {
		facts = append(facts, "actor "+r.Actor.String())
	}
	return facts
}

func detailBindings() []ui.Binding {
	return []ui.Binding{
		ui.Bind(keymap.Action{ID: "run.cancel", Title: "Cancel this run", Short: "cancel", Keys: []string{"c"}, Danger: keymap.Destroys}, func(d *detail) tea.Cmd { return confirm.Cancel(d.env, d.session, []*client.Run{d.run}, nil, false) }, (*detail).loading, func(d *detail) string { return whyNot(d.session, d.run) }),
		ui.Bind(keymap.Action{ID: "run.everyone", Title: "Cancel everyone under this key", Short: "everyone under key", Keys: []string{"K"}, Danger: keymap.Destroys}, func(d *detail) tea.Cmd { return confirm.Everyone(d.env, d.session, d.run, []*client.Run{d.run}, false) }, (*detail).loading, func(d *detail) string { return noKey(d.run) }),
		ui.Bind(keymap.Action{ID: "run.message", Title: "Open the message that the cursor's step made", Short: "message", Keys: []string{"enter", "m"}}, func(d *detail) tea.Cmd { return nav.Message(d.message()) }, (*detail).noMessage),
		ui.Bind(keymap.Action{ID: "run.user", Title: "Go to the recipient", Short: "user", Keys: []string{"u"}}, func(d *detail) tea.Cmd { return nav.Of(d.run.Recipient) }, (*detail).loading),
		ui.Bind(keymap.Action{ID: "run.events", Title: "Webhook events of this run", Short: "its events", Keys: []string{"e"}}, func(d *detail) tea.Cmd { return nav.Events("run:" + d.id) }),
		ui.Bind(keymap.Action{ID: "run.siblings", Title: "Runs of the same workflow", Short: "workflow's runs", Keys: []string{"w"}}, func(d *detail) tea.Cmd { return nav.Runs(nav.RunsOf{Workflow: d.run.Workflow}) }, (*detail).loading),
		ui.Bind(dashboard.Action(Detail), func(d *detail) tea.Cmd { return dashboard.Open(d.env, d.session, d.run.Workflow) }, (*detail).loading),
	}
}

func (d *detail) loading() string {
	if d.run == nil {
		return "the run is still loading"
	}
	return ""
}

func (d *detail) noMessage() string {
	if d.message() == "" {
		return "this step made no message"
	}
	return ""
}

// Refresh implements [ui.Detailer].
func (d *detail) Refresh() tea.Cmd { return d.read() }

// Copy implements [ui.Detailer].
func (d *detail) Copy() tea.Cmd { return ui.Copy("run id "+termtext.Middle(d.id, 12), d.id) }

// Raw implements [ui.Detailer].
func (d *detail) Raw() tea.Cmd { return nav.JSON("run "+termtext.Middle(d.id, 13), d.json()) }

// NothingToCopy implements [ui.Detailer]: the id is known from the start.
func (d *detail) NothingToCopy() string { return "" }

// NoRaw implements [ui.Detailer].
func (d *detail) NoRaw() string { return d.loading() }

// Move implements [ui.Mover].
func (d *detail) Move(key tea.KeyPressMsg) tea.Cmd { return d.events.Update(key) }

// shown is the run, or why there is none yet.
func (d *detail) shown() (*client.Run, string) { return d.run, d.loading() }
