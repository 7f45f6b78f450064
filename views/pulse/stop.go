package pulse

import (
	"fmt"
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/sweeping"
)

// runaways are the banner: nothing, unless something is wrong.
func (v *view) runaways() []item {
	var items []item
	dot := " " + v.env.Theme.Glyphs.Dot + " "
	for _, r := range v.snapshot.Runaways {
		usual := "usual is " + termtext.Count(int(r.Usual))
		if r.Guessed {
			usual = "usual is not known yet"
		}
		parts := []string{
			fmt.Sprintf("%s RUNAWAY  %s: %s runs a minute, %s", v.env.Theme.Glyphs.Error, r.Workflow, termtext.Count(int(r.PerMinute)), usual),
			"since " + r.Since.Local().Format("15:04:05"),
		}
		if done := v.against(r); done != "" {
			parts = append(parts, done)
		}
		it := item{id: "runaway/" + r.Workflow, ink: theme.Danger, workflow: r.Workflow, text: strings.Join(parts, dot), open: nav.Sweep(nav.RunsOf{Workflow: r.Workflow}, true)}
		switch w, cut := v.sweeping(r.Workflow), v.cut(r.Workflow); {
		case w != nil:
			it.open, it.tail = nav.Sweeping(w.ID()), v.env.Hint(openIt)+" follows the sweep "
		case cut != nil:
			it.sweep, it.tail = cut, v.env.Hint(resumeIt)+" resumes the sweep "
		default:
			it.tail = v.env.Hint(stopIt) + " freezes and sweeps" + dot + v.env.Hint(openIt) + " plans a sweep "
		}
		items = append(items, it)
	}
	return items
}

// against says what was done against a runaway already.
func (v *view) against(r ops.Runaway) string {
	var parts []string
	workflow := r.Workflow
	switch {
	case slices.Contains(v.snapshot.Frozen, workflow):
		parts = append(parts, "frozen")
	case v.snapshot.FrozenErr == nil: // else nothing tells
		parts = append(parts, "not frozen")
	}
	if w := v.sweeping(workflow); w != nil {
		p := w.Progress()
		parts = append(parts, fmt.Sprintf("sweep %d %s %s", w.ID(), p.Phase, ofTotal(p)))
	} else if cut := v.cut(workflow); cut != nil {
		parts = append(parts, fmt.Sprintf("sweep %d %s at %s", cut.ID, cut.State(), ofTotal(cut.Progress)))
	} else if i := slices.IndexFunc(v.sweeps, func(s sweep.Record) bool {
		return s.Scope.Workflow == workflow && s.Progress.Done && s.StepAt.After(r.Since)
	}); i >= 0 {
		s := v.sweeps[i]
		parts = append(parts, fmt.Sprintf("sweep %d %s at %s: %s confirmed", s.ID, s.State(), s.StepAt.Local().Format("15:04:05"), termtext.Count(s.Progress.Confirmed)))
	}
	return strings.Join(parts, ", ")
}

// sweeping is the sweep of a workflow that is in progress here; nil where there is none.
func (v *view) sweeping(workflow string) *sweep.Sweep {
	for _, w := range v.session.Sweeps.Running() {
		if w.Scope().Workflow == workflow {
			return w
		}
	}
	return nil
}

// cut is the sweep of all of a workflow that was cut off last; nil where there is none.
func (v *view) cut(workflow string) *sweep.Record {
	for i, r := range v.cutOff {
		if r.Scope.Workflow == workflow && r.Scope.Words() == "" {
			return &v.cutOff[i]
		}
	}
	return nil
}

func (v *view) cannotStop() string {
	if w := v.sweeping(v.board.cursor().workflow); w != nil {
		return fmt.Sprintf("sweep %d of it is in progress", w.ID())
	}
	return ""
}

// resumable is the sweep under the cursor that was cut off; nil where there is none.
func (v *view) resumable() *sweep.Record { return v.board.cursor().sweep }

func (v *view) cannotResume() string {
	r := v.resumable()
	if r == nil {
		return "no sweep that was cut off is selected"
	}
	return sweeping.CannotResume(v.session, *r)
}
