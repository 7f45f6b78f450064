package theme

import (
	"image/color"
	"strconv"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// palette is the colours of a theme; nil is the terminal's own.
type palette struct {
	muted, accent, onAccent, ok, attention, danger, rule, selected color.Color
}

// hue is one colour for dark and light backgrounds, in true colour and for
// terminals with 16 colours. Empty is the terminal's own.
type hue struct{ dark, light, dark16, light16 string }

var accents = map[string]hue{
	"blue":   {"#6cb6ff", "#0550ae", "12", "4"},
	"cyan":   {"#56d4dd", "#0b6b73", "14", "6"},
	"green":  {"#6bc46d", "#116329", "10", "2"},
	"grey":   {"#b0b8c4", "#4d5766", "7", "8"},
	"orange": {"#f69d50", "#953800", "3", "3"},
	"pink":   {"#fc8dc7", "#99286e", "13", "5"},
	"purple": {"#c297ff", "#6639ba", "5", "5"},
	"red":    {"#ff7b72", "#b31d28", "9", "1"},
	"yellow": {"#e3b341", "#7d4e00", "11", "3"},
}

const defaultAccent = "blue"

// What changes with every move of a cursor is of the 256 colours: their names are
// half as long, and a move must be cheap over a slow line.
var (
	mutedHue    = hue{"246", "241", "8", "8"}
	ruleHue     = hue{"#444c56", "#c4cad1", "8", "8"}
	selectedHue = hue{"236", "255", "", ""}
)

func paletteFor(o Options) palette {
	if o.Profile == colorprofile.ASCII || o.Profile == colorprofile.NoTTY {
		return palette{}
	}
	pick := func(h hue) color.Color {
		c := h.light
		switch ansi := o.Profile == colorprofile.ANSI; {
		case ansi && o.Dark:
			c = h.dark16
		case ansi:
			c = h.light16
		case o.Dark:
			c = h.dark
		}
		if c == "" {
			return nil
		}
		return lipgloss.Color(c)
	}
	p := palette{
		muted:     pick(mutedHue),
		accent:    accent(o, pick),
		ok:        pick(accents["green"]),
		attention: pick(accents["yellow"]),
		danger:    pick(accents["red"]),
		rule:      pick(ruleHue),
		selected:  pick(selectedHue),
	}
	p.replace(o, pick)
	if o.HighContrast {
		p.muted, p.rule, p.selected = nil, nil, nil
		if o.Dark {
			p.ok, p.attention, p.danger = lipgloss.BrightGreen, lipgloss.BrightYellow, lipgloss.BrightRed
		} else {
			p.ok, p.attention, p.danger = lipgloss.Green, lipgloss.Magenta, lipgloss.Red
		}
	}
	p.onAccent = readableOn(p.accent)
	return p
}

func accent(o Options, pick func(hue) color.Color) color.Color {
	if !ValidAccent(o.Accent) {
		return pick(accents[defaultAccent])
	}
	return written(o, o.Accent, pick)
}

// written is a colour as a person writes it, for what the terminal can show.
func written(o Options, s string, pick func(hue) color.Color) color.Color {
	if h, ok := accents[s]; ok {
		return pick(h)
	}
	c := lipgloss.Color(s)
	if o.Profile == colorprofile.ANSI {
		return colorprofile.ANSI.Convert(c)
	}
	return c
}

// replace puts in the colours of a theme file.
func (p *palette) replace(o Options, pick func(hue) color.Color) {
	inks := o.LightInks
	if o.Dark {
		inks = o.DarkInks
	}
	for name, at := range map[string]*color.Color{
		"muted": &p.muted, "ok": &p.ok, "attention": &p.attention, "danger": &p.danger,
		"rule": &p.rule, "selected": &p.selected, "accent": &p.accent,
	} {
		if s := inks[name]; ValidAccent(s) && (name != "accent" || o.Accent == "") {
			*at = written(o, s, pick)
		}
	}
}

// ValidAccent reports whether s is something Options.Accent understands.
func ValidAccent(s string) bool {
	if _, ok := accents[s]; ok {
		return true
	}
	if len(s) == 4 || len(s) == 7 {
		if _, err := strconv.ParseUint(s[1:], 16, 32); s[0] == '#' && err == nil {
			return true
		}
	}
	n, err := strconv.Atoi(s)
	return err == nil && n >= 0 && n <= 255 && strconv.Itoa(n) == s
}

// readableOn returns black or white, whichever reads better on c.
func readableOn(c color.Color) color.Color {
	r, g, b, _ := c.RGBA()
	// Weights of ITU-R BT.601; the threshold is the middle of 16 bits.
	if (299*r+587*g+114*b)/1000 > 0x7fff {
		return lipgloss.Black
	}
	return lipgloss.BrightWhite
}
