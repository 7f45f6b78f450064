package history

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
)

// filter is what the list is narrowed to.
type filter struct {
	kind     ops.ActionKind
	workflow string
	act      int64 // the first request of an act, whose requests are listed
}

func parseFilter(p ui.Params) (filter, error) {
	f := filter{kind: ops.ActionKind(strings.TrimSpace(p[Kind])), workflow: strings.TrimSpace(p[Workflow])}
	if word := p[Act]; word != "" {
		var err error
		if f.act, err = strconv.ParseInt(word, 10, 64); err != nil {
			return f, fmt.Errorf("%q is not the number of a request", word)
		}
	}
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
	q := ops.ActionFilter{Workflow: f.workflow, Act: f.act}
	if f.kind != "" {
		q.Kinds = []ops.ActionKind{f.kind}
	}
	return q
}

// flags narrow the command that exports as the list is narrowed.
func (f filter) flags() string {
	var flags string
	if f.kind != "" {
		flags += " --kind " + termtext.ShellWord(string(f.kind))
	}
	if f.workflow != "" {
		flags += " --workflow " + termtext.ShellWord(f.workflow)
	}
	if f.act != 0 {
		flags += " --act " + f.actWord()
	}
	return flags
}

// actWord is the act as a page keeps it.
func (f filter) actWord() string {
	if f.act == 0 {
		return ""
	}
	return strconv.FormatInt(f.act, 10)
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
	if f.act != 0 {
		parts = append(parts, "requests of act "+f.actWord())
	}
	return strings.Join(parts, " · ")
}

// askFilter asks what is listed.
func (l *list) askFilter() tea.Cmd {
	take := func(entered *form.Form) (tea.Cmd, error) {
		f, err := parseFilter(entered.Values())
		f.act = l.filter.act
		return l.Env.Send(filterMsg{f}), err
	}
	return ui.AskForm(l.Env.Theme, "Filter", "enter to apply · tab next · esc to cancel", take,
		form.Text{ID: Kind, Label: "What", Value: string(l.filter.kind), Placeholder: "anything", Validate: checkKind,
			Suggest: func(string) []string { return kinds() }},
		form.Text{ID: Workflow, Label: "Workflow", Value: l.filter.workflow, Placeholder: "any"},
	)
}
