package theme

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/internal/termtext"
)

func inks() []Ink { return []Ink{Plain, Muted, Accent, OK, Attention, Danger} }

func TestWithoutColoursOnlyAttributesAreUsed(t *testing.T) {
	for _, profile := range []colorprofile.Profile{colorprofile.ASCII, colorprofile.NoTTY} {
		th := New(Options{Dark: true, Profile: profile, Accent: "red"})
		for _, i := range inks() {
			for _, s := range []string{th.Paint(i, "x"), th.PaintSelected(i, "x"), th.Banner.Render("x"), th.Key.Render("x")} {
				for _, code := range []string{"[3", ";3", "[4", "[9", ";9"} {
					if strings.Contains(s, code) && !strings.Contains(s, "[4m") {
						t.Errorf("%s: %q sets a colour", profile, s)
					}
				}
			}
		}
		if th.PaintSelected(Plain, "x") == "x" || th.Banner.Render("x") == "x" {
			t.Errorf("%s: the selection and the banner cannot be told from plain text", profile)
		}
	}
}

func TestSixteenColours(t *testing.T) {
	for _, accent := range append(slices.Sorted(maps.Keys(accents)), "#123456", "201", "nonsense") {
		for _, dark := range []bool{true, false} {
			th := New(Options{Dark: dark, Profile: colorprofile.ANSI, Accent: accent})
			for _, i := range inks() {
				if s := th.Paint(i, "x") + th.Banner.Render("x"); strings.Contains(s, "38;") || strings.Contains(s, "48;") {
					t.Errorf("accent %s: %q is not one of 16 colours", accent, s)
				}
			}
		}
	}
}

func TestPaintEqualsLipGloss(t *testing.T) {
	for _, dark := range []bool{true, false} {
		th := New(Options{Dark: dark})
		for _, i := range inks() {
			if got, want := th.Paint(i, "run"), th.Style(i).Render("run"); got != want {
				t.Errorf("ink %d: %q, Lip Gloss draws %q", i, got, want)
			}
			if got := th.Before(i, true) + "run" + th.After(i, true); got != th.PaintSelected(i, "run") {
				t.Errorf("ink %d: the pieces make %q", i, got)
			}
			if ansi.Strip(th.PaintSelected(i, "run")) != "run" {
				t.Errorf("ink %d changes the text", i)
			}
		}
	}
}

func TestDarkAndLightDiffer(t *testing.T) {
	if New(Options{Dark: true}).Paint(Accent, "x") == New(Options{}).Paint(Accent, "x") {
		t.Error("the accent is the same on both backgrounds")
	}
	if New(Options{HighContrast: true}).Paint(Muted, "x") != "x" {
		t.Error("high contrast mutes")
	}
}

func TestValidAccent(t *testing.T) {
	for s, want := range map[string]bool{
		"red": true, "#fff": true, "#6cb6ff": true, "0": true, "255": true,
		"": false, "256": false, "-1": false, "#ggg": false, "#ffff": false, "crimson": false, "+1": false,
	} {
		if got := ValidAccent(s); got != want {
			t.Errorf("ValidAccent(%q) = %v", s, got)
		}
	}
}

// TestGlyphsTakeOneCell holds for both sets.
func TestGlyphsTakeOneCell(t *testing.T) {
	for name, set := range map[string]Glyphs{"unicode": unicodeGlyphs, "ascii": asciiGlyphs} {
		v := reflect.ValueOf(set)
		for i := range v.NumField() {
			field := v.Type().Field(i).Name
			var all []string
			switch g := v.Field(i).Interface().(type) {
			case string:
				all = []string{g}
			case []string:
				all = g
			case [4]string:
				all = g[:]
			}
			if len(all) == 0 {
				t.Errorf("%s: %s is empty", name, field)
			}
			for _, g := range all {
				if ansi.StringWidth(g) != 1 {
					t.Errorf("%s: %s %q takes %d cells", name, field, g, ansi.StringWidth(g))
				}
				for _, r := range g {
					if name == "ascii" && r > 0x7e || r >= 0x2800 && r <= 0x28ff || r >= 0xe000 && r <= 0xf8ff {
						t.Errorf("%s: %s %q needs more than it should", name, field, g)
					}
				}
			}
		}
	}
}

// TestStatesReadWithoutColour: no two states of one object share a sign.
func TestStatesReadWithoutColour(t *testing.T) {
	for name, g := range map[string]Glyphs{"unicode": unicodeGlyphs, "ascii": asciiGlyphs} {
		for _, states := range [][]string{
			{g.Queued, g.Processing, g.Paused, g.Completed, g.Cancelled, g.Error},
			{g.Requested, g.Confirmed, g.FinishedFirst, g.Unconfirmed},
			g.Spark,
		} {
			seen := map[string]bool{}
			for _, s := range states {
				if seen[s] {
					t.Errorf("%s: %q stands for two states", name, s)
				}
				seen[s] = true
			}
		}
	}
}

func TestFrame(t *testing.T) {
	view := termtext.Clean("a\x1b[2J\u0301 ü") + termtext.Fit("abcdef", 4)
	if got := New(Options{}).Frame(view); got != view {
		t.Errorf("with all glyphs, the frame became %q", got)
	}
	if got := New(Options{ASCII: true}).Frame(view); got != "a?[2J\u0301 üabc~" {
		t.Errorf("got %q", got)
	}
}

func ExampleTheme_Paint() {
	th := New(Options{Profile: colorprofile.ASCII})
	fmt.Printf("%q\n", th.Paint(Danger, "! error"))
	// Output: "\x1b[1m! error\x1b[m"
}

func TestThemeFileReplacesInks(t *testing.T) {
	o := Options{Dark: true, Profile: colorprofile.TrueColor, DarkInks: map[string]string{"muted": "#123456", "accent": "#010203", "danger": "nonsense"}, LightInks: map[string]string{"muted": "#ffffff"}}
	plain := New(Options{Dark: true, Profile: colorprofile.TrueColor})
	th := New(o)
	if got := th.Muted.GetForeground(); got != lipgloss.Color("#123456") {
		t.Errorf("muted is %v", got)
	}
	if got := th.Accent.GetForeground(); got != lipgloss.Color("#010203") {
		t.Errorf("accent is %v", got)
	}
	if th.Danger.GetForeground() != plain.Danger.GetForeground() {
		t.Error("an ink that is no colour was taken")
	}
	o.Accent = "red"
	if got := New(o).Accent.GetForeground(); got != New(Options{Dark: true, Accent: "red"}).Accent.GetForeground() {
		t.Errorf("the profile's colour gave way to the theme's: %v", got)
	}
}
