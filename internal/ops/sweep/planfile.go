package sweep

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/termtext"
)

// fileVersion is the version of plan files that this program writes and reads.
const fileVersion = 1

// File is a plan as it is kept in a file: what is to be cancelled, run by run, and where it may be
// carried out.
type File struct {
	Version     int            `json:"knockops_plan"`
	Profile     string         `json:"profile"`
	Environment string         `json:"environment"`
	Binding     string         `json:"binding"` // host and fingerprint of the key
	Made        time.Time      `json:"made"`    // by Knock's clock
	Scope       Scope          `json:"scope"`
	Runs        int            `json:"runs"`
	Requests    int            `json:"requests"`
	BySource    map[string]int `json:"by_source"`
	Oldest      time.Time      `json:"oldest,omitzero"`
	Youngest    time.Time      `json:"youngest,omitzero"`
	Keys        []FileKey      `json:"keys"`
	Hash        string         `json:"hash"` // SHA-256 of all else
}

// FileKey is a cancellation key of a plan file and the runs under it.
type FileKey struct {
	Key  string    `json:"key"`
	Runs []FileRun `json:"runs"`
}

// FileRun is a run of a plan file.
type FileRun struct {
	ID        string    `json:"id"`
	Recipient string    `json:"recipient"`
	Triggered time.Time `json:"triggered"`
}

// File is the plan for a file. A plan that does not know every run cannot be kept.
func (x *Sweeps) File(p Plan) (File, error) {
	if !p.Remembered() {
		return File{}, runner.Refuse("this plan does not know every run in scope, so that it cannot be kept: read it to its end, or narrow the scope")
	}
	f := File{
		Version: fileVersion, Profile: x.r.Profile, Environment: x.r.Environment, Binding: x.binding(), Made: p.Begun.UTC(), Scope: p.Scope,
		Runs: p.Cancellable, Requests: p.Requests, BySource: p.BySource, Oldest: p.Oldest, Youngest: p.Youngest,
	}
	byKey := map[string][]FileRun{}
	for _, r := range p.seen {
		if r.Outcome == Pending.String() {
			byKey[r.Key] = append(byKey[r.Key], FileRun{r.Run, r.Recipient, r.Triggered})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		f.Keys = append(f.Keys, FileKey{key, byKey[key]})
	}
	var err error
	f.Hash, err = f.hash()
	return f, err
}

func (f File) hash() (string, error) {
	f.Hash = ""
	b, err := json.Marshal(f)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// ParseFile reads a plan file, and refuses one that was changed since it was written.
func ParseFile(b []byte) (File, error) {
	var f File
	if err := strictly(b, &f); err != nil {
		return f, fmt.Errorf("this is no plan of a sweep: %w", err)
	}
	switch hash, err := f.hash(); {
	case err != nil:
		return f, err
	case f.Version != fileVersion:
		return f, runner.Refuse("the plan has version %d, and this program reads version %d: make it again", f.Version, fileVersion)
	case hash != f.Hash:
		return f, runner.Refuse("the plan was changed since it was made (its hash is another): make it again")
	}
	return f, f.Scope.Check()
}

// Write keeps the plan in a new file that nobody else can read: it names recipients.
func (f File) Write(path string) error {
	b, err := json.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(b, '\n'))
	return errors.Join(err, file.Close())
}

// ReadFile reads a plan file, as [ParseFile] does.
func ReadFile(path string) (File, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return File{}, err
	}
	return ParseFile(b)
}

// Drift is how what is pending differs from a plan, under one key.
type Drift struct {
	Key string `json:"key"`
	// Gone runs were planned and are not pending any more; Grown ones are pending in the plan's
	// scope and were not planned: they are not cancelled. New is set where the plan had none under
	// the key.
	Gone  int  `json:"gone"`
	Grown int  `json:"grown"`
	New   bool `json:"new"`
}

// Compare reads what is pending now and makes the plan that carries out a file: those of its runs
// that are pending still, and no others. It refuses a file that was made with another key, at
// another host or for another environment.
func (x *Sweeps) Compare(ctx context.Context, f File, progress func(Plan)) (Plan, []Drift, error) {
	switch {
	case f.Binding != x.binding():
		return Plan{}, nil, runner.Refuse("the plan was made with another key or at another host than this profile has: it acts on no other environment")
	case f.Environment != x.r.Environment:
		return Plan{}, nil, runner.Refuse("the plan was made for %s, and this is %s", f.Environment, x.r.Environment)
	}
	now, err := x.Plan(ctx, f.Scope, progress)
	switch {
	case err != nil:
		return now, nil, err
	case !now.Remembered():
		return now, nil, runner.Refuse("more is pending than can be compared with a plan: narrow the scope")
	}
	planned := map[string]bool{}
	drifts := map[string]*Drift{}
	of := func(key string) *Drift {
		if drifts[key] == nil {
			drifts[key] = &Drift{Key: key}
		}
		return drifts[key]
	}
	known := map[string]bool{}
	for _, k := range f.Keys {
		known[k.Key] = true
		for _, r := range k.Runs {
			planned[r.ID] = true
			of(k.Key).Gone++ // until it is found pending
		}
	}
	var rows []journal.SweepRun
	for _, r := range now.seen {
		switch {
		case r.Outcome != Pending.String():
		case planned[r.Run]:
			of(r.Key).Gone--
			rows = append(rows, r)
		default:
			of(r.Key).Grown++
			of(r.Key).New = !known[r.Key]
		}
	}
	var out []Drift
	for _, key := range slices.Sorted(maps.Keys(drifts)) {
		if d := *drifts[key]; d.Gone+d.Grown > 0 {
			out = append(out, d)
		}
	}
	return now.only(rows), out, nil
}

// MaxDrift is how many runs may have come in the scope of a plan since it was made before it is
// refused, where nobody said otherwise.
const MaxDrift = 100

// DriftWords says in a sentence how what is pending differs from a plan of so many runs, of which
// so many are pending still.
func DriftWords(planned, pending int, drifts []Drift) string {
	gone, grown := Drifted(drifts)
	return fmt.Sprintf("Of %s planned, %s pending and %s not any more; %s came since and %s.",
		plural(planned, "run"), areThey(pending), areThey(gone), plural(grown, "run"), stay(grown))
}

func areThey(n int) string {
	if n == 1 {
		return "1 is"
	}
	return termtext.Count(n) + " are"
}

func stay(n int) string {
	if n == 1 {
		return "stays"
	}
	return "stay"
}

// Drifted sums drifts up: the runs that are gone, and those that came.
func Drifted(drifts []Drift) (gone, grown int) {
	for _, d := range drifts {
		gone += d.Gone
		grown += d.Grown
	}
	return gone, grown
}

// only is the plan that cancels some of the runs of a plan and no others.
func (p Plan) only(rows []journal.SweepRun) Plan {
	out := p
	out.Scope = Scope{Workflow: p.Scope.Workflow, Runs: []string{}}
	out.seen, out.young, out.Runs, out.Cancellable, out.NoKey, out.Unnamed = rows, nil, len(rows), len(rows), 0, 0
	out.BySource, out.NoKeyBySource, out.Requests, out.InflowPerMinute = map[string]int{}, map[string]int{}, 0, 0
	out.Oldest, out.Youngest = time.Time{}, time.Time{}
	byKey := map[string]*KeyCount{}
	for _, r := range rows {
		out.Scope.Runs = append(out.Scope.Runs, r.Run)
		out.BySource[r.Source]++
		if out.Oldest.IsZero() || r.Triggered.Before(out.Oldest) {
			out.Oldest = r.Triggered
		}
		if r.Triggered.After(out.Youngest) {
			out.Youngest = r.Triggered
		}
		if p.Begun.Sub(r.Triggered) < cancel.MinAge {
			out.young = append(out.young, r.Triggered)
		}
		if byKey[r.Key] == nil {
			byKey[r.Key] = &KeyCount{Key: r.Key}
		}
		byKey[r.Key].Runs++
	}
	out.ByKey = nil
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		out.ByKey = append(out.ByKey, *byKey[key])
		out.Requests += requests(byKey[key].Runs, false)
	}
	out.Keys = len(out.ByKey)
	out.Excluded = p.Runs + p.Excluded - len(rows)
	return out
}

// Retry makes the plan of another sweep over the runs of an earlier one that had one of these
// outcomes and are pending still.
func (x *Sweeps) Retry(ctx context.Context, id int64, outcomes []string, progress func(Plan)) (Plan, error) {
	r, err := x.Record(ctx, id)
	if err != nil {
		return Plan{}, err
	}
	if r.Binding != x.binding() {
		return Plan{}, runner.Refuse("sweep %d was carried out with another key or at another host than this profile has: its runs are not here", id)
	}
	scope := Scope{Workflow: r.Scope.Workflow, Runs: []string{}}
	err = Runs(ctx, x.r.Journal, id, outcomes, func(run journal.SweepRun) error {
		scope.Runs = append(scope.Runs, run.Run)
		return nil
	})
	if err != nil {
		return Plan{}, err
	}
	if len(scope.Runs) == 0 {
		return Plan{}, runner.Refuse("sweep %d has no run with that outcome: `%s` lists them", id, x.Command("sweep show %d --runs", id))
	}
	return x.Plan(ctx, scope, progress)
}
