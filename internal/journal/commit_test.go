package journal

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/webhook"
)

// Every connection has a commit on disk when it returns.
func TestCommitsAreSynced(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	for range maxConnections {
		c, err := j.db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close() // at the end, so that each is another one
		for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"} {
			var got string
			if err := c.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s is %q, want %q: %v", pragma, got, want, err)
			}
		}
	}
}

// failingCommits makes every transaction that writes to a table fail at its commit, and not before.
func failingCommits(t *testing.T, j *Journal, table string) {
	t.Helper()
	for _, s := range []string{
		"CREATE TABLE parents (id INTEGER PRIMARY KEY)",
		"CREATE TABLE orphans (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)",
		"CREATE TRIGGER fails_i AFTER INSERT ON " + table + " BEGIN INSERT INTO orphans VALUES (1); END",
		"CREATE TRIGGER fails_u AFTER UPDATE ON " + table + " BEGIN INSERT INTO orphans VALUES (1); END",
	} {
		if _, err := j.db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}

// What was not committed is not said to be written: a webhook is not acknowledged, a request is not sent.
func TestAFailedCommitIsAnError(t *testing.T) {
	delivery, err := webhook.Received(time.Unix(1, 0), nil, []byte(`{"type":"message.sent","data":{"id":"m1"}}`))
	if err != nil {
		t.Fatal(err)
	}
	action := Action{Kind: Cancel, Workflow: "w", Key: "k"}
	for name, x := range map[string]struct {
		table string
		write func(ctx context.Context, j *Journal, id, sweep int64) error
	}{
		"AddDeliveries": {"events", func(ctx context.Context, j *Journal, _, _ int64) error {
			fresh, err := j.AddDeliveries(ctx, []webhook.Delivery{delivery})
			if fresh != nil {
				t.Errorf("it was called fresh: %v", fresh)
			}
			return err
		}},
		"Begin": {"actions", func(ctx context.Context, j *Journal, _, _ int64) error { _, err := j.Begin(ctx, action); return err }},
		"BeginAll": {"actions", func(ctx context.Context, j *Journal, _, _ int64) error {
			_, err := j.BeginAll(ctx, []Action{action, action})
			return err
		}},
		"Finish": {"actions", func(ctx context.Context, j *Journal, id, _ int64) error {
			return j.Finish(ctx, id, Outcome{State: Done})
		}},
		"FinishAll": {"actions", func(ctx context.Context, j *Journal, id, _ int64) error {
			return j.FinishAll(ctx, []Finished{{ID: id, Outcome: Outcome{State: Done}}})
		}},
		"Note": {"notes", func(ctx context.Context, j *Journal, id, _ int64) error { return j.Note(ctx, id, Note{Run: "r"}) }},
		"BeginSweep": {"sweeps", func(ctx context.Context, j *Journal, _, _ int64) error {
			_, err := j.BeginSweep(ctx, Sweep{})
			return err
		}},
		"StepSweep": {"sweep_steps", func(ctx context.Context, j *Journal, _, sweep int64) error {
			return j.StepSweep(ctx, sweep, SweepStep{})
		}},
		"HoldSweep": {"sweep_holds", func(ctx context.Context, j *Journal, _, sweep int64) error { return j.HoldSweep(ctx, sweep) }},
	} {
		t.Run(name, func(t *testing.T) {
			j := opened(t, filepath.Join(t.TempDir(), "j.db"))
			id := begun(t, j, action)
			sweep, err := j.BeginSweep(t.Context(), Sweep{})
			if err != nil {
				t.Fatal(err)
			}
			failingCommits(t, j, x.table)
			if err := x.write(t.Context(), j, id, sweep); err == nil {
				t.Error("a commit failed, and nobody heard of it")
			}
			var n int
			if err := j.db.QueryRowContext(t.Context(), "SELECT count(*) FROM orphans").Scan(&n); err != nil || n != 0 {
				t.Errorf("%d rows were written all the same: %v", n, err)
			}
		})
	}
}
