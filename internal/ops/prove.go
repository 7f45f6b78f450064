package ops

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
)

const (
	// proveFor is how long a proof may take beyond what reading the runs costs.
	proveFor = 60 * time.Second
	// repeatAfter is how long a run may stay pending before its cancel is sent
	// again. A repeat harms nothing: the key stands for the same runs.
	repeatAfter = 8 * time.Second
	mostRepeats = 3
	// fewRuns are read one by one; more are read from the list, 50 at a time.
	fewRuns = 5
)

// proof reads runs until each has a verdict.
type proof struct {
	s     *Session
	tell  func(*client.Run, Verdict, string)
	open  map[string]*client.Run
	of    map[string]*sent
	notes map[int64][]journal.Note // by action, not written yet
	quiet map[*sent]bool           // requests for everyone, under whose key nothing was pending when last looked
	last  error
}

// prove follows what the requests were meant to end. Reading is limited to 5
// requests a second, so the time it may take grows with the number of runs.
func (s *Session) prove(ctx context.Context, requests []*sent, tell func(*client.Run, Verdict, string)) {
	p := &proof{s: s, tell: tell, open: map[string]*client.Run{}, of: map[string]*sent{}, notes: map[int64][]journal.Note{}, quiet: map[*sent]bool{}}
	for _, r := range requests {
		if r.Cancellation.Everyone() {
			p.quiet[r] = false
		}
		for _, run := range slices.Concat(r.Runs, r.Also) {
			p.open[run.ID], p.of[run.ID] = run, r
		}
	}
	end := time.Now().Add(proveFor + time.Duration(len(p.open))*10*time.Millisecond)
	for pause := time.Second; !p.settled() && time.Now().Before(end); pause = min(pause*3/2, 4*time.Second) {
		if sleep(ctx, pause) != nil {
			break
		}
		p.look(ctx)
		p.write(ctx)
		p.repeat(ctx)
	}
	p.giveUp()
	p.write(ctx)
}

// write journals the verdicts since the last time, in one go for each cancel.
func (p *proof) write(ctx context.Context) {
	for action, notes := range p.notes {
		if err := p.s.Journal.Note(ctx, action, notes...); err != nil {
			p.last = err
			continue
		}
		delete(p.notes, action)
	}
}

func (p *proof) settled() bool {
	for _, quiet := range p.quiet {
		if !quiet {
			return false
		}
	}
	return len(p.open) == 0
}

// look reads everything that has no verdict yet. What cannot be read now is read again later.
func (p *proof) look(ctx context.Context) {
	p.last = nil
	for r := range p.quiet {
		p.discover(ctx, r)
	}
	if len(p.open) <= fewRuns {
		for id := range p.open {
			run, err := p.s.Client.GetRun(ctx, id)
			p.see(&run, err)
		}
		return
	}
	for workflow, w := range p.windows() {
		p.readWindow(ctx, workflow, w)
	}
}

// window is the time between the oldest and the youngest of some runs.
type window struct {
	from, to time.Time
	runs     int
}

// windows covers the open runs of each workflow.
func (p *proof) windows() map[string]*window {
	out := map[string]*window{}
	for _, r := range p.open {
		w := out[r.Workflow]
		if w == nil {
			w = &window{from: r.InsertedAt, to: r.InsertedAt}
			out[r.Workflow] = w
		}
		w.runs++
		if r.InsertedAt.Before(w.from) {
			w.from = r.InsertedAt
		}
		if r.InsertedAt.After(w.to) {
			w.to = r.InsertedAt
		}
	}
	return out
}

// readWindow lists a window until every open run in it was seen.
func (p *proof) readWindow(ctx context.Context, workflow string, w *window) {
	filter := client.RunFilter{Workflow: workflow, StartingAt: w.from.Add(-time.Second), EndingAt: w.to.Add(time.Second)}
	for run, err := range p.s.Client.Runs(ctx, filter) {
		_, ours := p.open[run.ID]
		p.see(&run, err)
		if err != nil {
			return
		}
		if ours {
			if w.runs--; w.runs == 0 {
				return
			}
		}
	}
}

// discover finds what is pending under a key for everyone: the runs that nobody
// knew of when the cancel was sent.
func (p *proof) discover(ctx context.Context, r *sent) {
	pending := 0
	filter := client.RunFilter{Workflow: r.Cancellation.Workflow(), Statuses: client.PendingStatuses}
	for run, err := range p.s.Client.Runs(ctx, filter) {
		if err != nil {
			p.last = err
			return
		}
		if run.TriggerSource.CancellationKey != r.Cancellation.Key() {
			continue
		}
		pending++
		if p.of[run.ID] == nil {
			p.open[run.ID], p.of[run.ID] = &run, r
			r.Runs = append(r.Runs, &run)
			p.tell(&run, Requested, "")
		}
	}
	p.quiet[r] = pending == 0
}

// see takes one reading of a run.
func (p *proof) see(run *client.Run, err error) {
	if err != nil {
		p.last = err
		return
	}
	if _, open := p.open[run.ID]; !open {
		return
	}
	switch run.Status {
	case client.RunCancelled:
		p.close(run, Confirmed, "")
	case client.RunCompleted:
		p.close(run, FinishedFirst, "it completed before the cancel reached it")
	default:
		p.open[run.ID] = run // pages show the run that was chosen: it is replaced, never changed
	}
}

func (p *proof) close(run *client.Run, v Verdict, text string) {
	delete(p.open, run.ID)
	action := p.of[run.ID].action
	p.notes[action] = append(p.notes[action], journal.Note{At: time.Now(), Run: run.ID, Verdict: v.String(), Detail: text})
	p.tell(run, v, text)
}

// repeat sends a cancel again whose runs are still pending after a while.
func (p *proof) repeat(ctx context.Context) {
	late := map[*sent]bool{}
	for id := range p.open {
		if r := p.of[id]; time.Since(r.at) > repeatAfter && r.repeats < mostRepeats {
			late[r] = true
		}
	}
	for r := range late {
		r.repeats++
		if err := p.s.post(ctx, r, "repeated: still pending"); err != nil {
			p.last = err
		}
	}
}

// giveUp gives what is left its verdict, with what is known of it.
func (p *proof) giveUp() {
	for _, run := range p.open {
		text := fmt.Sprintf("it still reads %s", run.Status)
		if p.last != nil {
			text = "its status cannot be read: " + p.last.Error()
		}
		p.close(run, Unconfirmed, text)
	}
}
