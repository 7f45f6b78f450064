package form

import (
	"encoding/json"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/editor"
	"github.com/knockops/knockops/ui/theme"
)

// pairsField always has an empty row at its end to type the next pair into.
type pairsField struct {
	common
	rows     [][2]*editor.Editor // key and value
	row, col int
	validate func([]Pair) error
}

func (s Pairs) field() field {
	f := &pairsField{common: newCommon(s.ID, s.Label, s.Help), validate: s.Validate}
	f.setPairs(s.Value)
	return f
}

func (f *pairsField) setPairs(pairs []Pair) {
	f.rows = nil
	for _, p := range pairs {
		f.addRow(p)
	}
	f.addRow(Pair{})
	f.row, f.col = 0, 0
	f.giveCursor()
}

func (f *pairsField) addRow(p Pair) {
	row := [2]*editor.Editor{editor.NewLine(), editor.NewLine()}
	row[0].SetPlaceholder("key")
	row[1].SetPlaceholder("value")
	row[0].SetValue(p.Key)
	row[1].SetValue(p.Value)
	for _, e := range row {
		e.SetTheme(f.theme)
	}
	f.rows = append(f.rows, row)
	f.resize(f.w, f.h)
}

func (f *pairsField) pairs() []Pair {
	var all []Pair
	for _, r := range f.rows {
		if p := (Pair{r[0].Value(), r[1].Value()}); p != (Pair{}) {
			all = append(all, p)
		}
	}
	return all
}

// value is the pairs as a JSON list of two-element lists.
func (f *pairsField) value() string {
	list := [][2]string{}
	for _, p := range f.pairs() {
		list = append(list, [2]string{p.Key, p.Value})
	}
	data, err := json.Marshal(list)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(data)
}

func (f *pairsField) setValue(s string) {
	var list [][2]string
	if json.Unmarshal([]byte(s), &list) != nil {
		return // only what value returned is a value
	}
	pairs := make([]Pair, len(list))
	for i, p := range list {
		pairs[i] = Pair{p[0], p[1]}
	}
	f.setPairs(pairs)
}

func (f *pairsField) check() error {
	seen := map[string]bool{}
	for _, p := range f.pairs() {
		switch {
		case p.Key == "":
			return fmt.Errorf("the value %q has no key", termtext.Truncate(p.Value, 20))
		case seen[p.Key]:
			return fmt.Errorf("duplicate key %q", termtext.Truncate(p.Key, 40))
		}
		seen[p.Key] = true
	}
	if f.validate == nil {
		return nil
	}
	return f.validate(f.pairs())
}

func (f *pairsField) setTheme(th *theme.Theme) {
	f.common.setTheme(th)
	for _, r := range f.rows {
		r[0].SetTheme(th)
		r[1].SetTheme(th)
	}
}

func (f *pairsField) resize(w, h int) {
	f.common.resize(w, h)
	key := max(1, (w-1)/3)
	for _, r := range f.rows {
		r[0].SetSize(key, 1)
		r[1].SetSize(w-key-1, 1)
	}
}

func (f *pairsField) focus(direction int) tea.Cmd {
	f.common.focus(direction)
	switch direction {
	case 1:
		f.row, f.col = 0, 0
	case -1:
		f.row, f.col = len(f.rows)-1, 0
	}
	f.giveCursor()
	return nil
}

func (f *pairsField) blur() {
	f.common.blur()
	f.giveCursor()
}

// giveCursor shows the cursor where it is and nowhere else.
func (f *pairsField) giveCursor() {
	for i, r := range f.rows {
		for j, e := range r {
			if f.focused && i == f.row && j == f.col {
				e.Focus()
			} else {
				e.Blur()
			}
		}
	}
}

func (f *pairsField) handle(msg tea.Msg) (tea.Cmd, bool) {
	now := f.rows[f.row]
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "up":
			return nil, f.moveTo(f.row-1, f.col)
		case "down":
			return nil, f.moveTo(f.row+1, f.col)
		case "enter":
			return nil, f.tab(1)
		case "backspace":
			if now[0].Value() == "" && now[1].Value() == "" && len(f.rows) > 1 {
				f.removeRow()
				return nil, true
			}
		}
	}
	used := now[f.col].Handle(msg)
	last := f.rows[len(f.rows)-1]
	if last[0].Value() != "" || last[1].Value() != "" {
		f.addRow(Pair{})
	}
	return nil, used
}

// removeRow takes the empty row under the cursor away. The last one stays.
func (f *pairsField) removeRow() {
	if f.row < len(f.rows)-1 {
		f.rows = slices.Delete(f.rows, f.row, f.row+1)
	}
	f.row, f.col = max(0, f.row-1), 1
	f.giveCursor()
}

func (f *pairsField) moveTo(row, col int) bool {
	if row < 0 || row >= len(f.rows) {
		return false
	}
	f.row, f.col = row, col
	f.giveCursor()
	return true
}

// tab goes through keys and values; from the empty row at the end it leaves.
func (f *pairsField) tab(direction int) bool {
	at := f.row*2 + f.col + direction
	last := len(f.rows) - 1
	now := f.rows[f.row]
	if direction > 0 && f.row == last && now[0].Value() == "" && now[1].Value() == "" {
		return false
	}
	return at >= 0 && f.moveTo(at/2, at%2)
}

func (f *pairsField) lines() (drawn []string, cursor int) {
	for i, r := range f.rows {
		if i > 0 && i == len(f.rows)-1 && !f.focused {
			break // nobody is there to type the next pair
		}
		key := max(1, (f.w-1)/3)
		drawn = append(drawn, termtext.FitStyled(r[0].View(), key)+" "+r[1].View())
	}
	return drawn, f.row
}
