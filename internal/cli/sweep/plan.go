package sweep

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
)

// planFor is how long a sweep reads for its plan when nothing depends on its
// being complete: a runaway does not wait. Who agreed beforehand waits less.
const (
	planFor       = 10 * time.Second
	agreedPlanFor = time.Second
)

func (f flags) patience() time.Duration {
	if f.consent.Yes {
		return agreedPlanFor
	}
	return planFor
}

// estimate makes the plan: the whole of it where something depends on that, and
// otherwise what can be read in a while.
func estimate(ctx context.Context, a *app.App, s *ops.Session, scope sweep.Scope, f flags) (sweep.Plan, error) {
	reading, stop := context.WithCancel(ctx)
	defer stop()
	bounded := !f.dryRun && f.max == 0
	if bounded {
		patience := f.patience()
		if len(scope.Keys) > 0 {
			patience = 0 // the list says it all
		}
		reading, stop = context.WithTimeout(ctx, patience)
		defer stop()
	}
	show := newTicker(a)
	e, err := s.Sweeps.Plan(reading, scope, func(e sweep.Plan) {
		show.tell(fmt.Sprintf("reading what is pending: %s in scope under %s", termtext.Plural(e.Runs, "run"), termtext.Plural(e.Keys, "key")))
		if f.max > 0 && e.Runs > f.max {
			stop()
		}
	})
	show.end()
	switch {
	case err == nil, ctx.Err() == nil && (reading.Err() != nil || bounded && errors.Is(err, context.DeadlineExceeded)), ctx.Err() != nil && f.dryRun && e.Runs > 0:
		return e, nil
	}
	return e, err
}

// countRecall counts what a recall would take, where one is asked for.
func countRecall(ctx context.Context, a *app.App, s *ops.Session, e sweep.Plan, f flags) *sweep.RecallCount {
	if !f.recall {
		return nil
	}
	show := newTicker(a)
	show.tell("counting the messages that a recall would take")
	defer show.end()
	within := planFor
	if !f.dryRun {
		within = f.patience()
	}
	c := s.Sweeps.CountRecall(ctx, e, within)
	return &c
}

// ask asks before a plan is carried out: the facts of the plan, and what is done.
func ask(ctx context.Context, a *app.App, s *ops.Session, p config.Profile, f *flags, act consent.Act, e sweep.Plan, recall *sweep.RecallCount, o sweep.Options) error {
	q := s.SweepPrompt(act, e, o, recall)
	var facts []string
	for _, line := range planLines(e, o, recall) {
		facts = append(facts, line[0]+": "+line[1])
	}
	q.Lines = append(facts, q.Lines...)
	return a.Allow(ctx, s, p, &f.consent, q)
}

// planLines are the facts of a plan that are there.
func planLines(e sweep.Plan, o sweep.Options, recall *sweep.RecallCount) []output.Fact {
	var lines []output.Fact
	for _, f := range e.Facts(o, e.Now()) {
		lines = append(lines, output.Fact{strings.ToLower(f.Name), f.Text})
	}
	if recall != nil {
		lines = append(lines, output.Fact{"recall", recall.String()})
	}
	return lines
}

func roughly(d time.Duration) string {
	if d < time.Second {
		return "1 s"
	}
	return strings.TrimSuffix(d.Round(time.Second).String(), "0s")
}

func noKeyWords(e sweep.Plan) string {
	if e.NoKey == 0 {
		return ""
	}
	return fmt.Sprintf("; %s without a cancellation key: freezing the workflow until they wake ends them", termtext.Plural(e.NoKey, "run"))
}

// sweepPlan is a plan as JSON.
type sweepPlan struct {
	Scope           sweep.Scope        `json:"scope"`
	At              time.Time          `json:"at"`
	Complete        bool               `json:"complete"`
	Runs            int                `json:"runs"`
	Cancellable     int                `json:"cancellable"`
	NoKey           int                `json:"no_key"`
	TooYoung        int                `json:"too_young"`
	Excluded        int                `json:"excluded"`
	Requests        int                `json:"requests"`
	SendSeconds     float64            `json:"send_seconds"`
	ProveSeconds    float64            `json:"prove_seconds"`
	InflowPerMinute float64            `json:"inflow_per_minute"`
	BySource        map[string]int     `json:"by_source"`
	NoKeyBySource   map[string]int     `json:"no_key_by_source"`
	Oldest          time.Time          `json:"oldest,omitzero"`
	Youngest        time.Time          `json:"youngest,omitzero"`
	Frozen          *bool              `json:"frozen"`
	Recall          *sweep.RecallCount `json:"recall,omitempty"`
	Keys            []keyCount         `json:"keys"`
}

type keyCount struct {
	Key      string    `json:"cancellation_key"`
	Runs     int       `json:"runs"`
	Oldest   time.Time `json:"oldest"`
	Youngest time.Time `json:"youngest"`
}

func printPlan(a *app.App, e sweep.Plan, o sweep.Options, recall *sweep.RecallCount) error {
	if !e.Complete {
		a.Say("stopped before the list was read to its end: every count is at least that")
	}
	a.Say("this is the plan; nothing was changed")
	keys := make([]keyCount, len(e.ByKey))
	for i, k := range e.ByKey {
		keys[i] = keyCount(k)
	}
	if a.Format != output.Table {
		return a.Object(sweepPlan{
			e.Scope, e.At, e.Complete, e.Runs, e.Cancellable, e.NoKey, e.StillYoung(e.Now()), e.Excluded, e.Promise(o), e.SendTime.Seconds(), e.ProveTime.Seconds(),
			e.InflowPerMinute, e.BySource, e.NoKeyBySource, e.Oldest, e.Youngest, e.Frozen, recall, keys,
		})
	}
	if err := a.Item(nil, append([]output.Fact{{"scope", e.Scope.String()}}, planLines(e, o, recall)...)...); err != nil {
		return err
	}
	return output.Section(a.Printer, "keys", output.NewLister(a.Printer,
		output.Col("KEY", func(k keyCount) string { return k.Key }),
		output.Col("RUNS", func(k keyCount) string { return strconv.Itoa(k.Runs) }),
		output.Col("OLDEST", func(k keyCount) string { return termtext.Age(e.At.Sub(k.Oldest)) }),
		output.Col("YOUNGEST", func(k keyCount) string { return termtext.Age(e.At.Sub(k.Youngest)) }),
	), keys)
}
