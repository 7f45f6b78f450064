package users

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/text"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/look"
)

// profile is one user: who they are, what was sent to them, what is pending,
// and what decides whether something is sent. Its parts are read at once and
// shown as they come.
type profile struct {
	env     ui.Env
	session *ops.Session
	id      string
	round   int
	asked   time.Time

	user          part[client.User]
	messages      part[client.Page[client.Message]]
	runs          part[userRuns]
	preferences   part[[]client.PreferenceSet]
	channelData   part[channelData]
	schedules     part[client.Page[client.Schedule]]
	subscriptions part[client.Page[client.Subscription]]

	sheet sheet
}

// loadedMsg brings an answer to the part that asked for it.
type loadedMsg struct {
	round int
	apply func()
}

func newProfile(env ui.Env, s *ops.Session, p ui.Params) *profile {
	return &profile{env: env, session: s, id: p[ID]}
}

func (p *profile) Init() tea.Cmd { return p.read() }

// Resume reads again: the user may have been changed on the page above.
func (p *profile) Resume() tea.Cmd { return p.read() }

// read asks for all parts. What is shown stays until its new reading has come.
func (p *profile) read() tea.Cmd {
	p.round++
	p.asked = time.Now()
	c, id := p.session.Client, p.id
	p.build()
	return tea.Batch(
		load(p, &p.user, func(ctx context.Context) (client.User, error) { return c.GetUser(ctx, id) }),
		load(p, &p.messages, func(ctx context.Context) (client.Page[client.Message], error) {
			return c.UserMessages(ctx, id, client.MessageFilter{}, client.Cursor{})
		}),
		load(p, &p.runs, func(ctx context.Context) (userRuns, error) { return readRuns(ctx, c, id) }),
		load(p, &p.preferences, func(ctx context.Context) ([]client.PreferenceSet, error) { return c.UserPreferences(ctx, id) }),
		load(p, &p.channelData, func(ctx context.Context) (channelData, error) { return readChannelData(ctx, c, id) }),
		load(p, &p.schedules, func(ctx context.Context) (client.Page[client.Schedule], error) {
			return c.UserSchedules(ctx, id, client.ScheduleFilter{}, client.Cursor{})
		}),
		load(p, &p.subscriptions, func(ctx context.Context) (client.Page[client.Subscription], error) {
			return c.UserSubscriptions(ctx, id, client.Cursor{})
		}),
	)
}

func (p *profile) reads() (ui.Env, int) { return p.env, p.round }

// reader is a page that reads its parts in rounds.
type reader interface{ reads() (ui.Env, int) }

// load reads one part. Its answer is dropped when the page reads again before it comes.
func load[T any](r reader, into *part[T], f func(context.Context) (T, error)) tea.Cmd {
	env, round := r.reads()
	return env.Go(func(ctx context.Context) tea.Msg {
		v, err := f(ctx)
		return loadedMsg{round, func() { into.take(v, err) }}
	})
}

func (p *profile) Update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(loadedMsg); ok {
		if m.round == p.round {
			m.apply()
			p.build()
		}
		return nil
	}
	p.sheet.update(msg)
	return nil
}

func (p *profile) SetSize(w, h int) {
	p.sheet.setSize(w, h)
	p.build()
}

// Subject implements [ui.Pointed].
func (p *profile) Subject() ui.Subject { return look.Recipient(client.Ref{ID: p.id}) }

func (p *profile) Crumb() string { return text.Middle(p.id, 30) }

func (p *profile) Note() string { return "as of " + text.Age(time.Since(p.asked)) + " ago" }

func (p *profile) Editing() bool { return false }

func (p *profile) View() string {
	if missing(p.user.err) {
		t := p.env.Theme
		return "\n   " + t.Plain.Render("There is no user "+text.Middle(p.id, 40)+" in "+text.Clean(p.env.Status().Where())+".") +
			t.Muted.Render("  e identifies it, esc goes back.")
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
		return "there is nothing more to see of this line"
	case verb == "raw" && len(at.json) == 0:
		return "this line is not a thing of its own that Knock sent: go to one that is, or to a heading"
	case verb == "copy" && at.copy == "":
		return "there is nothing to copy on this line"
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
		return ui.Open(Identify, ui.Params{ID: p.id})
	case "user.trigger":
		return compose(p.id)
	case "user.runs":
		return pending(p.id)
	case "user.raw":
		return document(at)
	case "user.copy":
		return ui.Copy(at.what, at.copy)
	case "user.copyid":
		return ui.Copy("user id "+text.Middle(p.id, 24), p.id)
	case "user.refresh":
		return p.read()
	default:
		p.sheet.do(action)
	}
	return nil
}

// document shows what Knock sent of a line.
func document(at row) tea.Cmd {
	return ui.Open("json", ui.Params{"title": at.id, "json": string(at.json)})
}
