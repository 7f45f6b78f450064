package users

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
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
			p.env.Key("user.edit")+" identifies it, "+p.env.Key("app.back")+" goes back.", p.sheet.width)
	}
	return p.sheet.view(p.env.Theme)
}

func (p *profile) Disabled(action string) string {
	return lineDisabled(p.sheet.cursor(), action)
}

// lineDisabled says why something cannot be done with a line.
func lineDisabled(at row, action string) string {
	switch _, verb, _ := strings.Cut(action, "."); {
	case verb == "open" && at.open == nil:
		return "nothing to open on this line"
	case verb == "raw" && len(at.json) == 0:
		return "this line is not a thing of its own that Knock sent: go to one that is, or to a heading"
	case verb == "copy" && at.copy == "":
		return "nothing to copy on this line"
	}
	return ""
}

func (p *profile) Do(action string) tea.Cmd {
	at := p.sheet.cursor()
	switch action {
	case "user.open":
		return at.open
	case "user.section":
		p.sheet.section(1)
	case "user.sectionback":
		p.sheet.section(-1)
	case "user.edit":
		return nav.Identify(p.id)
	case "user.trigger":
		return compose(p.id)
	case "user.runs":
		return pending(p.id)
	case "user.raw":
		return document(at)
	case "user.copy":
		return ui.Copy(at.what, at.copy)
	case "user.copyid":
		return ui.Copy("user id "+termtext.Middle(p.id, 24), p.id)
	case "user.refresh":
		return p.read()
	default:
		p.sheet.do(action)
	}
	return nil
}

// document shows what Knock sent of a line.
func document(at row) tea.Cmd {
	return nav.JSON(at.id, at.json)
}
