package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"
)

// HoldFor is how long a process that holds a sweep may be silent before it counts as gone.
const HoldFor = 30 * time.Second

// ErrHeld says that another process carries the sweep out.
var ErrHeld = errors.New("another process carries the sweep out")

// Hold says which process carries a sweep out.
type Hold struct {
	Who   string // user@host
	PID   int    // on that host
	Since time.Time
	Seen  time.Time // when it last said that it goes on

	host, process string
}

// Live reports whether the sweep is held still. A process of this machine that is gone holds nothing, and neither does
// one that has been silent for [HoldFor].
func (h Hold) Live() bool {
	if h.process == "" || time.Since(h.Seen) >= HoldFor {
		return false
	}
	alive, seen := owner{h.host, h.process, h.PID}.here()
	return alive || !seen
}

// HoldSweep takes a sweep for this process, until it lets go or is gone. While another one has it, that is an [ErrHeld].
func (j *Journal) HoldSweep(ctx context.Context, id int64) error {
	return j.together(ctx, func(tx *sql.Tx) error {
		h, err := scanHold(tx.QueryRowContext(ctx, "SELECT who, host, pid, process, since, seen FROM sweep_holds WHERE sweep_id = ?", id))
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return err
		case h.Live():
			return fmt.Errorf("sweep %d: %w", id, ErrHeld)
		}
		now := time.Now().UnixMicro()
		_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO sweep_holds (sweep_id, who, host, pid, process, since, seen) VALUES (?, ?, ?, ?, ?, ?, ?)",
			id, who(), host(), os.Getpid(), process, now, now)
		return err
	})
}

// KeepSweep says that this process goes on with a sweep that it holds. An [ErrHeld] says that another one took it over.
func (j *Journal) KeepSweep(ctx context.Context, id int64) error {
	result, err := j.inLine().ExecContext(ctx, "UPDATE sweep_holds SET seen = ? WHERE sweep_id = ? AND process = ?", time.Now().UnixMicro(), id, process)
	if err != nil {
		return j.explain("writing to", err)
	}
	if n, err := result.RowsAffected(); err == nil && n == 0 {
		return fmt.Errorf("sweep %d: %w", id, ErrHeld)
	}
	return nil
}

// ReleaseSweep ends the hold of this process.
func (j *Journal) ReleaseSweep(ctx context.Context, id int64) error {
	if _, err := j.inLine().ExecContext(ctx, "DELETE FROM sweep_holds WHERE sweep_id = ? AND process = ?", id, process); err != nil {
		return j.explain("writing to", err)
	}
	return nil
}

func scanHold(row scanner) (Hold, error) {
	var h Hold
	var since, seen int64
	if err := row.Scan(&h.Who, &h.host, &h.PID, &h.process, &since, &seen); err != nil {
		return Hold{}, err
	}
	h.Since, h.Seen = time.UnixMicro(since), time.UnixMicro(seen)
	return h, nil
}
