package ops

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/runner"
)

// Scope says which pending runs a sweep is about: those of one workflow that
// every other condition matches too. Keys, when there are any, leave out what is
// under other keys; they also spare finding them.
type Scope struct {
	Workflow   string       `json:"workflow"`
	Recipients []client.Ref `json:"recipients,omitempty"`
	Tenant     string       `json:"tenant,omitempty"`
	Since      time.Time    `json:"since,omitzero"` // triggered then or later, by Knock's clock
	Until      time.Time    `json:"until,omitzero"` // triggered then or earlier
	KeyGlob    string       `json:"key_glob,omitempty"`
	KeyRegex   string       `json:"key_regex,omitempty"`
	Sources    []string     `json:"sources,omitempty"` // types of trigger source, such as api
	Errors     bool         `json:"errors,omitempty"`  // only runs with errors
	Keys       []string     `json:"keys,omitempty"`
}

// SourceTypes are the types of trigger source that Knock documents.
var SourceTypes = []string{"api", "audience", "schedule", "broadcast", "workflow_step", "integration", "rehearsal"}

// Check refuses a scope that is empty or cannot match anything. An empty scope
// is a [runner.Refusal].
func (s Scope) Check() error {
	if s.Workflow == "" {
		return runner.Refuse("the scope is empty: a sweep is about one workflow, name it")
	}
	if err := client.CheckID("workflow key", s.Workflow); err != nil {
		return err
	}
	if s.Keys != nil && len(s.Keys) == 0 {
		return runner.Refuse("the scope is empty: the list of keys holds none")
	}
	for _, k := range s.Keys {
		if err := client.CheckID("cancellation key", k); err != nil {
			return err
		}
	}
	for _, r := range s.Recipients {
		if r.IsZero() {
			return runner.Refuse("the scope names a recipient without an id")
		}
	}
	if _, err := regexp.Compile(s.KeyRegex); err != nil {
		return &client.InvalidError{Field: "key regex", Reason: err.Error()}
	}
	for _, source := range s.Sources {
		if !slices.Contains(SourceTypes, source) {
			return &client.InvalidError{Field: "trigger source", Reason: fmt.Sprintf("%q is none of %s", source, strings.Join(SourceTypes, ", "))}
		}
	}
	if !s.Since.IsZero() && !s.Until.IsZero() && s.Until.Before(s.Since) {
		return &client.InvalidError{Field: "time", Reason: "the scope ends before it begins"}
	}
	return nil
}

// KeyCount counts the runs in scope under one key.
type KeyCount struct {
	Key              string
	Runs             int
	Oldest, Youngest time.Time
}

// Estimate is the plan of a sweep: what is in scope, as far as it was read.
type Estimate struct {
	Scope Scope
	// At is when it was made.
	At time.Time
	// Runs counts the pending runs in scope, Keys the cancellation keys they are under.
	Runs, Keys int
	BySource   map[string]int
	ByKey      []KeyCount // most runs first
	// Oldest and Youngest are when runs in scope were triggered; zero when there are none.
	Oldest, Youngest time.Time
	// Cancellable runs have a key; NoKey runs have none. TooYoung runs are
	// cancellable, and wait until they are 5 s old.
	Cancellable, NoKey, TooYoung int
	NoKeyBySource                map[string]int
	// Requests is how many cancels it takes; SendTime how long sending them takes
	// at Knock's limit, ProveTime how long reading takes that proves it.
	Requests            int
	SendTime, ProveTime time.Duration
	// InflowPerMinute is how many runs in scope were triggered in the last minute.
	InflowPerMinute float64
	// Complete is true when all pending runs were read. Otherwise every count is at least that.
	Complete bool
	// Excluded counts runs that were read, are out of scope under keys in scope, and stay.
	Excluded int
	// Frozen is nil when it is not known, as without a service token.
	Frozen *bool

	seen runSet // runs in scope, up to a bound, where the scope is not all of the workflow
}

// SweepOptions say how a sweep goes about it.
type SweepOptions struct {
	// Freeze makes the workflow inactive first, so that nothing more arrives.
	Freeze bool `json:"freeze,omitempty"`
	// Follow goes on until nothing in scope is pending, and proves it. Without it
	// the sweep ends once Knock accepted the cancels of what was found.
	Follow bool `json:"follow,omitempty"`
	// Recall archives the in-app messages of the runs in scope afterwards.
	Recall bool `json:"recall,omitempty"`
	// Max refuses a sweep of more runs; 0 is no bound.
	Max int `json:"max,omitempty"`
	// Reason goes into the journal.
	Reason string `json:"-"`
}

// The phases of a sweep.
const (
	PhaseFreezing   = "freezing"
	PhaseCancelling = "cancelling" // keys are found and their cancels sent
	PhaseVerifying  = "verifying"  // until nothing in scope is pending
	PhaseProving    = "proving"    // how each run ended is read
	PhaseRecalling  = "recalling"
	PhaseDone       = "done"
	PhaseAborted    = "aborted" // it can be resumed
	PhaseFailed     = "failed"  // it can be resumed
)

// Sending reports whether there is more to send, or may be: proof alone sends nothing.
func (p SweepProgress) Sending() bool { return p.Phase != PhaseProving }

// SweepProgress is how far a sweep is.
type SweepProgress struct {
	Phase string `json:"phase"`
	// Requests counts cancels: those sent or about to be. Accepted ones are with
	// Knock; Errors counts those that failed for good, RateLimited answers of 429.
	Requests    int `json:"requests"`
	Accepted    int `json:"accepted"`
	Errors      int `json:"errors"`
	RateLimited int `json:"rate_limited"`
	// Runs counts the runs with a key that were found in scope; Counted is true
	// when they are all there are.
	Runs    int  `json:"runs"`
	Counted bool `json:"-"`
	// Confirmed runs read cancelled, FinishedFirst ones completed. Unconfirmed
	// ones are still pending after repeated cancels.
	Confirmed     int `json:"confirmed"`
	FinishedFirst int `json:"finished_first"`
	Unconfirmed   int `json:"unconfirmed"`
	// NoKey counts pending runs that no cancel reaches, Inseparable those that
	// share key and recipient with a run out of scope, and are left for its sake.
	NoKey       int `json:"no_key"`
	Inseparable int `json:"inseparable"`
	// Oldest is when the oldest run that was met was triggered.
	Oldest time.Time `json:"oldest,omitzero"`
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
}
