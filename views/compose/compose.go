package compose

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/requestpane"
)

// side is one of the things that can be seen of a draft.
type side int

const (
	sideForm side = iota // only where there is no room for two things
	sideJSON
	sideCurl
	sideCheck
	sideRuns
)

type view struct {
	env       ui.Env
	session   *ops.Session
	workspace *workspace
	opened    tea.Cmd // what there is to say about how the page was opened
	showing   side
	request   requestpane.Pane
	drawn     drawn // what the pane was filled from
	stream    *stream
	reading   bool
	counting  bool // the runs of what is to be sent
	checked   checked

	width, height int
	left          int // of the form, in cells; 0 when it has all
}

// drawn is all that the request is made of.
type drawn struct {
	draft                                 *draft
	side                                  side
	values                                ops.Draft
	idempotency, uuid, tried, next, where string
	catalogue                             int
}

type workflowsMsg struct {
	all []client.Workflow
	err error
}

type knownMsg struct{ all []ops.Known }

type (
	pickedMsg struct{ workflow string }
	newMsg    struct{}
)

func newView(env ui.Env, s *ops.Session, d *workspace, p ui.Params) *view {
	v := &view{env: env, session: s, workspace: d}
	if d.open(env.Theme, p) {
		v.opened = ui.Toast(ui.Info, "your previous draft is kept: %s opens it", env.Hint(otherDraft))
	}
	d.top().form.Focus()
	if p[Workflow] != "" && p[To] == "" {
		d.top().form.FocusField(recipients)
	}
	return v
}

func (v *view) Init() tea.Cmd {
	cmds := []tea.Cmd{v.opened, v.readWorkflows(), v.follow(), v.awaitResults()}
	for _, d := range v.workspace.drafts {
		cmds = append(cmds, v.await(d))
	}
	return tea.Batch(cmds...)
}

// Resume shows the draft that is on top by now.
func (v *view) Resume() tea.Cmd {
	return tea.Batch(v.readWorkflows(), v.follow(), v.await(v.workspace.top()))
}

// readWorkflows asks for the environment's workflows unless they are known well enough.
func (v *view) readWorkflows() tea.Cmd {
	if !v.workspace.catalogue.stale() {
		return nil
	}
	known := v.env.Go(func(ctx context.Context) tea.Msg { return knownMsg{v.session.Known(ctx)} })
	return tea.Batch(known, v.rereadWorkflows())
}

func (v *view) rereadWorkflows() tea.Cmd {
	if v.reading {
		return nil
	}
	v.reading = true
	return v.env.Go(func(ctx context.Context) tea.Msg {
		all, err := v.session.Workflows(ctx)
		return workflowsMsg{all, err}
	})
}

func (v *view) Update(msg tea.Msg) tea.Cmd {
	d := v.workspace.top()
	switch msg := msg.(type) {
	case workflowsMsg:
		v.reading = false
		v.workspace.catalogue.take(msg.all, msg.err)
		d.recheck()
		d.form.Refresh()
	case knownMsg:
		v.workspace.catalogue.meet(msg.all)
		d.form.Refresh()
	case pickedMsg:
		d.form.SetValue(Workflow, msg.workflow)
		d.form.Focus()
		d.form.FocusField(recipients)
		d.recheck()
	case newMsg:
		v.startNew()
	case askMsg:
		return v.ask(msg)
	case outcomeMsg:
		return v.outcome(msg)
	case templatesMsg:
		return v.chooseTemplate(msg)
	case templateMsg:
		return v.openTemplate(msg.template)
	case saveMsg:
		return v.save(msg.name)
	case savedMsg:
		return v.saved(msg)
	case checkMsg:
		v.take(msg)
	case stepMsg:
		return v.stepped(msg)
	case resultsMsg:
		if l := v.workspace.live; l != nil {
			l.draw(v.env.Theme, v.session)
		}
		return v.awaitResults()
	case tea.KeyPressMsg, tea.PasteMsg:
		return v.typed(msg)
	case tea.MouseClickMsg:
		if v.left == 0 && v.showing == sideForm || msg.X < v.formWidth() {
			d.form.Click(msg.Y)
		}
	case tea.MouseWheelMsg:
		return v.scroll(msg)
	}
	return nil
}

func (v *view) typed(msg tea.Msg) tea.Cmd {
	d := v.workspace.top()
	before, workflow, typedKey := d.written(), d.workflow(), d.form.Value(key)
	cmd, used := d.form.Handle(msg)
	if d.tried == "" && d.written() != before {
		d.failure = nil // it was about what was there before
	}
	if k, ok := msg.(tea.KeyPressMsg); ok && !used && k.String() == "esc" {
		d.form.Blur()
	}
	if d.workflow() != workflow {
		d.recheck()
	}
	if now := d.form.Value(key); now != typedKey {
		d.chooseKey(now)
	}
	if collection := v.workspace.catalogue.want(); collection != "" {
		return tea.Batch(cmd, v.env.Go(func(ctx context.Context) tea.Msg { return knownMsg{v.session.KnownOf(ctx, collection)} }))
	}
	return cmd
}

// Move implements [ui.Mover].
func (v *view) Move(key tea.KeyPressMsg) tea.Cmd { return v.scroll(key) }

// scroll moves in what stands beside the form.
func (v *view) scroll(msg tea.Msg) tea.Cmd {
	if v.side() == sideRuns {
		return v.workspace.live.timeline.Update(msg)
	}
	v.request.Update(msg)
	return nil
}

// side is what is shown beside the form, or instead of it.
func (v *view) side() side {
	switch {
	case v.showing == sideRuns && v.workspace.live == nil, v.showing == sideCheck && v.checked.draft != v.workspace.top(), v.showing == sideForm && v.left > 0:
		return sideJSON
	}
	return v.showing
}

func (v *view) Editing() bool { return v.workspace.top().form.Focused() != "" }

// askNew starts a draft, and asks before that when something would be lost.
func (v *view) askNew() tea.Cmd {
	if d := v.workspace.top(); !d.dirty() {
		v.startNew()
		return nil
	}
	return ui.Show(ui.NewConfirm(v.env.Theme, ui.Confirm{
		Title: "Start a new draft", Lines: []string{"Unsent input will be lost."},
		Yes: "Start new draft", No: "No, keep the draft",
		OnYes: func(string) tea.Cmd { return v.env.Send(newMsg{}) },
	}))
}

func (v *view) startNew() {
	old := v.workspace.top()
	old.clean = old.written()
	v.workspace.put(newDraft(v.env.Theme, &v.workspace.catalogue, ops.Draft{}))
	v.workspace.top().form.Focus()
	v.showing = sideForm
}

// pick lists the workflows.
func (v *view) pick() tea.Cmd {
	c := &v.workspace.catalogue
	if !c.read() {
		if c.err != nil {
			return ui.Toast(ui.Warn, "the workflows are not known, so type the key: %s", c.err)
		}
		return ui.Toast(ui.Info, "the workflows are being read")
	}
	var choices []ui.Choice
	for _, w := range c.workflows {
		about := w.Name
		if w.Description != "" {
			about += ": " + w.Description
		}
		mark := ""
		if !w.Active {
			mark = "inactive"
		}
		choices = append(choices, ui.Choice{Name: w.Key, Text: about, Keys: mark, Run: v.env.Send(pickedMsg{w.Key})})
	}
	return ui.Show(ui.NewPicker(v.env.Theme, ui.Picker{Title: "Trigger a workflow", Empty: "No match. esc closes.", Choices: choices}))
}
