package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/sahilm/fuzzy"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/scroll"
	"github.com/knockops/knockops/ui/theme"
)

// Choice is one line of a picker.
type Choice struct {
	// Name is what is matched first and returned; Text explains it; Keys stand at the right.
	Name, Text, Keys string
	// Why says why it cannot be chosen now; such a line is shown muted with its reason.
	Why string
	// Run is done when the line is chosen.
	Run tea.Cmd
}

// Picker describes a dialog that finds one of many lines by fuzzy search.
type Picker struct {
	Title, Empty string
	Choices      []Choice
	// Typed is offered for a text that names no line; nil when only lines may be chosen.
	Typed func(string) tea.Cmd
	// Other is a line for any text, whatever else has it; nil for none. It is the last one, and before
	// those that match by their letters alone for a text that looks like an id.
	Other func(string) Choice
}

type picker struct {
	Picker
	theme  *theme.Theme
	lines  int // of the choices that were given
	query  Line
	found  []int
	cursor int
	sight  scroll.Window
	rows   int // in sight when last drawn
}

// NewPicker makes the dialog.
func NewPicker(t *theme.Theme, p Picker) Dialog {
	d := &picker{Picker: p, theme: t, lines: len(p.Choices), query: Input(t)}
	d.query.Focus()
	d.search()
	return d
}

func (d *picker) search() {
	d.cursor, d.sight.Top, d.found = 0, 0, d.found[:0]
	q := strings.TrimSpace(d.query.Value())
	d.Choices = d.Choices[:d.lines:d.lines]
	if q == "" {
		for i := range d.Choices {
			d.found = append(d.found, i)
		}
		return
	}
	// A name that begins with what is typed comes first, the shortest ahead, whatever else matches better by letters.
	for i, c := range d.Choices {
		if strings.HasPrefix(c.Name, q) {
			d.found = append(d.found, i)
		}
	}
	slices.SortStableFunc(d.found, func(i, j int) int { return len(d.Choices[i].Name) - len(d.Choices[j].Name) })
	if d.Other != nil {
		d.Choices = append(d.Choices, d.Other(q))
	}
	if d.Other != nil && strings.ContainsAny(q, "0123456789-_/@") {
		d.found = append(d.found, d.lines)
	}
	for _, m := range fuzzy.FindFrom(q, d) {
		if !strings.HasPrefix(d.Choices[m.Index].Name, q) {
			d.found = append(d.found, m.Index)
		}
	}
	if d.Other != nil && !slices.Contains(d.found, d.lines) {
		d.found = append(d.found, d.lines)
	}
}

// String and Len implement [fuzzy.Source].
func (d *picker) String(i int) string { return d.Choices[i].Name + " " + d.Choices[i].Text }

func (d *picker) Len() int { return d.lines }

// Update implements [Dialog].
func (d *picker) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch m := msg.(type) {
	case Click:
		return d.clicked(m)
	case tea.MouseWheelMsg:
		d.move(map[tea.MouseButton]int{tea.MouseWheelUp: -1, tea.MouseWheelDown: 1}[m.Button])
		return nil, false
	}
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "esc":
			return nil, true
		case "enter":
			return d.choose()
		case "up", "ctrl+k", "shift+tab":
			d.move(-1)
			return nil, false
		case "down", "ctrl+j", "tab":
			d.move(1)
			return nil, false
		case "pgup":
			d.move(-10)
			return nil, false
		case "pgdown":
			d.move(10)
			return nil, false
		}
	}
	before := d.query.Value()
	var cmd tea.Cmd
	d.query, cmd = d.query.Update(msg)
	if d.query.Value() != before {
		d.search()
	}
	return cmd, false
}

func (d *picker) move(by int) { d.cursor = max(0, min(len(d.found)-1, d.cursor+by)) }

// firstRow is the dialog's line on which its choices begin: above are the
// title, the query, and an empty line below each.
const firstRow = 4

func (d *picker) clicked(c Click) (tea.Cmd, bool) {
	i := d.sight.Top + c.Row - firstRow
	if c.Row < firstRow || i >= len(d.found) || i >= d.sight.Top+d.rows {
		return nil, false
	}
	d.cursor = i
	return d.chosen()
}

func (d *picker) choose() (tea.Cmd, bool) {
	q := strings.TrimSpace(d.query.Value())
	if d.Typed != nil && q != "" {
		if cmd := d.Typed(q); cmd != nil {
			return cmd, true
		}
	}
	return d.chosen()
}

func (d *picker) chosen() (tea.Cmd, bool) {
	if len(d.found) == 0 {
		return nil, false
	}
	c := d.Choices[d.found[d.cursor]]
	if c.Why != "" {
		return Toast(Warn, "%s", c.Why), true
	}
	return c.Run, true
}

// View implements [Dialog].
func (d *picker) View(width, height int) string {
	t := d.theme
	inner := min(max(30, width-4), 84)
	w := inner - 4
	d.query.SetWidth(max(8, w-4))
	rows := max(1, min(height-8, 16))
	d.rows = rows
	d.sight.Show(d.cursor, d.cursor+1, rows, len(d.found))
	lines := []string{t.Accent.Render("› ") + d.query.View(), ""}
	if t.Options.ASCII {
		lines[0] = t.Accent.Render("> ") + d.query.View()
	}
	if len(d.found) == 0 {
		lines = append(lines, t.Muted.Render(termtext.Fit(d.Empty, w)))
	}
	for i, end := d.sight.Range(rows, len(d.found)); i < end; i++ {
		lines = append(lines, d.line(d.Choices[d.found[i]], i == d.cursor, w))
	}
	for len(lines) < rows+2 {
		lines = append(lines, strings.Repeat(" ", w))
	}
	if over := len(d.found) - rows; over > 0 {
		lines = append(lines, t.Muted.Render(termtext.Fit(fmt.Sprintf("%d of %s", d.cursor+1, termtext.Count(len(d.found))), w)))
	}
	return Frame(t, d.Title, strings.Join(lines, "\n"), inner)
}

func (d *picker) line(c Choice, selected bool, w int) string {
	t := d.theme
	name, about := termtext.Clean(c.Name), termtext.Clean(c.Text)
	if c.Why != "" {
		about = c.Why
	}
	keys := " " + termtext.Clean(c.Keys)
	left := termtext.Fit(name, min(24, max(termtext.Width(name), 18)))
	if termtext.Width(name) > 24 {
		left = termtext.Fit(name, min(w/2, termtext.Width(name)))
	}
	body := termtext.Fit(left+"  "+about, max(1, w-2-termtext.Width(keys)))
	switch {
	case selected:
		return t.Selected.Render(t.Glyphs.Cursor + " " + body + keys)
	case c.Why != "":
		return t.Muted.Render("  " + body + keys)
	}
	return t.Plain.Render("  "+body) + t.Muted.Render(keys)
}
