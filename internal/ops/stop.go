package ops

import (
	"fmt"
	"slices"

	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
)

// StopPlan is how a workflow that runs away is stopped: frozen where that is possible and not done
// yet, and all that is pending in it swept, beginning with what the pulse has counted already.
func (s *Session) StopPlan(workflow string) (sweep.Plan, sweep.Options) {
	now := s.Pulse.Now()
	var frozen *bool
	if now.FrozenErr == nil {
		known := slices.Contains(now.Frozen, workflow)
		frozen = &known
	}
	p := sweep.Counted(&s.Runner, sweep.Scope{Workflow: workflow}, s.Pulse.Runs(workflow), frozen)
	return p, sweep.Options{Freeze: s.cannotFreeze() == "" && (frozen == nil || !*frozen), Follow: true}
}

func (s *Session) cannotFreeze() string {
	why, _ := Unmanaged(s.Client.Unmanaged())
	return why
}

// StopPrompt asks before a workflow is frozen and swept at once.
func (s *Session) StopPrompt(p sweep.Plan, o sweep.Options) consent.Prompt {
	q := s.SweepPrompt(consent.Stop, p, o, nil)
	f := s.Facts(p.Scope.Workflow)
	f.Count, f.AtLeast, f.Disarmed = p.Cancellable, true, s.Guard.ReadOnly()
	q.Question = consent.For(consent.Stop, f)
	runs := "what is pending"
	if p.Cancellable > 0 {
		runs = "at least " + termtext.Plural(p.Cancellable, "run")
	}
	does := "Sweep"
	if o.Freeze {
		does = "Freeze and sweep"
	}
	q.Title = fmt.Sprintf("%s %s in %s: cancel %s", does, p.Scope.Workflow, s.Where(), runs)
	q.Yes = does + " " + p.Scope.Workflow
	switch {
	case o.Freeze:
	case s.cannotFreeze() != "":
		q.Lines = append([]string{"It is not frozen: " + s.cannotFreeze() + ". What still arrives is swept as well."}, q.Lines...)
	default:
		q.Lines = append([]string{p.Scope.Workflow + " is frozen already."}, q.Lines...)
	}
	if q.Arms {
		q.Lines = append([]string{"Profile " + s.Profile + " is read-only: the yes arms it first, until it disarms automatically."}, q.Lines...)
	}
	return q
}
