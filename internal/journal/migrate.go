package journal

import (
	"context"
	"fmt"
)

// migrations bring a journal from one version of its schema to the next; user_version counts those that were made.
// One that was released is never changed: a later one follows it.
var migrations = []string{
	`CREATE TABLE actions (
		id              INTEGER PRIMARY KEY AUTOINCREMENT,
		at              INTEGER NOT NULL,            -- microseconds since 1970, as all times here
		who             TEXT    NOT NULL,
		profile         TEXT    NOT NULL,
		environment     TEXT    NOT NULL,
		kind            TEXT    NOT NULL,
		workflow        TEXT    NOT NULL,
		key             TEXT    NOT NULL,
		recipients      TEXT    NOT NULL,            -- JSON array of strings
		everyone        INTEGER NOT NULL,
		reason          TEXT    NOT NULL,
		method          TEXT    NOT NULL,
		path            TEXT    NOT NULL,
		request         TEXT    NOT NULL,            -- JSON, or empty
		state           TEXT    NOT NULL,
		outcome         TEXT    NOT NULL DEFAULT '',
		status          INTEGER NOT NULL DEFAULT 0,
		request_id      TEXT    NOT NULL DEFAULT '',
		workflow_run_id TEXT    NOT NULL DEFAULT '',
		finished_at     INTEGER NOT NULL DEFAULT 0
	);
	CREATE INDEX actions_by_workflow_run ON actions (workflow_run_id) WHERE workflow_run_id <> '';
	CREATE INDEX actions_by_key ON actions (workflow, key) WHERE key <> '';
	CREATE INDEX actions_unfinished ON actions (id) WHERE state = 'begun';
	CREATE TABLE notes (
		id        INTEGER PRIMARY KEY AUTOINCREMENT,
		action_id INTEGER NOT NULL REFERENCES actions (id),
		at        INTEGER NOT NULL,
		run       TEXT    NOT NULL,
		verdict   TEXT    NOT NULL,
		detail    TEXT    NOT NULL
	);
	CREATE INDEX notes_by_action ON notes (action_id, id);`,
}

// migrate brings the journal to this program's schema.
func (j *Journal) migrate(ctx context.Context) error {
	version, err := j.version(ctx, j.db)
	if err != nil || version == len(migrations) {
		return err
	}
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	// Another console may have migrated it while this one waited for the lock.
	if version, err = j.version(ctx, tx); err != nil || version == len(migrations) {
		return err
	}
	for _, step := range migrations[version:] {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(migrations))); err != nil {
		return err
	}
	return tx.Commit()
}

func (j *Journal) version(ctx context.Context, q querier) (int, error) {
	var version int
	if err := q.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return 0, err
	}
	if version > len(migrations) {
		return 0, fmt.Errorf("%w: its schema has version %d, and this program knows up to %d", ErrNewer, version, len(migrations))
	}
	return version, nil
}
