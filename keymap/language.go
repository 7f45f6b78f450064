package keymap

import (
	"fmt"
	"strings"
)

// Meaning is what a key means on every page that has it.
type Meaning struct {
	Key, Means string
	// Verbs are the last parts of the ids of the actions that have the key.
	Verbs []string
}

// Language is what the letters and signs mean, everywhere alike. Digits go to pages.
var Language = []Meaning{
	{":", "the palette", []string{"palette"}},
	{"?", "help", []string{"help"}},
	{"q", "quit", []string{"quit"}},
	{"A", "arm, disarm", []string{"arm"}},
	{"P", "another profile", []string{"profile"}},
	{"E", "the pane of events: show it, hide it", []string{"toggle"}},
	{"W", "the pane: go there, come back", []string{"focus"}},
	{"F", "the pane: follow what is selected", []string{"follow"}},
	{"B", "the pane: beside the page, under it", []string{"place"}},
	{`\`, "the preview of what is selected: show it, hide it", []string{"preview"}},
	{"k", "up", []string{"up"}},
	{"j", "down", []string{"down"}},
	{"g", "first", []string{"home"}},
	{"G", "last", []string{"end"}},
	{"h", "column to the left", []string{"previous"}},
	{"l", "column to the right", []string{"next"}},
	{"[", "previous section", []string{"sectionback"}},
	{"]", "next section", []string{"section"}},
	{"space", "switch what is selected: mark, fold, include, pause", []string{"mark", "fold", "toggle", "pause"}},
	{".", "pause, go on", []string{"pause"}},
	{"V", "mark the range", []string{"markrange"}},
	{"U", "clear marks, or the filter", []string{"clear"}},
	{"/", "search", []string{"find"}},
	{"n", "next match", []string{"next"}},
	{"N", "previous match", []string{"previous"}},
	{"f", "filter: what is listed, shown, in scope", []string{"filter", "jq", "scope"}},
	{"!", "failures only", []string{"failures"}},
	{"~", "changes only", []string{"changes"}},
	{"a", "ask why: what became of it", []string{"why"}},
	{"=", "compare with another", []string{"compare"}},
	{"b", "group", []string{"group"}},
	{">", "sort by the next column", []string{"sort"}},
	{"<", "sort by the previous column", []string{"sortback"}},
	{"-", "reverse the order", []string{"reverse"}},
	{"|", "columns", []string{"columns"}},
	{"r", "refresh", []string{"refresh"}},
	{"y", "copy what is selected", []string{"copy", "value"}},
	{"Y", "copy the whole, or its id", []string{"copy", "copyid", "copykey", "all"}},
	{"C", "copy in another form: as curl, as a command, as a path", []string{"copy", "curl", "report", "path"}},
	{"X", "export to a file", []string{"export", "save"}},
	{"J", "raw JSON", []string{"raw"}},
	{"o", "Knock's dashboard", []string{"dashboard"}},
	{"O", "open a file", []string{"file"}},
	{"d", "details", []string{"detail"}},
	{"u", "its user", []string{"user"}},
	{"p", "its runs", []string{"run", "runs"}},
	{"m", "its message", []string{"message"}},
	{"e", "its events", []string{"events"}},
	{"w", "its workflow", []string{"workflow", "siblings"}},
	{"s", "its schedules", []string{"schedules"}},
	{"L", "all sweeps", []string{"list"}},
	{"i", "enter: identify, subscribe or schedule somebody, type into the form", []string{"identify", "subscribe", "schedule", "edit"}},
	{"I", "change this one", []string{"edit"}},
	{"t", "trigger a workflow, send an event", []string{"trigger", "send"}},
	{"c", "cancel", []string{"cancel"}},
	{"K", "cancel everyone under the key", []string{"everyone"}},
	{"S", "sweep", []string{"sweep", "new"}},
	{"R", "once more: resume, replay, cancel again", []string{"resume", "replay", "retry"}},
	{"v", "breakpoint: pause before it", []string{"break"}},
	{"x", "abort", []string{"abort"}},
	{"z", "freeze", []string{"freeze"}},
	{"Z", "thaw", []string{"thaw"}},
	{"D", "delete", []string{"delete"}},
}

// Verb is the last part of an action's id.
func (a Action) Verb() string { return a.ID[strings.LastIndex(a.ID, ".")+1:] }

// language writes the table of [Language].
func language(b *strings.Builder) {
	b.WriteString("\n## One language\n\nA letter or sign means the same on every page that has it. What is about text being typed is on\ncontrol keys, which each form has its own of.\n\n| key | means |\n| --- | --- |\n")
	for _, m := range Language {
		fmt.Fprintf(b, "| `%s` | %s |\n", strings.ReplaceAll(m.Key, "|", `\|`), m.Means)
	}
}
