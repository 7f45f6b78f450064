package sweep

import (
	"fmt"
	"strings"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/status"
)

const labelWidth = 16

// draw makes the lines anew and keeps the step under the cursor in sight.
func (v *plan) draw() {
	key := v.env.Key
	var lines []string
	switch {
	case v.bad != nil:
		lines = v.complaint(v.bad, key("sweep.scope")+" sets the scope, "+key("sweep.list")+" shows earlier sweeps.")
	case !v.read && v.err != nil:
		lines = v.complaint(v.err, key("sweep.refresh")+" makes the plan again, "+key("sweep.scope")+" changes the scope.")
	case !v.read:
		lines = []string{"", "   " + v.env.Theme.Muted.Render("Loading pending runs "+v.env.Theme.Glyphs.Requested)}
	default:
		lines = v.planned()
	}
	first := len(lines)
	if v.read && v.bad == nil {
		lines = append(append(lines, ""), v.steps()...)
		lines = append(lines, "", v.line(theme.Muted, key("sweep.start")+" starts it, once the workflow's key is typed."))
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

func (v *plan) planned() []string {
	e, now := v.estimate, v.session.Client.ServerNow()
	least := ""
	if !e.Complete {
		least = "at least "
	}
	inScope := least + termtext.Plural(e.Runs, "run") + "   " + termtext.Plural(e.Keys, "key")
	if e.Runs > 0 {
		inScope += "   age " + termtext.Age(now.Sub(e.Youngest)) + " … " + termtext.Age(now.Sub(e.Oldest))
	}
	lines := v.fact(theme.Plain, "In scope", inScope)
	if words := narrowed(v.scope); words != "" {
		lines = append(lines, v.fact(theme.Muted, "", words)...)
	}
	if len(e.BySource) > 0 {
		lines = append(lines, v.fact(theme.Plain, "By source", counted(e.BySource))...)
	}
	lines = append(lines, v.fact(theme.Plain, "Can cancel", fmt.Sprintf("%s%s   %s   %s, then reading to prove it: %s",
		least, termtext.Plural(e.Cancellable, "run"), termtext.Plural(e.Requests, "request"), took(e.SendTime), took(e.ProveTime)))...)
	for _, source := range sourceNames(e.NoKeyBySource) {
		lines = append(lines, v.fact(theme.Attention, "Cannot cancel", termtext.Plural(e.NoKeyBySource[source], "run")+"   no key: "+remedy(source))...)
	}
	if e.TooYoung > 0 {
		lines = append(lines, v.fact(theme.Plain, "Too young", termtext.Plural(e.TooYoung, "run")+"   wait until they are 5 s old, then included")...)
	}
	if e.Excluded > 0 {
		lines = append(lines, v.fact(theme.Plain, "Stay", termtext.Plural(e.Excluded, "run")+"   under the same keys and out of scope")...)
	}
	if e.InflowPerMinute >= 1 {
		s := fmt.Sprintf("%s runs/min still arriving", termtext.Count(int(e.InflowPerMinute)))
		if !v.takes(stepFreeze) && v.fixed(stepFreeze) == "" {
			s += ": freeze first?"
		}
		lines = append(lines, v.fact(theme.Attention, "Inflow", s)...)
	}
	if e.Frozen == nil {
		s := "whether it is frozen could not be read"
		if why, help := ops.Unmanaged(v.session.Client.Unmanaged()); why != "" {
			s += ", and freezing is not possible: " + why + "; " + help
		}
		lines = append(lines, v.fact(theme.Muted, "Freezing", s)...)
	}
	if v.frozen() {
		lines = append(lines, v.fact(theme.Attention, "Frozen", "paused runs end if they wake while it is; thawed before that, they go on and send")...)
	}
	if v.err != nil {
		lines = append(lines, v.fact(theme.Danger, "Not read on", v.err.Error()+" · "+v.env.Key("sweep.refresh")+" makes the plan again")...)
	}
	if e.Runs == 0 && e.Complete {
		lines = append(lines, "", v.line(theme.Plain, "Nothing is pending in this scope. "+v.env.Key("sweep.scope")+" changes it, "+v.env.Key("sweep.refresh")+" looks again."))
	}
	return lines
}

// remedy is what ends runs without a key, by where they came from.
func remedy(source string) string {
	if source == "schedule" {
		return "freezing ends them if it lasts until they wake; deleting the schedule stops the next ones"
	}
	return "freezing ends them if it lasts until they wake"
}

func counted(by map[string]int) string {
	var parts []string
	for _, name := range sourceNames(by) {
		parts = append(parts, name+" "+termtext.Count(by[name]))
	}
	return strings.Join(parts, "   ")
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
