package config

import (
	"os"
	"path/filepath"
	"testing"
)

func TestGalleryHoldsColours(t *testing.T) {
	for name, theme := range gallery {
		for _, colors := range []Colors{theme.dark, theme.light} {
			for ink, s := range colors {
				if complaint := color(s); complaint != "" || gallery["solarized"].dark[ink] == "" {
					t.Errorf("%s: %s is %q: %s", name, ink, s, complaint)
				}
			}
		}
	}
}

func TestThemeFileStandsOverTheGallery(t *testing.T) {
	path := isolate(t)
	write(t, path, "theme: {name: nord, file: mine.yaml}\nprofiles: {a: {environment: production, api_key: {env: A}}}\n")
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "mine.yaml"), []byte("dark: {danger: red}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := Load(Flags{})
	if err != nil {
		t.Fatal(err)
	}
	nord := gallery["nord"]
	if have := cfg.Theme.Dark; have["danger"] != "red" || have["ok"] != nord.dark["ok"] || cfg.Theme.Light["danger"] != nord.light["danger"] {
		t.Errorf("%+v", cfg.Theme)
	}
	if nord.dark["danger"] == "red" {
		t.Error("the file changed the gallery itself")
	}
}
