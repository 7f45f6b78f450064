package users

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/status"
)

const (
	// atFirst is how many users are read without being asked for, ahead how many rows
	// before the end of what was read the next page is.
	atFirst = 150
	ahead   = 25
)

type list struct {
	env     ui.Env
	session *ops.Session
	table   *table.Table[*client.User]
	find    ui.Find

	users   []*client.User
	known   map[string]bool
	after   string // cursor of the next page
	more    bool   // there is one
	reading bool
	round   int // of reading from the start; answers of an earlier one are dropped
	err     error

	looking string // id that is being looked up
	missing string // id that was looked up and is not there

	width, height int
}

type pageMsg struct {
	round int
	page  client.Page[client.User]
	err   error
}

type lookedUpMsg struct {
	id  string
	err error
}

func columns(s *ops.Session) []table.Column[*client.User] {
	type user = *client.User
	return []table.Column[user]{
		{Title: "ID", Width: 22, Min: 12, Flex: true, Cell: table.Text(theme.Plain, func(u user) string { return u.ID })},
		{Title: "NAME", Width: 20, Min: 12, Flex: true, Cell: table.Text(theme.Plain, func(u user) string { return u.Name })},
		{Title: "EMAIL", Width: 26, Min: 14, Flex: true, Cell: table.Text(theme.Plain, func(u user) string { return u.Email })},
		{Title: "PHONE", Width: 15, Priority: 1, Cell: table.Text(theme.Muted, func(u user) string { return u.PhoneNumber })},
		{Title: "TIMEZONE", Width: 18, Min: 12, Priority: 2, Cell: table.Text(theme.Muted, func(u user) string { return u.Timezone })},
		{
			Title: "UPDATED", Width: 7, Right: true, Priority: 3, Cell: table.Text(theme.Muted, func(u user) string { return age(s, u.UpdatedAt) }),
			Order: func(a, b user) int { return b.UpdatedAt.Compare(a.UpdatedAt) },
		},
	}
}

func newList(env ui.Env, s *ops.Session, p ui.Params) *list {
	l := &list{env: env, session: s, find: ui.NewFind(env.Theme, p[Find]), known: map[string]bool{}, more: true}
	l.table = table.New(env.Theme, func(u *client.User) string { return u.ID }, columns(s)...)
	l.table.SetFilter(l.keep)
	return l
}

// age is how long something is ago, by Knock's clock.
func age(s *ops.Session, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return termtext.Age(s.Client.ServerNow().Sub(at))
}

func (l *list) Init() tea.Cmd { return l.read() }

// Resume goes on where Knock did not answer.
func (l *list) Resume() tea.Cmd {
	if l.err == nil {
		return nil
	}
	l.err = nil
	return l.read()
}

// read asks for the next page.
func (l *list) read() tea.Cmd {
	if l.reading || !l.more {
		return nil
	}
	l.reading = true
	round, cursor := l.round, client.Cursor{After: l.after}
	return l.env.Go(func(ctx context.Context) tea.Msg {
		page, err := l.session.Client.ListUsers(ctx, cursor)
		return pageMsg{round, page, err}
	})
}

// readOn asks for the next page when the operator comes near the end of what was read.
func (l *list) readOn() tea.Cmd {
	if at, n := l.table.Position(); l.err != nil || len(l.users) >= atFirst && n-at > ahead {
		return nil
	}
	return l.read()
}

// restart reads from the start. The rows stay until the first page has come.
func (l *list) restart() tea.Cmd {
	l.round++
	l.after, l.more, l.reading, l.err = "", true, false, nil
	return l.read()
}

func (l *list) take(m pageMsg) tea.Cmd {
	if m.round != l.round {
		return nil
	}
	l.reading, l.err = false, m.err
	if m.err != nil {
		return nil
	}
	if l.after == "" {
		l.users, l.known = nil, map[string]bool{}
	}
	for i := range m.page.Items {
		if u := &m.page.Items[i]; !l.known[u.ID] { // users that were added meanwhile move the pages
			l.known[u.ID] = true
			l.users = append(l.users, u)
		}
	}
	l.after, l.more = m.page.After, m.page.After != ""
	l.table.SetRows(l.users)
	return l.readOn()
}

func (l *list) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case pageMsg:
		return l.take(msg)
	case lookedUpMsg:
		return l.lookedUp(msg)
	case tea.KeyPressMsg:
		return l.typed(msg)
	case tea.PasteMsg:
		return l.narrow(msg)
	case tea.MouseWheelMsg:
		l.table.Scroll(map[tea.MouseButton]int{tea.MouseWheelUp: -3, tea.MouseWheelDown: 3}[msg.Button])
		return l.readOn()
	case tea.MouseClickMsg:
		l.table.ClickRow(msg.Y)
	}
	return nil
}

// typed takes the keys of the search line.
func (l *list) typed(key tea.KeyPressMsg) tea.Cmd {
	switch key.String() {
	case "enter":
		return tea.Batch(l.narrow(key), l.lookUp())
	case "up":
		l.table.Up(1)
		return nil
	case "down":
		l.table.Down(1)
		return l.readOn()
	}
	return l.narrow(key)
}

func (l *list) narrow(msg tea.Msg) tea.Cmd {
	cmd := l.find.Update(msg)
	l.looking, l.missing = "", ""
	l.table.SetFilter(l.keep)
	if l.table.CursorLost() {
		l.table.Home() // the operator hid the row: the first one left is meant
	}
	l.layout()
	return tea.Batch(cmd, l.readOn())
}

// keep narrows what was read; Knock has no search.
func (l *list) keep(u *client.User) bool { return l.find.In(u.ID, u.Name, u.Email) }

// lookUp asks Knock for the user whose id was typed, when no row has the text.
func (l *list) lookUp() tea.Cmd {
	id := l.find.Text()
	if id == "" || l.table.Len() > 0 {
		return nil
	}
	l.looking, l.missing = id, ""
	return l.env.Go(func(ctx context.Context) tea.Msg {
		_, err := l.session.Client.GetUser(ctx, id)
		return lookedUpMsg{id, err}
	})
}

func (l *list) lookedUp(m lookedUpMsg) tea.Cmd {
	if m.id != l.looking {
		return nil
	}
	l.looking = ""
	switch {
	case m.err == nil:
		return ui.Open(Profile, ui.Params{ID: m.id})
	case missing(m.err):
		l.missing = m.id
		return nil
	}
	return ui.Toast(ui.Bad, "%s", m.err)
}

func (l *list) SetSize(w, h int) {
	l.width, l.height = w, h
	l.find.SetWidth(w)
	l.layout()
}

func (l *list) layout() { l.table.SetSize(l.width, max(1, l.height-l.find.Height())) }

// Subject implements [ui.Pointed].
func (l *list) Subject() ui.Subject {
	if u, ok := l.table.Cursor(); ok {
		return status.Recipient(client.Ref{ID: u.ID})
	}
	return ui.Subject{}
}

func (l *list) Crumb() string {
	if q := l.find.Text(); q != "" && !l.find.Active() {
		return termtext.Clean(fmt.Sprintf("with %q", q))
	}
	return ""
}

func (l *list) Note() string {
	var parts []string
	if i, n := l.table.Position(); n > 0 {
		parts = append(parts, termtext.Count(i)+" of "+termtext.Count(n))
	}
	if n := l.table.Total(); n != l.table.Len() {
		parts = append(parts, termtext.Count(n)+" read")
	}
	switch {
	case l.err != nil && len(l.users) > 0:
		parts = append(parts, "reading failed: "+l.env.Key("users.refresh")+" tries again")
	case l.reading && len(l.users) > 0:
		parts = append(parts, "reading on")
	case l.more && len(l.users) > 0:
		parts = append(parts, "more below")
	}
	return strings.Join(parts, " "+l.env.Theme.Glyphs.Dot+" ")
}

func (l *list) Editing() bool { return l.find.Active() }
