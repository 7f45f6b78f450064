package keymap

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func sample() *Registry {
	r := New()
	r.Add(
		Action{ID: "app.quit", Title: "Quit", Scope: Global, Keys: []string{"q"}},
		Action{ID: "list.up", Title: "Up", Scope: List, Keys: []string{"up", "k"}},
		Action{ID: "runs.cancel", Title: "Cancel", Scope: "runs", Keys: []string{"c"}, Danger: Destroys},
		Action{ID: "runs.copy", Title: "Copy", Scope: "runs", Keys: []string{"y"}},
		Action{ID: "users.copy", Title: "Copy", Scope: "users", Keys: []string{"c"}},
	)
	r.Page("runs", "runs", List)
	r.Page("users", "users")
	return r
}

func TestResolveStaysOnThePage(t *testing.T) {
	r := sample()
	for _, c := range []struct{ page, key, want string }{
		{"runs", "c", "runs.cancel"}, {"users", "c", "users.copy"}, {"runs", "k", "list.up"}, {"users", "k", ""}, {"users", "q", "app.quit"},
	} {
		if a, _ := r.Resolve(c.page, c.key); a.ID != c.want {
			t.Errorf("%s on %s is %q, want %q", c.key, c.page, a.ID, c.want)
		}
	}
}

func TestOverrideReplacesKeys(t *testing.T) {
	r := sample()
	if p := r.Override(map[string][]string{"runs.cancel": {"x", "ctrl+x"}}, nil); len(p) != 0 {
		t.Fatal(p)
	}
	if a, _ := r.Resolve("runs", "x"); a.ID != "runs.cancel" {
		t.Errorf("x is %q", a.ID)
	}
	if a, ok := r.Resolve("runs", "c"); ok {
		t.Errorf("c is still %q", a.ID)
	}
}

func TestOverrideMistakesAreReportedWhereTheyStand(t *testing.T) {
	for _, c := range []struct {
		name string
		keys map[string][]string
		want []string
	}{
		{"unknown", map[string][]string{"runs.cancle": {"x"}}, []string{"config.yaml:7", `unknown action "runs.cancle"`, "did you mean runs.cancel?"}},
		{"conflict", map[string][]string{"runs.cancel": {"y"}}, []string{"config.yaml:7", `"y"`, "runs.cancel", "runs.copy"}},
		{"no key", map[string][]string{"runs.cancel": {"ctrl + x"}}, []string{"config.yaml:7", `"ctrl + x" is not a key`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := sample()
			where := map[string]string{}
			for id := range c.keys {
				where[id] = "config.yaml:7"
			}
			problems := r.Override(c.keys, where)
			if len(problems) != 1 {
				t.Fatalf("%d problems: %v", len(problems), problems)
			}
			for _, want := range c.want {
				if !strings.Contains(problems[0].Error(), want) {
					t.Errorf("%q does not say %q", problems[0].Error(), want)
				}
			}
			if a, _ := r.Resolve("runs", "c"); a.ID != "runs.cancel" {
				t.Error("the action lost its default key")
			}
		})
	}
}

// Whatever is overridden, no key means two things on a page afterwards.
func TestOverridesNeverLeaveAConflict(t *testing.T) {
	ids := []string{"app.quit", "list.up", "runs.cancel", "runs.copy", "users.copy", "no.such"}
	rapid.Check(t, func(t *rapid.T) {
		r := sample()
		keys := rapid.MapOf(rapid.SampledFrom(ids), rapid.SliceOfN(rapid.SampledFrom([]string{"q", "k", "c", "y", "x", "up"}), 0, 3)).Draw(t, "keys")
		r.Override(keys, nil)
		if c := r.Conflicts(); len(c) > 0 {
			t.Fatal(c)
		}
	})
}

func TestRegistrationMistakesStopTheProgram(t *testing.T) {
	for _, a := range []Action{{Title: "no id", Scope: Global}, {ID: "no.title", Scope: Global}, {ID: "no.scope", Title: "x"}, {ID: "app.quit", Title: "twice", Scope: Global}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v was taken", a)
				}
			}()
			sample().Add(a)
		}()
	}
}

func TestOnListsThePageFirst(t *testing.T) {
	var ids []string
	for _, a := range sample().On("runs") {
		ids = append(ids, a.ID)
	}
	if want := []string{"runs.cancel", "runs.copy", "list.up", "app.quit"}; !slices.Equal(ids, want) {
		t.Errorf("%v, want %v", ids, want)
	}
}

func TestArrowsPresetFreesTheLetters(t *testing.T) {
	r := sample()
	r.Add(Action{ID: "runs.find", Title: "Find", Scope: "runs", Keys: []string{"/"}})
	if err := r.Preset("arrows"); err != nil {
		t.Fatal(err)
	}
	if a, ok := r.Resolve("runs", "k"); ok {
		t.Errorf("k is still %s", a.ID)
	}
	for key, want := range map[string]string{"up": "list.up", "f3": "runs.find", "/": "runs.find", "c": "runs.cancel"} {
		if a, _ := r.Resolve("runs", key); a.ID != want {
			t.Errorf("%s is %q, want %q", key, a.ID, want)
		}
	}
	if len(r.Conflicts()) > 0 {
		t.Error(r.Conflicts())
	}
	if err := r.Preset("dvorak"); err == nil || !strings.Contains(err.Error(), "default, arrows") {
		t.Errorf("an unknown preset: %v", err)
	}
}
