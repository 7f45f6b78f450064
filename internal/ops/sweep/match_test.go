package sweep

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/runner"
)

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// A cancel names key and recipient. Whatever else narrows a scope is our reading, and everyone may
// be meant only where nothing narrows it.
func TestWhatKnockCanHoldACancelTo(t *testing.T) {
	for name, x := range map[string]struct {
		narrow              func(*Scope)
		separable, everyone bool
	}{
		"the workflow":    {func(*Scope) {}, true, true},
		"a glob":          {func(s *Scope) { s.KeyGlob = "a-*" }, true, true},
		"a regex":         {func(s *Scope) { s.KeyRegex = "^a" }, true, true},
		"keys":            {func(s *Scope) { s.Keys = []string{"k"} }, true, true},
		"recipients":      {func(s *Scope) { s.Recipients = []client.Ref{{ID: "u"}} }, true, false},
		"a tenant":        {func(s *Scope) { s.Tenant = "acme" }, false, false},
		"an actor":        {func(s *Scope) { s.Actor = &client.Ref{ID: "u"} }, false, false},
		"a beginning":     {func(s *Scope) { s.Since = noon }, false, false},
		"an end":          {func(s *Scope) { s.Until = noon }, false, false},
		"sources":         {func(s *Scope) { s.Sources = []string{"api"} }, false, false},
		"errors":          {func(s *Scope) { s.Errors = true }, false, false},
		"a field":         {func(s *Scope) { s.Where = []Field{{"tenant", "acme"}} }, false, false},
		"runs":            {func(s *Scope) { s.Runs = []string{"r"} }, false, false},
		"keys and tenant": {func(s *Scope) { s.Keys, s.Tenant = []string{"k"}, "acme" }, false, false},
	} {
		s := Scope{Workflow: "w"}
		x.narrow(&s)
		if s.separable() != x.separable || s.Everyone() != x.everyone || (Plan{Scope: s}).RestsOnReading() == x.separable {
			t.Errorf("by %s: separable %v, everyone %v", name, s.separable(), s.Everyone())
		}
		if whole := name == "the workflow"; s.wholeWorkflow() != whole {
			t.Errorf("by %s: the whole workflow %v", name, s.wholeWorkflow())
		}
	}
}

// Each condition lets in what it names and nothing else, whatever the others say.
func TestEveryConditionIsMatched(t *testing.T) {
	run := func(change func(*client.Run)) *client.Run {
		r := &client.Run{
			ID: "r1", Workflow: "w", Status: client.RunPaused, Recipient: client.Ref{ID: "u"}, Actor: &client.Ref{ID: "boss"}, Tenant: "acme", ErrorCount: 1,
			TriggerSource: client.TriggerSource{Type: "schedule", CancellationKey: "a-1", ScheduleID: "s1"}, InsertedAt: noon,
		}
		change(r)
		return r
	}
	all := Scope{
		Workflow: "w", Recipients: []client.Ref{{ID: "u"}, {ID: "v"}}, Tenant: "acme", Actor: &client.Ref{ID: "boss"}, Since: noon, Until: noon,
		KeyGlob: "a-*", KeyRegex: "1$", Keys: []string{"a-1", "b-1", "a-2"}, Sources: []string{"schedule"}, Errors: true, Runs: []string{"r1"},
		Where: []Field{{"trigger_source.schedule_id", "s1"}, {"actor", "boss"}},
	}
	in := all.matcher()
	if !in(run(func(*client.Run) {})) {
		t.Fatal("what every condition names is out of scope")
	}
	for name, change := range map[string]func(*client.Run){
		"another workflow":  func(r *client.Run) { r.Workflow = "v" },
		"another run":       func(r *client.Run) { r.ID = "r2" },
		"another recipient": func(r *client.Run) { r.Recipient = client.Ref{ID: "x"} },
		"an object":         func(r *client.Run) { r.Recipient = client.Ref{Collection: "c", ID: "u"} },
		"another tenant":    func(r *client.Run) { r.Tenant = "globex" },
		"no tenant":         func(r *client.Run) { r.Tenant = "" },
		"too early":         func(r *client.Run) { r.InsertedAt = noon.Add(-1) },
		"too late":          func(r *client.Run) { r.InsertedAt = noon.Add(1) },
		"another source":    func(r *client.Run) { r.TriggerSource.Type = "api" },
		"no errors":         func(r *client.Run) { r.ErrorCount = 0 },
		"another schedule":  func(r *client.Run) { r.TriggerSource.ScheduleID = "s2" },
		"no schedule":       func(r *client.Run) { r.TriggerSource.ScheduleID = "" },
		"not the glob":      func(r *client.Run) { r.TriggerSource.CancellationKey = "b-1" },
		"not the regex":     func(r *client.Run) { r.TriggerSource.CancellationKey = "a-2" },
		"not a listed key":  func(r *client.Run) { r.TriggerSource.CancellationKey = "a-11" },
		"no key":            func(r *client.Run) { r.TriggerSource.CancellationKey = "" },
	} {
		if in(run(change)) {
			t.Errorf("%s is in scope", name)
		}
	}
	byActor := Scope{Workflow: "w", Actor: &client.Ref{ID: "boss"}}.matcher()
	for name, actor := range map[string]*client.Ref{"nobody": nil, "somebody else": {ID: "x"}, "an object": {Collection: "c", ID: "boss"}} {
		if byActor(run(func(r *client.Run) { r.Actor = actor })) {
			t.Errorf("what %s triggered is in scope", name)
		}
	}
	if (Scope{Workflow: "w", KeyGlob: "*"}).matcher()(run(func(r *client.Run) { r.TriggerSource.CancellationKey = "" })) {
		t.Error("a run without a key matches a glob")
	}
}

// A glob covers a key from its first character to its last, and only * and ? stand for others.
func TestGlobs(t *testing.T) {
	for _, x := range []struct {
		pattern, key string
		want         bool
	}{
		{"invite-*", "invite-1", true}, {"invite-*", "invite-", true}, {"invite-*", "re-invite-1", false}, {"invite-*", "reinvite-1", false},
		{"*-1", "invite-1", true}, {"*-1", "invite-12", false}, {"a?c", "abc", true}, {"a?c", "ac", false}, {"a?c", "abbc", false},
		{"a.c", "a.c", true}, {"a.c", "abc", false}, {"a/*", "a/b/c", true}, {"k", "k", true}, {"k", "kk", false}, {"*", "", true},
		{"[ab]", "a", false}, {"[ab]", "[ab]", true}, {"a*", "a\nb", true}, {"(a|b)", "a", false},
	} {
		if got := Glob(x.pattern)(x.key); got != x.want {
			t.Errorf("%q and %q: %v", x.pattern, x.key, got)
		}
	}
}

func TestScopesThatAreRefused(t *testing.T) {
	for name, x := range map[string]struct {
		change func(*Scope)
		want   string // "" for one that is taken
	}{
		"the workflow":                  {func(*Scope) {}, ""},
		"no workflow":                   {func(s *Scope) { s.Workflow = "" }, "empty"},
		"a list of no keys":             {func(s *Scope) { s.Keys = []string{} }, "holds none"},
		"a list of no runs":             {func(s *Scope) { s.Runs = []string{} }, "holds none"},
		"an empty key":                  {func(s *Scope) { s.Keys = []string{"a", ""} }, "key"},
		"a recipient without an id":     {func(s *Scope) { s.Recipients = []client.Ref{{ID: "u"}, {}} }, "without an id"},
		"a regex that is none":          {func(s *Scope) { s.KeyRegex = "(" }, "regex"},
		"a source that Knock has not":   {func(s *Scope) { s.Sources = []string{"api", "cron"} }, "cron"},
		"a field without a name":        {func(s *Scope) { s.Where = []Field{{"", "x"}} }, "field"},
		"a field whose path ends open":  {func(s *Scope) { s.Where = []Field{{"a.", "x"}} }, "field"},
		"a field that a cancel changes": {func(s *Scope) { s.Where = []Field{{"status", "paused"}} }, "as a run ends"},
		"another one":                   {func(s *Scope) { s.Where = []Field{{"updated_at", "x"}} }, "as a run ends"},
		"an end before its beginning":   {func(s *Scope) { s.Since, s.Until = noon, noon.Add(-1) }, "before"},
		"one moment":                    {func(s *Scope) { s.Since, s.Until = noon, noon }, ""},
	} {
		s := Scope{Workflow: "w"}
		x.change(&s)
		err := s.Check()
		if (err == nil) != (x.want == "") || err != nil && !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v", name, err)
		}
		var refusal *runner.Refusal
		if slices.Contains([]string{"no workflow", "a list of no keys", "a list of no runs", "a recipient without an id"}, name) && !errors.As(err, &refusal) {
			t.Errorf("%s is no refusal: %v", name, err)
		}
	}
}

// What no request can name is left, and told apart from what has no key.
func TestWhatACancelCanReach(t *testing.T) {
	for name, x := range map[string]struct {
		key             string
		to              client.Ref
		named, everyone Outcome // where cancels name recipients, and where they are for everyone
	}{
		"one that can be named":       {"k", client.Ref{ID: "u"}, Pending, Pending},
		"no key":                      {"", client.Ref{ID: "u"}, NoKey, NoKey},
		"nobody":                      {"k", client.Ref{}, Unnamed, Pending},
		"an object without an id":     {"k", client.Ref{Collection: "c"}, Unnamed, Pending},
		"a control character":         {"k", client.Ref{ID: "a\x00"}, Unnamed, Pending},
		"too long":                    {"k", client.Ref{ID: strings.Repeat("u", 256)}, Unnamed, Pending},
		"a key that cannot be named":  {"k\x00", client.Ref{ID: "u"}, Unnamed, Unnamed},
		"an id with space and comma":  {"k", client.Ref{ID: "u 1, u 2"}, Pending, Pending},
		"a key that is too long, too": {strings.Repeat("k", 256), client.Ref{}, Unnamed, Unnamed},
	} {
		r := &client.Run{ID: "r", Workflow: "w", Status: client.RunPaused, Recipient: x.to, TriggerSource: client.TriggerSource{CancellationKey: x.key}}
		s := Scope{Workflow: "w"}
		if got := s.reachable(r, false); got != x.named {
			t.Errorf("%s: %s where recipients are named, want %s", name, got, x.named)
		}
		if got := s.reachable(r, true); got != x.everyone {
			t.Errorf("%s: %s where everyone is meant, want %s", name, got, x.everyone)
		}
	}
}
