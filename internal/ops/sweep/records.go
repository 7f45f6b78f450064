package sweep

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/knockops/knockops/internal/journal"
)

// Record is a sweep as the journal has it.
type Record struct {
	ID                        int64
	At                        time.Time
	Who, Profile, Environment string
	Binding                   string // host and fingerprint of the key; "" in journals of earlier versions
	Scope                     Scope
	Options                   Options
	// Progress is what the last step wrote down, StepAt when that was.
	Progress Progress
	StepAt   time.Time
	// Running is true while this session carries it out.
	Running bool
	// Elsewhere is set while another process, or session, carries it out.
	Elsewhere *journal.Hold
	// Steps are how it went; only a single record has them.
	Steps []Step
}

// Step is where a sweep was at a time.
type Step struct {
	At       time.Time
	Text     string // such as what went wrong
	Progress Progress
}

// CutOff reports that nobody carries the sweep out although it is not done: it can be resumed.
func (r Record) CutOff() bool {
	return !r.Running && r.Elsewhere == nil && r.Progress.Phase != PhaseDone
}

// Records returns every sweep of the profile's journal, the latest first.
func (x *Sweeps) Records(ctx context.Context) ([]Record, error) {
	out, err := ReadAll(ctx, x.r.Journal)
	for i := range out {
		x.present(&out[i])
	}
	return out, err
}

// Record returns one sweep of the journal.
func (x *Sweeps) Record(ctx context.Context, id int64) (Record, error) {
	out, err := Read(ctx, x.r.Journal, id)
	if err != nil {
		return out, err
	}
	x.present(&out)
	return out, nil
}

// Read returns one sweep of a journal that no session has open.
func Read(ctx context.Context, j *journal.Journal, id int64) (Record, error) {
	r, err := j.Sweep(ctx, id)
	if err != nil {
		return Record{}, err
	}
	out, err := recordOf(r)
	if err != nil {
		return out, err
	}
	steps, err := j.SweepSteps(ctx, id)
	if err != nil {
		return out, err
	}
	for _, step := range steps {
		one := Step{At: step.At, Text: step.Text}
		if err := json.Unmarshal(step.Progress, &one.Progress); err != nil {
			return out, unreadable(id, err)
		}
		out.Steps = append(out.Steps, one)
	}
	return out, nil
}

// ReadAll returns every sweep of a journal that no session has open, the latest first.
func ReadAll(ctx context.Context, j *journal.Journal) ([]Record, error) {
	found, err := j.Sweeps(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Record, len(found))
	for i, r := range found {
		if out[i], err = recordOf(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// present brings a record up to what this session knows.
func (x *Sweeps) present(r *Record) {
	if w := x.get(r.ID); w != nil && !w.ended() {
		r.Running, r.Elsewhere, r.Progress = true, nil, w.Progress()
	}
}

func recordOf(r journal.Sweep) (Record, error) {
	out := Record{ID: r.ID, At: r.At, Who: r.Who, Profile: r.Profile, Environment: r.Environment, Binding: r.Binding, StepAt: r.Last.At}
	if r.Hold.Live() {
		out.Elsewhere = &r.Hold
	}
	// What a scope or an option says that this program does not know could be what narrows it.
	for _, part := range []struct {
		text json.RawMessage
		into any
	}{{r.Scope, &out.Scope}, {r.Options, &out.Options}} {
		if err := strictly(part.text, part.into); err != nil {
			return out, unreadable(r.ID, err)
		}
	}
	if len(r.Last.Progress) > 0 {
		if err := json.Unmarshal(r.Last.Progress, &out.Progress); err != nil {
			return out, unreadable(r.ID, err)
		}
	}
	out.Options.Reason = r.Reason
	return out, nil
}

// strictly reads JSON and refuses fields that are not known.
func strictly(text json.RawMessage, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

func unreadable(id int64, err error) error {
	return fmt.Errorf("sweep %d in the journal cannot be read, perhaps a later version of this program wrote it: %w", id, err)
}

// Run is a run of a sweep as the journal has it.
type Run = journal.SweepRun

// Runs reads the runs of a sweep and what became of each; no outcomes are all.
func Runs(ctx context.Context, j *journal.Journal, id int64, outcomes []string, see func(Run) error) error {
	f := journal.SweepRunFilter{Outcomes: outcomes}
	for {
		rows, err := j.SweepRuns(ctx, id, f, rowsTogether)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := see(r); err != nil {
				return err
			}
		}
		if len(rows) < rowsTogether {
			return nil
		}
		f.After = rows[len(rows)-1].Run
	}
}
