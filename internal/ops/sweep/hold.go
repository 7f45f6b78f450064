package sweep

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/wait"
)

// keepEvery is how often the journal is told that a sweep goes on.
const keepEvery = journal.HoldFor / 6

// HeldElsewhere is why a sweep cannot be resumed here while another process
// carries it out, as a [runner.Refusal]; nil when none does.
func (r Record) HeldElsewhere() error {
	h := r.Elsewhere
	if h == nil {
		return nil
	}
	return runner.Refuse("sweep %d is in progress: %s carries it out in process %d since %s, last heartbeat %s ago. "+
		"`knockops --profile %s sweep show %d` tells how far it is. To go on with it here, end that process first; a dead one is released after %s",
		r.ID, h.Who, h.PID, h.Since.Local().Format(time.DateTime), termtext.Age(time.Since(h.Seen)), termtext.ShellWord(r.Profile), r.ID, journal.HoldFor)
}

// take holds a sweep and returns its record as it is from then on: whoever had it
// may have gone on with it until a moment ago.
func (x *Sweeps) take(ctx context.Context, r Record) (Record, error) {
	err := x.r.Journal.HoldSweep(ctx, r.ID)
	held := errors.Is(err, journal.ErrHeld)
	if err != nil && !held {
		return r, err
	}
	if r, err = x.Record(ctx, r.ID); err != nil {
		return r, err
	}
	if held {
		return r, cmp.Or(r.HeldElsewhere(), runner.Refuse("sweep %d was let go just now: resume it again", r.ID))
	}
	return r, nil
}

// keep says in the journal that the sweep goes on, and ends it when another
// process took it for gone: this machine may have slept.
func (w *Sweep) keep() {
	for wait.Sleep(w.ctx, keepEvery) == nil {
		if err := w.r.Journal.KeepSweep(w.ctx, w.id); errors.Is(err, journal.ErrHeld) {
			w.stop(fmt.Errorf("what was sent stays sent: %w", err))
		}
	}
}
