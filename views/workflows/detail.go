package workflows

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/pager"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/dashboard"
	"github.com/knockops/knockops/views/internal/status"
)

// detail is one workflow: its state, its steps, and the schema of its data.
type detail struct {
	env      ui.Env
	session  *ops.Session
	key      string
	workflow *client.Workflow
	readAt   time.Time
	err      error
	snapshot ops.PulseSnapshot
	version  int
	pager    pager.Pager

	width, height int
}

type oneMsg struct {
	workflow client.Workflow
	err      error
}

func newDetail(env ui.Env, s *ops.Session, p ui.Params) *detail {
	return &detail{env: env, session: s, key: p[Key]}
}

func (d *detail) Init() tea.Cmd {
	d.session.Pulse.Start()
	return tea.Batch(d.read(), status.AwaitPulse(d.env, d.session, d.version))
}

// Resume reads anew: the workflow may have been changed, or Knock not have answered.
func (d *detail) Resume() tea.Cmd { return d.read() }

func (d *detail) read() tea.Cmd {
	return d.env.Go(func(ctx context.Context) tea.Msg {
		w, err := d.session.Client.GetWorkflow(ctx, d.key)
		return oneMsg{w, err}
	})
}

func (d *detail) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case oneMsg:
		if d.err = msg.err; msg.err == nil {
			d.workflow, d.readAt = &msg.workflow, time.Now()
		}
		d.draw()
	case status.PulseMsg:
		d.snapshot, d.version = msg.Snapshot, msg.Version
		d.draw()
		return status.AwaitPulse(d.env, d.session, d.version)
	case changedMsg:
		return d.read()
	case tea.MouseWheelMsg:
		return d.pager.Update(msg)
	}
	return nil
}

func (d *detail) SetSize(w, h int) {
	d.width, d.height = w, h
	d.pager.SetSize(w, h)
	d.draw()
}

func (d *detail) draw() {
	if d.workflow == nil {
		return
	}
	w, t := d.workflow, d.env.Theme
	word, ink := state(t, w)
	lines := []string{" " + t.Style(ink).Render(word) + "   " + t.Plain.Render(termtext.Truncate(w.Name, max(1, d.width-termtext.Width(word)-5)))}
	add := func(style theme.Ink, s string) {
		for _, line := range termtext.Wrap(s, max(10, d.width-4)) {
			lines = append(lines, "   "+t.Style(style).Render(line))
		}
	}
	if w.Description != "" {
		add(theme.Muted, w.Description)
	}
	lines = append(lines, "")
	add(theme.Plain, d.snapshot.Pending(d.key).String())
	if !w.Active {
		add(theme.Attention, "New triggers are refused. Paused runs end if they wake while it is frozen; thawed before that, they go on and send.")
	}
	if len(w.Categories) > 0 {
		add(theme.Muted, "Categories: "+strings.Join(w.Categories, ", "))
	}
	lines = append(lines, "", " "+t.Title.Render(termtext.Plural(len(w.Steps), "step")))
	lines = append(lines, d.steps(w.Steps, 0)...)
	lines = append(lines, "", " "+t.Title.Render("Schema of a trigger's data"))
	if len(w.TriggerDataSchema) == 0 {
		add(theme.Muted, "None: a trigger may carry any data.")
	}
	for line := range strings.SplitSeq(indented(w.TriggerDataSchema), "\n") {
		lines = append(lines, "   "+t.Plain.Render(termtext.Truncate(line, max(1, d.width-4))))
	}
	d.pager.SetLines(lines)
}

// steps are the lines of steps, those within branches further in.
func (d *detail) steps(steps []client.Step, depth int) []string {
	t := d.env.Theme
	in := strings.Repeat("  ", depth)
	var lines []string
	for _, s := range steps {
		kind := strings.TrimSpace(s.Type + "  " + s.ChannelKey + s.ChannelGroupKey)
		line := termtext.Fit(in+s.Ref, 22) + "  " + termtext.Fit(strings.ReplaceAll(kind, "_", " "), 26) + "  " + s.Name
		lines = append(lines, "   "+t.Plain.Render(termtext.Truncate(line, max(1, d.width-4))))
		for _, b := range s.Branches {
			lines = append(lines, "   "+t.Muted.Render(termtext.Truncate(in+"  "+t.Glyphs.Crumb+" "+b.Name, max(1, d.width-4))))
			lines = append(lines, d.steps(b.Steps, depth+2)...)
		}
	}
	return lines
}

func indented(raw json.RawMessage) string {
	if out, ok := termtext.IndentJSON(raw, ""); ok {
		return string(out)
	}
	return string(raw)
}

func (d *detail) Crumb() string { return termtext.Clean(d.key) }

func (d *detail) Note() string {
	switch {
	case d.err != nil && d.workflow != nil:
		return "as of " + termtext.Age(time.Since(d.readAt)) + " ago: " + d.env.Key("workflow.refresh") + " reads it again"
	case d.pager.More() > 0:
		return termtext.Plural(d.pager.More(), "line") + " below"
	}
	return ""
}

func (d *detail) Editing() bool { return false }

func (d *detail) View() string {
	switch {
	case d.workflow != nil:
		return d.pager.View()
	case d.err != nil:
		return failed(d.env, d.err, "workflow.refresh", d.width)
	}
	return status.Loading(d.env.Theme, "the workflow")
}

func (d *detail) Disabled(action string) string {
	switch action {
	case "workflow.freeze":
		return cannotSet(d.workflow, false, d.err)
	case "workflow.thaw":
		return cannotSet(d.workflow, true, d.err)
	case "workflow.raw":
		if d.workflow == nil {
			return "the workflow is still loading"
		}
	}
	return ""
}

func (d *detail) Do(action string) tea.Cmd {
	switch action {
	case "workflow.open":
		return openRuns(d.key)
	case "workflow.freeze":
		return askFreeze(d.env, d.session, d.key)
	case "workflow.thaw":
		return askThaw(d.env, d.session, d.key)
	case "workflow.sweep":
		return openSweep(d.key)
	case "workflow.trigger":
		return openCompose(d.key)
	case "workflow.schedules":
		return ui.Open(Schedules, ui.Params{Key: d.key})
	case "workflow.raw":
		return ui.Open("json", ui.Params{"title": "workflow " + d.key, "json": string(d.workflow.Raw)})
	case "workflow.refresh":
		return d.read()
	case "workflow.copy":
		return ui.Copy("workflow key "+termtext.Middle(d.key, 24), d.key)
	case "workflow.dashboard":
		return dashboard.Open(d.env, d.session, d.key)
	}
	if key := ui.ListKey(action); key != nil {
		return d.pager.Update(key)
	}
	return nil
}

// Subject implements [ui.Pointed].
func (d *detail) Subject() ui.Subject { return ui.Subject{Kind: ui.SubjectWorkflow, ID: d.key} }
