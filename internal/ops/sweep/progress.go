package sweep

import (
	"time"

	"github.com/knockops/knockops/internal/ops/cancel"
)

// Options say how a sweep goes about it.
type Options struct {
	// Freeze makes the workflow inactive first, so that nothing more arrives.
	Freeze bool `json:"freeze,omitempty"`
	// Follow goes on until nothing in scope is pending, and proves it. Without it the sweep ends
	// once Knock accepted the cancels of what was found.
	Follow bool `json:"follow,omitempty"`
	// Recall archives the in-app messages of the runs in scope afterwards.
	Recall bool `json:"recall,omitempty"`
	// Max is how many runs the sweep may cancel; 0 is no bound. It refuses a plan of more, and a
	// sweep that finds more is held up.
	Max int `json:"max,omitempty"`
	// Beyond is how many cancels may go out beyond those of the plan before the sweep is held up;
	// 0 chooses a bound by the plan, a negative number is none.
	Beyond int `json:"beyond,omitempty"`
	// ReadAll reads how every run ended, also where exclusion tells.
	ReadAll bool `json:"read_all,omitempty"`
	// Reason goes into the journal.
	Reason string `json:"-"`
}

// The phases of a sweep.
const (
	PhasePlanned    = "planned" // nothing was done yet
	PhaseFreezing   = "freezing"
	PhaseCancelling = "cancelling" // keys are found and their cancels sent
	PhaseVerifying  = "verifying"  // until nothing in scope is pending
	PhaseProving    = "proving"    // how the runs ended is read
	PhaseRecalling  = "recalling"
	PhaseDone       = "done"
	PhaseAborted    = "aborted" // it can be resumed
	PhaseFailed     = "failed"  // it can be resumed
)

// Progress is how far a sweep is. Its JSON is what the journal keeps and commands print.
type Progress struct {
	Phase string `json:"phase"`
	// Promised requests are those of the plan. Requests counts cancels that left or are about to:
	// Planned ones are among the promised, Beyond ones are not, Repeated ones were sent before.
	Promised int `json:"promised"`
	Requests int `json:"requests"`
	Planned  int `json:"planned"`
	Beyond   int `json:"beyond_plan"`
	Repeated int `json:"repeated"`
	// Accepted requests are with Knock; Errors counts those that it refuses, RateLimited answers of
	// 429.
	Accepted    int `json:"accepted"`
	Errors      int `json:"errors"`
	RateLimited int `json:"rate_limited"`
	// Runs counts the runs in scope that are known and a cancel can reach; Counted is true when they
	// are all there are. Expected is what the plan counted of them.
	Runs     int  `json:"runs"`
	Counted  bool `json:"counted"`
	Expected int  `json:"expected"`
	// Confirmed runs read cancelled, FinishedFirst ones completed; of both, ByExclusion were not
	// read one by one, and Sampled of those were. Unconfirmed ones are still pending after repeated
	// cancels.
	Confirmed     int `json:"confirmed"`
	FinishedFirst int `json:"finished_first"`
	Unconfirmed   int `json:"unconfirmed"`
	ByExclusion   int `json:"by_exclusion"`
	Sampled       int `json:"sampled"`
	// NoKey counts pending runs that no cancel reaches, Inseparable those that share key and
	// recipient with a run out of scope, Unnamed those whose recipient or key no request can name:
	// all are left. Refused runs are those whose cancel Knock refuses, Gone ones it no longer knows.
	NoKey       int `json:"no_key"`
	Inseparable int `json:"inseparable"`
	Unnamed     int `json:"unnamed"`
	Refused     int `json:"refused"`
	Gone        int `json:"unknown_to_knock"`
	// OutOfScope counts runs that were never in scope and that a cancel of this sweep ended: they
	// began between the reading that a cancel rested on, Window old at most, and the cancel.
	OutOfScope int           `json:"out_of_scope"`
	Window     time.Duration `json:"window"` // in nanoseconds; 0 where no cancel rests on a reading
	// KeysUnseen counts listed keys under which no run was seen, pending or ended.
	KeysUnseen int `json:"keys_unseen"`
	// Oldest and Youngest are when the oldest and the youngest run that was met were triggered.
	Oldest   time.Time `json:"oldest,omitzero"`
	Youngest time.Time `json:"youngest,omitzero"`
	// Late counts runs that arrived while the sweep went on.
	Late int `json:"late"`
	// Pending counts the runs in scope that were pending when last looked and can be cancelled.
	Pending int `json:"pending"`
	// ETA is how long this phase takes still; 0 when it is not known.
	ETA time.Duration `json:"-"`
	// Quiet is true once two looks in a row found nothing more to cancel.
	Quiet  bool  `json:"quiet"`
	Done   bool  `json:"done"`
	Err    error `json:"-"`
	Paused bool  `json:"-"`
	Frozen bool  `json:"frozen"` // by this sweep
	// Recalled counts in-app messages taken back, BeyondRecall those on other channels.
	Recalled     int `json:"recalled"`
	BeyondRecall int `json:"beyond_recall"`

	// What a resumed sweep has to know, by Knock's clock: when it began, and since when the plan had
	// read all that came; zero where it did not.
	Began    time.Time `json:"began,omitzero"`
	ReadFrom time.Time `json:"read_from,omitzero"`
	// PendingSince is the time before which nothing was pending when the first cancel went out; zero
	// where the plan had read everything.
	PendingSince time.Time   `json:"pending_since,omitzero"`
	Sent         cancel.Sent `json:"sent"`
}

// Sending reports whether there is more to send, or may be: proof alone sends nothing.
func (p Progress) Sending() bool { return p.Phase != PhaseProving }

// Accounted counts the runs whose end is known.
func (p Progress) Accounted() int {
	return p.Confirmed + p.FinishedFirst + p.Unconfirmed + p.Refused + p.Gone
}

// What the limiter lets through in a second: cancels, and runs that are listed.
const (
	sendRate = 960
	readRate = 240
)

// eta guesses how long the present phase takes still.
func (p Progress) eta() time.Duration {
	switch p.Phase {
	case PhaseCancelling:
		return time.Duration(max(0, p.Requests-p.Accepted-p.Errors)) * time.Second / sendRate
	case PhaseVerifying:
		return time.Duration(p.Pending) * time.Second / readRate
	case PhaseProving:
		return time.Duration(max(0, p.Runs-p.Accounted())) * time.Second / readRate
	}
	return 0
}
