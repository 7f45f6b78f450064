package sweep

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/termtext"
)

// countRecallOf is how many messages are read at most to count what a recall
// would take: 200 requests. Who stops a runaway does not wait for more.
const countRecallOf = 200 * mostArchived

// RecallCount is what a recall would take, as far as it was read.
type RecallCount struct {
	// InApp counts the in-app messages that would be archived, Archived those that
	// are out of the feeds already, Beyond those on other channels, by channel type.
	InApp    int            `json:"in_app"`
	Archived int            `json:"archived"`
	Beyond   map[string]int `json:"beyond_recall"`
	// Complete is true when nothing was left unread. Otherwise every count is at least that.
	Complete bool `json:"complete"`
	// NotCounted is why nothing is counted.
	NotCounted string `json:"not_counted,omitempty"`
}

// CountRecall counts what a recall after a sweep of this plan would take. It reads
// runs for a while at most, and messages as long again. Messages name their run but not its key, so for a scope of more than the
// workflow the runs that are over are read too, as far as the time goes.
func CountRecall(ctx context.Context, r *runner.Runner, e Plan, within time.Duration) RecallCount {
	since := e.Scope.Since
	switch {
	case !since.IsZero():
	case !e.Oldest.IsZero():
		since = e.Oldest
	case e.Complete:
		return RecallCount{NotCounted: "nothing is taken back: no run is pending, and the scope does not say since when"}
	default:
		return RecallCount{NotCounted: "not counted: which runs are pending was not read"}
	}
	p := RecallPlan{Scope: e.Scope, Since: since, Beyond: map[string]int{}}
	ours, complete := anyRun, e.Complete || !e.Scope.Since.IsZero()
	if !e.Scope.wholeWorkflow() {
		runs, all := countedRuns(ctx, r, e, since, within)
		ours, complete = runs.has, complete && all
	}
	reading, stop := context.WithTimeout(ctx, within)
	defer stop()
	read := 0
	err := readMessages(reading, r, &p, ours, func() bool { read++; return read < countRecallOf })
	switch {
	case ctx.Err() != nil:
		return RecallCount{NotCounted: "not counted: " + ctx.Err().Error()}
	case err != nil && reading.Err() == nil && !errors.Is(err, context.DeadlineExceeded):
		return RecallCount{NotCounted: "not counted: " + err.Error()}
	case err != nil || read >= countRecallOf:
		complete = false
	}
	if !complete && len(p.IDs) == 0 && len(p.Beyond) == 0 {
		return RecallCount{NotCounted: "not counted: that takes longer than a plan may"}
	}
	return RecallCount{InApp: len(p.IDs), Archived: p.Archived, Beyond: p.Beyond, Complete: complete}
}

// countedRuns are the runs in scope that the plan saw pending and those that are over, as far as
// they can be read. all is true when none is missing.
func countedRuns(ctx context.Context, r *runner.Runner, p Plan, since time.Time, within time.Duration) (runs runSet, all bool) {
	runs = newRunSet()
	for _, run := range p.seen {
		runs.add(run.Run)
	}
	reading, stop := context.WithTimeout(ctx, within)
	defer stop()
	err := readRuns(reading, r, p.Scope, since, []client.RunStatus{client.RunCompleted, client.RunCancelled}, runs)
	return runs, err == nil && p.Remembered()
}

// String words the count.
func (c RecallCount) String() string {
	if c.NotCounted != "" {
		return c.NotCounted
	}
	out := termtext.Plural(c.InApp, "in-app message")
	if !c.Complete {
		out = "at least " + out
	}
	if len(c.Beyond) == 0 {
		return out
	}
	var beyond []string
	for _, channel := range slices.Sorted(maps.Keys(c.Beyond)) {
		beyond = append(beyond, channel+" "+termtext.Count(c.Beyond[channel]))
	}
	return out + "; cannot be recalled: " + strings.Join(beyond, ", ")
}

// anyRun takes every message that a run made.
func anyRun(run string) bool { return run != "" }

// readMessages takes the messages of a scope's runs into p, while more says so.
func readMessages(ctx context.Context, r *runner.Runner, p *RecallPlan, ours func(run string) bool, more func() bool) error {
	filter := client.MessageFilter{Source: p.Scope.Workflow, Tenant: p.Scope.Tenant, InsertedFrom: p.Since}
	for m, err := range r.Client.Messages(ctx, filter) {
		if err != nil {
			return err
		}
		switch {
		case m.Source.Key != p.Scope.Workflow || !ours(m.Source.WorkflowRecipientRunID):
		case !slices.Contains(inAppChannels, m.Channel.Type):
			p.Beyond[m.Channel.Type]++
		case !m.ArchivedAt.IsZero():
			p.Archived++
		default:
			p.IDs = append(p.IDs, m.ID)
		}
		if !more() {
			return nil
		}
	}
	return nil
}
