package ops

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
)

// Report writes an incident report in Markdown: what was done, by whom and why,
// what came of it, and when. Cancels of one sweep that follow each other are one
// row of the timeline. Times are UTC. flags choose the profile in the commands that
// it suggests; without them an action's own profile does.
func Report(entries []AuditEntry, sweeps []sweep.Record, flags string) string {
	var b strings.Builder
	rows := timeline(entries, sweeps)
	b.WriteString("# Incident report\n\n")
	if len(rows) == 0 {
		b.WriteString("Nothing was done.\n")
		return b.String()
	}
	fmt.Fprintf(&b, "- From %s to %s (UTC)\n", utc(rows[0].at), utc(rows[len(rows)-1].at))
	for _, fact := range []struct {
		name string
		of   func(journal.Action) string
	}{
		{"Environment", func(a journal.Action) string { return a.Environment }},
		{"Profile", func(a journal.Action) string { return a.Profile }},
		{"By", func(a journal.Action) string { return a.Who }},
		{"Workflow", func(a journal.Action) string { return a.Workflow }},
		{"Reason", func(a journal.Action) string { return a.Reason }},
	} {
		if values := distinct(entries, fact.of); len(values) > 0 {
			fmt.Fprintf(&b, "- %s: %s\n", fact.name, markdown(strings.Join(values, ", ")))
		}
	}
	reportBegan(&b, sweeps)
	reportFrozen(&b, entries)
	reportInterrupted(&b, sweeps)
	reportOutcomes(&b, entries, sweeps)
	for _, s := range sweeps {
		reportSweep(&b, s)
	}
	reportNext(&b, entries, sweeps, flags)
	reportUnknown(&b, entries, flags)
	b.WriteString("\n## Timeline\n\n| Time | By | What | Outcome | Request id |\n| --- | --- | --- | --- | --- |\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", utc(r.at), markdown(r.who), markdown(r.what), markdown(r.outcome), markdown(r.request))
	}
	return b.String()
}

// reportUnknown lists what nobody heard the end of, with the commands that tell.
func reportUnknown(b *strings.Builder, entries []AuditEntry, flags string) {
	title := "\n## Outcome unknown\n\nNo answer came to these requests: they may have reached Knock.\n\n"
	for _, e := range entries {
		if e.Standing() != StandsUnknown {
			continue
		}
		line := fmt.Sprintf("- %s %s", utc(e.At), markdown(ActionWords(e.Action)))
		if command := FindOut(e.Action); command != "" {
			line += ": `" + termtext.Clean(runner.Bound(command, cmp.Or(flags, runner.ProfileFlags(e.Profile, "")))) + "` tells"
		}
		b.WriteString(title + line + "\n")
		title = ""
	}
}

func reportSweep(b *strings.Builder, s sweep.Record) {
	p := s.Progress
	fmt.Fprintf(b, "\n## Sweep %d of %s\n\n", s.ID, markdown(s.Scope.Workflow))
	fmt.Fprintf(b, "- Scope: %s\n- State: %s\n", markdown(s.Scope.String()), s.State())
	if !p.Oldest.IsZero() {
		fmt.Fprintf(b, "- Its runs were triggered from %s to %s\n", utc(p.Oldest), utc(p.Youngest))
	}
	fmt.Fprintf(b, "- Cancels accepted: %s of %s; the plan foresaw %s\n", termtext.Count(p.Accepted), termtext.Count(p.Requests), termtext.Count(p.Promised))
	fmt.Fprintf(b, "- Confirmed cancelled: %s of %s\n", termtext.Count(p.Confirmed), termtext.Plural(p.Runs, "run"))
	for _, line := range []struct {
		n    int
		what string
	}{
		{p.ByExclusion, "Of these known by exclusion: nothing in scope was pending, and they were not among those that ended otherwise"},
		{p.FinishedFirst, "Finished before the cancel reached them"},
		{p.Unconfirmed, "Unconfirmed, still pending after repeated cancels"},
		{p.NoKey, "Without a cancellation key, and so beyond any cancel"},
		{p.Inseparable, "Left alone because a run out of scope has the same key and recipient"},
		{p.Unnamed, "Left alone because no request can name their recipient or key"},
		{p.Refused, "Whose cancel Knock refused"},
		{p.Gone, "No longer known to Knock"},
		{p.OutOfScope, "CANCELLED ALTHOUGH OUT OF SCOPE"},
		{p.KeysUnseen, "Listed keys under which nothing was seen"},
		{p.Beyond, "Cancels beyond those that the plan foresaw"},
		{p.Repeated, "Cancels sent again"},
		{p.Late, "Arrived while the sweep went on"},
		{p.Pending, "Pending when last looked"},
		{p.Errors, "Cancels that Knock refused"},
		{p.Recalled, "In-app messages taken back"},
		{p.BeyondRecall, "Messages on other channels, cannot be recalled"},
	} {
		if line.n > 0 {
			fmt.Fprintf(b, "- %s: %s\n", line.what, termtext.Count(line.n))
		}
	}
}

// reportRow is a row of the timeline.
type reportRow struct {
	at                          time.Time
	who, what, outcome, request string
}

func timeline(entries []AuditEntry, sweeps []sweep.Record) []reportRow {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b AuditEntry) int { return int(a.ID - b.ID) })
	var rows []reportRow
	for i := 0; i < len(entries); i++ {
		a := entries[i]
		end := i + 1
		for a.Sweep != 0 && end < len(entries) && entries[end].Sweep == a.Sweep && entries[end].Kind == a.Kind {
			end++
		}
		if end-i == 1 {
			rows = append(rows, reportRow{a.At, a.Who, ActionWords(a.Action), outcomeWords(a), a.RequestID})
			continue
		}
		rows = append(rows, several(entries[i:end]))
		i = end - 1
	}
	for _, s := range sweeps {
		for _, step := range s.Steps {
			what := fmt.Sprintf("sweep %d: %s", s.ID, step.Progress.Phase)
			rows = append(rows, reportRow{step.At, s.Who, what, step.Text, ""})
		}
	}
	slices.SortStableFunc(rows, func(a, b reportRow) int { return a.at.Compare(b.at) })
	return rows
}

// several makes one row of requests of one kind that a sweep sent in a row.
func several(entries []AuditEntry) reportRow {
	a, last := entries[0], entries[len(entries)-1]
	states := map[journal.State]int{}
	for _, one := range entries {
		states[one.State]++
	}
	verdicts := AuditEntry{Verdicts: map[string]int{}}
	for _, one := range entries {
		for what, n := range one.Verdicts {
			verdicts.Verdicts[what] += n
		}
	}
	outcome := countStates(states)
	request := a.RequestID
	if last.RequestID != "" && last.RequestID != request {
		request += " … " + last.RequestID
	}
	if runs := verdicts.VerdictWords(); runs != "" {
		outcome += ", runs: " + runs
	}
	what := fmt.Sprintf("sweep %d: %s for %s", a.Sweep, termtext.Plural(len(entries), string(a.Kind)+" request"), a.Workflow)
	return reportRow{a.At, a.Who, what, outcome, request}
}

var stateWords = map[journal.State]string{
	journal.Begun: "in progress", journal.Done: "accepted", journal.Failed: "failed", journal.Unknown: "unknown",
}

func outcomeWords(a AuditEntry) string {
	out := stateWords[a.State]
	if a.Status != 0 {
		out += fmt.Sprintf(" (%d)", a.Status)
	}
	if a.Outcome != "" {
		out += ": " + a.Outcome
	}
	if runs := a.VerdictWords(); runs != "" {
		out += "; runs: " + runs
	}
	return out
}

// ActionWords says in a few words what an action does.
func ActionWords(a journal.Action) string {
	out := strings.TrimSpace(string(a.Kind) + " " + cmp.Or(subject(a), a.Workflow))
	if a.Key != "" {
		out += ", key " + a.Key
	}
	switch n := len(a.Recipients); {
	case a.Everyone:
		out += ", everyone"
	case n > 0 && n <= recipientsWorded:
		out += ", to " + strings.Join(a.Recipients, ", ")
	case n > 0:
		out += ", to " + termtext.Plural(n, "recipient")
	}
	return out
}

// subject is what an action is about that its columns do not say: the event that
// was sent, the messages that were archived. It stands in the request.
func subject(a journal.Action) string {
	var request struct {
		Event    string   `json:"event"`
		Messages []string `json:"message_ids"`
	}
	if a.Kind == journal.Request {
		return a.Method + " " + a.Path
	}
	if a.Kind != journal.Track && a.Kind != journal.Archive || json.Unmarshal(a.Request, &request) != nil {
		return ""
	}
	switch n := len(request.Messages); {
	case n == 1:
		return "message " + request.Messages[0]
	case n > 1:
		return termtext.Plural(n, "message") + ", " + request.Messages[0] + " first"
	}
	return request.Event
}

func distinct(entries []AuditEntry, of func(journal.Action) string) []string {
	var out []string
	for _, e := range entries {
		if v := of(e.Action); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}

func utc(t time.Time) string { return t.UTC().Format(time.DateTime) }

// markdown is text as a cell of a table, without anything that acts as markup.
func markdown(s string) string {
	return strings.NewReplacer(`\`, `\\`, "|", `\|`, "`", "\\`", "*", `\*`, "_", `\_`, "<", "&lt;", "[", `\[`, "#", `\#`).Replace(termtext.Clean(s))
}

// recipientsWorded is how many recipients an action names in words.
const recipientsWorded = 3
