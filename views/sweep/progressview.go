package sweep

import (
	"fmt"
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui/theme"
)

// state is how a sweep stands: a glyph with a word.
func state(t *theme.Theme, r sweep.Record) (string, theme.Ink) {
	g, p := t.Glyphs, r.Progress
	switch v := p.Verdict(r.Options.Follow); {
	case p.Phase == sweep.PhaseDone && v == sweep.VerdictConfirmed:
		return g.Confirmed + " done", theme.OK
	case p.Phase == sweep.PhaseDone:
		return g.Unconfirmed + " " + r.State(), theme.Attention
	case p.Phase == sweep.PhaseAborted:
		return g.Cancelled + " aborted", theme.Attention
	case p.Phase == sweep.PhaseFailed:
		return g.Error + " failed", theme.Danger
	case !r.Running && r.Elsewhere == nil:
		return g.Unconfirmed + " cut off", theme.Attention
	case p.Paused:
		return g.Paused + " paused", theme.Attention
	case p.Phase == "":
		return g.Processing + " starting", theme.Accent
	}
	return g.Processing + " " + p.Phase, theme.Accent
}

func (v *watch) draw() {
	t := v.env.Theme
	switch {
	case v.err != nil && !v.known:
		v.pager.SetLines([]string{"", "   " + t.Danger.Render(termtext.Truncate(t.Glyphs.Error+" "+v.err.Error(), max(1, v.width-4))), "", "   " + t.Muted.Render(v.env.Hint(allSweeps)+" lists the sweeps, "+v.env.Hint(keymap.AppBack)+" goes back.")})
		return
	case !v.known:
		v.pager.SetLines([]string{"", "   " + t.Muted.Render("Loading the journal "+t.Glyphs.Requested)})
		return
	}
	r := v.record
	word, ink := state(t, r)
	lines := []string{" " + t.Style(ink).Render(word) + "   " + t.Plain.Render(termtext.Truncate(v.headline(), max(1, v.width-termtext.Width(word)-5))), ""}
	if v.runs() {
		lines = append(lines, v.bars()...)
		lines = append(lines, "")
	}
	lines = append(lines, v.counts()...)
	if r.Progress.Err != nil {
		lines = append(lines, "")
		for _, l := range termtext.Wrap(r.Progress.Err.Error(), max(10, v.width-6)) {
			lines = append(lines, "   "+t.Danger.Render(l))
		}
	}
	lines = append(lines, "")
	for _, l := range termtext.Wrap(v.advice(), max(10, v.width-6)) {
		lines = append(lines, "   "+t.Muted.Render(l))
	}
	v.pager.SetLines(lines)
}

func (v *watch) headline() string {
	return strings.TrimSuffix(v.record.Scope.Workflow+" · "+v.record.Scope.Words(), " · ")
}

func (v *watch) bars() []string {
	p := v.record.Progress
	v.accepted.SetTotal(p.Requests)
	v.accepted.Set(p.Accepted)
	v.accepted.SetNote(fmt.Sprintf("429: %s   errors: %s", termtext.Count(p.RateLimited), termtext.Count(p.Errors)))
	v.confirmed.SetTotal(0)
	if p.Counted {
		v.confirmed.SetTotal(p.Runs)
	} else if p.Expected > 0 {
		v.confirmed.SetTotal(max(p.Expected, p.Runs))
	}
	v.confirmed.Set(p.Confirmed)
	v.confirmed.SetNote(fmt.Sprintf("finished first %s   unconfirmed %s", termtext.Count(p.FinishedFirst), termtext.Count(p.Unconfirmed)))
	return []string{"   " + v.accepted.View(), "   " + v.confirmed.View()}
}

// counts are the numbers, one to a line where they say something; at those whose runs can be listed
// stands the cursor.
func (v *watch) counts() []string {
	t := v.env.Theme
	chosen, _ := v.chosen()
	var lines []string
	for _, n := range v.record.Progress.Numbers() {
		words := n.Words
		if left := v.record.Progress.ETA; n.Label == "Pending" && v.runs() && left > 0 {
			words += ", " + took(left) + " left of this"
		}
		line := termtext.Truncate(termtext.FitRight(termtext.Count(n.N), 9)+"  "+words, max(1, v.width-labelWidth-4))
		label := termtext.Fit(n.Label, labelWidth)
		if n.Listed && n.Label == chosen.Label {
			lines = append(lines, " "+t.PaintSelected(theme.Accent, t.Glyphs.Cursor)+t.PaintSelected(theme.Plain, " "+label+termtext.Fit(line, max(1, v.width-labelWidth-4))))
			continue
		}
		lines = append(lines, "   "+t.Muted.Render(label)+t.Style(inks[n.Tone]).Render(line))
	}
	if len(lines) == 0 {
		lines = append(lines, "   "+t.Muted.Render("Nothing was sent yet."))
	}
	return lines
}

// advice is what there is to do next.
func (v *watch) advice() string {
	p, key := v.record.Progress, v.record.Scope.Workflow
	var parts []string
	switch {
	case v.runs():
		parts = append(parts, fmt.Sprintf("It continues in the background: %s leaves this page, %s pauses, %s aborts.",
			v.env.Hint(keymap.AppBack), v.env.Hint(pauseSweep), v.env.Hint(abortSweep)))
	case p.Phase == sweep.PhaseDone && p.Quiet:
		parts = append(parts, "Two checks in a row found nothing pending in scope.")
	case p.Phase == sweep.PhaseDone:
	case v.record.Elsewhere != nil:
		h := v.record.Elsewhere
		parts = append(parts, fmt.Sprintf("%s carries it out in process %d since %s; this page follows what that writes down. To go on with it here, end that process first.", h.Who, h.PID, moment(h.Since)))
	default:
		parts = append(parts, "What was sent stays sent. "+v.env.Hint(resumeSweep)+" resumes it.")
	}
	if p.Frozen && !v.runs() {
		parts = append(parts, key+" was frozen by this sweep"+v.frozenNow(key)+": "+v.env.Hint(sweptWorkflow)+" goes there.")
	}
	parts = append(parts, "Every request stands in the history; "+v.session.Command("history export --format md")+" writes the report.")
	return strings.Join(parts, " ")
}

// frozenNow says whether a workflow that a sweep froze still is, as far as Pulse knows.
func (v *watch) frozenNow(workflow string) string {
	switch now := v.session.Pulse.Now(); {
	case slices.Contains(now.Frozen, workflow):
		return ", and stays so until somebody thaws it"
	case now.FrozenErr == nil && !now.ReadAt.IsZero():
		return ", and was thawed since"
	}
	return "; whether it still is was not read"
}
