package runs

import (
	"slices"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/nav"
)

// filter is what the list shows, in the words it was asked for.
type filter struct{ ops.RunFilter }

func parseFilter(p ui.Params) (filter, error) {
	w := ops.RunWords{
		Statuses: statuses(p[Status]), Workflow: p[Workflow], Recipient: p[Recipient], Tenant: p[Tenant], Key: p[Key],
		WorkflowRun: p[WorkflowRun], Since: p[Since], Until: p[Until],
	}
	if yes := true; p[Errors] == "yes" {
		w.HasErrors = &yes
	}
	f, err := ops.ParseRunFilter(w)
	return filter{f}, err
}

// statuses are the words of a list of statuses.
func statuses(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// of is the filter in words.
func (f filter) of() nav.RunsOf {
	w := f.Words
	of := nav.RunsOf{Workflow: w.Workflow, Tenant: w.Tenant, Since: w.Since, Until: w.Until, Key: w.Key, WorkflowRun: w.WorkflowRun, Status: f.statusWord(), Errors: w.HasErrors != nil}
	if f.Recipient != nil {
		of.Recipient = f.Recipient.String()
	}
	return of
}

func (f filter) statusWord() string {
	switch {
	case len(f.Statuses) == 0:
		return "all"
	case slices.Equal(f.Statuses, client.PendingStatuses):
		return "pending"
	}
	words := make([]string, len(f.Statuses))
	for i, s := range f.Statuses {
		words[i] = string(s)
	}
	return strings.Join(words, ",")
}

// matches tells whether a run belongs here by what does not change about it.
func (f filter) matches(r *client.Run) bool {
	return (f.Words.Workflow == "" || r.Workflow == f.Words.Workflow) &&
		(f.Words.Tenant == "" || r.Tenant == f.Words.Tenant) &&
		(f.Recipient == nil || r.Recipient == *f.Recipient)
}

// String is the breadcrumb: "pending · workflow invite-reminder · to user_1".
func (f filter) String() string {
	parts := []string{f.statusWord()}
	add := func(word, value string) {
		if value != "" {
			parts = append(parts, word+" "+value)
		}
	}
	add("workflow", f.Words.Workflow)
	if f.Recipient != nil {
		add("to", f.Recipient.String())
	}
	add("tenant", f.Words.Tenant)
	add("key", f.Words.Key)
	add("trigger", f.Words.WorkflowRun)
	add("since", f.Words.Since)
	add("until", f.Words.Until)
	if f.Words.HasErrors != nil {
		parts = append(parts, "with errors")
	}
	return strings.Join(parts, " · ")
}

// nothing says what there is none of: "No pending runs of invite-reminder."
func (f filter) nothing() string {
	s := "No runs"
	if word := f.statusWord(); word != "all" {
		s = "No " + strings.ReplaceAll(word, ",", " or ") + " runs"
	}
	if f.Words.Workflow != "" {
		s += " of " + f.Words.Workflow
	}
	if f.Recipient != nil {
		s += " for " + f.Recipient.String()
	}
	if f.Words.Key != "" {
		s += " under " + f.Words.Key
	}
	if f.Words.Tenant != "" || f.Words.Since != "" || f.Words.Until != "" || f.Words.HasErrors != nil {
		s += " that match the filter"
	}
	return s + "."
}
