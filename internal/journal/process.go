package journal

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process tells this process from an earlier one that had its number.
var process = rand.Text()

// host is the name of this machine; without one only time tells whether a process is gone.
var host = sync.OnceValue(func() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
})

// owner is a process that wrote something down.
type owner struct {
	host, process string
	pid           int
}

// here reports whether the owner is of this machine, where it can be seen, and if so whether it lives.
func (o owner) here() (alive, seen bool) {
	switch {
	case o.process == "", o.host == "", o.host != host():
		return false, false
	case o.pid == os.Getpid():
		return o.process == process, true
	}
	p, err := os.FindProcess(o.pid)
	if err != nil {
		return false, true
	}
	defer p.Release()
	return !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone), true
}

// longestRequest is how long a request may be under way, its repeats included. One that another process began before
// that was cut off: a process that lives by then may be one that got its number.
const longestRequest = 10 * time.Minute

// CutOff is the outcome of an action whose process ended before an answer came.
const CutOff = "the program ended before an answer came"

// settle makes what was begun by a process that is gone unknown. Should it be alive after all, it finishes the action
// with what really came of it. A journal that cannot be written now is read all the same.
func (j *Journal) settle(ctx context.Context) error {
	rows, err := j.db.QueryContext(ctx, "SELECT id, at, host, pid, process FROM actions WHERE state = 'begun'")
	if err != nil {
		return err
	}
	defer rows.Close()
	var gone []any
	for rows.Next() {
		var id, at int64
		var o owner
		if err := rows.Scan(&id, &at, &o.host, &o.pid, &o.process); err != nil {
			return err
		}
		if alive, seen := o.here(); o.process != process && (seen && !alive || time.Since(time.UnixMicro(at)) > longestRequest) {
			gone = append(gone, id)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for part := range slices.Chunk(gone, 500) {
		query := "UPDATE actions SET state = ?, outcome = ? WHERE state = ? AND id IN (?" + strings.Repeat(", ?", len(part)-1) + ")"
		if _, err := j.inLine().ExecContext(ctx, query, append([]any{Unknown, CutOff, Begun}, part...)...); err != nil {
			break // the next reading tries again
		}
	}
	return nil
}
