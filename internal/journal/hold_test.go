package journal

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

func TestASweepIsHeldOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.db")
	gone := exec.Command(os.Args[0], "-test.run=^$")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		host    string // "" is this one
		pid     int
		process string
		silent  time.Duration
		free    bool
	}{
		"by this process":                        {pid: os.Getpid(), process: process},
		"by another":                             {pid: os.Getppid(), process: "other"},
		"by another, silent for a while":         {pid: os.Getppid(), process: "other", silent: HoldFor - time.Second},
		"by another, silent for long":            {pid: os.Getppid(), process: "other", silent: HoldFor, free: true},
		"by one that is gone":                    {pid: gone.Process.Pid, process: "other", free: true},
		"by one that had the number of this":     {pid: os.Getpid(), process: "other", free: true},
		"by one of that number elsewhere":        {host: "elsewhere", pid: gone.Process.Pid, process: "other"},
		"by one elsewhere, silent for long":      {host: "elsewhere", pid: os.Getppid(), process: "other", silent: HoldFor, free: true},
		"by this one before the machine slept":   {pid: os.Getpid(), process: process, silent: time.Hour, free: true},
		"by one whose clock is ahead, and is on": {pid: os.Getppid(), process: "other", silent: -time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := opened(t, path)
				id, err := j.BeginSweep(t.Context(), Sweep{Workflow: "w"})
				if err != nil {
					t.Fatal(err)
				}
				if s, err := j.Sweep(t.Context(), id); err != nil || s.Hold.Live() {
					t.Fatalf("held from the start: %v, %+v", err, s.Hold)
				}
				if err := j.HoldSweep(t.Context(), id); err != nil {
					t.Fatal(err)
				}
				if s, err := j.Sweep(t.Context(), id); err != nil || !s.Hold.Live() || s.Hold.Who != who() || s.Hold.PID != os.Getpid() || !s.Hold.Since.Equal(time.Now()) {
					t.Fatalf("%v, %+v", err, s.Hold)
				}
				seen := time.Now().Add(-c.silent).UnixMicro()
				if _, err := j.db.Exec("UPDATE sweep_holds SET host = iif(? = '', host, ?), pid = ?, process = ?, seen = ? WHERE sweep_id = ?", c.host, c.host, c.pid, c.process, seen, id); err != nil {
					t.Fatal(err)
				}
				if s, err := j.Sweep(t.Context(), id); err != nil || s.Hold.Live() == c.free {
					t.Errorf("%v, %+v", err, s.Hold)
				}
				if err := j.HoldSweep(t.Context(), id); c.free != (err == nil) || err != nil && !errors.Is(err, ErrHeld) {
					t.Errorf("%v", err)
				}
				if err := j.KeepSweep(t.Context(), id); (c.free || c.process == process) != (err == nil) || err != nil && !errors.Is(err, ErrHeld) {
					t.Errorf("kept: %v", err)
				}
				if err := j.ReleaseSweep(t.Context(), id); err != nil {
					t.Fatal(err)
				}
				if s, err := j.Sweep(t.Context(), id); err != nil || s.Hold.Live() == (c.free || c.process == process) {
					t.Errorf("let go: %v, %+v", err, s.Hold)
				}
			})
		})
	}
}
