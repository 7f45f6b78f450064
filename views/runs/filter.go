package runs

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/ui"
)

// filter is what the list shows, in the words it was asked for.
type filter struct {
	statuses                       []client.RunStatus // empty: all
	workflow, tenant, since, until string
	recipient                      *client.Ref
	errors                         bool
	key                            string
	keyMatch                       func(string) bool
}

var allStatuses = []client.RunStatus{client.RunQueued, client.RunProcessing, client.RunPaused, client.RunCompleted, client.RunCancelled}

func parseFilter(p ui.Params) (filter, error) {
	f := filter{workflow: strings.TrimSpace(p[Workflow]), tenant: strings.TrimSpace(p[Tenant]), since: strings.TrimSpace(p[Since]), until: strings.TrimSpace(p[Until]), errors: p[Errors] == "yes", key: strings.TrimSpace(p[Key])}
	var err error
	if f.statuses, err = parseStatuses(p[Status]); err != nil {
		return f, err
	}
	if to := strings.TrimSpace(p[Recipient]); to != "" {
		ref, err := client.ParseRef(to)
		if err != nil {
			return f, err
		}
		f.recipient = &ref
	}
	for _, when := range []string{f.since, f.until} {
		if when == "" {
			continue
		}
		if _, err := ops.ParseWhen(when, time.Now()); err != nil {
			return f, err
		}
	}
	f.keyMatch = sweep.Glob(f.key)
	return f, nil
}

func parseStatuses(s string) ([]client.RunStatus, error) {
	switch s = strings.TrimSpace(s); s {
	case "", "pending":
		return client.PendingStatuses, nil
	case "all":
		return nil, nil
	}
	var out []client.RunStatus
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		st := client.RunStatus(word)
		if !slices.Contains(allStatuses, st) {
			return nil, fmt.Errorf("%q is not a status: use pending, all, queued, processing, paused, completed or cancelled", word)
		}
		out = append(out, st)
	}
	return out, nil
}

func (f filter) params() ui.Params {
	p := ui.Params{Workflow: f.workflow, Tenant: f.tenant, Since: f.since, Until: f.until, Key: f.key, Status: f.statusWord()}
	if f.recipient != nil {
		p[Recipient] = f.recipient.String()
	}
	if f.errors {
		p[Errors] = "yes"
	}
	return p
}

func (f filter) statusWord() string {
	switch {
	case len(f.statuses) == 0:
		return "all"
	case slices.Equal(f.statuses, client.PendingStatuses):
		return "pending"
	}
	words := make([]string, len(f.statuses))
	for i, s := range f.statuses {
		words[i] = string(s)
	}
	return strings.Join(words, ",")
}

// query is the part that Knock filters by; now anchors ages.
func (f filter) query(now time.Time) client.RunFilter {
	q := client.RunFilter{Workflow: f.workflow, Statuses: f.statuses, Tenant: f.tenant, Recipient: f.recipient}
	if f.errors {
		q.HasErrors = &f.errors
	}
	if f.since != "" {
		q.StartingAt, _ = ops.ParseWhen(f.since, now) // parseFilter has accepted it
	}
	if f.until != "" {
		q.EndingAt, _ = ops.ParseWhen(f.until, now)
	}
	return q
}

// matches tells whether a run belongs here by what does not change about it.
func (f filter) matches(r *client.Run) bool {
	return (f.workflow == "" || r.Workflow == f.workflow) &&
		(f.tenant == "" || r.Tenant == f.tenant) &&
		(f.recipient == nil || r.Recipient == *f.recipient)
}

func (f filter) matchesKey(r *client.Run) bool { return f.keyMatch(r.TriggerSource.CancellationKey) }

// String is the breadcrumb: "pending · workflow invite-reminder · to user_1".
func (f filter) String() string {
	parts := []string{f.statusWord()}
	add := func(word, value string) {
		if value != "" {
			parts = append(parts, word+" "+value)
		}
	}
	add("workflow", f.workflow)
	if f.recipient != nil {
		add("to", f.recipient.String())
	}
	add("tenant", f.tenant)
	add("key", f.key)
	add("since", f.since)
	add("until", f.until)
	if f.errors {
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
	if f.workflow != "" {
		s += " of " + f.workflow
	}
	if f.recipient != nil {
		s += " for " + f.recipient.String()
	}
	if f.key != "" {
		s += " under " + f.key
	}
	if f.tenant != "" || f.since != "" || f.until != "" || f.errors {
		s += " that match the filter"
	}
	return s + "."
}
