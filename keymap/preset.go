package keymap

import (
	"fmt"
	"slices"
	"strings"
)

// Presets are the names that [Registry.Preset] knows. "default" has arrows and
// vim's letters side by side. "arrows" is for layouts on which vim's letters lie
// anywhere and : / ? | take two hands: it moves by arrows alone, frees the
// letters, and puts palette, find and columns on function keys.
var Presets = []string{"default", "arrows"}

// Preset changes the keys of all actions to a preset's; an unknown name is an error.
func (r *Registry) Preset(name string) error {
	switch name {
	case "", "default":
		return nil
	case "arrows":
		for i := range r.actions {
			r.actions[i].Keys = arrows(r.actions[i])
		}
		return nil
	}
	return fmt.Errorf("there is no key preset %q: choose one of %s", name, strings.Join(Presets, ", "))
}

func arrows(a Action) []string {
	switch {
	case a.Scope == List:
		return slices.DeleteFunc(slices.Clone(a.Keys), func(k string) bool { return len(k) == 1 })
	case a.ID == "app.palette":
		return append([]string{"f2"}, a.Keys...)
	case slices.Contains(a.Keys, "/"):
		return append([]string{"f3"}, a.Keys...)
	case slices.Contains(a.Keys, "|"):
		return append([]string{"f4"}, a.Keys...)
	}
	return a.Keys
}
