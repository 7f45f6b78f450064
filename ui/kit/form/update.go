package form

import tea "charm.land/bubbletea/v2"

// Update passes a message to the field with the cursor, and moves the cursor
// between the fields for tab, shift+tab, enter and the vertical keys.
func (f *Form) Update(msg tea.Msg) tea.Cmd {
	cmd, _ := f.Handle(msg)
	return cmd
}

// Handle is Update that reports whether the message was one for the form.
func (f *Form) Handle(msg tea.Msg) (cmd tea.Cmd, used bool) {
	if !f.focused || len(f.fields) == 0 {
		return nil, false
	}
	now := f.fields[f.at]
	key, isKey := msg.(tea.KeyPressMsg)
	if isKey && key.String() == "tab" {
		return f.tab(1), true
	}
	if isKey && key.String() == "shift+tab" {
		return f.tab(-1), true
	}
	before := now.value()
	cmd, used = now.handle(msg)
	if now.value() != before {
		now.shared().visited = true
	}
	if used || !isKey {
		return cmd, used
	}
	switch key.String() {
	case "down", "enter":
		return f.step(1)
	case "up":
		return f.step(-1)
	}
	return cmd, false
}

func (f *Form) tab(direction int) tea.Cmd {
	if f.fields[f.at].tab(direction) {
		return nil
	}
	next := (f.at + direction + len(f.fields)) % len(f.fields)
	return f.focusAt(next, direction)
}

// step moves to the next field. At the ends the key is not one for the form:
// enter on the last field may send it.
func (f *Form) step(direction int) (cmd tea.Cmd, used bool) {
	next := f.at + direction
	if next < 0 || next >= len(f.fields) {
		return nil, false
	}
	return f.focusAt(next, direction), true
}

func (f *Form) focusAt(i, direction int) tea.Cmd {
	f.leave()
	f.at = i
	f.focused = true
	return f.fields[i].focus(direction)
}

func (f *Form) leave() {
	now := f.fields[f.at]
	if now.shared().focused {
		now.shared().visited = true
	}
	now.blur()
}

// Click gives the cursor to the field at line y of the view, counted from 0,
// and reports whether there is one.
func (f *Form) Click(y int) bool {
	if y < 0 || y >= f.h {
		return false
	}
	y += f.sight.Top
	for i := range f.fields {
		n := len(f.draw(i).lines)
		if y < n {
			f.focusAt(i, 0)
			return true
		}
		y -= n
	}
	return false
}
