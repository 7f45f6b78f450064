package users

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/kit/jsonedit"
	"github.com/knockops/knockops/views/internal/confirm"
	"github.com/knockops/knockops/views/internal/nav"
)

// edits are what can be changed about a line of a profile.
type edits struct {
	title, help string
	now         map[string]any                   // what is set
	removes     bool                             // what is left out goes, by being sent as null
	set         func(map[string]any) client.Edit // nil when it can only be taken away
	unset       *client.Edit                     // nil when it cannot be taken away
}

type editedMsg struct {
	what string
	err  error
}

func preferenceEdit(who client.Ref, set client.PreferenceSet) *edits {
	now, _ := decodeObject(set.Raw) // what cannot be read is not shown
	maps.DeleteFunc(now, func(name string, value any) bool {
		return name == "id" || strings.HasPrefix(name, "__") || value == nil
	})
	gone := client.UnsetPreferences(who, set.ID)
	return &edits{
		title: "Preferences " + set.ID + " of " + who.String(), help: `Others stay as they are: {"channel_types": {"email": false}}, {"workflows": {"welcome": false}}.`,
		now: now, unset: &gone,
		set: func(m map[string]any) client.Edit { return client.SetPreferences(who, set.ID, m) },
	}
}

// channelEdit shows nothing of what is set: tokens are shown on request alone.
func channelEdit(who client.Ref, channelID string) *edits {
	gone := client.UnsetChannelData(who, channelID)
	return &edits{
		title: "Channel data of " + who.String(), help: `It takes the place of what is there: {"tokens": ["…"]} for push, {"connections": […]} for chat.`,
		unset: &gone,
		set:   func(m map[string]any) client.Edit { return client.SetChannelData(who, channelID, m) },
	}
}

func subscriptionEdit(object, subscriber client.Ref) *edits {
	gone := client.Unsubscribe(object, []client.Ref{subscriber})
	return &edits{unset: &gone}
}

// edit changes what is selected, or else who this is.
func (p *profile) edit() tea.Cmd {
	e := p.sheet.cursor().edit
	switch {
	case e != nil && e.set != nil:
	case p.who.Collection == "":
		return nav.Identify(p.who.ID)
	default:
		e = &edits{
			title: "Properties of " + p.who.String(), help: "One that is left out is removed.", now: p.object.value.Properties, removes: true,
			set: func(m map[string]any) client.Edit { return client.SetObject(p.who, m) },
		}
	}
	if p.env.Status().ReadOnly {
		return ui.Toast(ui.Warn, "%s is read-only", p.env.Status().Profile)
	}
	const field = "json"
	text := jsonedit.New()
	text.SetValue(cmp.Or(objectText(e.now), "{}"))
	return ui.AskForm(p.env.Theme, e.title, e.help+"  ctrl+s to go on · esc to cancel", func(f *form.Form) (tea.Cmd, error) {
		to, err := decodeObject([]byte(f.Value(field)))
		if err != nil {
			return nil, err
		}
		differs := differences(e.now, to, e.removes)
		if len(differs) == 0 {
			return nil, errors.New("nothing is changed")
		}
		return p.change(e.set(differs)), nil
	}, form.Custom{ID: field, Label: "JSON", Lines: 8, Widget: text, Validate: func(s string) error { return client.CheckJSON("JSON", []byte(s)) }})
}

// differences are what must be sent to get from was to to, so that what somebody else changes meanwhile stays theirs.
func differences(was, to map[string]any, removes bool) map[string]any {
	out := map[string]any{}
	for name, v := range to {
		before, had := was[name]
		from, _ := before.(map[string]any)
		into, _ := v.(map[string]any)
		switch {
		case had && jsonText(before) == jsonText(v):
		case from != nil && into != nil && !removes: // it is merged: only its own differences go
			out[name] = differences(from, into, removes)
		default:
			out[name] = v
		}
	}
	for name := range was {
		if _, kept := to[name]; !kept && removes {
			out[name] = nil
		}
	}
	return out
}

// subscribe asks for the other end of a subscription: an object's new subscriber, or the object for a user.
func (p *profile) subscribe() tea.Cmd {
	title, help := "Subscribe somebody to "+p.who.String(), "A user's id, or collection/id."
	if p.who.Collection == "" {
		title, help = "Subscribe "+p.who.String()+" to an object", "The object, as collection/id."
	}
	const field = "ref"
	return ui.AskForm(p.env.Theme, title, help+"  enter to go on · esc to cancel", func(f *form.Form) (tea.Cmd, error) {
		r, err := client.ParseRef(strings.TrimSpace(f.Value(field)))
		if err != nil {
			return nil, err
		}
		e := client.Subscribe(p.who, []client.Ref{r})
		if p.who.Collection == "" {
			e = client.Subscribe(r, []client.Ref{p.who})
		}
		if _, err := p.session.Client.EditRequest(e); err != nil {
			return nil, err
		}
		return p.change(e), nil
	}, form.Text{ID: field, Label: "Who"})
}

func (p *profile) cannotUnset() string {
	if e := p.sheet.cursor().edit; e == nil || e.unset == nil {
		return "select preferences, channel data or a subscription"
	}
	return ""
}

func (p *profile) unset() tea.Cmd { return p.change(*p.sheet.cursor().edit.unset) }

// change asks, changes, and reads what is there then.
func (p *profile) change(e client.Edit) tea.Cmd {
	return confirm.Ask(p.env, p.session.EditPrompt(e, false), func(reason string) tea.Cmd {
		change := p.session.Edit(e, reason)
		return p.env.Go(func(ctx context.Context) tea.Msg {
			_, err := change.Wait(ctx)
			return editedMsg{e.What(), err}
		})
	})
}

// Update takes what came of a change, beside what a page of parts takes.
func (p *profile) Update(msg tea.Msg) tea.Cmd {
	m, ok := msg.(editedMsg)
	switch {
	case !ok:
		return p.parts.Update(msg)
	case m.err != nil:
		return ui.Toast(ui.Bad, "%s", m.err)
	}
	return tea.Batch(p.read(), ui.Toast(ui.Good, "done: %s", m.what))
}
