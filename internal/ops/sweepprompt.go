package ops

import (
	"fmt"
	"time"

	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
)

// staleAfter is how old a plan may be without its age being said before it is carried out.
const staleAfter = time.Minute

// SweepPrompt asks before a plan is carried out: by a sweep, an apply or a retry. recall is what a
// recall would take, nil where it was not counted.
func (s *Session) SweepPrompt(act consent.Act, p sweep.Plan, o sweep.Options, recall *sweep.RecallCount) consent.Prompt {
	f := s.Facts(p.Scope.Workflow)
	f.Count, f.AtLeast = p.Cancellable, !p.Complete
	if !o.Freeze {
		f.Inflow = p.InflowPerMinute
	}
	workflow, runs := p.Scope.Workflow, termtext.Plural(p.Cancellable, "run")
	if !p.Complete {
		runs = "at least " + runs
	}
	total := fmt.Sprintf("%s   %s   %s", workflow, runs, termtext.Plural(p.Keys, "key"))
	if listed := len(p.Scope.Keys); !p.Complete && listed > 0 { // the list says it all: nothing need be read first
		runs = "what is pending under " + termtext.Plural(listed, "listed key")
		total = workflow + "   " + runs
	}
	q := consent.Prompt{
		Question: consent.For(act, f), Title: fmt.Sprintf("Sweep %s in %s: cancel %s", workflow, s.Where(), runs),
		Totals: totals(p.Scope, total),
		Yes:    "Sweep " + runs, No: "No, send nothing",
	}
	if p.Runs == 0 && p.Complete && o.Recall && !o.Freeze {
		q.Yes = "Recall what landed in feeds" // the only reason to go on
	}
	add := func(format string, args ...any) { q.Lines = append(q.Lines, fmt.Sprintf(format, args...)) }
	if o.Freeze {
		add("First %s is frozen: triggers are refused until somebody thaws it.", workflow)
	}
	requests := termtext.Plural(p.Promise(o), "request")
	if p.Scope.Everyone() {
		add("%s, one for each key: whoever is under it is in scope.", requests)
	} else {
		add("%s that name their recipients. Other runs under these keys stay as they are.", requests)
	}
	if p.NoKey > 0 {
		add("%s without a key cannot be cancelled, and stay.", termtext.Plural(p.NoKey, "run"))
	}
	if o.Follow && len(p.Scope.Runs) == 0 {
		add("What arrives in scope meanwhile is swept as well, until nothing is pending.")
	}
	if o.Recall {
		add("Then in-app messages of the scope are archived. Other messages cannot be recalled.")
		counted := "how many was not counted yet"
		if recall != nil {
			counted = recall.String()
		}
		add("As far as the plan knows: %s.", counted)
	}
	if age := time.Since(p.At); !p.At.IsZero() && age > staleAfter {
		add("The plan is %s old.", termtext.Age(age))
	}
	return q
}

// ResumePrompt asks before a sweep that was cut off goes on.
func (s *Session) ResumePrompt(r sweep.Record) consent.Prompt {
	f := s.Facts(r.Scope.Workflow)
	f.Count, f.AtLeast = max(r.Progress.Pending, r.Progress.Runs-r.Progress.Accounted()), true // it is not read again before
	q := consent.Prompt{
		Question: consent.For(consent.SweepResume, f), Title: fmt.Sprintf("Resume sweep %d of %s in %s", r.ID, r.Scope.Workflow, s.Where()),
		Totals: totals(r.Scope),
		Lines: []string{
			"Started " + r.At.Local().Format(time.DateTime) + " by " + r.Who + ". It is " + r.State() + ".",
			"What Knock accepted is not sent again, unless its runs are still pending.",
		},
		Yes: "Resume the sweep", No: "No, send nothing",
	}
	if len(r.Scope.Runs) == 0 {
		q.Lines = append(q.Lines, "What is in scope by now and was not then is swept as well.")
	}
	if r.Options.Freeze && !r.Progress.Frozen {
		q.Lines = append(q.Lines, r.Scope.Workflow+" is frozen first: triggers are refused until somebody thaws it.")
	}
	if r.Options.Recall {
		q.Lines = append(q.Lines, "At its end in-app messages of the scope are archived.")
	}
	return q
}

// MorePrompt asks whether a sweep goes on that is held up: more is due than its plan foresaw, or why
// says what else.
func (s *Session) MorePrompt(w *sweep.Sweep, why error) consent.Prompt {
	f := s.Facts(w.Scope().Workflow)
	f.Count = w.More()
	q := consent.Prompt{
		Question: consent.For(consent.SendMore, f), Title: fmt.Sprintf("Sweep %d is held up", w.ID()),
		Lines: []string{why.Error(), "Until it goes on nothing is sent. What was sent stays sent."},
		Yes:   "Go on", No: "No, leave it paused",
	}
	if f.Count > 0 {
		q.Lines = append(q.Lines, "Going on allows "+termtext.Count(f.Count)+" more before it asks again.")
	}
	return q
}

// totals are lines that stay in sight, with what a scope leaves out where it leaves something out.
func totals(s sweep.Scope, lines ...string) []string {
	if words := s.Words(); words != "" {
		lines = append(lines, words)
	}
	return lines
}
