// Package confirm builds the questions that stand before what cannot be taken back
// and that several views ask in the same words: cancelling runs.
package confirm

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
)

// Cancel asks before the chosen runs are cancelled. The plan is made here and
// now; the answer acts on it and on nothing newer. known are the pending runs
// that the caller knows of, complete when they are all there are.
func Cancel(env ui.Env, s *ops.Session, chosen, known []*client.Run, complete bool) tea.Cmd {
	p := cancel.PlanCancel(chosen, known)
	if len(p.Requests) == 0 {
		return ui.Toast(ui.Warn, "none of %s can be cancelled: %s", termtext.Plural(len(chosen), "run"), leftOut(p))
	}
	n := p.Runs()
	runs := termtext.Plural(n, "run")
	totals, workflows := byWorkflow(p)
	lines := scopes(p)
	also, others := 0, 0
	for _, r := range p.Requests {
		also += len(r.Also)
		others += r.Others
	}
	lines = append(lines, "")
	sum := termtext.Plural(len(p.Requests), "request") + "."
	switch {
	case others > 0:
		sum += fmt.Sprintf(" %s under %s as they are.", plural(others, "other pending run", "other pending runs"), theseKeys(p)+stay(others))
	case complete:
		sum += " Nobody else is pending under " + theseKeys(p) + "."
	}
	lines = append(append(lines, sum), doing(s, chosen)...)
	if also > 0 {
		lines = append(lines, fmt.Sprintf("%s of the same recipients under %s, from other triggers, ends as well.", termtext.Plural(also, "run"), theseKeys(p)))
	}
	if !complete {
		lines = append(lines, "Not every run is known here: more may be pending under "+theseKeys(p)+", and stay as they are.")
	}
	if left := leftOut(p); left != "" {
		lines = append(lines, "Left out: "+left)
	}
	facts := s.Facts(workflows...)
	facts.Count = n
	return ask(env, s, p, consent.Prompt{
		Question: consent.For(consent.CancelRuns, facts), Title: fmt.Sprintf("Cancel %s in %s", runs, s.Where()),
		Totals: totals, Lines: lines, Yes: "Cancel " + runs,
	})
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

// Everyone asks before everything under a run's key is cancelled.
func Everyone(env ui.Env, s *ops.Session, run *client.Run, known []*client.Run, complete bool) tea.Cmd {
	key := run.TriggerSource.CancellationKey
	p := cancel.PlanEveryone(run.Workflow, key, known)
	n := p.Runs()
	count := termtext.Plural(n, "pending run") + " known under it."
	if !complete {
		count = termtext.Plural(n, "pending run") + " known under it so far: the list is still being read."
	}
	lines := []string{
		fmt.Sprintf("%s   key %s   %s", run.Workflow, key, everyone),
		"",
		"1 request that names no recipient: it ends every run under this key.",
		count,
	}
	lines = append(lines, doing(s, known)...)
	facts := s.Facts(run.Workflow)
	facts.Count, facts.AtLeast = n, !complete
	return ask(env, s, p, consent.Prompt{
		Question: consent.For(consent.CancelEveryone, facts), Title: fmt.Sprintf("Cancel EVERYONE under %s in %s", key, s.Where()),
		Lines: lines, Yes: "Cancel everyone",
	})
}

// Started tells the view that asked that the answer was yes.
type Started struct{}

const everyone = "EVERYONE"

func ask(env ui.Env, s *ops.Session, p cancel.Plan, prompt consent.Prompt) tea.Cmd {
	prompt.No = "No, keep them"
	return Ask(env, prompt, func(reason string) tea.Cmd { return tea.Batch(env.Send(Started{}), begin(s, p, reason)) })
}

// begin starts the plan in the background. Its end is told wherever the
// operator is by then.
func begin(s *ops.Session, p cancel.Plan, reason string) tea.Cmd {
	type outcome struct {
		counts cancel.Counts
		err    error
	}
	end := make(chan outcome, 1)
	s.Cancels.Start(p, reason, func(t cancel.Counts, err error) { end <- outcome{t, err} })
	return func() tea.Msg {
		o := <-end
		tone := ui.Good
		switch {
		case o.err != nil || o.counts.Failed > 0:
			return ui.Toast(ui.Bad, "cancel: %s", errorText(o.counts, o.err))()
		case o.counts.Unconfirmed > 0 || o.counts.FinishedFirst > 0:
			tone = ui.Warn
		}
		return ui.Toast(tone, "cancel: %s", countsText(o.counts))()
	}
}

func countsText(t cancel.Counts) string {
	var parts []string
	for _, p := range []struct {
		n    int
		word string
	}{{t.Confirmed, "confirmed"}, {t.FinishedFirst, "finished first"}, {t.Unconfirmed, "unconfirmed"}, {t.Failed, "failed"}} {
		if p.n > 0 {
			parts = append(parts, termtext.Count(p.n)+" "+p.word)
		}
	}
	if len(parts) == 0 {
		return "nothing was pending under this key"
	}
	return strings.Join(parts, " · ")
}

func errorText(t cancel.Counts, err error) string {
	if err == nil {
		return countsText(t)
	}
	return countsText(t) + ": " + err.Error()
}

// leftOut says which chosen runs no request can reach, and why.
func leftOut(p cancel.Plan) string {
	var parts []string
	if n := len(p.NoKey); n > 0 {
		parts = append(parts, termtext.Plural(n, "run")+" without a key ("+cancel.Uncancellable(p.NoKey[0])+")")
	}
	if n := len(p.Ended); n > 0 {
		parts = append(parts, termtext.Plural(n, "run")+" that are over")
	}
	return strings.Join(parts, "; ")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return termtext.Count(n) + " " + many
}

func theseKeys(p cancel.Plan) string {
	if len(p.Requests) == 1 {
		return "this key"
	}
	return "these keys"
}

func stay(n int) string {
	if n == 1 {
		return " stays"
	}
	return " stay"
}

// besides is how many cells a request's workflow, key and recipients may take on
// one line; where they need more, the recipients stand below.
const besides = 56

// scopes lists what each request reaches, in columns. Nothing of it is cut: it
// is what the operator decides on.
func scopes(p cancel.Plan) []string {
	workflow, key, all := 0, 0, 0
	for _, r := range p.Requests {
		c := r.Cancellation
		workflow = max(workflow, termtext.Width(termtext.Clean(c.Workflow())))
		key = max(key, termtext.Width(termtext.Clean(c.Key())))
		all = max(all, termtext.Width(ops.Names(c.Recipients())))
	}
	var lines []string
	for _, r := range p.Requests {
		c := r.Cancellation
		line, to := termtext.Fit(c.Workflow(), workflow)+"   key "+termtext.Fit(c.Key(), key), ops.Names(c.Recipients())
		if workflow+key+all > besides {
			lines = append(lines, line, "   to "+to)
			continue
		}
		lines = append(lines, line+"   "+to)
	}
	return lines
}

// doing says where runs are paused. Only runs that were read one by one tell it.
func doing(s *ops.Session, runs []*client.Run) []string {
	var lines []string
	for _, r := range runs {
		if len(r.Events) == 0 {
			continue
		}
		moments := ops.Timeline(*r, nil, s.Client.ServerNow())
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

// mostPlaces is how many places in which runs are paused are told.
const mostPlaces = 3
