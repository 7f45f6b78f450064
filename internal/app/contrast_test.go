package app

import (
	"image/color"
	"math"
	"os"
	"path/filepath"
	"testing"

	"charm.land/lipgloss/v2"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/ui/theme"
)

// luminance is that of WCAG 2.
func luminance(c color.Color) float64 {
	linear := func(v uint32) float64 {
		if x := float64(v) / 0xffff; x > 0.03928 {
			return math.Pow((x+0.055)/1.055, 2.4)
		} else {
			return x / 12.92
		}
	}
	r, g, b, _ := c.RGBA()
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// What is text has the contrast that WCAG wants of text, on the light backgrounds that terminals have and on the row
// under the cursor. The theme of the terminal's own colours is the terminal's to see to.
func TestTextIsReadableOnLightBackgrounds(t *testing.T) {
	const least = 4.5
	backgrounds := map[string]color.Color{}
	for name, hex := range map[string]string{"white": "#ffffff", "Solarized": "#fdf6e3", "Gruvbox": "#fbf1c7", "Nord": "#eceff4", "Tango": "#eeeeec"} {
		backgrounds[name] = lipgloss.Color(hex)
	}
	for _, name := range config.ThemeNames() {
		if name == config.TerminalTheme {
			continue
		}
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, []byte("theme: {name: "+name+"}\nprofiles: {a: {environment: a, api_key: {env: A}}}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(config.Flags{ConfigPath: path})
		if err != nil {
			t.Fatal(err)
		}
		for _, accent := range []string{"", "blue", "cyan", "green", "grey", "orange", "pink", "purple", "red", "yellow"} {
			inks := theme.New(theme.Options{LightInks: cfg.Theme.Light, Accent: accent})
			backgrounds["the row under the cursor"] = inks.Selected.GetBackground()
			for ink, style := range map[string]lipgloss.Style{"muted": inks.Muted, "accent": inks.Accent, "ok": inks.OK, "attention": inks.Attention, "danger": inks.Danger} {
				for on, background := range backgrounds {
					if ratio := contrast(style.GetForeground(), background); ratio < least {
						t.Errorf("%s, profile's colour %q: %s on %s has a contrast of %.2f", name, accent, ink, on, ratio)
					}
				}
			}
			if ratio := contrast(inks.Banner.GetForeground(), inks.Banner.GetBackground()); ratio < least {
				t.Errorf("%s, profile's colour %q: the banner has a contrast of %.2f", name, accent, ratio)
			}
		}
	}
}
