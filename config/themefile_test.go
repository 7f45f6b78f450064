package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestThemeFile(t *testing.T) {
	const profiles = "\nprofiles: {a: {environment: production, api_key: {env: A}}}\n"
	for _, c := range []struct {
		name, file string
		want       []string // in the error; none: it is taken
	}{
		{"taken", "dark: {muted: '#888888', danger: red}\nlight: {accent: 4}\n", nil},
		{"empty", "", nil},
		{"unknown ink", "dark: {mutd: red}\n", []string{"solar.yaml:1", "mutd", "muted"}},
		{"no colour", "dark:\n  ok: greenish\n", []string{"solar.yaml:2", "dark.ok", "greenish"}},
		{"broken", "dark: [", []string{"solar.yaml"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := isolate(t)
			write(t, path, "theme: {file: solar.yaml}"+profiles)
			if err := os.WriteFile(filepath.Join(filepath.Dir(path), "solar.yaml"), []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
			cfg, err := Load(Flags{})
			if len(c.want) == 0 {
				if err != nil {
					t.Fatal(err)
				}
				if c.name == "taken" && (cfg.Theme.Dark["muted"] != "#888888" || cfg.Theme.Dark["danger"] != "red" || cfg.Theme.Light["accent"] != "4") {
					t.Errorf("%+v", cfg.Theme)
				}
				return
			}
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("the error %v does not say %q", err, want)
				}
			}
		})
	}
}

func TestThemeFileThatIsMissing(t *testing.T) {
	path := isolate(t)
	write(t, path, "theme:\n  file: nowhere.yaml\nprofiles: {a: {environment: production, api_key: {env: A}}}\n")
	if _, err := Load(Flags{}); err == nil || !strings.Contains(err.Error(), path+":2") || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("%v", err)
	}
}
