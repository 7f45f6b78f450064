// Package theme holds the console's inks and glyphs.
//
// There are four kinds of ink: plain, muted, accent (selection and the
// profile's colour) and signal (ok, attention, danger). Nothing is told by
// colour alone, so every theme reads the same without colours.
package theme

import (
	"image/color"
	"sync"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// Ink is one of the kinds of ink that text is drawn in.
type Ink uint8

// The inks. The zero value is plain.
const (
	Plain Ink = iota
	Muted
	Accent
	OK
	Attention
	Danger
	inkCount
)

// What plots are drawn with.
const (
	PlotBlocks  = "blocks"
	PlotBraille = "braille"
	PlotASCII   = "ascii"
)

// Options describe the terminal and the profile that a theme is for.
type Options struct {
	// Dark says that the terminal's background is dark.
	Dark bool
	// Profile is what the terminal can show. Unknown counts as true colour,
	// which Bubble Tea reduces to what there is.
	Profile colorprofile.Profile
	// ASCII replaces glyphs by ASCII characters.
	ASCII bool
	// Plots is what plots are drawn with: PlotBraille, PlotASCII, or blocks for anything else. Where there is
	// ASCII alone it is that.
	Plots string
	// HighContrast replaces the muted ink by plain and the others by the
	// terminal's strongest colours.
	HighContrast bool
	// Accessible leaves out what only shapes the page, frames and rules and
	// whatever spins, so that a screen reader finds text and nothing else.
	Accessible bool
	// DarkInks and LightInks replace colours for one background, by the name of
	// the ink: muted, accent, ok, attention, danger, rule, selected. They are
	// written like Accent; the profile's Accent goes before theirs.
	DarkInks, LightInks map[string]string
	// Accent is the profile's colour: a name of Accents, an ANSI number from 0
	// to 255, or #rgb or #rrggbb. Anything else is the default.
	Accent string
}

// Theme is a set of styles and glyphs, made once and shared by all widgets.
type Theme struct {
	Options Options
	Glyphs  Glyphs

	Plain, Muted, Accent  lipgloss.Style
	OK, Attention, Danger lipgloss.Style

	// Selected is the row under the cursor, Marked the mark of a marked one.
	Selected, Marked lipgloss.Style
	// Title is a heading, Rule a thin line, Key a key's name in the footer.
	Title, Rule, Key lipgloss.Style
	// Banner is a full line that must be seen from across the room: the header
	// of a protected profile, a lost connection.
	Banner lipgloss.Style
	// Button is a choice of a dialog, ButtonFocused the one that enter takes.
	Button, ButtonFocused lipgloss.Style
	// Cursor is the character under the text cursor, Match a search hit.
	Cursor, Match lipgloss.Style

	paint, selected [inkCount]wrap
	cursor, match   wrap
}

// Default is the theme of a widget that was given none.
var Default = sync.OnceValue(func() *Theme { return New(Options{Dark: true}) })

// New makes the theme for what the options describe.
func New(o Options) *Theme {
	p := paletteFor(o)
	base := lipgloss.NewStyle()
	fg := func(c color.Color) lipgloss.Style {
		if c == nil {
			return base
		}
		return base.Foreground(c)
	}
	t := &Theme{
		Options:   o,
		Glyphs:    unicodeGlyphs,
		Plain:     base,
		Muted:     fg(p.muted),
		Accent:    fg(p.accent),
		OK:        fg(p.ok),
		Attention: fg(p.attention),
		Danger:    fg(p.danger).Bold(true),
		Selected:  base.Bold(true),
		Marked:    fg(p.accent).Bold(true),
		Title:     base.Bold(true),
		Rule:      fg(p.rule),
		Key:       fg(p.accent).Bold(true),
		Banner:    base.Bold(true).Reverse(true),
		Button:    base,
		Cursor:    base.Reverse(true),
		Match:     base.Underline(true).Bold(true),
	}
	if o.ASCII {
		t.Glyphs = asciiGlyphs
	}
	if o.Plots == PlotASCII {
		t.Glyphs.Spark, t.Glyphs.Shades = asciiGlyphs.Spark, asciiGlyphs.Shades
	}
	if p.muted == nil && !o.HighContrast {
		t.Muted, t.Rule = base.Faint(true), base.Faint(true)
	}
	if o.Accessible {
		t.Glyphs = t.Glyphs.linear()
	}
	if p.selected != nil {
		t.Selected = t.Selected.Background(p.selected)
	} else {
		t.Selected = t.Selected.Reverse(true)
	}
	if p.accent != nil {
		t.Banner = base.Bold(true).Background(p.accent).Foreground(p.onAccent)
	}
	t.ButtonFocused = t.Banner
	t.precompute()
	return t
}

// Braille says that plots are drawn in Braille.
func (t *Theme) Braille() bool { return t.Options.Plots == PlotBraille && !t.Options.ASCII }

// sideBySide is from how many cells on a page may lay parts of it side by side.
const sideBySide = 100

// Beside reports whether a page of this width lays its parts side by side: in accessible mode there is one after the
// other, whatever the width.
func (t *Theme) Beside(width int) bool { return width >= sideBySide && !t.Options.Accessible }

// Style returns the style of an ink.
func (t *Theme) Style(i Ink) lipgloss.Style {
	switch i {
	case Muted:
		return t.Muted
	case Accent:
		return t.Accent
	case OK:
		return t.OK
	case Attention:
		return t.Attention
	case Danger:
		return t.Danger
	}
	return t.Plain
}
