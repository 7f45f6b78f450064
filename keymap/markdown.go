package keymap

import (
	"fmt"
	"strings"
)

// Markdown renders the registry as docs/keys.md: what works everywhere, what
// works in lists, then page by page.
func (r *Registry) Markdown(pages []string) string {
	var b strings.Builder
	b.WriteString("# Keys\n\nGenerated from the registry of actions. `?` in the console shows what works where you are;\n`keys:` in the configuration changes them by id, `key_preset: arrows` at a stroke.\nSaved views and commands of your own have the keys that you give them, and stand in `?` as well.\n")
	language(&b)
	section := func(title, scope string) {
		var rows []string
		for _, a := range r.actions {
			if a.Scope == scope {
				rows = append(rows, fmt.Sprintf("| %s | %s%s | `%s` |", keysOf(a), a.Title, mark(a), a.ID))
			}
		}
		if len(rows) > 0 {
			fmt.Fprintf(&b, "\n## %s\n\n| keys | what | id |\n| --- | --- | --- |\n%s\n", title, strings.Join(rows, "\n"))
		}
	}
	section("Everywhere", Global)
	section("Moving", List)
	section("In lists", Rows)
	section("On a page of one thing", Detail)
	for _, p := range pages {
		section(strings.ToUpper(p[:1])+p[1:], p)
	}
	b.WriteString("\nActions marked **!** cannot be taken back, and ask first; those marked *changes* can be repeated or changed back.\n")
	return b.String()
}

func keysOf(a Action) string {
	var out []string
	for _, k := range a.Keys {
		out = append(out, "`"+strings.ReplaceAll(k, "|", `\|`)+"`")
	}
	return strings.Join(out, " ")
}

func mark(a Action) string {
	switch a.Danger {
	case Destroys:
		return " **!**"
	case Changes:
		return " *changes*"
	}
	return ""
}
