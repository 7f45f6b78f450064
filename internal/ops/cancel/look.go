package cancel

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/knockops/knockops/client"
)

// look reads everything that has no verdict yet. What cannot be read now is read again later.
func (j *job) look(ctx context.Context) {
	j.last = nil
	for _, x := range j.all {
		j.discover(ctx, x)
	}
	if len(j.open) <= fewRuns {
		for id := range j.open {
			run, err := j.r.Client.GetRun(ctx, id)
			if j.last = err; err == nil {
				j.see(&run)
			}
		}
		return
	}
	for workflow, w := range j.windows() {
		j.readWindow(ctx, workflow, w)
	}
}

// window is the time between the oldest and the youngest of some runs.
type window struct {
	from, to time.Time
	runs     int
}

// windows covers the open runs of each workflow.
func (j *job) windows() map[string]*window {
	out := map[string]*window{}
	for _, e := range j.open {
		at := e.run.InsertedAt
		w := out[e.run.Workflow]
		if w == nil {
			w = &window{from: at, to: at}
			out[e.run.Workflow] = w
		}
		w.runs++
		if at.Before(w.from) {
			w.from = at
		}
		w.to = latest(w.to, at)
	}
	return out
}

// readWindow lists a window until every open run in it was seen.
func (j *job) readWindow(ctx context.Context, workflow string, w *window) {
	filter := client.RunFilter{Workflow: workflow, StartingAt: w.from.Add(-time.Second), EndingAt: w.to.Add(time.Second)}
	for run, err := range j.r.Client.Runs(ctx, filter) {
		if err != nil {
			j.last = err
			return
		}
		if j.open[run.ID] == nil {
			continue
		}
		j.see(&run)
		if w.runs--; w.runs == 0 {
			return
		}
	}
}

// discover finds the runs that nobody knew of when a key was cancelled for everyone: those that the
// cancel ended, and those that were triggered before it and are still pending. What was triggered
// after it is none of its business.
func (j *job) discover(ctx context.Context, x *everyone) {
	at, _, ok := j.q.SentTo(x.target)
	if !ok || x.settled {
		x.settled = x.settled || j.q.Refused(x.target)
		return
	}
	pending := 0
	filter := client.RunFilter{Workflow: x.target.Workflow, StartingAt: x.oldest}
	for _, statuses := range [][]client.RunStatus{client.PendingStatuses, {client.RunCancelled}} {
		filter.Statuses = statuses
		for run, err := range j.r.Client.Runs(ctx, filter) {
			if err != nil {
				j.last = err
				return
			}
			if run.TriggerSource.CancellationKey != x.target.Key || run.InsertedAt.After(at) ||
				run.Status == client.RunCancelled && run.UpdatedAt.Before(at.Add(-time.Second)) {
				continue
			}
			if run.Status.Pending() {
				pending++
			}
			if !j.seen[run.ID] {
				e := &entry{run: &run, target: x.target}
				j.open[run.ID], j.seen[run.ID] = e, true
				j.tell(e, Requested, "")
			}
			if j.open[run.ID] != nil {
				j.see(&run)
			}
		}
	}
	x.settled = pending == 0
}

// reach finds since when runs may be pending under the keys that are cancelled for everyone, before
// the cancels take effect.
func (j *job) reach(ctx context.Context, p Plan) {
	by := map[string]time.Time{}
	for _, r := range p.Requests {
		c := r.Cancellation
		if !c.Everyone() {
			continue
		}
		since, ok := by[c.Workflow()]
		if !ok {
			var err error
			if since, err = Reach(ctx, j.r.Client, c.Workflow()); err != nil {
				since = j.r.Client.ServerNow().Add(-Retention)
			}
			by[c.Workflow()] = since
		}
		j.all = append(j.all, &everyone{target: Target{Workflow: c.Workflow(), Key: c.Key(), Everyone: true}, oldest: since})
	}
}

// Retention is how far back Knock tells of runs, with a day to spare.
const Retention = 31 * 24 * time.Hour

// reaches are the ages that Reach tells apart.
var reaches = []time.Duration{10 * time.Minute, time.Hour, 6 * time.Hour, 2 * 24 * time.Hour, 9 * 24 * time.Hour}

// Reach finds since when runs of a workflow may be pending, roughly: how old the oldest is at most.
// It takes a second, for five requests that are asked at once.
func Reach(ctx context.Context, c *client.Client, workflow string) (time.Time, error) {
	now := c.ServerNow()
	older := make([]bool, len(reaches))
	errs := make([]error, len(reaches))
	var asking sync.WaitGroup
	for i, age := range reaches {
		asking.Go(func() {
			f := client.RunFilter{Workflow: workflow, Statuses: client.PendingStatuses, EndingAt: now.Add(-age)}
			page, err := c.ListRuns(ctx, f, client.Cursor{Size: 1})
			older[i], errs[i] = len(page.Items) > 0, err
		})
	}
	asking.Wait()
	for _, err := range errs {
		if err != nil {
			return time.Time{}, err
		}
	}
	oldest := slices.Index(older, false)
	if oldest < 0 {
		return now.Add(-Retention), nil
	}
	return now.Add(-reaches[oldest]), nil
}
