package ops

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
)

// run is the whole of a sweep.
func (w *Sweep) run() {
	w.outbox.start()
	var keeping sync.WaitGroup
	keeping.Go(w.keep)
	err := w.carryOut()
	cause := context.Cause(w.ctx)
	w.stop(nil)
	w.outbox.wait()
	keeping.Wait()
	phase := PhaseDone
	switch {
	case errors.Is(cause, errClosed):
		w.end(func(p *SweepProgress) { p.Err = errClosed }) // in the journal it stands as a crash would leave it
		return
	case errors.Is(cause, journal.ErrHeld): // the journal tells of the other one's steps
		w.end(func(p *SweepProgress) { p.Phase, p.Err = PhaseAborted, cause })
		return
	case errors.Is(cause, errAborted):
		phase, err = PhaseAborted, errAborted
	case cause != nil:
		phase, err = PhaseFailed, cause
	case err != nil:
		phase = PhaseFailed
	}
	final := w.Progress()
	final.Phase, final.Done, final.Err = phase, phase == PhaseDone, errors.Join(err, final.Err)
	text := ""
	if final.Err != nil {
		text = final.Err.Error()
	}
	final.Err = errors.Join(final.Err, w.write(final, text))
	w.end(func(p *SweepProgress) { p.Phase, p.Done, p.Err = final.Phase, final.Done, final.Err })
}

// end lets the sweep go and announces how it ended. Whoever reads that it ended
// finds it over: it can be resumed at once.
func (w *Sweep) end(last func(*SweepProgress)) {
	err := w.s.Journal.ReleaseSweep(context.Background(), w.id)
	w.update(func(p *SweepProgress) {
		last(p)
		w.halted = nil
		if err != nil {
			p.Err = errors.Join(p.Err, err)
		}
		close(w.over)
	})
}

func (w *Sweep) carryOut() error {
	if w.options.Freeze && !w.Progress().Frozen {
		if err := w.freeze(); err != nil {
			return err
		}
	}
	if err := w.enter(PhaseCancelling); err != nil {
		return err
	}
	if err := w.find(); err != nil {
		return err
	}
	if err := w.outbox.drain(); err != nil {
		return err
	}
	if w.options.Follow {
		if err := w.enter(PhaseVerifying); err != nil {
			return err
		}
		if err := w.verify(); err != nil {
			return err
		}
		if err := w.enter(PhaseProving); err != nil {
			return err
		}
		if err := w.prove(); err != nil {
			return err
		}
	}
	if w.options.Recall {
		return w.recall()
	}
	return nil
}

// freeze makes the workflow inactive. Where that cannot even be tried nothing
// else is; where it fails, the cancels are all the more urgent.
func (w *Sweep) freeze() error {
	if err := w.enter(PhaseFreezing); err != nil {
		return err
	}
	_, err := w.s.setActive(w.ctx, w.scope.Workflow, false, w.options.Reason, w.id)
	switch {
	case errors.Is(err, client.ErrNoServiceToken), errors.Is(err, client.ErrNoEnvironment), w.ctx.Err() != nil:
		return err
	case err != nil:
		w.update(func(p *SweepProgress) { p.Err = fmt.Errorf("the workflow was not frozen: %w", err) })
		return nil
	}
	w.update(func(p *SweepProgress) { p.Frozen = true })
	return w.step("frozen")
}
