package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// Columned is a table whose columns can be switched on and off.
type Columned interface {
	Columns() []string
	Shown(column string) bool
	Show(column string, on bool)
	Dropped() []string
}

// columnMsg switches a column on the program's loop, where its table is drawn.
type columnMsg struct {
	env    Env
	table  Columned
	column string
}

// ChooseColumns asks which columns a table shows. Choosing one switches it and
// asks again, until esc.
func ChooseColumns(env Env, t Columned) tea.Cmd {
	var choices []Choice
	for _, c := range t.Columns() {
		state := "shown"
		switch {
		case !t.Shown(c):
			state = "hidden"
		case slices.Contains(t.Dropped(), c):
			state = "shown when the window has room for it"
		}
		choices = append(choices, Choice{Name: strings.ToLower(c), Text: state, Run: func() tea.Msg { return columnMsg{env, t, c} }})
	}
	return Show(NewPicker(env.Theme, Picker{Title: "Columns · enter switches, esc is done", Empty: "No match.", Choices: choices}))
}

func (m columnMsg) carryOut() tea.Cmd {
	shown := 0
	for _, c := range m.table.Columns() {
		if m.table.Shown(c) {
			shown++
		}
	}
	if m.table.Shown(m.column) && shown == 1 {
		return Toast(Warn, "a table needs a column: this is the last one")
	}
	m.table.Show(m.column, !m.table.Shown(m.column))
	return ChooseColumns(m.env, m.table)
}
