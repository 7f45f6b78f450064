package app

import (
	"testing"

	"github.com/charmbracelet/colorprofile"

	"github.com/knockops/knockops/config"
)

func TestTerminalThemeTakesItsOwnColours(t *testing.T) {
	for _, c := range []struct {
		theme       string
		shown, want colorprofile.Profile
	}{
		{config.TerminalTheme, colorprofile.TrueColor, colorprofile.ANSI},
		{config.TerminalTheme, colorprofile.ASCII, colorprofile.ASCII},
		{"nord", colorprofile.TrueColor, colorprofile.TrueColor},
	} {
		if have := themeColours(c.theme, c.shown); have != c.want {
			t.Errorf("%s on %v draws with %v, want %v", c.theme, c.shown, have, c.want)
		}
	}
}
