package ops

import (
	"fmt"
	"slices"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/termtext"
)

// everyone stands where a request names no recipient.
const everyone = "EVERYONE"

// CancelPrompt asks before a plan of cancels is carried out. complete says that the runs which the
// plan was made from were all that are pending; known are those that say where they are paused.
func (s *Session) CancelPrompt(p cancel.Plan, known []*client.Run, complete bool) consent.Prompt {
	n := p.Runs()
	runs := termtext.Plural(n, "run")
	totals, workflows := byWorkflow(p)
	f := s.Facts(workflows...)
	f.Count = n
	q := consent.Prompt{
		Question: consent.For(consent.CancelRuns, f), Title: fmt.Sprintf("Cancel %s in %s", runs, s.Where()),
		Totals: totals, Lines: append(scopes(p), ""), Yes: "Cancel " + runs, No: "No, keep them",
	}
	add := func(format string, args ...any) { q.Lines = append(q.Lines, fmt.Sprintf(format, args...)) }
	requests := termtext.Plural(len(p.Requests), "request")
	if isEveryone(p) {
		f.AtLeast = !complete
		q.Question = consent.For(consent.CancelEveryone, f)
		q.Title, q.Yes = fmt.Sprintf("Cancel EVERYONE under %s in %s", keys(p), s.Where()), "Cancel everyone"
		if len(p.Requests) == 1 {
			add("1 request that names no recipient: it ends every run under this key, also those not seen here.")
		} else {
			add("%s that name no recipient: they end every run under these keys, also those not seen here.", requests)
		}
	} else {
		q.Lines = append(q.Lines, requests+"."+others(p, complete))
	}
	switch {
	case n == 0:
		add("Nothing was seen pending. Knock accepts the cancel all the same, and later triggers under %s may be hit.", theseKeys(p))
	case isEveryone(p) && complete:
		add("%s known under %s.", termtext.Plural(n, "pending run"), theseKeys(p))
	case isEveryone(p):
		add("%s known under %s so far; there may be more.", termtext.Plural(n, "pending run"), theseKeys(p))
	case !complete:
		add("Not every run is known here: more may be pending under %s, and stay as they are.", theseKeys(p))
	}
	q.Lines = append(q.Lines, s.paused(known)...)
	also := 0
	for _, r := range p.Requests {
		also += len(r.Also)
	}
	if also > 0 {
		add("%s of the same recipients under %s, from other triggers, ends as well.", termtext.Plural(also, "run"), theseKeys(p))
	}
	if left := LeftOut(p); left != "" {
		add("Left out: %s", left)
	}
	return q
}

func isEveryone(p cancel.Plan) bool {
	return slices.ContainsFunc(p.Requests, func(r cancel.Request) bool { return len(r.Cancellation.Recipients()) == 0 })
}

// others says how many runs under the same keys stay as they are.
func others(p cancel.Plan, complete bool) string {
	n := 0
	for _, r := range p.Requests {
		n += r.Others
	}
	switch {
	case n == 1:
		return fmt.Sprintf(" 1 other pending run under %s stays as it is.", theseKeys(p))
	case n > 1:
		return fmt.Sprintf(" %s other pending runs under %s stay as they are.", termtext.Count(n), theseKeys(p))
	case complete:
		return " Nobody else is pending under " + theseKeys(p) + "."
	}
	return ""
}

// byWorkflow counts the runs that a plan ends in each workflow, where there are several.
func byWorkflow(p cancel.Plan) (totals, workflows []string) {
	runs, width := map[string]int{}, 0
	for _, r := range p.Requests {
		workflow := r.Cancellation.Workflow()
		if !slices.Contains(workflows, workflow) {
			workflows = append(workflows, workflow)
			width = max(width, termtext.Width(termtext.Clean(workflow)))
		}
		runs[workflow] += len(r.Runs)
	}
	if len(workflows) < 2 {
		return nil, workflows
	}
	for _, w := range workflows {
		totals = append(totals, termtext.Fit(w, width)+"   "+termtext.Plural(runs[w], "run"))
	}
	return totals, workflows
}

// besides is how many cells a request's workflow, key and recipients may take on one line; where
// they need more, the recipients stand below.
const besides = 56

// scopes lists what each request reaches, in columns. Nothing of it is cut: it is what the operator
// decides on.
func scopes(p cancel.Plan) []string {
	to := func(c client.Cancellation) string {
		if len(c.Recipients()) == 0 {
			return everyone
		}
		return Names(c.Recipients())
	}
	workflow, key, all := 0, 0, 0
	for _, r := range p.Requests {
		c := r.Cancellation
		workflow = max(workflow, termtext.Width(termtext.Clean(c.Workflow())))
		key = max(key, termtext.Width(termtext.Clean(c.Key())))
		all = max(all, termtext.Width(to(c)))
	}
	var lines []string
	for _, r := range p.Requests {
		c := r.Cancellation
		line := termtext.Fit(c.Workflow(), workflow) + "   key " + termtext.Fit(c.Key(), key)
		if workflow+key+all > besides {
			lines = append(lines, line, "   to "+to(c))
			continue
		}
		lines = append(lines, line+"   "+to(c))
	}
	return lines
}

// mostPlaces is how many places in which runs are paused are told.
const mostPlaces = 3

// paused says where runs are paused. Only runs that were read one by one tell it.
func (s *Session) paused(runs []*client.Run) []string {
	var lines []string
	for _, r := range runs {
		if len(r.Events) == 0 {
			continue
		}
		moments := Timeline(*r, nil, s.Client.ServerNow())
		at := moments[len(moments)-1]
		if !at.Waiting {
			continue
		}
		line := "Paused in " + at.Title + ": " + at.Text + "."
		if !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	if more := len(lines) - mostPlaces; more > 0 {
		lines = append(lines[:mostPlaces], "Others are paused elsewhere.")
	}
	return lines
}

// LeftOut says which chosen runs no request can reach, and why.
func LeftOut(p cancel.Plan) string {
	var parts []string
	if n := len(p.NoKey); n > 0 {
		parts = append(parts, termtext.Plural(n, "run")+" without a key ("+cancel.Uncancellable(p.NoKey[0])+")")
	}
	if n := len(p.Unnamed); n > 0 {
		parts = append(parts, termtext.Plural(n, "run")+" whose recipient or key no request can name")
	}
	if n := len(p.Ended); n > 0 {
		parts = append(parts, termtext.Plural(n, "run")+" that are over")
	}
	return strings.Join(parts, "; ")
}

// keys names the cancellation keys of a plan, or counts them.
func keys(p cancel.Plan) string {
	if len(p.Requests) == 1 {
		return p.Requests[0].Cancellation.Key()
	}
	return termtext.Plural(len(p.Requests), "key")
}

func theseKeys(p cancel.Plan) string {
	if len(p.Requests) == 1 {
		return "this key"
	}
	return "these keys"
}
