package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
)

// Colors are a theme file's colours for one background, by the name of the ink:
// muted, accent, ok, attention, danger, rule or selected. A colour is a name, a
// terminal colour by number, or #rrggbb.
type Colors map[string]string

// inks reads the colours of one background.
var inks = mapping(map[string]reader{
	"muted": text(color), "accent": text(color), "ok": text(color), "attention": text(color),
	"danger": text(color), "rule": text(color), "selected": text(color),
})

var themeSchema = mapping(map[string]reader{"dark": inks, "light": inks})

// readTheme takes the theme that theme.name chose, and puts over it what the file says that theme.file
// names, relative to the configuration's folder.
func (c *Config) readTheme() error {
	chosen := gallery[c.Theme.Name]
	c.Theme.Dark, c.Theme.Light = maps.Clone(chosen.dark), maps.Clone(chosen.light)
	name := c.Theme.File
	if name == "" {
		return nil
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(c.Path), name)
	}
	raw, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &FileError{Problems: []Problem{{Position: c.positions["theme.file"], Key: "theme.file", Message: "names " + name + ", and there is no such file"}}}
	case err != nil:
		return fmt.Errorf("reading the theme file: %w", err)
	case len(raw) > maxFileSize:
		return fmt.Errorf("the theme file %s is larger than any theme: does theme.file name another file by mistake?", name)
	}
	ch := &checker{file: name, positions: map[string]Position{}}
	if root := ch.root(raw); root != nil {
		values, _ := themeSchema(ch, "", root).(map[string]any)
		c.Theme.Dark = over(chosen.dark, colorsOf(values["dark"]))
		c.Theme.Light = over(chosen.light, colorsOf(values["light"]))
	}
	if len(ch.problems) > 0 {
		return &FileError{Problems: ch.problems}
	}
	return nil
}

func colorsOf(v any) Colors {
	out := Colors{}
	m, _ := v.(map[string]any)
	for ink, value := range m {
		if s, ok := value.(string); ok {
			out[ink] = s
		}
	}
	return out
}

// over is the colours of a theme with others in their place.
func over(theme, others Colors) Colors {
	out := Colors{}
	maps.Copy(out, theme)
	maps.Copy(out, others)
	return out
}
