package users

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/status"
)

// profile is one recipient, a user or an object: who they are, what was sent to
// them, what is pending, and what decides whether something is sent. Its parts
// are read at once and shown as they come.
type profile struct {
	parts
	session *ops.Session
	who     client.Ref

	user          part[client.User]   // of a user
	object        part[client.Object] // of an object
	subscribers   part[client.Page[client.Subscription]]
	messages      part[client.Page[client.Message]]
	runs          part[userRuns]
	preferences   part[[]client.PreferenceSet]
	channelData   part[channelData]
	schedules     part[client.Page[client.Schedule]]
	subscriptions part[client.Page[client.Subscription]]
}

func newProfile(env ui.Env, s *ops.Session, who client.Ref) *profile {
	v := &profile{parts: parts{env: env}, session: s, who: who}
	v.build = v.draw
	return v
}

func (p *profile) Init() tea.Cmd { return p.read() }

// Resume reads again: the user may have been changed on the page above.
func (p *profile) Resume() tea.Cmd { return p.read() }

// read asks for all parts.
func (p *profile) read() tea.Cmd {
	p.begin()
	c, who := p.session.Client, p.who
	return tea.Batch(
		p.readIdentity(),
		load(&p.parts, &p.messages, func(ctx context.Context) (client.Page[client.Message], error) {
			return c.RecipientMessages(ctx, who, client.MessageFilter{}, client.Cursor{})
		}),
		load(&p.parts, &p.runs, func(ctx context.Context) (userRuns, error) { return readRuns(ctx, c, who) }),
		load(&p.parts, &p.preferences, func(ctx context.Context) ([]client.PreferenceSet, error) { return c.Preferences(ctx, who) }),
		load(&p.parts, &p.channelData, func(ctx context.Context) (channelData, error) { return readChannelData(ctx, c, who) }),
		load(&p.parts, &p.schedules, func(ctx context.Context) (client.Page[client.Schedule], error) {
			return c.RecipientSchedules(ctx, who, client.ScheduleFilter{}, client.Cursor{})
		}),
		load(&p.parts, &p.subscriptions, func(ctx context.Context) (client.Page[client.Subscription], error) {
			return c.Subscriptions(ctx, who, client.Cursor{})
		}),
	)
}

// readIdentity reads who it is; of an object also who is triggered with it.
func (p *profile) readIdentity() tea.Cmd {
	c, who := p.session.Client, p.who
	if who.Collection == "" {
		return load(&p.parts, &p.user, func(ctx context.Context) (client.User, error) { return c.GetUser(ctx, who.ID) })
	}
	return tea.Batch(
		load(&p.parts, &p.object, func(ctx context.Context) (client.Object, error) { return c.GetObject(ctx, who.Collection, who.ID) }),
		load(&p.parts, &p.subscribers, func(ctx context.Context) (client.Page[client.Subscription], error) {
			return c.Subscribers(ctx, who, client.Cursor{})
		}),
	)
}

// Subject implements [ui.Pointed].
func (p *profile) Subject() ui.Subject { return status.Recipient(p.who) }

func (p *profile) Crumb() string { return termtext.Middle(p.name(), 30) }

// name is the id of a user, and the reference of an object.
func (p *profile) name() string {
	if p.who.Collection == "" {
		return p.who.ID
	}
	return p.who.String()
}

// noun is what the recipient is.
func (p *profile) noun() string {
	if p.who.Collection == "" {
		return "user"
	}
	return "object"
}

func (p *profile) View() string {
	if missing(p.user.err) || missing(p.object.err) {
		makes := " identifies it, "
		if p.who.Collection != "" {
			makes = " makes it, "
		}
		return status.Empty(p.env.Theme, "There is no "+p.noun()+" "+termtext.Middle(p.name(), 40)+" in "+p.env.Status().Where()+".",
			p.env.Hint(editProfile(p.noun()))+makes+p.env.Hint(keymap.AppBack)+" goes back.", p.sheet.width)
	}
	return p.sheet.view(p.env.Theme)
}

// Refresh implements [ui.Detailer].
func (p *profile) Refresh() tea.Cmd { return p.read() }

func editProfile(noun string) keymap.Action {
	return keymap.Action{ID: noun + ".edit", Title: "Change this " + noun + ", or what is selected of it", Short: "edit", Keys: []string{"I"}}
}

// profileBindings are the actions of a user's page, or of an object's.
func profileBindings(noun string) []ui.Binding {
	act := func(verb, title, short, key string) keymap.Action {
		return keymap.Action{ID: noun + "." + verb, Title: title, Short: short, Keys: []string{key}}
	}
	unset := act("delete", "Take what is selected away: preferences, channel data, a subscription", "", "D")
	unset.Danger = keymap.Destroys
	return append(partsBindings(noun),
		ui.Bind(editProfile(noun), (*profile).edit),
		ui.Bind(act("subscribe", "Subscribe somebody to this, or this to an object", "", "i"), (*profile).subscribe),
		ui.Bind(unset, (*profile).unset, (*profile).cannotUnset),
		ui.Bind(act("trigger", "Trigger a workflow for this "+noun, "trigger", "t"), func(p *profile) tea.Cmd { return compose(p.who) }),
		ui.Bind(act("runs", "Pending runs of this "+noun, "runs", "p"), func(p *profile) tea.Cmd { return pending(p.who) }),
		ui.Bind(act("copyid", "Copy the "+noun+"'s id", "", "Y"), func(p *profile) tea.Cmd {
			return ui.Copy(noun+" id "+termtext.Middle(p.who.ID, 24), p.who.ID)
		}),
	)
}

// shown is the user, or why there is none yet.
func (p *profile) shown() (*client.User, string) {
	if !p.user.read {
		return nil, "the user is still loading"
	}
	return &p.user.value, ""
}

func (p *profile) ref() (client.Ref, string) { return p.who, "" }
