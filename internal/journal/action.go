package journal

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/user"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Kind is what an action does.
type Kind string

// The kinds of action.
const (
	Identify Kind = "identify"
	Trigger  Kind = "trigger"
	Cancel   Kind = "cancel"
	Freeze   Kind = "freeze"
	Thaw     Kind = "thaw"
	Archive  Kind = "archive"
	Track    Kind = "track"
	// Set and Unset change what Knock keeps of a recipient, an object or a tenant.
	Set   Kind = "set"
	Unset Kind = "unset"
	// Schedule makes schedules of a workflow, or changes them.
	Schedule Kind = "schedule"
	// DeleteSchedules deletes schedules of a workflow.
	DeleteSchedules Kind = "delete schedules"
	// Sweeps is what a filter calls the cancels of sweeps. No action is of this kind.
	Sweeps Kind = "sweep"
	// Request is a request of a flow that is none of the others.
	Request Kind = "request"
	// Command is a program of the operator's own.
	Command Kind = "command"
)

// State is how far an action got.
type State string

// The states of an action. One that is still begun although its process is gone becomes unknown when it is next read.
const (
	Begun   State = "begun"   // written down; its request may be on its way
	Done    State = "done"    // Knock took it
	Failed  State = "failed"  // Knock refused it, or it never left
	Unknown State = "unknown" // it may have reached Knock, and no answer came
)

// Action is one thing that an operator did. It has no place for headers, and so none for keys.
type Action struct {
	ID            int64
	At            time.Time // when it began; Begin fills in the present
	Who           string    // user@host; Begin fills in this process's
	Profile       string
	Environment   string
	Kind          Kind
	Workflow      string
	Key           string   // the cancellation key
	Recipients    []string // those that the request named
	Everyone      bool     // a cancel of everyone under Key
	Reason        string   // the operator's own words, such as a ticket
	Method        string
	Path          string
	Request       json.RawMessage // the body as it was sent, as a JSON string if it was no JSON; may be empty
	State         State
	Outcome       string // what came of it, in words
	Status        int    // of Knock's answer; 0 when there was none
	RequestID     string // Knock's x-request-id
	WorkflowRunID string // what a trigger started
	Sweep         int64  // the sweep that it is part of; 0 for none
	Act           string // what it shares with the other requests of one act, such as a cancel of many keys; "" for none
	FinishedAt    time.Time
	// Skew is how far Knock's clock was ahead of this machine's when the action began: every time
	// here is this machine's, and At.Add(Skew) is Knock's.
	Skew time.Duration
	// IdempotencyKey is what a trigger went out under: repeated under it within 24 hours it happens once.
	IdempotencyKey string
}

// Outcome is what came of an action.
type Outcome struct {
	State         State
	Text          string // in words
	Status        int
	RequestID     string
	WorkflowRunID string
}

// Note is what was learned about one run of an action after the answer came, such as that a cancel is confirmed.
type Note struct {
	At      time.Time // Note fills in the present
	Run     string    // id of the workflow recipient run
	Verdict string    // such as confirmed, finished first, unconfirmed
	Detail  string
}

// ErrNoAction says that the journal holds no action of that id.
var ErrNoAction = errors.New("the journal holds no such action")

// Begin writes an action down and returns its id. It is on disk when Begin returns, so a caller sends the request after
// that; an error means that nothing may be sent.
func (j *Journal) Begin(ctx context.Context, a Action) (int64, error) {
	id, err := begin(ctx, j.inLine(), a)
	if err != nil {
		return 0, j.explain("writing to", err)
	}
	return id, nil
}

// executor is what a database and a transaction have in common.
type executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func begin(ctx context.Context, in executor, a Action) (int64, error) {
	to := slices.Clone(a.Recipients)
	for i := range to {
		to[i] = withoutKeys(to[i])
	}
	recipients, err := json.Marshal(to)
	if err != nil {
		return 0, err
	}
	if len(a.Request) > 0 && !json.Valid(a.Request) {
		if a.Request, err = json.Marshal(string(a.Request)); err != nil {
			return 0, err
		}
	}
	if a.At.IsZero() {
		a.At = time.Now()
	}
	if a.Who == "" {
		a.Who = who()
	}
	result, err := in.ExecContext(ctx, `INSERT INTO actions
		(at, who, profile, environment, kind, workflow, key, recipients, everyone, reason, method, path, request, state, sweep, act, skew, idempotency_key, host, pid, process)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.At.UnixMicro(), a.Who, a.Profile, a.Environment, a.Kind, withoutKeys(a.Workflow), withoutKeys(a.Key), string(recipients), a.Everyone,
		withoutKeys(a.Reason), a.Method, withoutKeys(a.Path), withoutKeys(string(a.Request)), Begun, a.Sweep, a.Act, a.Skew.Microseconds(), withoutKeys(a.IdempotencyKey), host(), os.Getpid(), process)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}

// Finish writes down what came of an action. It is on disk when Finish returns. An action may be finished again, when
// more is known than the first time; the last outcome stands. It is written even when ctx is cancelled, because the
// request was sent all the same.
func (j *Journal) Finish(ctx context.Context, id int64, o Outcome) error {
	return j.explain("writing to", finish(context.WithoutCancel(ctx), j.inLine(), id, o))
}

func finish(ctx context.Context, to executor, id int64, o Outcome) error {
	result, err := to.ExecContext(ctx, `UPDATE actions
		SET state = ?, outcome = ?, status = ?, request_id = ?, workflow_run_id = ?, finished_at = ? WHERE id = ?`,
		o.State, withoutKeys(o.Text), o.Status, o.RequestID, o.WorkflowRunID, time.Now().UnixMicro(), id)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(fmt.Errorf("action %d: %w", id, ErrNoAction), err)
	}
	return nil
}

// Note writes down what was learned about runs of an action, all or nothing, even when ctx is cancelled.
func (j *Journal) Note(ctx context.Context, id int64, notes ...Note) error {
	return j.NoteAll(ctx, map[int64][]Note{id: notes})
}

// NoteAll is Note for many actions, all or nothing: one write to the disk where Note takes one for each.
func (j *Journal) NoteAll(ctx context.Context, notes map[int64][]Note) error {
	ctx = context.WithoutCancel(ctx)
	return j.together(ctx, func(tx *sql.Tx) error {
		insert, err := tx.PrepareContext(ctx, "INSERT INTO notes (action_id, at, run, verdict, detail) VALUES (?, ?, ?, ?, ?)")
		if err != nil {
			return err
		}
		defer insert.Close()
		for _, id := range slices.Sorted(maps.Keys(notes)) {
			if err := tx.QueryRowContext(ctx, "SELECT 1 FROM actions WHERE id = ?", id).Scan(new(int)); errors.Is(err, sql.ErrNoRows) {
				return fmt.Errorf("action %d: %w", id, ErrNoAction)
			} else if err != nil {
				return err
			}
			for _, n := range notes[id] {
				if n.At.IsZero() {
					n.At = time.Now()
				}
				if _, err := insert.ExecContext(ctx, id, n.At.UnixMicro(), n.Run, n.Verdict, withoutKeys(n.Detail)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// secret is what a key of Knock looks like. Ids and cancellation keys may begin like one, but are not that long, as a
// rule: one that is can be cancelled all the same, and is found again by what stands for it here.
var secret = regexp.MustCompile(`\b(sk|knock_st|whsec)_[A-Za-z0-9_-]{20,}`)

// withoutKeys takes out what somebody pasted where it does not belong. What stands for a key tells it from others, and
// gives nothing of it away.
func withoutKeys(s string) string {
	if !strings.Contains(s, "sk_") && !strings.Contains(s, "knock_st_") && !strings.Contains(s, "whsec_") {
		return s
	}
	return secret.ReplaceAllStringFunc(s, func(key string) string {
		kind := secret.FindStringSubmatch(key)[1]
		sum := sha256.Sum256([]byte("knockops: a key in the journal\x00" + key))
		return kind + "_…" + hex.EncodeToString(sum[:3])
	})
}

// who names the person at this machine, as far as the operating system knows.
func who() string {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	return name + "@" + cmp.Or(host(), "unknown")
}
