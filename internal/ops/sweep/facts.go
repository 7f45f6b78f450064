package sweep

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/termtext"
)

// Tone is how much a line matters.
type Tone int

// The tones.
const (
	Plain Tone = iota
	Good
	Notice  // look at it before going on
	Warning // something is wrong
)

// Fact is a line of a plan: what it is about, and a sentence.
type Fact struct {
	Name, Text string
	Tone       Tone
}

// Facts are what a plan says, in the console and on the command line alike, at a time by Knock's
// clock.
func (p Plan) Facts(o Options, now time.Time) []Fact {
	var out []Fact
	add := func(tone Tone, name, format string, args ...any) {
		out = append(out, Fact{name, fmt.Sprintf(format, args...), tone})
	}
	if p.Doubt != "" {
		add(Warning, "Doubt", "%s", p.Doubt)
	}
	least := ""
	if !p.Complete {
		least = "at least "
	}
	age := ""
	if p.Runs > 0 {
		age = "   age " + termtext.Age(now.Sub(p.Youngest)) + " … " + termtext.Age(now.Sub(p.Oldest))
	}
	if !p.Complete && p.Runs == 0 && len(p.Scope.Keys) > 0 { // the list says it all: nothing need be read first
		add(Plain, "In scope", "what is pending under %s   %s", plural(len(p.Scope.Keys), "listed key"), plural(p.Promise(o), "request"))
	} else {
		add(Plain, "In scope", "%s%s   %s%s", least, plural(p.Runs, "run"), plural(p.Keys, "key"), age)
		if len(p.BySource) > 0 {
			add(Plain, "By source", "%s", countedBy(p.BySource))
		}
		add(Plain, "Can cancel", "%s%s   %s   %s, then reading to prove it: %s",
			least, plural(p.Cancellable, "run"), plural(p.Promise(o), "request"), roughly(p.SendTime), roughly(p.ProveTime))
	}
	for _, source := range slices.Sorted(maps.Keys(p.NoKeyBySource)) {
		add(Notice, "Cannot cancel", "%s   no key: %s", plural(p.NoKeyBySource[source], "run"), remedy(source))
	}
	if p.Unnamed > 0 {
		add(Notice, "Cannot name", "%s   no request can name their recipient or key: they stay, and are listed", plural(p.Unnamed, "run"))
	}
	if n := p.StillYoung(now); n > 0 {
		add(Plain, "Too young", "%s   wait until they are %s old, then included", plural(n, "run"), cancel.MinAge)
	}
	if p.Excluded > 0 {
		add(Plain, "Stay", "%s   under the same keys and out of scope", plural(p.Excluded, "run"))
	}
	if p.RestsOnReading() {
		add(Notice, "Rests on", "a reading at most %s old as each cancel leaves: Knock cancels by key and recipient, so a run out of scope that begins "+
			"in between under both would end too. It is looked for afterwards and reported", freshFor)
	}
	if len(p.Batches) > 0 {
		add(Notice, "Batches", "%s: a cancel takes a run out of an open batch, and the window stays open and sends for the others", strings.Join(p.Batches, ", "))
	}
	if !p.Complete {
		add(Notice, "Not read", "what else is pending in scope is found, cancelled and counted apart as beyond the plan")
	}
	if p.InflowPerMinute >= 1 {
		text := termtext.Count(int(p.InflowPerMinute)) + " runs a minute still arriving"
		if !o.Freeze && (p.Frozen == nil || !*p.Frozen) {
			text += ": freeze first?"
		}
		add(Notice, "Inflow", "%s", text)
	}
	if p.Frozen != nil && *p.Frozen {
		add(Notice, "Frozen", "already: paused runs end if they wake while it is; thawed before that, they continue and send")
	}
	return out
}

// remedy is what ends runs without a key, by where they came from.
func remedy(source string) string {
	if source == "schedule" {
		return "freezing ends them if it lasts until they wake; deleting the schedule stops the next ones"
	}
	return "freezing ends them if it lasts until they wake"
}

// StillYoung counts the runs of the plan that are too young for a cancel at a time by Knock's clock.
func (p Plan) StillYoung(now time.Time) int {
	n := 0
	for _, at := range p.young {
		if now.Sub(at) < cancel.MinAge {
			n++
		}
	}
	return n
}

func roughly(d time.Duration) string {
	if d < time.Second {
		return "about 1 s"
	}
	return "about " + strings.TrimSuffix(d.Round(time.Second).String(), "0s")
}

func countedBy(n map[string]int) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(n)) {
		parts = append(parts, name+" "+termtext.Count(n[name]))
	}
	return strings.Join(parts, "   ")
}

// Number is a count of a sweep, with the words for it. Outcome is set where the runs behind it can
// be listed.
type Number struct {
	Label   string
	N       int
	Words   string
	Tone    Tone
	Outcome Outcome
	Listed  bool
}

// Numbers are the counts of a sweep that are not 0, in the order in which they are shown.
func (p Progress) Numbers() []Number {
	all := []Number{
		{Label: "Promised", N: p.Promised, Words: "cancels that the plan foresaw"},
		{Label: "Accepted", N: p.Accepted, Words: "cancels that Knock took; that is not proof"},
		{Label: "Beyond plan", N: p.Beyond, Words: "cancels that the plan did not foresee", Tone: Notice},
		{Label: "Repeated", N: p.Repeated, Words: "cancels sent again: no answer came, or runs stayed pending"},
		{Label: "Confirmed", N: p.Confirmed, Words: "runs read cancelled" + p.excluded(), Tone: Good, Outcome: Confirmed, Listed: true},
		{Label: "Finished first", N: p.FinishedFirst, Words: "runs completed before a cancel reached them", Tone: Notice, Outcome: FinishedFirst, Listed: true},
		{Label: "Pending", N: p.Pending, Words: "read as pending when last looked", Outcome: Pending, Listed: true},
		{Label: "Unconfirmed", N: p.Unconfirmed, Words: "runs are still pending after repeated cancels", Tone: Notice, Outcome: Unconfirmed, Listed: true},
		{Label: "Refused", N: p.Refused, Words: "runs whose cancel Knock refuses", Tone: Warning, Outcome: Refused, Listed: true},
		{Label: "Gone", N: p.Gone, Words: "runs that Knock no longer knows: this is not the environment it was, or its data is gone", Tone: Warning, Outcome: Gone, Listed: true},
		{Label: "No key", N: p.NoKey, Words: "pending runs that no cancel reaches", Tone: Notice, Outcome: NoKey, Listed: true},
		{Label: "Shared", N: p.Inseparable, Words: "runs left alone: a cancel would end one out of scope with them", Tone: Notice, Outcome: Shared, Listed: true},
		{Label: "Unnamed", N: p.Unnamed, Words: "runs left alone: no request can name their recipient or key", Tone: Notice, Outcome: Unnamed, Listed: true},
		{Label: "OUT OF SCOPE", N: p.OutOfScope, Words: "runs were cancelled that are not in scope: they began too late to be known", Tone: Warning, Outcome: OutOfScope, Listed: true},
		{Label: "Keys unseen", N: p.KeysUnseen, Words: "listed keys under which nothing was seen, pending or ended: are they spelled right?", Tone: Warning},
		{Label: "Late", N: p.Late, Words: "runs arrived while it went on"},
		{Label: "Errors", N: p.Errors, Words: "cancels failed for good", Tone: Warning},
		{Label: "Recalled", N: p.Recalled, Words: "in-app messages were archived", Tone: Good},
		{Label: "Not recallable", N: p.BeyondRecall, Words: "messages went out on other channels", Tone: Notice},
	}
	return slices.DeleteFunc(all, func(n Number) bool { return n.N == 0 })
}

// excluded says how many outcomes are known by exclusion, and what that means.
func (p Progress) excluded() string {
	if p.ByExclusion == 0 {
		return ""
	}
	return fmt.Sprintf("; %s of all outcomes by exclusion: nothing is pending and they are not on the list that ended first, %d of them read to check",
		termtext.Count(p.ByExclusion), p.Sampled)
}
