package sweep

import (
	"fmt"
	"strings"

	"github.com/knockops/knockops/internal/termtext"
)

func plural(n int, noun string) string { return termtext.Plural(n, noun) }

// Command words a command of this program for the session's profile, so that it acts on the same
// environment when it is pasted.
func (x *Sweeps) Command(format string, args ...any) string {
	return x.r.Command(fmt.Sprintf(format, args...))
}

// Verdict is what a sweep reached.
type Verdict string

// The verdicts.
const (
	VerdictConfirmed   Verdict = "confirmed"         // every run in scope that a cancel can reach is cancelled or finished first, and some are cancelled
	VerdictNothing     Verdict = "nothing cancelled" // nothing was pending, or all of it finished first
	VerdictPart        Verdict = "done in part"      // something is unconfirmed, was left, or was hit out of scope
	VerdictUnconfirmed Verdict = "unconfirmed"       // accepted, not followed
	VerdictUnfinished  Verdict = "unfinished"        // aborted, failed or cut off
)

// Verdict judges a sweep that ended.
func (p Progress) Verdict(followed bool) Verdict {
	switch {
	case !p.Done:
		return VerdictUnfinished
	case !followed:
		return VerdictUnconfirmed
	case p.Unconfirmed+p.Refused+p.Gone+p.OutOfScope+p.NoKey+p.Inseparable+p.Unnamed+p.KeysUnseen+p.Errors > 0 || p.Err != nil:
		return VerdictPart
	case p.Confirmed == 0:
		return VerdictNothing
	}
	return VerdictConfirmed
}

// Summary says in a sentence or two what came of the runs, for every count that is not 0.
func (p Progress) Summary() string {
	var parts []string
	add := func(n int, format string, args ...any) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	of := ""
	if p.Runs != p.Confirmed {
		of = " of " + termtext.Count(p.Runs)
	}
	parts = append(parts, "confirmed "+termtext.Count(p.Confirmed)+of)
	add(p.FinishedFirst, "finished first %s", termtext.Count(p.FinishedFirst))
	add(p.ByExclusion, "%s of these by exclusion (%d of them read to check)", termtext.Count(p.ByExclusion), p.Sampled)
	add(p.Unconfirmed, "unconfirmed %s", termtext.Count(p.Unconfirmed))
	add(p.Refused, "refused by Knock %s", termtext.Count(p.Refused))
	add(p.Gone, "no longer known to Knock %s: this environment is not the one it was, or its data is gone", termtext.Count(p.Gone))
	add(p.NoKey, "without a key %s", termtext.Count(p.NoKey))
	add(p.Inseparable, "left because a run out of scope shares key and recipient %s", termtext.Count(p.Inseparable))
	add(p.Unnamed, "left because no request can name their recipient or key %s", termtext.Count(p.Unnamed))
	add(p.OutOfScope, "CANCELLED OUT OF SCOPE %s: they began within %s of the reading that their cancel rested on", termtext.Count(p.OutOfScope), p.Window.Round(1e8))
	add(p.KeysUnseen, "under %s nothing was seen, pending or ended: are they spelled right?", plural(p.KeysUnseen, "listed key"))
	return strings.Join(parts, "; ")
}

// State words where a sweep is. One that neither ended nor is carried out by anybody was cut off.
func (r Record) State() string {
	switch p := r.Progress; {
	case r.Running && p.Paused:
		return "paused"
	case p.unbegun() && (r.Running || r.Elsewhere != nil):
		return "starting"
	case p.Phase == PhaseDone:
		return doneWords[p.Verdict(r.Options.Follow)]
	case r.Running, r.Elsewhere != nil, p.Phase == PhaseAborted, p.Phase == PhaseFailed:
		return p.Phase
	case p.unbegun():
		return "cut off before it began"
	default:
		return "cut off while " + p.Phase
	}
}

var doneWords = map[Verdict]string{
	VerdictConfirmed: "done", VerdictNothing: "done, nothing cancelled", VerdictPart: "done in part", VerdictUnconfirmed: "done, not followed", VerdictUnfinished: "done",
}

func (p Progress) unbegun() bool { return p.Phase == "" || p.Phase == PhasePlanned }
