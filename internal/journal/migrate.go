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

	`CREATE TABLE events (
		id          INTEGER PRIMARY KEY,             -- in the order they were stored; the last one is never deleted
		received_at INTEGER NOT NULL,
		created_at  INTEGER NOT NULL,                -- 0 when Knock told none
		hash        BLOB    NOT NULL,                -- of the body
		verified    INTEGER NOT NULL,
		repeats     INTEGER NOT NULL DEFAULT 0,
		last_at     INTEGER NOT NULL,
		header      TEXT    NOT NULL,                -- lines of name: value
		body        BLOB    NOT NULL                 -- last, so that the rest is read without it
	);
	-- A repeat has the same body, and so the same created_at. With it in front, new rows land next to one another.
	CREATE UNIQUE INDEX events_once ON events (created_at, hash);
	CREATE INDEX events_by_time ON events (received_at);
	CREATE INDEX events_unverified ON events (id) WHERE verified = 0;
	CREATE INDEX events_verified ON events (id) WHERE verified = 1;
	-- What events are found by. It follows the events: those after event_state.indexed are not in it yet.
	CREATE VIRTUAL TABLE event_words USING fts5 (fields, text, content='', contentless_delete=1, tokenize='ascii');
	CREATE TABLE event_types (type TEXT PRIMARY KEY) WITHOUT ROWID; -- those that are in event_words
	CREATE TABLE event_state (
		indexed INTEGER NOT NULL,                    -- the last event in event_words
		dropped INTEGER NOT NULL                     -- how many events retention took away
	);
	INSERT INTO event_state VALUES (0, 0);`,

	`ALTER TABLE actions ADD COLUMN sweep INTEGER NOT NULL DEFAULT 0;  -- the sweep that it is part of
	CREATE INDEX actions_by_sweep ON actions (sweep, id) WHERE sweep <> 0;
	CREATE TABLE sweeps (
		id          INTEGER PRIMARY KEY AUTOINCREMENT,
		at          INTEGER NOT NULL,
		who         TEXT    NOT NULL,
		profile     TEXT    NOT NULL,
		environment TEXT    NOT NULL,
		workflow    TEXT    NOT NULL,
		scope       TEXT    NOT NULL,                -- JSON
		options     TEXT    NOT NULL,                -- JSON
		reason      TEXT    NOT NULL
	);
	-- How a sweep went. Rows are only ever added: the last one says where it is.
	CREATE TABLE sweep_steps (
		id       INTEGER PRIMARY KEY AUTOINCREMENT,
		sweep_id INTEGER NOT NULL REFERENCES sweeps (id),
		at       INTEGER NOT NULL,
		phase    TEXT    NOT NULL,
		text     TEXT    NOT NULL,
		progress TEXT    NOT NULL                    -- JSON
	);
	CREATE INDEX sweep_steps_by_sweep ON sweep_steps (sweep_id, id);`,

	`CREATE TABLE sweep_holds (
		sweep_id INTEGER PRIMARY KEY REFERENCES sweeps (id),
		who      TEXT    NOT NULL,
		host     TEXT    NOT NULL,
		pid      INTEGER NOT NULL,
		process  TEXT    NOT NULL,                   -- random, for a number is used again
		since    INTEGER NOT NULL,
		seen     INTEGER NOT NULL
	);`,

	`ALTER TABLE sweeps ADD COLUMN binding TEXT NOT NULL DEFAULT '';   -- host and fingerprint of the key it was begun with
	ALTER TABLE actions ADD COLUMN skew INTEGER NOT NULL DEFAULT 0;   -- how far Knock's clock was ahead of this machine's
	-- What became of each run of a sweep.
	CREATE TABLE sweep_runs (
		sweep_id  INTEGER NOT NULL REFERENCES sweeps (id),
		run       TEXT    NOT NULL,
		workflow  TEXT    NOT NULL,
		key       TEXT    NOT NULL,
		recipient TEXT    NOT NULL,
		tenant    TEXT    NOT NULL,
		source    TEXT    NOT NULL,
		triggered INTEGER NOT NULL,                  -- by Knock's clock
		outcome   TEXT    NOT NULL,
		evidence  TEXT    NOT NULL,
		at        INTEGER NOT NULL,                  -- when the outcome was learned, by Knock's clock
		PRIMARY KEY (sweep_id, run)
	) WITHOUT ROWID;
	CREATE INDEX sweep_runs_by_outcome ON sweep_runs (sweep_id, outcome, triggered);`,

	`ALTER TABLE actions ADD COLUMN idempotency_key TEXT NOT NULL DEFAULT ''; -- that a trigger went out under`,

	// Which process carries an action out, so that one that is gone is known.
	`ALTER TABLE actions ADD COLUMN host TEXT NOT NULL DEFAULT '';
	ALTER TABLE actions ADD COLUMN pid INTEGER NOT NULL DEFAULT 0;
	ALTER TABLE actions ADD COLUMN process TEXT NOT NULL DEFAULT '';`,

	`-- Events that were never received, but put together from what the API tells.
	CREATE TABLE reconstructed (
		event_id INTEGER PRIMARY KEY REFERENCES events (id) ON DELETE CASCADE,
		subject  TEXT    NOT NULL                    -- type and id of what it is about
	);
	CREATE INDEX reconstructed_by_subject ON reconstructed (subject);
	-- When a receiver stood ready, as far as it said so: between these spans nothing could be taken.
	CREATE TABLE receiving (
		id    INTEGER PRIMARY KEY,
		since INTEGER NOT NULL,
		until INTEGER NOT NULL,                      -- it is moved on while the receiver runs
		process TEXT  NOT NULL
	);
	CREATE INDEX receiving_by_end ON receiving (until);
	CREATE TABLE backfills (
		id       INTEGER PRIMARY KEY,
		at       INTEGER NOT NULL,
		since    INTEGER NOT NULL,                   -- what lies between was compared with the API
		until    INTEGER NOT NULL,
		restored INTEGER NOT NULL
	);`,

	`CREATE TABLE flow_runs (
		id          INTEGER PRIMARY KEY AUTOINCREMENT,
		at          INTEGER NOT NULL,
		who         TEXT    NOT NULL,
		profile     TEXT    NOT NULL,
		environment TEXT    NOT NULL,
		document    TEXT    NOT NULL,                -- the file, or the name of one that is built in
		title       TEXT    NOT NULL,
		workflow    TEXT    NOT NULL,
		inputs      TEXT    NOT NULL,                -- JSON, without secrets
		outcome     TEXT    NOT NULL DEFAULT '',     -- empty until it ended
		result      TEXT    NOT NULL DEFAULT '',     -- JSON
		error       TEXT    NOT NULL DEFAULT '',
		ended_at    INTEGER NOT NULL DEFAULT 0
	);
	CREATE TABLE flow_steps (
		run_id INTEGER NOT NULL REFERENCES flow_runs (id),
		seq    INTEGER NOT NULL,                     -- attempts of the run, counted
		record TEXT    NOT NULL,                     -- JSON, without secrets
		PRIMARY KEY (run_id, seq)
	) WITHOUT ROWID;`,

	// The index holds pairs of words too: it is built anew, by whoever indexes next.
	`DROP TABLE event_words;
	CREATE VIRTUAL TABLE event_words USING fts5 (fields, text, content='', contentless_delete=1, tokenize='ascii');
	UPDATE event_state SET indexed = 0;`,
	`-- What was written and can be sent later, in one environment alone: host and fingerprint of its key are the binding.
	CREATE TABLE templates (
		name     TEXT PRIMARY KEY,
		binding  TEXT    NOT NULL,
		body     TEXT    NOT NULL,                   -- JSON
		saved_at INTEGER NOT NULL
	) WITHOUT ROWID;
	CREATE TABLE drafts (
		id       INTEGER PRIMARY KEY,
		binding  TEXT    NOT NULL,
		body     TEXT    NOT NULL,                   -- JSON
		saved_at INTEGER NOT NULL
	);`,

	`ALTER TABLE actions ADD COLUMN act TEXT NOT NULL DEFAULT ''; -- what the requests of one act share
	CREATE INDEX actions_by_act ON actions (act, id) WHERE act <> '';`,
	`-- What a team's streams and this journal have of one another.
	CREATE TABLE team_streams (
		stream   TEXT    PRIMARY KEY,
		made     INTEGER NOT NULL DEFAULT 0,         -- when the stream was: one that is made anew is followed anew
		followed INTEGER NOT NULL DEFAULT 0,         -- the sequence up to which its events are here
		relayed  INTEGER,                            -- the event up to which it has those of here; none until that begins
		omitted  INTEGER NOT NULL DEFAULT 0          -- events of here that it will never have
	) WITHOUT ROWID;
	-- Events that came from a team's stream, and are not sent there again.
	CREATE TABLE team_events (event_id INTEGER PRIMARY KEY REFERENCES events (id) ON DELETE CASCADE);`,
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
