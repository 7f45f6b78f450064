package users

import (
	"context"
	"errors"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/requestpane"
)

// identify is the form that makes a user or changes one.
type identify struct {
	env     ui.Env
	session *ops.Session
	left    drafts
	opened  string // the id the page was opened with
	draft   *draft

	reading bool  // what Knock has of the user
	readErr error // why that is not known
	isNew   bool  // Knock has no such user
	sending *attempt
	failure error

	request  requestpane.Pane
	showing  bool // the request instead of the form, where there is room for one
	width    int
	height   int
	restored bool // the draft is one that was left before
}

// attempt is one sending of the form.
type attempt struct{ id string }

type baseMsg struct {
	user client.User
	err  error
}

type identifiedMsg struct {
	attempt *attempt
	user    client.User
	err     error
}

type emptyMsg struct{ do func() }

func newIdentify(env ui.Env, s *ops.Session, p ui.Params, left drafts) *identify {
	v := &identify{env: env, session: s, left: left, opened: p[ID]}
	if d, ok := left[v.opened]; ok && d.dirty() {
		v.draft, v.restored = d, true
	} else {
		v.draft = newDraft(env.Theme, v.opened)
	}
	v.draft.form.Focus()
	if v.opened != "" {
		v.draft.form.FocusField(named[0].id)
	}
	return v
}

func (v *identify) Init() tea.Cmd {
	if v.restored {
		return ui.Toast(ui.Info, "what you typed here before is still here · %s empties the form", v.env.Hint(emptyForm))
	}
	if v.opened == "" {
		return nil
	}
	return v.readBase()
}

// readBase asks what Knock has of the user.
func (v *identify) readBase() tea.Cmd {
	v.reading = true
	return v.env.Go(func(ctx context.Context) tea.Msg {
		u, err := v.session.Client.GetUser(ctx, v.opened)
		return baseMsg{u, err}
	})
}

func (v *identify) takeBase(m baseMsg) {
	v.reading = false
	switch {
	case missing(m.err):
		v.isNew = true
	case m.err != nil:
		v.readErr = m.err
	case v.draft.dirty():
		v.draft.fillRest(m.user)
	default:
		focused := v.draft.form.Focused()
		v.draft.fill(v.env.Theme, m.user)
		v.focus(focused)
	}
}

func (v *identify) focus(field string) {
	if field == "" {
		return
	}
	v.draft.form.Focus()
	v.draft.form.FocusField(field)
}

func (v *identify) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case baseMsg:
		v.takeBase(msg)
	case emptyMsg:
		msg.do()
	case identifiedMsg:
		return v.identified(msg)
	case tea.KeyPressMsg, tea.PasteMsg:
		return v.typed(msg)
	case tea.MouseClickMsg:
		v.draft.form.Click(msg.Y)
	case tea.MouseWheelMsg:
		v.request.Update(msg)
	}
	return nil
}

func (v *identify) typed(msg tea.Msg) tea.Cmd {
	before := v.draft.values()
	cmd, used := v.draft.form.Handle(msg)
	if key, ok := msg.(tea.KeyPressMsg); ok && !used && key.String() == "esc" {
		v.draft.form.Blur()
	}
	if v.draft.values() != before {
		v.failure = nil // it was about what was there before
		v.keep()
	}
	return cmd
}

// keep remembers what was typed for when the page is opened again.
func (v *identify) keep() {
	if v.draft.dirty() {
		v.left[v.opened] = v.draft
	} else {
		delete(v.left, v.opened)
	}
}

func (v *identify) SetSize(w, h int) { v.width, v.height = w, h }

func (v *identify) Crumb() string { return termtext.Middle(v.draft.id(), 30) }

func (v *identify) Note() string {
	switch {
	case v.sending != nil:
		return "sending " + v.env.Theme.Glyphs.Requested
	case v.reading:
		return "reading the user " + v.env.Theme.Glyphs.Requested
	case v.draft.dirty():
		return "not sent yet"
	}
	return ""
}

func (v *identify) Editing() bool { return v.draft.form.Focused() != "" }

// Move implements [ui.Mover].
func (v *identify) Move(key tea.KeyPressMsg) tea.Cmd {
	v.request.Update(key)
	return nil
}

func (v *identify) send() tea.Cmd {
	v.failure, v.showing = nil, false
	if v.draft.form.FocusFirstError() {
		e := v.draft.form.Errors()[0]
		return ui.Toast(ui.Warn, "not sent: %s: %s", e.Label, v.draft.problem(e))
	}
	properties, err := v.draft.properties()
	if err != nil {
		v.failure = err
		return nil
	}
	if v.draft.editing() && len(properties) == 0 {
		return ui.Toast(ui.Info, "nothing to send: this is what Knock has of %s", termtext.Middle(v.draft.id(), 48))
	}
	id := v.draft.id()
	return confirm.Ask(v.env, v.session.IdentifyPrompt(id), func(string) tea.Cmd {
		return v.begin(id, properties)
	})
}

// begin sends. The answer is told wherever the operator is by then, and to this page when it is open.
func (v *identify) begin(id string, properties map[string]any) tea.Cmd {
	a := &attempt{id}
	v.sending = a
	change := v.session.Identify(id, properties)
	return func() tea.Msg {
		u, err := change.Result()
		toast := ui.Toast(ui.Good, "identified %s in %s", termtext.Middle(id, 48), v.session.Where())
		if err != nil {
			toast = ui.Toast(ui.Bad, "%s", err)
		}
		return tea.BatchMsg{v.env.Send(identifiedMsg{a, u, err}), toast}
	}
}

func (v *identify) identified(m identifiedMsg) tea.Cmd {
	if m.attempt != v.sending {
		return nil
	}
	v.sending = nil
	if m.err != nil {
		v.refused(m.err)
		return nil
	}
	v.isNew, v.readErr = false, nil
	delete(v.left, v.opened)
	v.opened = m.attempt.id
	v.draft.fill(v.env.Theme, m.user)
	return nav.User(m.attempt.id)
}

// refused shows what Knock has against a field at that field, and all else
// above the line that says what ctrl+s does.
func (v *identify) refused(err error) {
	v.failure = err
	var e *client.Error
	if !errors.As(err, &e) {
		return
	}
	firstField := ""
	for _, f := range e.Fields {
		name, _, _ := strings.Cut(f.Field, ".")
		if v.draft.form.SetError(name, errors.New(f.Message)) || v.draft.form.SetError(custom, fmt.Errorf("%s %s", f.Field, f.Message)) {
			if firstField == "" {
				firstField = name
			}
		}
	}
	v.focus(firstField)
}
