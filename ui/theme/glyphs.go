package theme

import (
	"strings"

	"github.com/knockops/knockops/internal/termtext"
)

// Glyphs are the signs that stand beside words. Each takes one cell. The sets
// need no special font.
type Glyphs struct {
	// States of a run.
	Queued, Processing, Paused, Completed, Cancelled, Error string
	// States of a cancel that was asked for.
	Requested, Confirmed, FinishedFirst, Unconfirmed string
	// Cursor stands at the left of the selected row, Mark beside a marked one.
	Cursor, Mark string
	// On and Off are the two states of a toggle.
	On, Off string
	// Full, Empty draw a progress bar; Half ends its full part.
	Full, Half, Empty string
	// Rule draws a horizontal line, Bar a vertical one.
	Rule, Bar string
	// Crumb separates the places of a path, Dot the parts of a line, Dash
	// stands for nothing.
	Crumb, Dot, Dash string
	// Open and Folded mark a node whose children are shown or hidden.
	Open, Folded string
	// Ascending and Descending mark the column that sorts.
	Ascending, Descending string
	// Left and Right say that there is more on that side.
	Left, Right string
	// Spark are the levels of a sparkline, lowest first.
	Spark []string
	// Shades fill areas that stand on each other, so that no colour is needed to tell them apart.
	Shades []string
	// Corner are the corners of a frame: top left, top right, bottom left,
	// bottom right.
	Corner [4]string
}

var unicodeGlyphs = Glyphs{
	Queued: "·", Processing: "▸", Paused: "‖", Completed: "✓", Cancelled: "✗", Error: "!",
	Requested: "…", Confirmed: "✓", FinishedFirst: "»", Unconfirmed: "?",
	Cursor: "▌", Mark: "✓",
	On: "✓", Off: "·",
	Full: "█", Half: "▌", Empty: "·",
	Rule: "─", Bar: "│",
	Crumb: "›", Dot: "·", Dash: "–",
	Open: "▾", Folded: "▸",
	Ascending: "↑", Descending: "↓",
	Left: "‹", Right: "›",
	Spark:  []string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
	Shades: []string{"█", "▓", "▒", "░"},
	Corner: [4]string{"╭", "╮", "╰", "╯"},
}

var asciiGlyphs = Glyphs{
	Queued: ".", Processing: ">", Paused: "=", Completed: "+", Cancelled: "x", Error: "!",
	Requested: "~", Confirmed: "+", FinishedFirst: "}", Unconfirmed: "?",
	Cursor: ">", Mark: "*",
	On: "x", Off: ".",
	Full: "#", Half: "#", Empty: ".",
	Rule: "-", Bar: "|",
	Crumb: ">", Dot: "-", Dash: "-",
	Open: "v", Folded: ">",
	Ascending: "^", Descending: "v",
	Left: "<", Right: ">",
	Spark:  []string{"_", ".", ":", "-", "=", "+", "*", "#"},
	Shades: []string{"#", "%", "=", ":"},
	Corner: [4]string{"+", "+", "+", "+"},
}

// Frame returns a whole view ready for the terminal. For one that has ASCII
// alone it replaces the signs that cut and cleaned text carries, cell for cell;
// letters of the data stay what they are.
func (t *Theme) Frame(view string) string {
	if !t.Options.ASCII {
		return view
	}
	return strings.Map(func(r rune) rune {
		switch {
		case string(r) == termtext.Ellipsis:
			return '~'
		case r >= '␀' && r <= '␡':
			return '?'
		case r == '◌':
			return ' '
		}
		return r
	}, view)
}

// linear drops the glyphs that draw lines and frames.
func (g Glyphs) linear() Glyphs {
	g.Rule, g.Bar, g.Corner = " ", " ", [4]string{" ", " ", " ", " "}
	return g
}
