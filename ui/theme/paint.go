package theme

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// wrap is a style as what stands before and after the text: Lip Gloss measures
// and splits what it renders, which is too slow for every cell of a table.
type wrap struct{ before, after string }

func wrapOf(s lipgloss.Style) wrap {
	const probe = "x"
	before, after, _ := strings.Cut(s.Render(probe), probe)
	return wrap{before, after}
}

func (w wrap) around(s string) string {
	if w.before == "" || s == "" {
		return s
	}
	return w.before + s + w.after
}

func (t *Theme) precompute() {
	for i := range inkCount {
		t.paint[i] = wrapOf(t.Style(i))
		t.selected[i] = wrapOf(t.Selected)
		if !t.Selected.GetReverse() { // reversed, each ink would get its own background
			t.selected[i] = wrapOf(t.Selected.Inherit(t.Style(i)))
		}
	}
	t.cursor = wrapOf(t.Cursor)
	t.match = wrapOf(t.Match)
}

// Paint returns one line of text in an ink.
func (t *Theme) Paint(i Ink, s string) string { return t.paint[i].around(s) }

// PaintSelected returns one line of text in an ink, on the selected row.
func (t *Theme) PaintSelected(i Ink, s string) string { return t.selected[i].around(s) }

// PaintCursor returns the character under the text cursor.
func (t *Theme) PaintCursor(s string) string { return t.cursor.around(s) }

// PaintMatch returns the part of a line that a search found.
func (t *Theme) PaintMatch(s string) string { return t.match.around(s) }

// Before returns what to write ahead of text in an ink, and After what to
// write behind it, for renderers that build a line piece by piece.
func (t *Theme) Before(i Ink, selected bool) string {
	if selected {
		return t.selected[i].before
	}
	return t.paint[i].before
}

// After is the counterpart of Before.
func (t *Theme) After(i Ink, selected bool) string {
	if selected {
		return t.selected[i].after
	}
	return t.paint[i].after
}
