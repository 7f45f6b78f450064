package ui

import (
	tea "charm.land/bubbletea/v2"
)

// arm asks for the profile's name before a protected profile can be changed for
// a while, and disarms without asking.
func (a *App) arm() tea.Cmd {
	s := a.status
	if !s.ArmedUntil.IsZero() {
		a.cfg.Disarm()
		a.status = a.cfg.Status()
		return Toast(Good, "%s is read-only again", s.Profile)
	}
	return Show(NewConfirm(a.theme, Confirm{
		Title: "Arm " + s.Profile,
		Lines: []string{
			"Until it disarms automatically, this console can send and cancel in " + s.Environment + ".",
			"Each action still asks first. Press the key again to disarm.",
		},
		Yes: "Arm " + s.Profile, No: "No, stay read-only",
		Word: s.Profile, WordIs: "the profile's name",
		Arms: true,
	}))
}

func (a *App) cannotArm() string {
	if !a.status.Protected {
		return a.status.Profile + " is not a protected profile: there is nothing to arm"
	}
	if !a.status.CanArm {
		return a.status.Profile + " was opened read-only, and nothing here can change that"
	}
	return ""
}

// armMsg is a yes that arms; then is what else it was said to, nil for nothing.
type armMsg struct{ then func() tea.Cmd }

func (a *App) armed(then func() tea.Cmd) tea.Cmd {
	a.cfg.Arm()
	a.status = a.cfg.Status()
	told := Toast(Warn, "%s is armed: what you do here is real", a.status.Profile)
	if then == nil {
		return told
	}
	return tea.Batch(told, then())
}
