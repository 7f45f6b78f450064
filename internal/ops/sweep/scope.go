package sweep

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/termtext"
)

// Scope says which pending runs a sweep is about: those of one workflow that every other condition
// matches too. Keys, when there are any, leave out what is under other keys.
type Scope struct {
	Workflow   string       `json:"workflow"`
	Recipients []client.Ref `json:"recipients,omitempty"`
	Tenant     string       `json:"tenant,omitempty"`
	Actor      *client.Ref  `json:"actor,omitempty"`
	Since      time.Time    `json:"since,omitzero"` // triggered then or later, by Knock's clock
	Until      time.Time    `json:"until,omitzero"` // triggered then or earlier
	KeyGlob    string       `json:"key_glob,omitempty"`
	KeyRegex   string       `json:"key_regex,omitempty"`
	Sources    []string     `json:"sources,omitempty"` // types of trigger source, such as api
	Errors     bool         `json:"errors,omitempty"`  // only runs with errors
	Where      []Field      `json:"where,omitempty"`   // fields of the run, as Knock names them
	Keys       []string     `json:"keys,omitempty"`
	Runs       []string     `json:"runs,omitempty"` // ids of runs: these and no others
}

// SourceTypes are the types of trigger source that Knock documents.
var SourceTypes = []string{"api", "audience", "schedule", "broadcast", "workflow_step", "integration", "rehearsal"}

// Check refuses a scope that is empty or cannot match anything. An empty scope is a
// [runner.Refusal].
func (s Scope) Check() error {
	if s.Workflow == "" {
		return runner.Refuse("the scope is empty: a sweep is about one workflow, name it")
	}
	if err := client.CheckID("workflow key", s.Workflow); err != nil {
		return err
	}
	if s.Keys != nil && len(s.Keys) == 0 {
		return runner.Refuse("the scope is empty: the list of keys holds none")
	}
	if s.Runs != nil && len(s.Runs) == 0 {
		return runner.Refuse("the scope is empty: the list of runs holds none")
	}
	for _, k := range s.Keys {
		if err := client.CheckID("cancellation key", k); err != nil {
			return err
		}
	}
	for _, r := range s.Recipients {
		if r.ID == "" {
			return runner.Refuse("the scope names a recipient without an id")
		}
	}
	if _, err := regexp.Compile(s.KeyRegex); err != nil {
		return &client.InvalidError{Field: "key regex", Reason: err.Error()}
	}
	for _, source := range s.Sources {
		if !slices.Contains(SourceTypes, source) {
			return &client.InvalidError{Field: "trigger source", Reason: fmt.Sprintf("%q is none of %s", source, strings.Join(SourceTypes, ", "))}
		}
	}
	for _, f := range s.Where {
		if f.Path == "" || strings.HasPrefix(f.Path, ".") || strings.HasSuffix(f.Path, ".") {
			return &client.InvalidError{Field: "where", Reason: fmt.Sprintf("%q names no field of a run: write one as Knock does, such as trigger_source.schedule_id", f.Path)}
		}
		if f.Path == "status" || f.Path == "updated_at" {
			return &client.InvalidError{Field: "where", Reason: f.Path + " changes as a run ends, so that what was cancelled would be in scope no more; a sweep is of what is pending anyway"}
		}
	}
	if !s.Since.IsZero() && !s.Until.IsZero() && s.Until.Before(s.Since) {
		return &client.InvalidError{Field: "time", Reason: "the scope ends before it begins"}
	}
	return nil
}

// separable scopes only tell runs apart by what a cancel can name: key and recipient. Of the runs
// that one cancel ends, all are in scope then, also those that nobody has seen.
func (s Scope) separable() bool {
	return s.Tenant == "" && s.Actor == nil && s.Since.IsZero() && s.Until.IsZero() &&
		len(s.Sources) == 0 && !s.Errors && len(s.Where) == 0 && len(s.Runs) == 0
}

// Everyone reports that a key in scope is in scope for everyone, so that a cancel under it need not
// name recipients. This never follows from what was listed: the list may be behind, and a run that
// nobody saw would be hit.
func (s Scope) Everyone() bool { return s.separable() && len(s.Recipients) == 0 }

// wholeWorkflow reports that every run of the workflow is in scope.
func (s Scope) wholeWorkflow() bool {
	return s.Everyone() && s.KeyGlob == "" && s.KeyRegex == "" && len(s.Keys) == 0
}

// String is the workflow and what the scope leaves out of it, times in UTC.
func (s Scope) String() string {
	words := s.narrowed(func(t time.Time) string { return t.UTC().Format(time.RFC3339) })
	return strings.Join(append([]string{s.Workflow}, words...), "; ")
}

// Words say what the scope leaves out of its workflow, times as the clock on the wall has them; ""
// for nothing.
func (s Scope) Words() string {
	return strings.Join(s.narrowed(func(t time.Time) string { return t.Local().Format(time.DateTime) }), " · ")
}

// narrowed are the words for what the scope leaves out, a part each; at words a time.
func (s Scope) narrowed(at func(time.Time) string) []string {
	var parts []string
	add := func(what, value string) {
		if value != "" {
			parts = append(parts, what+" "+value)
		}
	}
	if len(s.Recipients) > 0 {
		names := make([]string, 0, recipientsWorded)
		for _, r := range s.Recipients[:min(len(s.Recipients), recipientsWorded)] {
			names = append(names, r.String())
		}
		if more := len(s.Recipients) - len(names); more > 0 {
			names = append(names, termtext.Count(more)+" more")
		}
		add("to", strings.Join(names, ", "))
	}
	add("tenant", s.Tenant)
	if s.Actor != nil {
		add("actor", s.Actor.String())
	}
	if !s.Since.IsZero() {
		add("since", at(s.Since))
	}
	if !s.Until.IsZero() {
		add("until", at(s.Until))
	}
	add("key", s.KeyGlob)
	add("key matches", s.KeyRegex)
	if len(s.Keys) > 0 {
		parts = append(parts, plural(len(s.Keys), "listed key"))
	}
	if len(s.Runs) > 0 {
		parts = append(parts, plural(len(s.Runs), "listed run"))
	}
	add("source", strings.Join(s.Sources, ", "))
	if s.Errors {
		parts = append(parts, "with errors")
	}
	for _, f := range s.Where {
		parts = append(parts, f.String())
	}
	return parts
}

// recipientsWorded is how many recipients a scope names in words.
const recipientsWorded = 3
