package sweep

import (
	"fmt"
	"strings"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/status"
)

const labelWidth = 16

// draw makes the lines anew and keeps the step under the cursor in sight.
func (v *plan) draw() {
	key := v.env.Hint
	var lines []string
	switch {
	case v.bad != nil:
		lines = v.complaint(v.bad, key(setScope)+" sets the scope, "+key(planList)+" shows earlier sweeps.")
	case !v.read && v.err != nil:
		lines = v.complaint(v.err, key(refreshPlan)+" makes the plan again, "+key(setScope)+" changes the scope.")
	case !v.read:
		lines = []string{"", "   " + v.env.Theme.Muted.Render("Loading pending runs "+v.env.Theme.Glyphs.Requested)}
	default:
		lines = v.planned()
	}
	first := len(lines)
	if v.read && v.bad == nil {
		lines = append(append(lines, ""), v.steps()...)
		lines = append(lines, "", v.line(theme.Muted, key(startSweep)+" starts it, once the workflow's key is typed. "+key(savePlan)+" saves the plan, "+key(openPlan)+" opens a saved one."))
	}
	v.pager.SetLines(lines)
	if len(lines) > first {
		v.pager.Show(0)
		v.pager.Show(first + 1 + v.at)
	}
}

func (v *plan) complaint(err error, help string) []string {
	return strings.Split(status.Failed(v.env.Theme, err.Error(), help, v.width), "\n")
}

func (v *plan) line(ink theme.Ink, s string) string {
	return "   " + v.env.Theme.Style(ink).Render(termtext.Truncate(s, max(1, v.width-4)))
}

// fact is a labelled line; one that is too long goes on below.
func (v *plan) fact(ink theme.Ink, label, s string) []string {
	var lines []string
	for _, part := range termtext.Wrap(s, max(10, v.width-labelWidth-4)) {
		lines = append(lines, "   "+v.env.Theme.Muted.Render(termtext.Fit(label, labelWidth))+v.env.Theme.Style(ink).Render(part))
		label = ""
	}
	return lines
}

// inks are what the tones of a plan and of a sweep are written in.
var inks = map[sweep.Tone]theme.Ink{sweep.Plain: theme.Plain, sweep.Good: theme.OK, sweep.Notice: theme.Attention, sweep.Warning: theme.Danger}

func (v *plan) planned() []string {
	e := v.estimate
	lines := v.drifted()
	for _, f := range e.Facts(sweep.Options{Freeze: v.takes(stepFreeze)}, v.session.Client.ServerNow()) {
		lines = append(lines, v.fact(inks[f.Tone], f.Name, f.Text)...)
		if words := v.scope.Words(); f.Name == "In scope" && words != "" && v.file == nil {
			lines = append(lines, v.fact(theme.Muted, "", words)...)
		}
	}
	if e.Frozen == nil {
		s := "whether it is frozen could not be read"
		if why, help := ops.Unmanaged(v.session.Client.Unmanaged()); why != "" {
			s += ", and freezing is not possible: " + why + "; " + help
		}
		lines = append(lines, v.fact(theme.Muted, "Freezing", s)...)
	}
	if v.err != nil {
		lines = append(lines, v.fact(theme.Danger, "Not read on", v.err.Error()+" · "+v.env.Hint(refreshPlan)+" makes the plan again")...)
	}
	if e.Runs == 0 && e.Complete && e.Doubt == "" {
		lines = append(lines, "", v.line(theme.Plain, "Nothing is pending in this scope. "+v.env.Hint(setScope)+" changes it, "+v.env.Hint(refreshPlan)+" looks again."))
	}
	return lines
}

func (v *plan) steps() []string {
	t := v.env.Theme
	where := v.env.Status().Where()
	words := [steps]string{
		stepFreeze: "Freeze " + v.scope.Workflow + " in " + where,
		stepCancel: "Cancel " + termtext.Plural(v.estimate.Keys, "key"),
		stepFollow: "Follow until nothing is pending",
		stepRecall: "Recall what landed in feeds",
	}
	switch {
	case v.counting:
		words[stepRecall] += " (counting the messages " + t.Glyphs.Requested + ")"
	case v.chosen[stepRecall] && v.reading:
		words[stepRecall] += " (counted once the plan is read)"
	case v.recall != nil:
		words[stepRecall] += " (" + v.recall.String() + ")"
	}
	if !v.estimate.Complete {
		words[stepCancel] = "Cancel at least " + termtext.Plural(v.estimate.Keys, "key")
	}
	var lines []string
	for i, s := range words {
		box := "[ ]"
		if v.takes(i) {
			box = "[x]"
		}
		if why := v.fixed(i); i == stepFreeze && why != "" {
			s = "Freeze: " + why
		}
		line := termtext.Fit(fmt.Sprintf("%d  %s  %s", i+1, box, s), max(1, v.width-5))
		if i == v.at {
			lines = append(lines, " "+t.PaintSelected(theme.Accent, t.Glyphs.Cursor)+t.PaintSelected(theme.Plain, " "+line))
			continue
		}
		lines = append(lines, "   "+t.Plain.Render(line))
	}
	return lines
}
