package workflows

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/rendering"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/kit/jsonedit"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/detailpage"
	"github.com/knockops/knockops/views/internal/nav"
)

// rendered is what a workflow's channel steps would send to somebody.
type rendered struct {
	*detailpage.Page[rendering.Rendering]
	of ui.Params
}

func renderedBindings() []ui.Binding {
	return []ui.Binding{
		ui.Bind(keymap.Action{ID: "rendered.edit", Title: "Another recipient, or other data", Short: "change", Keys: []string{"I"}}, func(v *rendered) tea.Cmd { return renderForm(v.Env, v.of) }),
		ui.Bind(keymap.Action{ID: "rendered.user", Title: "Go to the recipient", Short: "user", Keys: []string{"u"}}, (*rendered).recipient),
		ui.Bind(keymap.Action{ID: "rendered.trigger", Title: "Trigger the workflow for the recipient", Short: "trigger", Keys: []string{"t"}}, func(v *rendered) tea.Cmd { return nav.Compose(v.of[Key], v.of[To]) }),
	}
}

func newRendered(env ui.Env, s *ops.Session, p ui.Params) *rendered {
	v := &rendered{of: p}
	v.Page = detailpage.New(env, detailpage.Spec[rendering.Rendering]{
		Noun: "rendering", Crumb: func() string { return p[Key] + " for " + recipientOf(p) }, Why: why,
		Read: func(ctx context.Context) (rendering.Rendering, error) {
			of, err := request(p)
			if err != nil {
				return rendering.Rendering{}, err
			}
			return rendering.Render(ctx, s, of)
		},
		Draw:   v.draw,
		CopyOf: "text of all messages", Copied: func(r rendering.Rendering) string { return r.Text() },
		Raw: func(r rendering.Rendering) (string, json.RawMessage) {
			raw, _ := json.Marshal(r) // of texts alone
			return "messages of " + r.Workflow, raw
		},
	})
	return v
}

// recipientOf names the recipient, without what was given inline.
func recipientOf(p ui.Params) string {
	to, err := client.ParseRecipient(p[To])
	if err != nil {
		return p[To]
	}
	return to.Ref.String()
}

// request reads what was typed.
func request(p ui.Params) (of rendering.Request, err error) {
	of.Workflow = p[Key]
	if of.To, err = client.ParseRecipient(p[To]); err != nil {
		return of, err
	}
	if p[Actor] != "" {
		actor, err := client.ParseRecipient(p[Actor])
		if err != nil {
			return of, err
		}
		of.Actor = &actor
	}
	if p[Tenant] != "" {
		if of.Tenant, err = client.ParseTenant(p[Tenant]); err != nil {
			return of, err
		}
	}
	if p[Data] != "" {
		of.Data = json.RawMessage(p[Data])
	}
	return of, nil
}

func (v *rendered) recipient() tea.Cmd {
	to, err := client.ParseRecipient(v.of[To])
	if err != nil {
		return ui.Toast(ui.Warn, "%s", err)
	}
	return nav.Of(to.Ref)
}

// Bounds of what is shown: a page is wrapped anew whenever its size changes.
const (
	mostLines = 500       // of one text
	mostShown = 128 << 10 // bytes of all texts
)

func (v *rendered) draw(r rendering.Rendering, s *detailpage.Sheet) {
	holes := r.Holes()
	state, ink := v.Env.Theme.Glyphs.Completed+" filled in", theme.OK
	if holes > 0 {
		state, ink = v.Env.Theme.Glyphs.Unconfirmed+" "+termtext.Plural(holes, "variable")+" not filled", theme.Attention
	}
	s.Head(ink, state, "for "+r.Recipient)
	s.Text(theme.Muted, "Rendered on this machine, as far as that goes: nothing was sent, and Knock may render it otherwise.")
	for _, note := range r.Notes {
		s.Text(theme.Attention, note)
	}
	room := mostShown
	for _, step := range r.Steps {
		s.Section(step.Ref, strings.TrimSpace(step.ChannelType+"  "+step.ChannelKey+"  "+step.Name))
		if step.When != "" {
			s.Text(theme.Muted, step.When)
		}
		for _, words := range step.Words() {
			s.Text(theme.Attention, words)
		}
		for _, f := range step.Template {
			s.Line(theme.Muted, f.Name)
			v.text(s, f.Text, &room)
		}
	}
}

// text is a text as it is sent, further in, with the lines that have a mark told apart, as far as there is room.
func (v *rendered) text(s *detailpage.Sheet, text string, room *int) {
	shown := text[:min(len(text), *room)]
	*room -= len(shown)
	lines := strings.Split(shown, "\n")
	for _, line := range lines[:min(len(lines), mostLines)] {
		ink := theme.Plain
		if rendering.Marked(line) {
			ink = theme.Attention
		}
		s.Indented(ink, line)
	}
	if len(lines) > mostLines || len(shown) < len(text) {
		s.Line(theme.Muted, "… and more: "+v.Env.Hint(keymap.DetailRaw)+" shows all of it")
	}
}

func (d *detail) noTemplate(w *client.Workflow) string {
	if !rendering.Possible(*w) {
		return w.Key + " has no channel step: there is no template to fill in"
	}
	return ""
}

// askRender asks for whom, with the data of the form that the workflow wants.
func (d *detail) askRender(w *client.Workflow) tea.Cmd {
	return renderForm(d.Env, ui.Params{Key: w.Key, Data: string(ops.DataSkeleton(*w))})
}

func renderForm(env ui.Env, p ui.Params) tea.Cmd {
	edit := jsonedit.New()
	edit.SetValue(p[Data])
	take := func(f *form.Form) (tea.Cmd, error) {
		of := ui.Params{Key: p[Key]}
		for _, name := range []string{To, Actor, Tenant, Data} {
			if typed := strings.TrimSpace(f.Value(name)); typed != "" {
				of[name] = typed
			}
		}
		if _, err := request(of); err != nil {
			return nil, err
		}
		return ui.Open(Rendered, of), nil
	}
	optional := func(check func(string) error) func(string) error {
		return func(s string) error {
			if strings.TrimSpace(s) == "" {
				return nil
			}
			return check(s)
		}
	}
	reference := func(s string) error { _, err := client.ParseRecipient(s); return err }
	return ui.AskForm(env.Theme, "Messages of "+p[Key], "Fills the templates in and sends nothing.  ctrl+s to go on · tab next · esc to cancel", take,
		form.Text{ID: To, Label: "For", Value: p[To], Placeholder: "user_1 or collection/id", Validate: func(s string) error {
			if strings.TrimSpace(s) == "" {
				return errors.New("messages are for somebody")
			}
			return reference(s)
		}},
		form.Text{ID: Actor, Label: "Actor", Value: p[Actor], Placeholder: "as a recipient, or nobody", Validate: optional(reference)},
		form.Text{ID: Tenant, Label: "Tenant", Value: p[Tenant], Placeholder: "an id, or none", Validate: optional(func(s string) error { _, err := client.ParseTenant(s); return err })},
		form.Custom{ID: Data, Label: "Data", Lines: 6, Widget: edit, Validate: optional(func(s string) error { return client.CheckJSON("data", []byte(s)) })},
	)
}
