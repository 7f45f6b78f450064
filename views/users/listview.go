package users

import (
	"encoding/json"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/status"
)

func (l *list) View() string {
	return l.find.Below(l.body(), l.width, l.height)
}

func (l *list) body() string {
	t := l.env.Theme
	switch {
	case l.table.Len() > 0:
		return l.table.View()
	case l.find.Text() != "":
		return l.notListed()
	case l.err != nil:
		return status.Failed(t, l.err.Error(), l.env.Key("users.refresh")+" tries again.", l.width)
	case l.reading || l.more:
		return status.Loading(t, "users")
	}
	return status.Empty(t, "There are no users in "+l.env.Status().Where()+".", l.env.Key("users.identify")+" identifies one.", l.width)
}

// notListed says what there is to do when no row has the text.
func (l *list) notListed() string {
	t := l.env.Theme
	id := termtext.Middle(l.find.Text(), 40)
	switch {
	case l.looking != "":
		return "\n   " + t.Muted.Render("Looking up "+id+" "+t.Glyphs.Requested)
	case l.missing != "":
		return status.Empty(t, fmt.Sprintf("There is no user %s in %s.", id, l.env.Status().Where()), l.env.Key("users.identify")+" identifies it.", l.width)
	}
	of := termtext.Plural(l.table.Total(), "user")
	if l.more {
		of += " read so far"
	}
	return status.Empty(t, fmt.Sprintf("None of %s has %s in id, name or email.", of, id), "enter looks it up as an id.", l.width)
}

func (l *list) Do(action string) tea.Cmd {
	switch action {
	case "users.refresh":
		if l.err != nil && len(l.users) > 0 { // go on where reading failed
			l.err = nil
			return l.read()
		}
		return l.restart()
	case "users.find":
		cmd := l.find.Open()
		l.layout()
		return cmd
	case "users.identify":
		if l.missing != "" {
			return ui.Open(Identify, ui.Params{ID: l.missing})
		}
		return ui.Open(Identify, nil)
	case "users.open":
		if l.table.Len() == 0 {
			return l.lookUp()
		}
		return l.onUser(action)
	case "users.columns":
		return ui.ChooseColumns(l.env, l.table)
	}
	if key := ui.ListKey(action); key != nil {
		l.table.Update(key)
		return l.readOn()
	}
	return l.onUser(action)
}

// onUser carries out what needs a user under the cursor.
func (l *list) onUser(action string) tea.Cmd {
	u, ok := l.table.Cursor()
	if !ok {
		return nil
	}
	switch action {
	case "users.open":
		return ui.Open(Profile, ui.Params{ID: u.ID})
	case "users.edit":
		return ui.Open(Identify, ui.Params{ID: u.ID})
	case "users.trigger":
		return compose(u.ID)
	case "users.runs":
		return pending(u.ID)
	case "users.copy":
		return ui.Copy("user id "+termtext.Middle(u.ID, 24), u.ID)
	}
	return nil
}

// compose opens a trigger to a user. Refs are told apart there by commas and
// spaces, so an id that has some goes as a JSON string.
func compose(id string) tea.Cmd {
	to := client.Ref{ID: id}.String()
	if strings.ContainsAny(id, ", \t") {
		if quoted, err := json.Marshal(id); err == nil {
			to = string(quoted)
		}
	}
	return ui.Open("compose", ui.Params{"to": to})
}

// pending lists a user's pending runs.
func pending(id string) tea.Cmd {
	return ui.Open("runs", ui.Params{"recipient": client.Ref{ID: id}.String()})
}

func (l *list) Disabled(action string) string {
	switch action {
	case "users.open":
		if l.table.Len() == 0 && l.find.Text() == "" {
			return "no user selected"
		}
	case "users.edit", "users.trigger", "users.runs", "users.copy":
		if l.table.Len() == 0 {
			return "no user selected"
		}
		if l.table.CursorLost() {
			return "the user under the cursor left the list: select one"
		}
	}
	return ""
}
