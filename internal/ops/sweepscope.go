package ops

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
)

// fewRecipients are looked up one by one; of more, all runs of the workflow are read.
const fewRecipients = 20

// matcher tells whether a run is in scope, whatever its status.
type matcher func(*client.Run) bool

func (s Scope) matcher() matcher {
	key := s.keyMatcher()
	recipients := set(s.Recipients)
	return func(r *client.Run) bool {
		return r.Workflow == s.Workflow &&
			(len(recipients) == 0 || recipients[r.Recipient]) &&
			(s.Tenant == "" || r.Tenant == s.Tenant) &&
			(s.Since.IsZero() || !r.InsertedAt.Before(s.Since)) &&
			(s.Until.IsZero() || !r.InsertedAt.After(s.Until)) &&
			(len(s.Sources) == 0 || slices.Contains(s.Sources, r.TriggerSource.Type)) &&
			(!s.Errors || r.ErrorCount > 0) &&
			key(r.TriggerSource.CancellationKey)
	}
}

// keyMatcher tells whether a key is in scope. Runs without a key are, unless the
// scope says anything about keys.
func (s Scope) keyMatcher() func(string) bool {
	var tests []func(string) bool
	if s.KeyGlob != "" {
		tests = append(tests, Glob(s.KeyGlob))
	}
	if s.KeyRegex != "" {
		tests = append(tests, regexp.MustCompile(s.KeyRegex).MatchString) // Check compiled it
	}
	if len(s.Keys) > 0 {
		keys := set(s.Keys)
		tests = append(tests, func(k string) bool { return keys[k] })
	}
	return func(key string) bool {
		for _, in := range tests {
			if key == "" || !in(key) {
				return false
			}
		}
		return true
	}
}

func set[T comparable](list []T) map[T]bool {
	out := make(map[T]bool, len(list))
	for _, v := range list {
		out[v] = true
	}
	return out
}

// separable scopes only tell runs apart by what a cancel can name: key and
// recipient. Of the runs that one cancel ends, all are in scope then, also those
// that nobody has seen.
func (s Scope) separable() bool {
	return s.Tenant == "" && s.Since.IsZero() && s.Until.IsZero() && len(s.Sources) == 0 && !s.Errors
}

// Everyone reports that a key in scope is in scope for everyone, so that a
// cancel under it need not name recipients. This never follows from what was
// listed: the list may be behind, and a run that nobody saw would be hit.
func (s Scope) Everyone() bool { return s.separable() && len(s.Recipients) == 0 }

// wholeWorkflow reports that every run of the workflow is in scope.
func (s Scope) wholeWorkflow() bool {
	return s.Everyone() && s.KeyGlob == "" && s.KeyRegex == "" && len(s.Keys) == 0
}

// wide are the lists in which every pending run is that a cancel of this scope
// could end: those in scope and those that share key and recipient with them.
func (s Scope) wide() []client.RunFilter {
	all := client.RunFilter{Workflow: s.Workflow, Statuses: client.PendingStatuses}
	if n := len(s.Recipients); n == 0 || n > fewRecipients {
		return []client.RunFilter{all}
	}
	out := make([]client.RunFilter, len(s.Recipients))
	for i := range s.Recipients {
		out[i] = all
		out[i].Recipient = &s.Recipients[i]
	}
	return out
}

// narrow are the shortest lists that hold every pending run in scope, and some
// that are not: Knock cannot filter by key.
func (s Scope) narrow() []client.RunFilter {
	out := s.wide()
	for i := range out {
		out[i].Tenant = s.Tenant
		if !s.Since.IsZero() {
			out[i].StartingAt = s.Since.Add(-time.Second) // whether a bound is part of the list is not documented
		}
		if !s.Until.IsZero() {
			out[i].EndingAt = s.Until.Add(time.Second)
		}
		if s.Errors {
			out[i].HasErrors = &s.Errors
		}
	}
	return out
}

// String words the scope.
func (s Scope) String() string {
	parts := []string{s.Workflow}
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
			names = append(names, fmt.Sprintf("%d more", more))
		}
		add("to", strings.Join(names, ", "))
	}
	add("tenant", s.Tenant)
	if !s.Since.IsZero() {
		add("since", s.Since.UTC().Format(time.RFC3339))
	}
	if !s.Until.IsZero() {
		add("until", s.Until.UTC().Format(time.RFC3339))
	}
	add("key glob", s.KeyGlob)
	add("key regex", s.KeyRegex)
	if len(s.Keys) > 0 {
		parts = append(parts, termtext.Plural(len(s.Keys), "listed key"))
	}
	add("source", strings.Join(s.Sources, ", "))
	if s.Errors {
		parts = append(parts, "with errors")
	}
	return strings.Join(parts, "; ")
}

// recipientsWorded is how many recipients a scope names in words.
const recipientsWorded = 3

// NoKeyRemedy says what ends runs without a cancellation key, by the type of
// what triggered them.
func NoKeyRemedy(source string) string {
	return Uncancellable(&client.Run{TriggerSource: client.TriggerSource{Type: source}})
}
