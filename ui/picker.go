package ui

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/sahilm/fuzzy"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/scroll"
	"github.com/knockops/knockops/ui/theme"
)

// Choice is one line of a picker.
type Choice struct {
	// Name is what is matched first; Text explains it; Keys stand at the right. ID is matched last, and not shown.
	Name, Text, Keys, ID string
	// Why says why it cannot be chosen now; such a line is shown muted, with its reason after its name.
	Why string
	// Searched lines are offered to who types what they are found by.
	Searched bool
	// Run is done when the line is chosen.
	Run tea.Cmd
}

// Picker describes a dialog that finds one of many lines by fuzzy search.
type Picker struct {
	Title, Empty string
	Choices      []Choice
	// Typed is offered for a text that names no line; nil when only lines may be chosen.
	Typed func(string) tea.Cmd
	// Known are further lines for a text, which name what has an id that begins so; nil for none. They come after
	// the names that begin with it.
	Known func(string) []Choice
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
		for i, c := range d.Choices {
			if !c.Searched {
				d.found = append(d.found, i)
			}
		}
		return
	}
	if d.Known != nil {
		d.Choices = append(d.Choices, d.Known(q)...)
	}
	if d.Other != nil {
		d.Choices = append(d.Choices, d.Other(q))
	}
	ranks := d.ranks(q)
	for i, rank := range ranks {
		if rank < unmatched {
			d.found = append(d.found, i)
		}
	}
	slices.SortStableFunc(d.found, func(i, j int) int {
		if ranks[i] == ranks[j] && ranks[i] == begins {
			return len(d.Choices[i].Name) - len(d.Choices[j].Name)
		}
		return ranks[i] - ranks[j]
	})
}

// ranks says how well each choice matches.
func (d *picker) ranks(q string) []int {
	ranks := slices.Repeat([]int{begins + 1}, len(d.Choices))
	for i, c := range d.Choices[:d.lines] {
		if ranks[i] = c.rank(strings.ToLower(q)); c.Why != "" || c.Searched {
			ranks[i] += 2 // one step behind what can be done here and now
		}
	}
	for place, m := range fuzzy.FindFrom(q, d) {
		ranks[m.Index] = min(ranks[m.Index], scattered+place)
	}
	if d.Other != nil && !strings.ContainsAny(q, "0123456789-_/@") { // it looks like no id
		ranks[len(ranks)-1] = unmatched - 1
	}
	return ranks
}

// String and Len implement [fuzzy.Source].
func (d *picker) String(i int) string { return cmp.Or(d.Choices[i].ID, d.Choices[i].Name) }

func (d *picker) Len() int { return d.lines }

// How well a choice matches, the best first. Words count before letters that are merely in order.
const (
	begins    = iota * 2 // the name begins so
	within               // the name has it
	about                // the text has it
	byID                 // the id has it
	scattered            // the id has its letters in this order; how well counts
	unmatched = 1 << 20
)

// rank is how well a choice matches a text in small letters; each of its words must be found.
func (c Choice) rank(q string) int {
	name, text, id := strings.ToLower(c.Name), strings.ToLower(c.Text), strings.ToLower(c.ID)
	if strings.HasPrefix(name, q) || id == q {
		return begins
	}
	rank := within
	for _, word := range strings.Fields(q) {
		switch {
		case strings.Contains(name, word):
		case strings.Contains(text, word):
			rank = max(rank, about)
		case strings.Contains(id, word):
			rank = max(rank, byID)
		default:
			return unmatched
		}
	}
	return rank
}

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
			d.move(-d.rows)
			return nil, false
		case "pgdown":
			d.move(d.rows)
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
	from, to := d.sight.Range(rows, len(d.found))
	bar := scrollbar(t, rows, from, len(d.found))
	for i := from; i < to; i++ {
		lines = append(lines, d.line(d.Choices[d.found[i]], i == d.cursor, w-lipgloss.Width(bar[i-from]))+bar[i-from])
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
	name, keys := termtext.Clean(c.Name), " "+termtext.Clean(c.Keys)
	left, about := name, termtext.Clean(c.Text)
	switch wide := termtext.Width(name); {
	case c.Why != "":
		about = c.Why
	case about == "":
	case wide > 24:
		left = termtext.Fit(name, min(w/2, wide))
	default:
		left = termtext.Fit(name, max(wide, 18))
	}
	if about != "" {
		left += "  " + about
	}
	body := termtext.Fit(left, max(1, w-2-termtext.Width(keys)))
	switch {
	case selected:
		return t.Selected.Render(t.Glyphs.Cursor + " " + body + keys)
	case c.Why != "":
		return t.Muted.Render("  " + body + keys)
	}
	return t.Plain.Render("  "+body) + t.Muted.Render(keys)
}
