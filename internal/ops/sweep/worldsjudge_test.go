package sweep_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/sweep"
)

// truth is what Knock tells of all runs, asked by somebody else.
func (p *player) truth() []client.Run {
	var out []client.Run
	for r, err := range p.other.Runs(context.Background(), client.RunFilter{}) {
		if err != nil {
			p.t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// received is a cancel of a sweep that Knock received.
type received struct {
	id       string
	at       time.Time
	workflow string
	key      string
	to       []string // none for everyone
}

func (p *player) cancels() []received {
	var out []received
	for _, r := range p.w.Sent("POST", "/cancel") {
		var body struct {
			Key        string   `json:"cancellation_key"`
			Recipients []string `json:"recipients"`
		}
		if err := json.Unmarshal(r.Body, &body); err != nil {
			p.t.Fatalf("%s: %v", r.Body, err)
		}
		if slices.Contains(body.Recipients, theirs.ID) {
			continue
		}
		parts := strings.Split(r.Path, "/")
		out = append(out, received{r.RequestID, r.At, parts[len(parts)-2], body.Key, body.Recipients})
	}
	return out
}

// verdict is all that a run is judged by.
type verdict struct {
	scope   sweep.Scope
	said    sweep.Progress
	quiet   time.Time // when nothing was pending any more
	cancels []received
	rows    map[string]journal.SweepRun
	ended   map[string]emulator.RunState
}

// judge holds what the sweep says against what is.
func (p *player) judge(id int64, said sweep.Progress) {
	v := verdict{scope: p.scope, said: said, cancels: p.cancels()[p.before:], rows: map[string]journal.SweepRun{}, ended: map[string]emulator.RunState{}}
	err := sweep.Runs(context.Background(), p.s.Journal, id, nil, func(r journal.SweepRun) error {
		v.rows[r.Run] = r
		return nil
	})
	record, rerr := p.s.Sweeps.Record(context.Background(), id)
	if err != nil || rerr != nil {
		p.t.Fatal(err, rerr)
	}
	before := ""
	for _, step := range record.Steps {
		if step.Progress.Phase == sweep.PhaseProving && before != sweep.PhaseProving {
			v.quiet = step.At
		}
		before = step.Progress.Phase
	}
	p.judgeCounts(v)
	for _, r := range p.w.Knock.Runs() {
		v.ended[r.ID.String()] = r
	}
	for _, r := range p.truth() {
		if wrong := v.of(r); wrong != "" {
			row := v.rows[r.ID]
			p.t.Errorf("%s: run %s of %s under %q, tenant %q, of %s, %s at %s: the sweep of %s, begun %s, quiet %s, says %q (%s)", wrong, r.ID, r.Recipient,
				r.TriggerSource.CancellationKey, r.Tenant, r.InsertedAt.Format("15:04:05.000"), r.Status, r.UpdatedAt.Format("15:04:05.000"), p.scope,
				said.Began.Format("15:04:05.000"), v.quiet.Format("15:04:05.000"), row.Outcome, row.Evidence)
		}
		delete(v.rows, r.ID)
	}
	for _, r := range v.rows {
		p.t.Errorf("the sweep tells of %s, which does not exist", r.Run)
	}
}

// judgeCounts holds the numbers against the runs and the requests behind them.
func (p *player) judgeCounts(v verdict) {
	counted := map[string]int{}
	for _, r := range v.rows {
		counted[r.Outcome]++
	}
	said := v.said
	if counted["confirmed"] != said.Confirmed || counted["finished first"] != said.FinishedFirst || counted["unconfirmed"] != said.Unconfirmed ||
		counted["shared"] != said.Inseparable || counted["refused"] != said.Refused || counted["out of scope"] != said.OutOfScope || counted["pending"] != 0 {
		p.t.Errorf("it says %+v, and its runs are %v", said, counted)
	}
	for outcome, n := range counted {
		p.played.add(outcome, n)
	}
	p.played.add("cancels", len(v.cancels))
	p.played.add("beyond the plan", said.Beyond)
	n := said.Planned + said.Beyond + said.Repeated
	if len(v.cancels) > n || said.Planned > said.Promised || p.smooth && len(v.cancels) != n {
		p.t.Errorf("%d cancels arrived, and it counts %d: %d planned of %d promised, %d beyond, %d repeated", len(v.cancels), n, said.Planned, said.Promised, said.Beyond, said.Repeated)
	}
	everyone := p.scope.Everyone() && p.options.Max == 0
	for _, c := range v.cancels {
		if (len(c.to) == 0) != everyone {
			p.t.Errorf("a cancel under %s names %q, and the scope is %s", c.key, c.to, p.scope)
		}
	}
}

// of tells what is wrong in what is said of a run; "" where nothing is.
func (v verdict) of(r client.Run) string {
	said := v.rows[r.ID].Outcome
	lived := r.Status.Pending() || !r.UpdatedAt.Before(v.said.Began) // it was pending at some time of the sweep
	surely := r.InsertedAt.Before(v.quiet.Add(-8 * time.Second))     // as long as a page may take at most
	left := r.Status.Pending() || r.UpdatedAt.After(v.quiet)
	switch {
	case !inScope(v.scope, r):
		return v.ofOutside(r, said)
	case r.TriggerSource.CancellationKey == "":
		if said != "" && said != "no key" {
			return "it has no key"
		}
	case said == "confirmed" && r.Status != client.RunCancelled:
		return "not cancelled"
	case said == "finished first" && r.Status != client.RunCompleted:
		return "not completed"
	case (said == "unconfirmed" || said == "refused") && !left:
		return "not left"
	case said == "shared" && r.Status == client.RunCancelled && !r.UpdatedAt.After(v.quiet):
		return "not left for another's sake"
	case lived && surely && said == "":
		return "unknown to the sweep"
	case said == "" && r.Status == client.RunCancelled && v.by(r):
		return "cancelled and not counted"
	case !slices.Contains([]string{"", "confirmed", "finished first", "unconfirmed", "refused", "shared"}, said):
		return "no such outcome fits"
	}
	return ""
}

// ofOutside is of for a run that is out of scope.
func (v verdict) ofOutside(r client.Run, said string) string {
	hit := v.by(r)
	if hit && r.Workflow == "comment-created" && !slices.ContainsFunc(v.cancels, func(c received) bool { return c.key == r.TriggerSource.CancellationKey }) {
		return "" // it carries on a batch that a run under another key opened, and answers to that key: no list tells of it
	}
	switch {
	case said != "" && said != "out of scope":
		return "it is out of scope"
	case (said == "out of scope") != hit && !v.said.Frozen: // a freeze ends what wakes
		return fmt.Sprintf("out of scope, ended by the sweep: %v", hit)
	case hit && !v.began(r):
		return "out of scope, and old enough to be known"
	}
	return ""
}

// by reports whether a cancel of the sweep ended a run, as Knock knows it.
func (v verdict) by(r client.Run) bool {
	by := v.ended[r.ID].CancelledBy
	return by != "" && slices.ContainsFunc(v.cancels, func(c received) bool { return c.id == by })
}

// began reports whether a run began when a cancel that hit it had arrived, or just before.
func (v verdict) began(r client.Run) bool {
	return slices.ContainsFunc(v.cancels, func(c received) bool {
		return c.workflow == r.Workflow && c.key == r.TriggerSource.CancellationKey && (len(c.to) == 0 || slices.Contains(c.to, r.Recipient.ID)) &&
			r.InsertedAt.After(c.at.Add(-time.Second)) && r.InsertedAt.Before(c.at.Add(3*time.Second))
	})
}

// inScope is written apart from the product's own matcher, for the scopes that are drawn here.
func inScope(s sweep.Scope, r client.Run) bool {
	key := r.TriggerSource.CancellationKey
	outside := []bool{
		r.Workflow != s.Workflow,
		s.Runs != nil && !slices.Contains(s.Runs, r.ID),
		s.Tenant != "" && r.Tenant != s.Tenant,
		s.Actor != nil && (r.Actor == nil || *r.Actor != *s.Actor),
		s.KeyGlob != "" && !strings.HasPrefix(key, "a-"),
		s.KeyRegex != "" && key != "a-1" && key != "b-1",
		s.Keys != nil && !slices.Contains(s.Keys, key),
		s.Recipients != nil && !slices.Contains(s.Recipients, r.Recipient),
		s.Sources != nil && !slices.Contains(s.Sources, r.TriggerSource.Type),
		s.Errors && r.ErrorCount == 0,
		!s.Since.IsZero() && r.InsertedAt.Before(s.Since),
		!s.Until.IsZero() && r.InsertedAt.After(s.Until),
	}
	for _, f := range s.Where {
		is := map[string]bool{
			"tenant": r.Tenant == f.Value, "actor": r.Actor != nil && r.Actor.ID == f.Value, "recipient": r.Recipient.ID == f.Value,
			"error_count": fmt.Sprint(r.ErrorCount) == f.Value, "trigger_source.type": r.TriggerSource.Type == f.Value,
		}
		outside = append(outside, !is[f.Path])
	}
	return !slices.Contains(outside, true)
}
