package ui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
)

// Other is a profile that the console can be switched to.
type Other struct{ Name, About string }

// switchProfile asks which profile to go on with. The console ends for it and is
// built anew with the other one's client, journal and pages, so that nothing
// shown or begun under one profile can act under another.
func (a *App) switchProfile() tea.Cmd {
	var choices []Choice
	for _, o := range a.cfg.Others {
		choices = append(choices, Choice{Name: o.Name, Text: o.About, Run: func() tea.Msg { return switchMsg{o.Name} }})
	}
	return Show(NewPicker(a.theme, Picker{Title: "Switch from " + a.status.Profile + " to", Empty: "No match. esc to cancel.", Choices: choices}))
}

func (a *App) cannotSwitch() string {
	if len(a.cfg.Others) == 0 {
		return "there is no other profile: knockops config init writes a file for several"
	}
	return ""
}

type switchMsg struct{ profile string }

func (a *App) leaveFor(profile string) tea.Cmd {
	leave := func(string) tea.Cmd {
		a.next = profile
		return tea.Quit
	}
	a.status = a.cfg.Status() // what was started a moment ago counts too
	if a.status.InProgress == 0 {
		return leave("")
	}
	return Show(NewConfirm(a.theme, Confirm{
		Title: "Switch with work in progress",
		Lines: append([]string{termtext.Plural(a.status.InProgress, "operation") + " in " + a.status.Where() + " still in progress."}, a.leftOpen()...),
		Yes:   "Switch", No: "Stay", OnYes: leave,
	}))
}

// Next is the profile that the operator switched to, "" when the console was quit.
func (a *App) Next() string { return a.next }
