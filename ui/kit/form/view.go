package form

import (
	"strings"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

const (
	indent = 2 // the cursor's sign and a space
	// besideFrom is the width from which labels stand beside the fields.
	besideFrom = 50
)

// beside returns the width of the labels, 0 when they stand above the fields.
func (f *Form) beside() int {
	if f.w < besideFrom {
		return 0
	}
	longest := 0
	for _, fd := range f.fields {
		longest = max(longest, termtext.Width(termtext.Clean(fd.shared().label)))
	}
	return min(longest, f.w/3)
}

// contentWidth returns the cells that a field itself has.
func (f *Form) contentWidth() int {
	w := f.w - indent
	if label := f.beside(); label > 0 {
		w -= label + 1
	}
	return max(1, w)
}

// drawing is a field drawn with its label, its error and its help.
type drawing struct {
	lines  []string
	cursor int // the line to keep in sight
}

func (f *Form) draw(i int) drawing {
	fd := f.fields[i]
	c := fd.shared()
	focused := f.focused && i == f.at
	content, cursor := fd.lines()
	if err := problem(fd); err != nil && c.visited {
		content = append(content, f.note(theme.Danger, f.theme.Glyphs.Error+" "+err.Error())...)
	}
	if focused && c.help != "" {
		content = append(content, f.note(theme.Muted, c.help)...)
	}

	sign, ink := "  ", theme.Muted
	if focused {
		sign, ink = f.theme.Paint(theme.Accent, f.theme.Glyphs.Cursor)+" ", theme.Accent
	}
	label := f.beside()
	if label == 0 {
		lines := []string{sign + f.theme.Paint(ink, termtext.Truncate(c.label, f.w-indent))}
		for _, line := range content {
			lines = append(lines, "  "+line)
		}
		return drawing{lines, cursor + 1}
	}
	for i, line := range content {
		if i == 0 {
			content[i] = sign + f.theme.Paint(ink, termtext.Fit(c.label, label)) + " " + line
		} else {
			content[i] = termtext.Spaces(indent+label+1) + line
		}
	}
	return drawing{content, cursor}
}

// note wraps a remark about a field, one cell in like the text above it.
func (f *Form) note(ink theme.Ink, s string) []string {
	lines := termtext.Wrap(s, f.contentWidth()-1)
	for i, line := range lines {
		lines[i] = " " + f.theme.Paint(ink, line)
	}
	return lines
}

// View draws the lines in sight: those around the cursor.
func (f *Form) View() string {
	if f.w == 0 || f.h == 0 {
		return ""
	}
	var lines []string
	var start, cursor, end int
	for i := range f.fields {
		d := f.draw(i)
		if i == f.at {
			start, cursor, end = len(lines), len(lines)+d.cursor, len(lines)+len(d.lines)
		}
		lines = append(lines, d.lines...)
	}
	f.sight.Show(start, end, f.h, len(lines))
	f.sight.Show(cursor, cursor+1, f.h, len(lines)) // of a field that is taller than the window
	from, to := f.sight.Range(f.h, len(lines))
	return termtext.Clip(strings.Join(lines[from:to], "\n"), f.w, f.h)
}
