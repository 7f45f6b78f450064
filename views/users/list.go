package users

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/status"
)

// list is every user of the environment. Knock has no search: what find does not
// find among those that were read is looked up as an id.
type list struct {
	*listpage.List[*client.User]
	session *ops.Session
	looking string // id that is being looked up
	missing string // id that was looked up and is not there
}

type lookedUpMsg struct {
	id  string
	err error
}

var identifyNew = keymap.Action{ID: "users.identify", Title: "Identify a new user", Short: "identify", Keys: []string{"i"}}

func listBindings() []ui.Binding {
	return []ui.Binding{
		ui.Bind(keymap.Action{ID: "users.open", Title: "Open the user's profile", Short: "open", Keys: []string{"enter"}}, (*list).open, (*list).cannotOpen),
		ui.Bind(identifyNew, (*list).identify),
		listpage.OnRow(keymap.Action{ID: "users.edit", Title: "Change this user", Short: "edit", Keys: []string{"I"}}, func(_ *list, u *client.User) tea.Cmd { return nav.Identify(u.ID) }),
		listpage.OnRow(keymap.Action{ID: "users.trigger", Title: "Trigger a workflow for this user", Short: "trigger", Keys: []string{"t"}}, func(_ *list, u *client.User) tea.Cmd { return compose(client.Ref{ID: u.ID}) }),
		listpage.OnRow(keymap.Action{ID: "users.runs", Title: "Pending runs of this user", Short: "runs", Keys: []string{"p"}}, func(_ *list, u *client.User) tea.Cmd { return pending(client.Ref{ID: u.ID}) }),
	}
}

func newList(env ui.Env, s *ops.Session, p ui.Params) *list {
	l := &list{session: s}
	l.List = listpage.New(env, listpage.Spec[*client.User]{
		Noun: "user", ID: func(u *client.User) string { return u.ID }, Columns: columns(s), CopyOf: "user id",
		Preview: func(u *client.User) tea.Cmd { return nav.User(u.ID) },
		Read: func(ctx context.Context, after string) ([]*client.User, string, error) {
			page, err := s.Client.ListUsers(ctx, client.Cursor{After: after})
			users := make([]*client.User, len(page.Items))
			for i := range page.Items {
				users[i] = &page.Items[i]
			}
			return users, page.After, err
		},
		First: 150, Search: p[Find], LookUp: l.lookUp, NoMatch: l.notListed,
		Empty: func() (what, help string) {
			return "There are no users in " + env.Status().Where() + ".", env.Hint(identifyNew) + " identifies one."
		},
	})
	return l
}

func columns(s *ops.Session) []table.Column[*client.User] {
	type user = *client.User
	return []table.Column[user]{
		{Title: "ID", Width: 22, Min: 12, Flex: true, Identifies: true, Cell: table.Text(theme.Plain, func(u user) string { return u.ID })},
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

// age is how long something is ago, by Knock's clock.
func age(s *ops.Session, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return termtext.Age(s.Client.ServerNow().Sub(at))
}

// Update takes what was looked up, beside what a list takes.
func (l *list) Update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(lookedUpMsg); ok {
		return l.lookedUp(m)
	}
	return l.List.Update(msg)
}

// lookUp asks Knock for the user whose id was typed.
func (l *list) lookUp(id string) tea.Cmd {
	l.looking, l.missing = id, ""
	return l.Env.Go(func(ctx context.Context) tea.Msg {
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
	case m.id != l.Searched(): // it was typed on
		return nil
	case m.err == nil:
		return nav.User(m.id)
	case missing(m.err):
		l.missing = m.id
		return nil
	}
	return ui.Toast(ui.Bad, "%s", m.err)
}

// notListed says what there is to do when no row has the text.
func (l *list) notListed(text, of string) (what, help string) {
	id := termtext.Middle(text, 40)
	switch text {
	case l.looking:
		return "Looking up " + id + " " + l.Env.Theme.Glyphs.Requested, ""
	case l.missing:
		return fmt.Sprintf("There is no user %s in %s.", id, l.Env.Status().Where()), l.Env.Hint(identifyNew) + " identifies it."
	}
	return fmt.Sprintf("None of %s has %s in it.", of, id), "enter looks it up as an id."
}

func (l *list) cannotOpen() string {
	if _, whyNot := l.Selected(); whyNot != "" && (l.Table.Len() > 0 || l.Searched() == "") {
		return whyNot
	}
	return ""
}

func (l *list) open() tea.Cmd {
	u, whyNot := l.Selected()
	if whyNot != "" {
		return l.lookUp(l.Searched())
	}
	return nav.User(u.ID)
}

func (l *list) identify() tea.Cmd {
	if l.missing != "" && l.missing == l.Searched() {
		return nav.Identify(l.missing)
	}
	return nav.Identify("")
}

// Subject implements [ui.Pointed].
func (l *list) Subject() ui.Subject {
	if u, ok := l.Table.Cursor(); ok {
		return status.Recipient(client.Ref{ID: u.ID})
	}
	return ui.Subject{}
}

// compose opens a trigger to a recipient. Refs are told apart there by commas and
// spaces, so one that has some goes as JSON.
func compose(who client.Ref) tea.Cmd {
	to := who.String()
	if strings.ContainsAny(to, ", \t") {
		if quoted, err := json.Marshal(who); err == nil {
			to = string(quoted)
		}
	}
	return nav.Compose("", to)
}

// pending lists a recipient's pending runs.
func pending(who client.Ref) tea.Cmd {
	return nav.Runs(nav.RunsOf{Recipient: who.String()})
}
