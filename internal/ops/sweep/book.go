package sweep

import (
	"context"
	"hash/maphash"
	"sync"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
)

// Outcome is what became of a run of a sweep.
type Outcome uint8

// The outcomes. The first means that it is not known yet.
const (
	Pending       Outcome = iota
	Confirmed             // it reads cancelled
	FinishedFirst         // it completed before a cancel reached it
	Unconfirmed           // it is pending still, after repeated cancels
	Refused               // Knock refuses its cancel
	NoKey                 // its trigger had no cancellation key: no cancel reaches it
	Shared                // it shares key and recipient with a run out of scope, and was left for its sake
	Unnamed               // its recipient or its key cannot be named in a request: it was left
	Gone                  // Knock no longer knows it
	OutOfScope            // it was never in scope, and a cancel of this sweep ended it all the same
	outcomes
)

var outcomeNames = [outcomes]string{
	"pending", "confirmed", "finished first", "unconfirmed", "refused", "no key", "shared", "unnamed", "unknown to Knock", "out of scope",
}

func (o Outcome) String() string { return outcomeNames[o] }

// Outcomes are the words for what becomes of a run, in the order in which they are listed.
func Outcomes() []string { return outcomeNames[:] }

// parseOutcome reads what the journal holds.
func parseOutcome(s string) Outcome {
	for i, name := range outcomeNames {
		if name == s {
			return Outcome(i)
		}
	}
	return Pending
}

// How an outcome is known.
const (
	ByReading   = "read"      // the run itself was read
	ByExclusion = "exclusion" // nothing is pending, and the run is not among those that ended otherwise
)

// book knows every run of a sweep: in memory by a hash of its id, 20 to 40 bytes each, and in the
// journal with all that tells it apart. Hashes that collide would miscount one run; among a million
// that is as likely as one in 30 million.
type book struct {
	sweep   int64
	journal *journal.Journal

	mu     sync.Mutex
	seed   maphash.Seed
	runs   map[uint64]known
	counts [outcomes]int
	// excluded counts the runs whose outcome is known by exclusion.
	excluded int
	dirty    []journal.SweepRun
}

// known is what is kept of a run in memory.
type known struct {
	outcome Outcome
	look    uint16 // the one that saw it last as pending
}

func newBook(sweep int64, j *journal.Journal) *book {
	return &book{sweep: sweep, journal: j, seed: maphash.MakeSeed(), runs: map[uint64]known{}}
}

func (b *book) hash(run string) uint64 { return maphash.String(b.seed, run) }

// of returns what is known of a run.
func (b *book) of(run string) (known, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k, ok := b.runs[b.hash(run)]
	return k, ok
}

// put writes down what became of a run, as far as it differs from what is known, and reports
// whether the run is new.
func (b *book) put(r *client.Run, o Outcome, look uint16, evidence string, at time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.hash(r.ID)
	before, there := b.runs[h]
	b.runs[h] = known{o, look}
	if there && before.outcome == o {
		return false
	}
	if there {
		b.counts[before.outcome]--
	}
	b.counts[o]++
	b.dirty = append(b.dirty, row(r, o, evidence, at))
	return !there
}

// row is a run as the journal keeps it.
func row(r *client.Run, o Outcome, evidence string, at time.Time) journal.SweepRun {
	return journal.SweepRun{
		Run: r.ID, Workflow: r.Workflow, Key: r.TriggerSource.CancellationKey, Recipient: r.Recipient.String(), Tenant: r.Tenant,
		Source: r.TriggerSource.Type, Triggered: r.InsertedAt, Outcome: o.String(), Evidence: evidence, At: at,
	}
}

// add takes over rows that the journal is to hold, of a plan.
func (b *book) add(rows []journal.SweepRun) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range rows {
		b.take(r)
	}
	b.dirty = append(b.dirty, rows...)
}

// take counts a row; the lock is held.
func (b *book) take(r journal.SweepRun) {
	o := parseOutcome(r.Outcome)
	b.runs[b.hash(r.Run)] = known{outcome: o}
	b.counts[o]++
	if r.Evidence == ByExclusion {
		b.excluded++
	}
}

// count counts the runs of an outcome.
func (b *book) count(o Outcome) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.counts[o]
}

// flush writes to the journal what is not in it.
func (b *book) flush() error {
	b.mu.Lock()
	rows := b.dirty
	b.dirty = nil
	b.mu.Unlock()
	for len(rows) > 0 {
		n := min(len(rows), rowsTogether)
		if err := b.journal.PutSweepRuns(context.Background(), b.sweep, rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// rowsTogether is how many runs are written to the journal in one go.
const rowsTogether = 5000

// load takes back what the journal holds.
func (b *book) load(ctx context.Context) error {
	return b.each(ctx, nil, func(r journal.SweepRun) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.take(r)
	})
}

// each reads the runs of the journal that have one of these outcomes; none are all.
func (b *book) each(ctx context.Context, outcomes []string, see func(journal.SweepRun)) error {
	f := journal.SweepRunFilter{Outcomes: outcomes}
	for {
		rows, err := b.journal.SweepRuns(ctx, b.sweep, f, rowsTogether)
		if err != nil {
			return err
		}
		for _, r := range rows {
			see(r)
		}
		if len(rows) < rowsTogether {
			return nil
		}
		f.After = rows[len(rows)-1].Run
	}
}

// exclude gives every run that is undecided an outcome, by exclusion.
func (b *book) exclude(to Outcome, at time.Time) error {
	if err := b.flush(); err != nil {
		return err
	}
	if _, err := b.journal.ChangeSweepRuns(context.Background(), b.sweep, Pending.String(), to.String(), ByExclusion, at); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for h, k := range b.runs {
		if k.outcome == Pending {
			b.runs[h] = known{outcome: to}
			b.counts[Pending]--
			b.counts[to]++
			b.excluded++
		}
	}
	return nil
}

// seen counts the runs of an outcome that a look saw.
func (b *book) seen(look uint16, o Outcome) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, k := range b.runs {
		if k.look == look && k.outcome == o {
			n++
		}
	}
	return n
}

// change gives a run of the journal another outcome.
func (b *book) change(r journal.SweepRun, to Outcome, look uint16, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.hash(r.Run)
	before := b.runs[h]
	b.runs[h] = known{to, look}
	if before.outcome == to {
		return
	}
	b.counts[before.outcome]--
	b.counts[to]++
	r.Outcome, r.Evidence, r.At = to.String(), ByReading, at
	b.dirty = append(b.dirty, r)
}

// tell fills in what the book knows.
func (b *book) tell(p *Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p.Confirmed, p.FinishedFirst, p.Unconfirmed = b.counts[Confirmed], b.counts[FinishedFirst], b.counts[Unconfirmed]
	p.ByExclusion, p.NoKey, p.Inseparable, p.Unnamed = b.excluded, b.counts[NoKey], b.counts[Shared], b.counts[Unnamed]
	p.Refused, p.Gone, p.OutOfScope = b.counts[Refused], b.counts[Gone], b.counts[OutOfScope]
	p.Runs = b.counts[Pending] + p.Accounted()
}

// reachable counts the runs that a cancel can reach.
func (b *book) reachable() int {
	var p Progress
	b.tell(&p)
	return p.Runs
}

// reopen makes runs of these outcomes undecided again.
func (b *book) reopen(from ...Outcome) error {
	for _, o := range from {
		if _, err := b.journal.ChangeSweepRuns(context.Background(), b.sweep, o.String(), Pending.String(), ByReading, time.Now()); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for h, k := range b.runs {
		for _, o := range from {
			if k.outcome == o {
				b.runs[h] = known{}
				b.counts[o]--
				b.counts[Pending]++
			}
		}
	}
	return nil
}
