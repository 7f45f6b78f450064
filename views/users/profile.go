package users

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/status"
)

// profile is one user: who they are, what was sent to them, what is pending,
// and what decides whether something is sent. Its parts are read at once and
// shown as they come.
type profile struct {
	parts
	session *ops.Session
	id      string

	user          part[client.User]
	messages      part[client.Page[client.Message]]
	runs          part[userRuns]
	preferences   part[[]client.PreferenceSet]
	channelData   part[channelData]
	schedules     part[client.Page[client.Schedule]]
	subscriptions part[client.Page[client.Subscription]]
}

func newProfile(env ui.Env, s *ops.Session, p ui.Params) *profile {
	v := &profile{parts: parts{env: env}, session: s, id: p[ID]}
	v.build = v.draw
	return v
}

func (p *profile) Init() tea.Cmd { return p.read() }

// Resume reads again: the user may have been changed on the page above.
func (p *profile) Resume() tea.Cmd { return p.read() }

// read asks for all parts.
func (p *profile) read() tea.Cmd {
	p.begin()
	c, id := p.session.Client, p.id
	return tea.Batch(
		load(&p.parts, &p.user, func(ctx context.Context) (client.User, error) { return c.GetUser(ctx, id) }),
		load(&p.parts, &p.messages, func(ctx context.Context) (client.Page[client.Message], error) {
			return c.UserMessages(ctx, id, client.MessageFilter{}, client.Cursor{})
		}),
		load(&p.parts, &p.runs, func(ctx context.Context) (userRuns, error) { return readRuns(ctx, c, id) }),
		load(&p.parts, &p.preferences, func(ctx context.Context) ([]client.PreferenceSet, error) { return c.UserPreferences(ctx, id) }),
		load(&p.parts, &p.channelData, func(ctx context.Context) (channelData, error) { return readChannelData(ctx, c, id) }),
		load(&p.parts, &p.schedules, func(ctx context.Context) (client.Page[client.Schedule], error) {
			return c.UserSchedules(ctx, id, client.ScheduleFilter{}, client.Cursor{})
		}),
		load(&p.parts, &p.subscriptions, func(ctx context.Context) (client.Page[client.Subscription], error) {
			return c.UserSubscriptions(ctx, id, client.Cursor{})
		}),
	)
}

// Subject implements [ui.Pointed].
func (p *profile) Subject() ui.Subject { return status.Recipient(client.Ref{ID: p.id}) }

func (p *profile) Crumb() string { return termtext.Middle(p.id, 30) }

func (p *profile) View() string {
	if missing(p.user.err) {
		return status.Empty(p.env.Theme, "There is no user "+termtext.Middle(p.id, 40)+" in "+p.env.Status().Where()+".",
			p.env.Hint(editUser)+" identifies it, "+p.env.Hint(keymap.AppBack)+" goes back.", p.sheet.width)
	}
	return p.sheet.view(p.env.Theme)
}

// Refresh implements [ui.Detailer].
func (p *profile) Refresh() tea.Cmd { return p.read() }

var editUser = keymap.Action{ID: "user.edit", Title: "Change this user", Short: "edit", Keys: []string{"I"}}

func profileBindings() []ui.Binding {
	return append(partsBindings(Profile),
		ui.Bind(editUser, func(p *profile) tea.Cmd { return nav.Identify(p.id) }),
		ui.Bind(keymap.Action{ID: "user.trigger", Title: "Trigger a workflow for this user", Short: "trigger", Keys: []string{"t"}}, func(p *profile) tea.Cmd { return compose(p.id) }),
		ui.Bind(keymap.Action{ID: "user.runs", Title: "Pending runs of this user", Short: "runs", Keys: []string{"p"}}, func(p *profile) tea.Cmd { return pending(p.id) }),
		ui.Bind(keymap.Action{ID: "user.copyid", Title: "Copy the user's id", Keys: []string{"Y"}}, func(p *profile) tea.Cmd { return ui.Copy("user id "+termtext.Middle(p.id, 24), p.id) }),
	)
}
