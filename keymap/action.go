// Package keymap is the one registry of what an operator can do in the
// console. Footer, help, palette, docs/keys.md and the user's overrides are all
// read from it; nothing binds a key anywhere else.
package keymap

// Danger says what an action can do to the world outside this terminal.
type Danger int

const (
	// Safe actions read or move about.
	Safe Danger = iota
	// Changes marks actions that change something in Knock which can be
	// changed back or repeated, such as identifying a user.
	Changes
	// Destroys marks actions whose effect cannot be taken back: sending and
	// cancelling. They always ask first.
	Destroys
)

func (d Danger) String() string {
	return [...]string{"safe", "changes", "destroys"}[d]
}

// Scopes that are not a page's own.
const (
	// Global actions work everywhere.
	Global = "global"
	// List actions move about, wherever there is something to move in.
	List = "list"
	// Rows actions work on the rows of every list.
	Rows = "rows"
	// Detail actions work on every page that shows one thing.
	Detail = "detail"
)

// Action is one thing an operator can do, by key, from the palette or from help.
type Action struct {
	// ID is stable and what overrides name: "runs.cancel".
	ID string
	// Title is what palette and help show: "Cancel the marked runs".
	Title string
	// Short is the footer's word: "cancel". Without one the action is not in the footer.
	Short string
	// Scope is Global, List or the name of a page.
	Scope string
	// Keys in the terms of Bubble Tea's keystrokes: "c", "S", "ctrl+a", "space", "f1".
	Keys []string
	// Danger decides how the action is marked, and that it asks before it acts.
	Danger Danger
	// Arms says that its question arms a protected profile as well, so that it is there while that is read-only.
	Arms bool
	// InText lets the keys work while text is being entered; printable keys never do.
	InText bool
}
