package workflows

import (
	"context"
	"encoding/json"
	"math"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/conditions"
	"github.com/knockops/knockops/internal/ops/origins"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/dashboard"
	"github.com/knockops/knockops/views/internal/detailpage"
	"github.com/knockops/knockops/views/internal/status"
)

// detail is one workflow: its state, its steps, and the schema of its data.
type detail struct {
	*detailpage.Page[*client.Workflow]
	session  *ops.Session
	key      string
	snapshot ops.PulseSnapshot
	version  int
	origins  *origins.Origins // nil until they were read
}

type originsMsg struct{ of origins.Origins }

func detailBindings() []ui.Binding {
	return []ui.Binding{
		ui.Bind(keymap.Action{ID: "workflow.open", Title: "Pending runs of the workflow", Short: "runs", Keys: []string{"enter"}}, func(d *detail) tea.Cmd { return openRuns(d.key) }),
		ui.Bind(keymap.Action{ID: "workflow.freeze", Title: "Freeze this workflow", Short: "freeze", Keys: []string{"z"}, Danger: keymap.Destroys}, func(d *detail) tea.Cmd { return askFreeze(d.Env, d.session, d.key) }, func(d *detail) string { return d.cannotSet(false) }),
		ui.Bind(keymap.Action{ID: "workflow.thaw", Title: "Thaw this workflow", Short: "thaw", Keys: []string{"Z"}, Danger: keymap.Destroys}, func(d *detail) tea.Cmd { return askThaw(d.Env, d.session, d.key) }, func(d *detail) string { return d.cannotSet(true) }),
		ui.Bind(keymap.Action{ID: "workflow.sweep", Title: "Sweep: cancel what is pending in it", Short: "sweep", Keys: []string{"S"}}, func(d *detail) tea.Cmd { return openSweep(d.key) }),
		ui.Bind(keymap.Action{ID: "workflow.trigger", Title: "Trigger this workflow", Short: "trigger", Keys: []string{"t"}}, func(d *detail) tea.Cmd { return openCompose(d.key) }),
		detailpage.On(keymap.Action{ID: "workflow.message", Title: "Its messages, filled in for a recipient", Short: "messages", Keys: []string{"m"}}, (*detail).askRender, (*detail).noTemplate),
		ui.Bind(keymap.Action{ID: "workflow.schedules", Title: "Schedules of this workflow", Short: "schedules", Keys: []string{"s"}}, func(d *detail) tea.Cmd { return openSchedules(d.key) }),
		ui.Bind(dashboard.Action(Detail), func(d *detail) tea.Cmd { return dashboard.Open(d.Env, d.session, d.key) }),
	}
}

func newDetail(env ui.Env, s *ops.Session, p ui.Params) *detail {
	d := &detail{session: s, key: p[Key]}
	d.Page = detailpage.New(env, detailpage.Spec[*client.Workflow]{
		Noun: "workflow", Crumb: func() string { return d.key }, Why: why,
		CopyOf: "workflow key", Copied: func(w *client.Workflow) string { return w.Key },
		Raw: func(w *client.Workflow) (string, json.RawMessage) { return "workflow " + w.Key, w.Raw },
		Read: func(ctx context.Context) (*client.Workflow, error) {
			w, err := s.Client.GetWorkflow(ctx, p[Key])
			return &w, err
		},
		Draw: d.draw,
	})
	return d
}

// Init implements [ui.View].
func (d *detail) Init() tea.Cmd {
	d.session.Pulse.Start()
	return tea.Batch(d.Refresh(), status.AwaitPulse(d.Env, d.session, d.version))
}

// Resume implements [ui.Resumer].
func (d *detail) Resume() tea.Cmd { return d.Refresh() }

// Refresh reads the workflow, and beside it what triggers it.
func (d *detail) Refresh() tea.Cmd {
	return tea.Batch(d.Page.Refresh(), d.Env.Go(func(ctx context.Context) tea.Msg {
		return originsMsg{origins.Of(ctx, d.session, d.key)}
	}))
}

// Update takes what is pending, beside what a detail takes.
func (d *detail) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case status.PulseMsg:
		d.snapshot, d.version = msg.Snapshot, msg.Version
		d.Draw()
		return status.AwaitPulse(d.Env, d.session, d.version)
	case changedMsg:
		return d.Refresh()
	case originsMsg:
		d.origins = &msg.of
		d.Draw()
		return nil
	}
	return d.Page.Update(msg)
}

func (d *detail) draw(w *client.Workflow, s *detailpage.Sheet) {
	word, ink := state(d.Env.Theme, w)
	s.Head(ink, word, w.Name)
	if w.Description != "" {
		s.Text(theme.Muted, w.Description)
	}
	s.Blank()
	s.Text(theme.Plain, d.snapshot.Pending(d.key).String())
	if !w.Active {
		s.Text(theme.Attention, "New triggers are refused. Paused runs end if they wake while it is frozen; thawed before that, they go on and send.")
	}
	for _, words := range ops.WorkflowWords(*w) {
		s.Text(theme.Plain, words)
	}
	if len(w.Categories) > 0 {
		s.Text(theme.Muted, "Categories: "+strings.Join(w.Categories, ", "))
	}
	s.Section(termtext.Plural(len(w.Steps), "step"), "")
	d.steps(s, w.Steps, 0)
	d.drawOrigins(w, s)
	s.Section("Schema of a trigger's data", "")
	if len(w.TriggerDataSchema) == 0 {
		s.Text(theme.Muted, "None: a trigger may carry any data.")
		return
	}
	s.JSON(w.TriggerDataSchema, math.MaxInt, "")
}

// mostCommits is how many versions are told.
const mostCommits = 10

// drawOrigins tells what triggers the workflow, and its versions.
func (d *detail) drawOrigins(w *client.Workflow, s *detailpage.Sheet) {
	s.Section("Triggered by", "")
	if d.origins == nil {
		s.Text(theme.Muted, "Reading it.")
		return
	}
	for _, l := range d.origins.Lines(d.session.Client.ServerNow()) {
		ink := theme.Plain
		if l.Unread {
			ink = theme.Attention
		}
		s.Text(ink, l.What+": "+l.Says)
	}
	s.Section("Versions", "this one is "+termtext.Middle(w.SHA, 12)+", updated "+w.UpdatedAt.Local().Format("2006-01-02 15:04"))
	for _, c := range d.origins.Commits[:min(len(d.origins.Commits), mostCommits)] {
		l := origins.CommitLine(c)
		s.Line(theme.Plain, l.What+"  "+termtext.Middle(c.ID, 9)+"  "+l.Says)
	}
	switch {
	case d.origins.Older || len(d.origins.Commits) > mostCommits:
		s.Line(theme.Muted, "and older ones")
	case len(d.origins.Commits) == 0:
		s.Line(theme.Muted, "No commit of it is known.")
	}
}

// steps are the lines of steps, those within branches further in.
func (d *detail) steps(sheet *detailpage.Sheet, steps []client.Step, depth int) {
	in := strings.Repeat("  ", depth)
	for _, s := range steps {
		kind := strings.TrimSpace(s.Type + "  " + s.ChannelKey + s.ChannelGroupKey)
		sheet.Line(theme.Plain, termtext.Fit(in+s.Ref, 22)+"  "+termtext.Fit(status.Words(kind), 26)+"  "+s.Name)
		if words := ops.StepWords(s); len(words) > 0 {
			sheet.Text(theme.Muted, in+"  "+strings.Join(words, " "+d.Env.Theme.Glyphs.Dot+" "))
		}
		for _, b := range s.Ways() {
			when := ""
			if only := conditions.Parse(b.Conditions).String(); only != "" {
				when = "   if " + only
			}
			sheet.Line(theme.Muted, in+"  "+d.Env.Theme.Glyphs.Crumb+" "+b.Name+when)
			d.steps(sheet, b.Steps, depth+2)
		}
	}
}

func (d *detail) cannotSet(active bool) string {
	w, _ := d.Value()
	return cannotSet(w, active, d.Err())
}

// Subject implements [ui.Pointed].
func (d *detail) Subject() ui.Subject { return ui.Subject{Kind: ui.SubjectWorkflow, ID: d.key} }
