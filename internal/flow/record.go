package flow

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/knockops/knockops/internal/flow/expr"
)

// State is how far a step is.
type State string

// The states.
const (
	Running State = "running"
	Waiting State = "waiting"
	Paused  State = "paused" // at a breakpoint
	Passed  State = "passed"
	Failed  State = "failed"
	Stopped State = "stopped"
)

// Record is one attempt at a step, as it is shown and kept. It holds no secrets.
type Record struct {
	Seq         int            `json:"seq"`
	Workflow    string         `json:"workflow"`
	Depth       int            `json:"depth,omitempty"`
	Step        string         `json:"step"`
	Description string         `json:"description,omitempty"`
	Target      string         `json:"target"` // the operation, the channel or the workflow
	Visit       int            `json:"visit"`
	Attempt     int            `json:"attempt"`
	State       State          `json:"state"`
	Started     time.Time      `json:"started"`
	Ended       time.Time      `json:"ended,omitzero"`
	Request     *RequestSeen   `json:"request,omitempty"`
	Response    *ResponseSeen  `json:"response,omitempty"`
	Message     *MessageSeen   `json:"message,omitempty"`
	Criteria    []CriterionRes `json:"criteria,omitempty"`
	Outputs     map[string]any `json:"outputs,omitempty"`
	Action      *ActionSeen    `json:"action,omitempty"`
	Wait        *Wait          `json:"wait,omitempty"`
	Proof       *Proof         `json:"proof,omitempty"`
	Notes       []string       `json:"notes,omitempty"`
	Error       string         `json:"error,omitempty"`
}

// RequestSeen is a request as it is shown.
type RequestSeen struct {
	Method string      `json:"method"`
	Path   string      `json:"path"`
	Query  string      `json:"query,omitempty"`
	Header http.Header `json:"header,omitempty"`
	Body   string      `json:"body,omitempty"`
}

// ResponseSeen is a response as it is shown.
type ResponseSeen struct {
	Status    int           `json:"status"`
	Header    http.Header   `json:"header,omitempty"`
	Body      string        `json:"body,omitempty"`
	Took      time.Duration `json:"took"`
	RequestID string        `json:"request_id,omitempty"`
}

// MessageSeen is a webhook as it is shown.
type MessageSeen struct {
	ID      string    `json:"id,omitempty"`
	Type    string    `json:"type"`
	At      time.Time `json:"at"`
	Payload string    `json:"payload"`
	Passed  int       `json:"passed,omitempty"` // how many others were looked at before it
}

// CriterionRes is a criterion with what it was held against.
type CriterionRes struct {
	Context     string            `json:"context,omitempty"`
	Condition   string            `json:"condition"`
	Type        expr.Language     `json:"type"`
	Pass        bool              `json:"pass"`
	Why         string            `json:"why"` // both sides, in words
	Comparisons []expr.Comparison `json:"comparisons,omitempty"`
}

// ActionSeen is the success or failure action that was taken.
type ActionSeen struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Target string `json:"target,omitempty"`
	Why    string `json:"why,omitempty"`
}

// mostShown is how much of a body a record keeps.
const mostShown = 64 << 10

// shown is a body as a record keeps it, and says what was left out.
func shown(body []byte) string {
	if len(body) <= mostShown {
		return string(body)
	}
	left, _ := json.Marshal(len(body) - mostShown)
	return string(body[:mostShown]) + "\n… " + string(left) + " more bytes"
}

// Trace keeps the records of a run within bounds: the first and the last.
type Trace struct {
	records []Record
	dropped int
}

// How many records are kept of a run, from its beginning and its end.
const (
	KeepFirst = 100
	KeepLast  = 400
)

// Add takes a record, or the newer form of one that it has.
func (t *Trace) Add(r Record) {
	for i := len(t.records) - 1; i >= 0 && t.records[i].Seq >= r.Seq; i-- {
		if t.records[i].Seq == r.Seq {
			t.records[i] = r
			return
		}
	}
	if len(t.records) >= KeepFirst+KeepLast {
		t.records = slices.Delete(t.records, KeepFirst, KeepFirst+1)
		t.dropped++
	}
	t.records = append(t.records, r)
}

// Records are what is kept, in order; dropped is how many between the first and the last are not.
func (t *Trace) Records() (records []Record, dropped int) {
	return slices.Clone(t.records), t.dropped
}
