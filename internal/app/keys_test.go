package app

import (
	"flag"
	"os"
	"testing"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
)

// registry is the console's.
func registry() (*keymap.Registry, []string) {
	all := Pages(&ops.Session{Requests: &ops.RequestLog{}})
	keys := keymap.New()
	ui.Register(keys, all)
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
	}
	return keys, names
}

func TestNoKeyMeansTwoThings(t *testing.T) {
	for _, preset := range keymap.Presets {
		keys, _ := registry()
		if err := keys.Preset(preset); err != nil {
			t.Fatal(err)
		}
		for _, c := range keys.Conflicts() {
			t.Errorf("preset %s: %s", preset, c)
		}
	}
}

func TestKeysAreDocumented(t *testing.T) {
	const path = "../../docs/keys.md"
	keys, names := registry()
	want := keys.Markdown(names)
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil || string(have) != want {
		t.Errorf("docs/keys.md is not what the registry says (%v); go test -update ./internal/app writes it", err)
	}
}

// A letter or sign means one thing, whatever page has it.
func TestKeysSpeakOneLanguage(t *testing.T) {
	keys, _ := registry()
	spoken := map[string]map[string]bool{}
	for _, m := range keymap.Language {
		if spoken[m.Key] != nil {
			t.Errorf("%q is in the language twice", m.Key)
		}
		spoken[m.Key] = map[string]bool{}
		for _, verb := range m.Verbs {
			spoken[m.Key][verb] = false
		}
	}
	for _, a := range keys.All() {
		for _, key := range a.Keys {
			if len(key) > 1 && key != "space" || key >= "0" && key <= "9" {
				continue
			}
			if _, known := spoken[key][a.Verb()]; !known {
				t.Errorf("%s has %q, which does not mean that: see keymap.Language", a.ID, key)
				continue
			}
			spoken[key][a.Verb()] = true
		}
	}
	for key, verbs := range spoken {
		for verb, used := range verbs {
			if !used {
				t.Errorf("%q is said to mean %s, and no action has it so", key, verb)
			}
		}
	}
}
