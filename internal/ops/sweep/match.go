package sweep

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
)

// fewRecipients are looked up one by one; of more, all runs of the workflow are read.
const fewRecipients = 20

// Field is a field of a run and the value that it must have.
type Field struct {
	Path  string `json:"path"`  // such as trigger_source.schedule_id
	Value string `json:"value"` // as text; a user or object as user_1 or collection/id
}

// ParseField reads PATH=VALUE.
func ParseField(s string) (Field, error) {
	path, value, ok := strings.Cut(s, "=")
	if !ok || path == "" {
		return Field{}, &client.InvalidError{Field: "where", Reason: fmt.Sprintf("%q is not PATH=VALUE, such as trigger_source.schedule_id=sched_1", s)}
	}
	return Field{path, value}, nil
}

func (f Field) String() string { return f.Path + "=" + f.Value }

// matches reports whether a run, as Knock sent it, has the value.
func (f Field) matches(r *client.Run) bool {
	raw, err := json.Marshal(r)
	if err != nil {
		return false
	}
	var at any
	if json.Unmarshal(raw, &at) != nil {
		return false
	}
	for _, name := range strings.Split(f.Path, ".") {
		object, ok := at.(map[string]any)
		if !ok {
			return false
		}
		if at, ok = object[name]; !ok {
			return false
		}
	}
	switch v := at.(type) {
	case nil:
		return f.Value == "null"
	case map[string]any:
		var ref client.Ref
		b, err := json.Marshal(v)
		return err == nil && json.Unmarshal(b, &ref) == nil && ref.ID != "" && ref.String() == f.Value
	default:
		return fmt.Sprint(v) == f.Value
	}
}

// matcher tells whether a run is in scope, whatever its status.
type matcher func(*client.Run) bool

func (s Scope) matcher() matcher {
	key := s.keyMatcher()
	recipients, runs := set(s.Recipients), set(s.Runs)
	return func(r *client.Run) bool {
		return r.Workflow == s.Workflow &&
			(len(runs) == 0 || runs[r.ID]) &&
			(len(recipients) == 0 || recipients[r.Recipient]) &&
			(s.Tenant == "" || r.Tenant == s.Tenant) &&
			(s.Actor == nil || r.Actor != nil && *r.Actor == *s.Actor) &&
			(s.Since.IsZero() || !r.InsertedAt.Before(s.Since)) &&
			(s.Until.IsZero() || !r.InsertedAt.After(s.Until)) &&
			(len(s.Sources) == 0 || slices.Contains(s.Sources, r.TriggerSource.Type)) &&
			(!s.Errors || r.ErrorCount > 0) &&
			!slices.ContainsFunc(s.Where, func(f Field) bool { return !f.matches(r) }) &&
			key(r.TriggerSource.CancellationKey)
	}
}

// keyMatcher tells whether a key is in scope. Runs without a key are, unless the scope says
// anything about keys.
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

// Glob matches a pattern in which * stands for anything and ? for one character. Unlike a file's, *
// also covers a slash: keys have no folders.
func Glob(pattern string) func(string) bool {
	expr := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern))
	return regexp.MustCompile("(?s)^" + expr + "$").MatchString
}

func set[T comparable](list []T) map[T]bool {
	out := make(map[T]bool, len(list))
	for _, v := range list {
		out[v] = true
	}
	return out
}

// wide are the lists in which every pending run is that a cancel of this scope could end: those in
// scope and those that share key and recipient with them.
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

// narrow are the shortest lists that hold every pending run in scope, and some that are not: Knock
// cannot filter by key.
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
