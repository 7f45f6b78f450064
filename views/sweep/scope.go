package sweep

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/nav"
)

// scopeOf reads a scope from params; now anchors ages.
func scopeOf(p ui.Params, now time.Time) (sweep.Scope, error) {
	get := func(name string) string { return strings.TrimSpace(p[name]) }
	s := sweep.Scope{Workflow: get(Workflow), Tenant: get(Tenant), KeyGlob: get(Key), KeyRegex: get(Regex), Sources: words(get(Source)), Errors: get(Errors) == "yes"}
	var err error
	if s.Recipients, err = client.ParseRefs(get(Recipient)); err != nil {
		return s, err
	}
	if actor := get(Actor); actor != "" {
		ref, err := client.ParseRef(actor)
		if err != nil {
			return s, err
		}
		s.Actor = &ref
	}
	for _, text := range parts(get(Where)) {
		field, err := sweep.ParseField(text)
		if err != nil {
			return s, err
		}
		s.Where = append(s.Where, field)
	}
	for _, t := range []struct {
		word string
		into *time.Time
	}{{get(Since), &s.Since}, {get(Until), &s.Until}} {
		if t.word == "" {
			continue
		}
		if *t.into, err = termtext.ParseWhen(t.word, now); err != nil {
			return s, err
		}
	}
	return s, s.Check()
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// parts are what stands between commas.
func parts(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

// openRuns lists the runs of a scope, as far as the list can narrow, and says by what it cannot.
func openRuns(s sweep.Scope) tea.Cmd {
	of := nav.RunsOf{Workflow: s.Workflow, Tenant: s.Tenant, Key: s.KeyGlob, Since: moment(s.Since), Until: moment(s.Until), Errors: s.Errors}
	if len(s.Recipients) == 1 {
		of.Recipient = s.Recipients[0].String()
	}
	var wider []string
	for by, lost := range map[string]bool{
		"recipients": len(s.Recipients) > 1, "what is found in keys": s.KeyRegex != "", "listed keys": len(s.Keys) > 0, "sources": len(s.Sources) > 0,
		"the actor": s.Actor != nil, "fields": len(s.Where) > 0, "listed runs": len(s.Runs) > 0,
	} {
		if lost {
			wider = append(wider, by)
		}
	}
	if len(wider) == 0 {
		return nav.Runs(of)
	}
	slices.Sort(wider)
	return tea.Batch(nav.Runs(of), ui.Toast(ui.Warn, "more is listed than is in scope: the list does not narrow by %s", strings.Join(wider, ", ")))
}
