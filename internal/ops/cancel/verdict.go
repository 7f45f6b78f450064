package cancel

import (
	"time"

	"github.com/knockops/knockops/client"
)

// Verdict is how far a cancel of one run has come. A cancel that Knock has accepted is only
// requested: the run's own status proves it.
type Verdict int

// The verdicts. The zero value means that no cancel was asked for.
const (
	NoVerdict     Verdict = iota
	TooYoung              // it is cancelled once it is 5 s old
	Requested             // Knock has the cancel; nothing is proven
	Confirmed             // the run reads cancelled
	FinishedFirst         // the run completed before the cancel reached it
	Unconfirmed           // the proof did not come in time, or cannot be had
	Failed                // Knock refused the cancel, or it could not be sent
)

func (v Verdict) String() string {
	return [...]string{"", "waiting", "requested", "confirmed", "finished first", "unconfirmed", "failed"}[v]
}

// Over reports that nothing more will come.
func (v Verdict) Over() bool { return v >= Confirmed }

// Result is what became of the cancel of one run.
type Result struct {
	Run     *client.Run
	Verdict Verdict
	// Text says why, where that is not plain from the verdict.
	Text string
	At   time.Time
}

// Counts counts runs by verdict.
type Counts struct{ Confirmed, FinishedFirst, Unconfirmed, Failed int }

func (c *Counts) add(v Verdict) {
	switch v {
	case Confirmed:
		c.Confirmed++
	case FinishedFirst:
		c.FinishedFirst++
	case Unconfirmed:
		c.Unconfirmed++
	case Failed:
		c.Failed++
	}
}
