package ops

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
)

// Standing is how an action stands: what came of its request, and of a cancel what became of its runs.
type Standing int

// How an action can stand. What Knock took is done, but for a cancel: that is only requested until
// the runs themselves prove it.
const (
	StandsInProgress Standing = iota
	StandsDone
	StandsRequested
	StandsConfirmed
	StandsFinishedFirst // none is unconfirmed, and some completed before the cancel reached them
	StandsUnconfirmed
	StandsFailed
	StandsUnknown // no answer came, or none that this machine heard of
	StandsCutOff  // of a sweep: nobody carries it out, and it is not done
)

func (s Standing) String() string {
	return [...]string{"in progress", "done", "requested", "confirmed", "finished first", "unconfirmed", "failed", "unknown", "cut off"}[s]
}

// Means is a standing in a sentence.
func (s Standing) Means() string {
	return [...]string{
		"It is in progress.",
		"Knock accepted it.",
		"Knock accepted it. That is not proof: only the runs themselves tell what became of them.",
		"Knock accepted it, and every run reads cancelled.",
		"Knock accepted it. Some runs completed before the cancel reached them.",
		"It is not proven of every run that it ended.",
		"Knock refused it, or it never left.",
		"No answer came: it may have reached Knock.",
		"Nobody carries it out, and it is not done: it can be resumed.",
	}[s]
}

// Open reports that something is left to find out: [FindOut] says how.
func (s Standing) Open() bool {
	return s == StandsRequested || s == StandsUnconfirmed || s == StandsUnknown || s == StandsCutOff
}

// Standing is how the action stands.
func (e AuditEntry) Standing() Standing {
	v := e.Verdicts
	switch {
	case e.State == journal.Begun:
		return StandsInProgress
	case e.State == journal.Failed:
		return StandsFailed
	case e.Swept != nil:
		return sweepStanding(e.Swept)
	case e.Together != nil:
		return actStanding(e.Together)
	case v[sweep.Pending.String()] > 0, v[cancel.Requested.String()] > 0:
		return StandsRequested
	case v[cancel.Unconfirmed.String()] > 0 || v[cancel.Failed.String()] > 0 || v[sweep.Refused.String()] > 0 || v[sweep.Gone.String()] > 0:
		return StandsUnconfirmed
	case v[cancel.FinishedFirst.String()] > 0:
		return StandsFinishedFirst
	case v[cancel.Confirmed.String()] > 0:
		return StandsConfirmed
	case e.State == journal.Unknown:
		return StandsUnknown
	case e.Kind == journal.Cancel:
		return StandsRequested
	}
	return StandsDone
}

// sweepStanding is how a sweep stands that nobody carries out, by the verdict it reached: its counts alone do not tell
// of runs that it left, or that it hit out of scope.
func sweepStanding(r *sweep.Record) Standing {
	p := r.Progress
	switch v := p.Verdict(r.Options.Follow); {
	case v == sweep.VerdictUnfinished:
		return StandsCutOff
	case v == sweep.VerdictUnconfirmed:
		return StandsRequested
	case v == sweep.VerdictPart:
		return StandsUnconfirmed
	case p.FinishedFirst > 0:
		return StandsFinishedFirst
	case v == sweep.VerdictConfirmed:
		return StandsConfirmed
	}
	return StandsDone
}

// StateWords name how the action stands; a sweep is named as the list of sweeps does.
func (e AuditEntry) StateWords() string {
	if e.Swept != nil {
		return e.Swept.State()
	}
	return e.Standing().String()
}

// VerdictWords counts what became of a cancel's runs, "" where that is not known: "2 confirmed, 1 unconfirmed".
func (e AuditEntry) VerdictWords() string {
	var parts []string
	for _, v := range slices.Sorted(maps.Keys(e.Verdicts)) {
		parts = append(parts, termtext.Count(e.Verdicts[v])+" "+v)
	}
	return strings.Join(parts, ", ")
}

// FindOut is the command that tells what came of an action, "" when none does: what an application
// sent to a source is on the source's page in Knock's dashboard.
func FindOut(a Action) string {
	switch a.Kind {
	case journal.Freeze, journal.Thaw:
		return "workflows get " + termtext.ShellWord(a.Workflow)
	case journal.Schedule, journal.DeleteSchedules:
		return "schedules list " + termtext.ShellWord(a.Workflow)
	case journal.Set, journal.Unset:
		return findKept(a)
	case journal.Identify:
		if len(a.Recipients) > 0 {
			return "users get " + termtext.ShellWord(a.Recipients[0])
		}
	case journal.Archive:
		var request struct {
			Messages []string `json:"message_ids"`
		}
		if json.Unmarshal(a.Request, &request) == nil && len(request.Messages) > 0 {
			return "messages get " + termtext.ShellWord(request.Messages[0])
		}
	case journal.Trigger, journal.Cancel, ActionSweep:
		if a.Sweep != 0 {
			return "sweep show " + strconv.FormatInt(a.Sweep, 10)
		}
		line := "runs list --status all --workflow " + termtext.ShellWord(a.Workflow)
		if a.Key != "" {
			line += " --key " + termtext.ShellWord(a.Key)
		}
		if len(a.Recipients) == 1 {
			line += " --to " + termtext.ShellWord(a.Recipients[0])
		}
		if a.Kind == journal.Trigger {
			line += " --since " + a.At.UTC().Truncate(time.Second).Format(time.RFC3339)
		}
		return line
	}
	return ""
}
