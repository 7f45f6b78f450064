package config

import (
	"maps"
	"slices"
)

// TerminalTheme is the theme of the 16 colours that the terminal itself is set to.
const TerminalTheme = "terminal"

// gallery is the themes that theme.name chooses from, each for dark and light backgrounds. What a theme
// leaves out is the default's.
var gallery = map[string]struct{ dark, light Colors }{
	"default":     {},
	TerminalTheme: {},
	"solarized": {
		dark:  Colors{"muted": "#839496", "accent": "#268bd2", "ok": "#859900", "attention": "#b58900", "danger": "#dc322f", "rule": "#586e75", "selected": "#073642"},
		light: Colors{"muted": "#586b72", "accent": "#1e6ca7", "ok": "#5f6d00", "attention": "#846300", "danger": "#c6221f", "rule": "#93a1a1", "selected": "#eee8d5"},
	},
	"nord": {
		dark:  Colors{"muted": "#9aa5b8", "accent": "#88c0d0", "ok": "#a3be8c", "attention": "#ebcb8b", "danger": "#d5767f", "rule": "#4c566a", "selected": "#3b4252"},
		light: Colors{"muted": "#4c566a", "accent": "#396ba0", "ok": "#4f6f38", "attention": "#876214", "danger": "#a53f49", "rule": "#c2c9d6", "selected": "#e5e9f0"},
	},
	"gruvbox": {
		dark:  Colors{"muted": "#a89984", "accent": "#83a598", "ok": "#b8bb26", "attention": "#fabd2f", "danger": "#fb4934", "rule": "#504945", "selected": "#3c3836"},
		light: Colors{"muted": "#665c54", "accent": "#076678", "ok": "#66630a", "attention": "#895502", "danger": "#9d0006", "rule": "#bdae93", "selected": "#ebdbb2"},
	},
	"dracula": {
		dark:  Colors{"muted": "#9aa3c4", "accent": "#bd93f9", "ok": "#50fa7b", "attention": "#f1fa8c", "danger": "#ff5555", "rule": "#44475a", "selected": "#343746"},
		light: Colors{"muted": "#5c6180", "accent": "#644ac9", "ok": "#14710a", "attention": "#7e6914", "danger": "#c33828", "rule": "#cfcfde", "selected": "#ececf4"},
	},
}

// ThemeNames are the names of the gallery, sorted.
func ThemeNames() []string { return slices.Sorted(maps.Keys(gallery)) }
