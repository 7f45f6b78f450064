package history

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/theme"
)

// filter is what the list is narrowed to. The journal filters by kind and
// workflow; the text is looked for in what was read.
type filter struct {
	kind           ops.ActionKind
	workflow, text string
}

func parseFilter(p ui.Params) (filter, error) {
	f := filter{ops.ActionKind(strings.TrimSpace(p[Kind])), strings.TrimSpace(p[Workflow]), strings.TrimSpace(p[Text])}
	return f, checkKind(string(f.kind))
}

func checkKind(s string) error {
	s = strings.TrimSpace(s)
	if s == "" || slices.Contains(ops.ActionKinds, ops.ActionKind(s)) {
		return nil
	}
	if near := termtext.Nearest(s, kinds()); near != "" {
		return fmt.Errorf("nothing is called %q here; did you mean %s?", s, near)
	}
	return fmt.Errorf("nothing is called %q here: use one of %s", s, strings.Join(kinds(), ", "))
}

func kinds() []string {
	out := make([]string, len(ops.ActionKinds))
	for i, k := range ops.ActionKinds {
		out[i] = string(k)
	}
	return out
}

func (f filter) query() ops.ActionFilter {
	q := ops.ActionFilter{Workflow: f.workflow}
	if f.kind != "" {
		q.Kinds = []ops.ActionKind{f.kind}
	}
	return q
}

// flags narrow the command that exports as the list is narrowed. It has none for the text.
func (f filter) flags() string {
	var flags string
	if f.kind != "" {
		flags += " --kind " + termtext.ShellWord(string(f.kind))
	}
	if f.workflow != "" {
		flags += " --workflow " + termtext.ShellWord(f.workflow)
	}
	return flags
}

func (f filter) keep(a ops.AuditEntry) bool {
	return f.text == "" || strings.Contains(haystack(a), strings.ToLower(f.text))
}

// String is the breadcrumb.
func (f filter) String() string {
	var parts []string
	if f.kind != "" {
		parts = append(parts, string(f.kind))
	}
	if f.workflow != "" {
		parts = append(parts, "workflow "+f.workflow)
	}
	if f.text != "" {
		parts = append(parts, fmt.Sprintf("with %q", f.text))
	}
	return termtext.Clean(strings.Join(parts, " · "))
}

// askFilter asks what is listed.
func askFilter(t *theme.Theme, f filter, apply func(filter) tea.Cmd) tea.Cmd {
	take := func(entered *form.Form) (tea.Cmd, error) {
		f, err := parseFilter(entered.Values())
		return apply(f), err
	}
	return ui.AskForm(t, "Filter", "enter to apply · tab next · esc to cancel", take,
		form.Text{ID: Text, Label: "Text", Value: f.text, Help: "in key, recipients, reason, who, request id, outcome"},
		form.Text{ID: Kind, Label: "What", Value: string(f.kind), Placeholder: "anything", Validate: checkKind,
			Suggest: func(string) []string { return kinds() }},
		form.Text{ID: Workflow, Label: "Workflow", Value: f.workflow, Placeholder: "any"},
	)
}
