package keymap

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/termtext"
)

// Registry holds every action, in the order in which they were added.
type Registry struct {
	actions []Action
	byID    map[string]int
	sets    map[string][]string // page: the scopes that apply on it
}

// New returns an empty registry.
func New() *Registry {
	return &Registry{byID: map[string]int{}, sets: map[string][]string{}}
}

// Add registers actions. An id that is taken or a missing id, title or scope is
// a mistake in the program, so it panics at start rather than at three in the morning.
func (r *Registry) Add(actions ...Action) {
	for _, a := range actions {
		if a.ID == "" || a.Title == "" || a.Scope == "" {
			panic(fmt.Sprintf("keymap: action %q lacks an id, a title or a scope", a.ID))
		}
		if _, taken := r.byID[a.ID]; taken {
			panic(fmt.Sprintf("keymap: action %q is registered twice", a.ID))
		}
		r.byID[a.ID] = len(r.actions)
		r.actions = append(r.actions, a)
	}
}

// AddFree registers an action whose keys are the operator's choice. With keys that [Registry.Clash] complains of it
// is registered without any.
func (r *Registry) AddFree(a Action) error {
	err := r.Clash(a)
	if err != nil {
		a.Keys = nil
	}
	r.Add(a)
	return err
}

// Clash says why the keys of an action cannot be: they are no keys, or mean something else where it works.
func (r *Registry) Clash(a Action) error {
	if bad := badKey(a.Keys); bad != "" {
		return errors.New(bad)
	}
	for _, page := range slices.Sorted(maps.Keys(r.sets)) {
		if !slices.Contains(r.sets[page], a.Scope) {
			continue
		}
		for _, k := range a.Keys {
			if other, taken := r.Resolve(page, k); taken && other.ID != a.ID {
				return errors.New(Conflict{page, k, other.ID, a.ID}.String())
			}
		}
	}
	return nil
}

// Remove takes an action out of the registry.
func (r *Registry) Remove(id string) {
	r.actions = slices.DeleteFunc(r.actions, func(a Action) bool { return a.ID == id })
	clear(r.byID)
	for i, a := range r.actions {
		r.byID[a.ID] = i
	}
}

// Page declares which scopes apply on a page besides Global; the first is the
// page's own.
func (r *Registry) Page(name string, scopes ...string) {
	r.sets[name] = append(slices.Clone(scopes), Global)
}

// Get returns the action with this id.
func (r *Registry) Get(id string) (Action, bool) {
	i, ok := r.byID[id]
	if !ok {
		return Action{}, false
	}
	return r.actions[i], true
}

// All returns every action in the order of registration.
func (r *Registry) All() []Action { return slices.Clone(r.actions) }

// On returns the actions that apply on a page, the page's own first.
func (r *Registry) On(page string) []Action {
	var out []Action
	for _, scope := range r.scopes(page) {
		for _, a := range r.actions {
			if a.Scope == scope {
				out = append(out, a)
			}
		}
	}
	return out
}

// Resolve finds the action that a keystroke means on a page.
func (r *Registry) Resolve(page, keystroke string) (Action, bool) {
	for _, a := range r.On(page) {
		if slices.Contains(a.Keys, keystroke) {
			return a, true
		}
	}
	return Action{}, false
}

// Label renders an action's first key for a person: "ctrl+a", "space", "⏎" is "enter".
func (a Action) Label() string {
	if len(a.Keys) == 0 {
		return ""
	}
	return a.Keys[0]
}

func (r *Registry) scopes(page string) []string {
	if set, ok := r.sets[page]; ok {
		return set
	}
	return []string{page, Global}
}

// Override replaces the keys of actions. where maps an action's id to the place
// of its entry ("config.yaml:31"), so that a mistake is reported there. A
// problem leaves that action at its default keys.
func (r *Registry) Override(keys map[string][]string, where map[string]string) []Problem {
	var problems []Problem
	changed := map[string][]string{}
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		i, ok := r.byID[id]
		if !ok {
			problems = append(problems, Problem{Where: where[id], Text: fmt.Sprintf("unknown action %q%s", id, r.nearest(id))})
			continue
		}
		if bad := badKey(keys[id]); bad != "" {
			problems = append(problems, Problem{Where: where[id], Text: fmt.Sprintf("action %s: %s", id, bad)})
			continue
		}
		changed[id] = r.actions[i].Keys
		r.actions[i].Keys = slices.Clone(keys[id])
	}
	for r.revertOne(changed, where, &problems) {
	}
	return problems
}

// revertOne takes back one override that conflicts. Taking one back can bring
// its default keys into conflict with another override, so it is called until
// nothing is left to take back.
func (r *Registry) revertOne(changed map[string][]string, where map[string]string, problems *[]Problem) bool {
	for _, c := range r.Conflicts() {
		for _, id := range []string{c.Second, c.First} {
			if before, ours := changed[id]; ours {
				*problems = append(*problems, Problem{Where: where[id], Text: c.String()})
				r.actions[r.byID[id]].Keys = before
				delete(changed, id)
				return true
			}
		}
	}
	return false
}

// Problem is a mistake in the user's overrides.
type Problem struct {
	// Where is the file and line, empty when it is not known.
	Where string
	Text  string
}

func (p Problem) Error() string {
	if p.Where == "" {
		return p.Text
	}
	return p.Where + ": " + p.Text
}

// Conflict is a key that means two things on one page.
type Conflict struct{ Page, Key, First, Second string }

func (c Conflict) String() string {
	return fmt.Sprintf("key %q means both %s and %s on %s", c.Key, c.First, c.Second, c.Page)
}

// Conflicts lists the keys that mean more than one thing on a page.
func (r *Registry) Conflicts() []Conflict {
	var out []Conflict
	for _, page := range slices.Sorted(maps.Keys(r.sets)) {
		owner := map[string]string{}
		for _, a := range r.On(page) {
			for _, k := range a.Keys {
				if first, taken := owner[k]; taken && first != a.ID {
					out = append(out, Conflict{page, k, first, a.ID})
					continue
				}
				owner[k] = a.ID
			}
		}
	}
	return out
}

func (r *Registry) nearest(id string) string {
	ids := make([]string, len(r.actions))
	for i, a := range r.actions {
		ids[i] = a.ID
	}
	return termtext.DidYouMean(id, ids)
}

func badKey(keys []string) string {
	for _, k := range keys {
		if k == "" || strings.ContainsAny(k, " \t\n") && k != " " {
			return fmt.Sprintf("%q is not a key; write it like c, C, ctrl+a, space or f5", k)
		}
	}
	return ""
}
