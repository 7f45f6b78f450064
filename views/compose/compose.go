package compose

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/requestpane"
)

// side is one of the things that can be seen of a draft.
type side int

const (
	sideForm side = iota // only where there is no room for two things
	sideJSON
	sideCurl
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

	width, height int
	left          int // of the form, in cells; 0 when it has all
}

// drawn is all that the request is made of.
type drawn struct {
	draft                    *draft
	side                     side
	values, idempotency      string
	uuid, tried, next, where string
	catalogue                int
}

type workflowsMsg struct {
	all []client.Workflow
	err error
}

type (
	pickedMsg struct{ workflow string }
	newMsg    struct{}
)

func newView(env ui.Env, s *ops.Session, d *workspace, p ui.Params) *view {
	v := &view{env: env, session: s, workspace: d}
	if d.open(env.Theme, p) {
		v.opened = ui.Toast(ui.Info, "your previous draft is kept: %s opens it", env.Key("compose.other"))
	}
	d.top().form.Focus()
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
	if v.reading || !v.workspace.catalogue.stale() {
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
	case pickedMsg:
		d.form.SetValue(Workflow, msg.workflow)
		d.form.Focus()
		d.form.FocusField(recipients)
		d.recheck()
	case newMsg:
		v.startNew()
	case outcomeMsg:
		return v.outcome(msg)
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
		if v.left == 0 && v.showing == sideForm || msg.X < v.left {
			d.form.Click(msg.Y)
		}
	case tea.MouseWheelMsg:
		return v.scroll(map[tea.MouseButton]int{tea.MouseWheelUp: -3, tea.MouseWheelDown: 3}[msg.Button])
	}
	return nil
}

func (v *view) typed(msg tea.Msg) tea.Cmd {
	d := v.workspace.top()
	before, workflow, typedKey := d.values(), d.workflow(), d.form.Value(key)
	cmd, used := d.form.Handle(msg)
	if d.tried == "" && d.values() != before {
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
	return cmd
}

// scroll moves in what stands beside the form.
func (v *view) scroll(n int) tea.Cmd {
	if v.side() == sideRuns {
		v.workspace.live.timeline.Down(n)
		return nil
	}
	v.request.Scroll(n)
	return nil
}

// side is what is shown beside the form, or instead of it.
func (v *view) side() side {
	switch {
	case v.showing == sideRuns && v.workspace.live == nil, v.showing == sideForm && v.left > 0:
		return sideJSON
	}
	return v.showing
}

func (v *view) Editing() bool { return v.workspace.top().form.Focused() != "" }

func (v *view) Do(action string) tea.Cmd {
	d := v.workspace.top()
	switch action {
	case "compose.send":
		return v.send()
	case "compose.pick":
		return v.pick()
	case "compose.show":
		v.turn()
	case "compose.new":
		return v.askNew()
	case "compose.other":
		v.workspace.rotate()
		v.workspace.top().form.Focus()
		return v.await(v.workspace.top())
	case "compose.format":
		d.json.Format()
	case "compose.edit":
		if v.left == 0 {
			v.showing = sideForm
		}
		return d.form.Focus()
	case "compose.open":
		if v.side() != sideRuns {
			return v.Do("compose.edit")
		}
		if r, ok := v.workspace.live.cursor(); ok {
			return nav.Run(r.ID)
		}
	case "compose.cancel":
		pending, all := v.workspace.live.pending()
		return confirm.Cancel(v.env, v.session, pending, all, false)
	case "compose.copy":
		t := d.trigger()
		if v.side() == sideRuns {
			t = v.workspace.live.sent.trigger
		}
		r, err := v.session.Client.TriggerRequest(t)
		if err != nil {
			return ui.Toast(ui.Warn, "no request yet: %s", err)
		}
		return ui.Copy("the request as curl", r.Curl())
	case "compose.copykey":
		return ui.Copy("the cancellation key", v.shownKey())
	default:
		return v.list(action)
	}
	return nil
}

func (v *view) list(action string) tea.Cmd {
	if v.side() == sideRuns {
		if k := ui.ListKey(action); k != nil {
			return v.workspace.live.timeline.Update(k)
		}
		return nil
	}
	return v.scroll(map[string]int{
		"list.up": -1, "list.down": 1, "list.pageup": -v.height, "list.pagedown": v.height, "list.home": -1 << 20, "list.end": 1 << 20,
	}[action])
}

// rotate goes to the next thing to see.
func (v *view) turn() {
	v.showing = v.side() + 1
	if v.showing > sideRuns || v.showing == sideRuns && v.workspace.live == nil {
		v.showing = sideForm
	}
	if v.showing == sideForm && v.left > 0 {
		v.showing = sideJSON
	}
}

// shownKey is the key of what is looked at: of the trigger that was sent, or of the draft.
func (v *view) shownKey() string {
	if v.side() == sideRuns {
		return v.workspace.live.sent.trigger.CancellationKey
	}
	k, _ := v.workspace.top().key()
	return k
}

func (v *view) Disabled(action string) string {
	d, l := v.workspace.top(), v.workspace.live
	switch action {
	case "compose.send":
		if d.attempt != nil {
			return "already sending"
		}
	case "compose.other":
		if len(v.workspace.drafts) < 2 {
			return "there is no other draft"
		}
	case "compose.edit":
		if v.Editing() {
			return "already editing"
		}
	case "compose.copykey":
		if v.shownKey() == "" {
			return "there is no cancellation key"
		}
	case "compose.open":
		if v.side() == sideRuns && len(l.now.Runs) == 0 {
			return "its runs have not appeared yet"
		}
	case "compose.cancel":
		if l == nil || len(l.now.Runs) == 0 {
			return "there are no runs of this page yet: " + v.env.Key("compose.send") + " sends"
		}
		return l.uncancellable()
	}
	return ""
}

// uncancellable says why none of the runs can be cancelled.
func (l *live) uncancellable() string {
	pending, all := l.pending()
	if len(pending) == 0 {
		return "all runs of this trigger have ended"
	}
	if l.sent.trigger.CancellationKey == "" {
		return cancel.Uncancellable(all[0])
	}
	return ""
}

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
	old.clean = old.values()
	v.workspace.put(newDraft(v.env.Theme, &v.workspace.catalogue, "", nil))
	v.workspace.top().form.Focus()
	v.showing = sideForm
}

// pick lists the workflows.
func (v *view) pick() tea.Cmd {
	c := &v.workspace.catalogue
	if !c.known() {
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
