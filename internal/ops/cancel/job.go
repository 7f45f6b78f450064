package cancel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/wait"
)

const (
	// proveFor is how long a proof may take beyond what reading the runs costs.
	proveFor = 60 * time.Second
	// fewRuns are read one by one; more are read from the list, 50 at a time.
	fewRuns = 5
	// settleFor is how long a refusal of the journal may hold up the end of a job.
	settleFor = 5 * time.Second
)

// job carries out a plan: a fixed set of runs, and what is pending under the keys that the plan
// ends for everyone.
type job struct {
	r       *runner.Runner
	q       *Queue
	report  func(Result)
	counts  Counts
	open    map[string]*entry
	seen    map[string]bool // runs that are or were open
	all     []*everyone
	changed wait.Nudge
	last    error // why something could not be read when last looked
	notes   map[int64][]journal.Note
}

// entry is a run that has no verdict that is over.
type entry struct {
	run     *client.Run
	target  Target // whose first cancel it is part of
	verdict Verdict
	actions []int64 // of the journal: its cancels, the first one first
}

// everyone is a key that is cancelled for everyone.
type everyone struct {
	target  Target
	oldest  time.Time // since when runs under it may be pending
	settled bool      // what ended under it was read, and nothing that it covers is pending
}

// Run carries out a plan and, when prove is set, proves it: every run ends in a verdict that is
// over, told to report as it changes. It returns once all is proven, the proof ran out of time, or
// ctx ended; what was sent before that stays sent, and its runs are then unconfirmed. Without proof
// runs end at [Requested] or [Failed]. The error is the first cancel that failed.
func Run(ctx context.Context, r *runner.Runner, p Plan, reason string, prove bool, report func(Result)) (Counts, error) {
	ctx, stop := context.WithCancelCause(ctx)
	j := &job{r: r, report: report, open: map[string]*entry{}, seen: map[string]bool{}, changed: wait.NewNudge(), notes: map[int64][]journal.Note{}}
	j.q = NewQueue(ctx, stop, r, new(Control), Options{Reason: reason, Act: uuid.NewString(), Beyond: -1, Bounded: true, Settled: j.changed.Give})
	if prove {
		j.reach(ctx, p)
	}
	j.enqueue(p)
	j.q.Start()
	err := j.send(ctx)
	if prove && err == nil {
		j.prove(ctx)
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	stop(nil)
	j.q.Join()
	if prove || err != nil {
		j.giveUp()
	}
	j.write()
	if refused := j.q.Sent().Err; refused != nil {
		err = refused
	}
	return j.counts, err
}

func (j *job) tell(e *entry, v Verdict, text string) {
	if e.verdict == v {
		return
	}
	e.verdict = v
	j.counts.add(v)
	if v >= Requested {
		j.note(e, v, text)
	}
	j.report(Result{Run: e.run, Verdict: v, Text: text, At: time.Now()})
}

// note keeps a verdict for the journal, at each cancel that the run was part of: a run that is only requested is told
// from one that nobody knew of, should this process end before the proof. What was never sent is told of at a cancel of
// the same act.
func (j *job) note(e *entry, v Verdict, text string) {
	if action := j.q.Action(e.target); !slices.Contains(e.actions, action) {
		e.actions = append(e.actions, action)
	}
	for _, action := range e.actions {
		j.notes[action] = append(j.notes[action], journal.Note{At: time.Now(), Run: e.run.ID, Verdict: v.String(), Detail: text})
	}
}

// enqueue queues what the plan holds. Each request waits until its youngest run is old enough.
func (j *job) enqueue(p Plan) {
	now := j.r.Client.ServerNow()
	for _, r := range p.Requests {
		c := r.Cancellation
		j.q.Promise(c.Workflow(), c.Key(), 1)
		t := Target{Workflow: c.Workflow(), Key: c.Key(), Everyone: c.Everyone()}
		at := r.ready()
		for _, run := range append(r.Runs[:len(r.Runs):len(r.Runs)], r.Also...) {
			e := &entry{run: run, target: t}
			if !t.Everyone {
				e.target.To = run.Recipient
			}
			j.open[run.ID], j.seen[run.ID] = e, true
			if at.After(now) {
				j.tell(e, TooYoung, fmt.Sprintf("a cancel may miss a run younger than %s", MinAge))
			}
		}
		if t.Everyone {
			j.q.Want(t, at)
			continue
		}
		for _, to := range c.Recipients() {
			t.To = to
			j.q.Want(t, at)
		}
	}
}

// send waits until every request was answered, and tells of those that were accepted meanwhile.
func (j *job) send(ctx context.Context) error {
	for {
		sent := j.q.Sent()
		j.requested()
		if sent.Waiting == 0 {
			return nil
		}
		if held, why := j.q.Held(); held && why != nil {
			return why
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-j.changed:
		}
	}
}

// requested tells of runs whose cancel Knock has, or refuses.
func (j *job) requested() {
	for id, e := range j.open {
		if e.verdict >= Requested {
			continue
		}
		if _, _, ok := j.q.SentTo(e.target); ok {
			j.tell(e, Requested, "")
		} else if j.q.Refused(e.target) {
			delete(j.open, id)
			j.tell(e, Failed, reason(j.q.Sent().Err))
		}
	}
}

func reason(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// prove follows what the requests were meant to end. Reading is limited to 5 requests a second, so
// the time it may take grows with the number of runs.
func (j *job) prove(ctx context.Context) {
	end := time.Now().Add(proveFor + time.Duration(len(j.open))*10*time.Millisecond)
	for pause := time.Second; !j.settled() && time.Now().Before(end); pause = min(pause*3/2, 4*time.Second) {
		if wait.Sleep(ctx, pause) != nil {
			return
		}
		j.write()
		j.look(ctx)
		j.write()
	}
}

func (j *job) settled() bool {
	for _, x := range j.all {
		if !x.settled {
			return false
		}
	}
	return len(j.open) == 0
}

// see takes one reading of a run that is open.
func (j *job) see(run *client.Run) {
	e := j.open[run.ID]
	if e == nil {
		return
	}
	e.run = run // pages show the run that was chosen: it is replaced, never changed
	switch run.Status {
	case client.RunCancelled:
		j.close(e, Confirmed, "")
	case client.RunCompleted:
		j.close(e, FinishedFirst, "it completed before the cancel reached it")
	default:
		j.again(e)
	}
}

// again repeats the cancel of a run that stays pending. A repeat names its recipient, whoever the
// first cancel was for: what others got since is not its business.
func (j *job) again(e *entry) {
	now := j.r.Client.ServerNow()
	if at, action, ok := j.q.SentTo(e.target); ok && e.target.Everyone {
		if now.Sub(at) < repeatAfter {
			return
		}
		if e.run.Recipient.ID == "" {
			j.close(e, Unconfirmed, "it still reads "+string(e.run.Status)+", and its recipient has no id to repeat the cancel for")
			return
		}
		e.target.Everyone, e.target.To = false, e.run.Recipient
		j.q.Remember(e.target, at, action)
	}
	switch j.q.Sight(e.target, e.run.InsertedAt) {
	case Stuck:
		j.close(e, Unconfirmed, fmt.Sprintf("it still reads %s after %d cancels", e.run.Status, 1+mostRepeats))
	case Refused:
		j.close(e, Unconfirmed, fmt.Sprintf("it still reads %s, and Knock refuses to cancel it again: %s", e.run.Status, reason(j.q.Sent().Err)))
	}
}

func (j *job) close(e *entry, v Verdict, text string) {
	delete(j.open, e.run.ID)
	j.tell(e, v, text)
}

// write journals the verdicts since the last time, in one go.
func (j *job) write() {
	delete(j.notes, 0) // of what nothing was written about: no cancel began
	if len(j.notes) == 0 {
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), settleFor)
	defer stop()
	if err := j.r.Journal.NoteAll(ctx, j.notes); err != nil {
		j.last = err
		return
	}
	clear(j.notes)
}

// giveUp gives what is left its verdict, with what is known of it.
func (j *job) giveUp() {
	for _, e := range j.open {
		_, _, sent := j.q.SentTo(e.target)
		switch {
		case !sent:
			delete(j.open, e.run.ID)
			j.tell(e, Failed, "stopped before the cancel was sent")
		case j.last != nil:
			j.close(e, Unconfirmed, "its status cannot be read: "+j.last.Error())
		default:
			j.close(e, Unconfirmed, fmt.Sprintf("it still reads %s", e.run.Status))
		}
	}
}
