package users

import (
	"encoding/json"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/text"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
)

func (l *list) View() string {
	t := l.env.Theme
	body := ""
	switch {
	case l.table.Len() > 0:
		body = l.table.View()
	case l.find.text() != "":
		body = "\n   " + l.notListed()
	case l.err != nil:
		body = failed(t, l.err, l.width, "r tries again.")
	case l.reading || l.more:
		body = "\n   " + t.Muted.Render("Reading users "+t.Glyphs.Requested)
	default:
		body = "\n   " + t.Plain.Render("There are no users in "+text.Clean(l.env.Status().Where())+".") + t.Muted.Render("  i identifies one.")
	}
	if l.find.height() > 0 {
		body = text.Clip(body, l.width, max(1, l.height-1))
		body += strings.Repeat("\n", max(1, l.height-1-strings.Count(body, "\n"))) + l.find.view()
	}
	return body
}

// notListed says what there is to do when no row has the text.
func (l *list) notListed() string {
	t := l.env.Theme
	id := text.Middle(l.find.text(), 40)
	switch {
	case l.looking != "":
		return t.Muted.Render("Looking up " + id + " " + t.Glyphs.Requested)
	case l.missing != "":
		return t.Plain.Render(fmt.Sprintf("There is no user %s in %s.", id, text.Clean(l.env.Status().Where()))) + t.Muted.Render("  i identifies it.")
	}
	of := text.Plural(l.table.Total(), "user")
	if l.more {
		of += " read so far"
	}
	return t.Plain.Render(fmt.Sprintf("None of %s has %s in id, name or email.", of, id)) + t.Muted.Render("  enter looks it up as an id.")
}

// failed is the screen of a page that could not be read at all.
func failed(t *theme.Theme, err error, width int, help string) string {
	lines := []string{""}
	for i, line := range text.Wrap(err.Error(), max(10, width-6)) {
		sign := "  "
		if i == 0 {
			sign = t.Glyphs.Error + " "
		}
		lines = append(lines, "   "+t.Danger.Render(sign+line))
	}
	return strings.Join(append(lines, "", "   "+t.Muted.Render(help)), "\n")
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
		cmd := l.find.open()
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
		return ui.Copy("user id "+text.Middle(u.ID, 24), u.ID)
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
		if l.table.Len() == 0 && l.find.text() == "" {
			return "there is no user to do that with"
		}
	case "users.edit", "users.trigger", "users.runs", "users.copy":
		if l.table.Len() == 0 {
			return "there is no user to do that with"
		}
		if l.table.CursorLost() {
			return "the user that the cursor was on has left the list: move to the one you mean"
		}
	}
	return ""
}
