// Package why answers what support asks: did this recipient get it, and if not, why? It gathers what Knock and the
// journal know about one question, finds the causes in it, and words them with the proof beside them.
package why

import (
	"context"
	"slices"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
)

// MaxRequests is how many requests one question may cost, those included that had to be sent again.
const MaxRequests = 12

// Question is what is asked about. ID is any id, and is found out what it is of; the others narrow it down.
type Question struct {
	ID                                      string
	Recipient                               client.Ref
	Workflow, Message, Run, Trigger, Tenant string
	Since                                   time.Time
}

// Kind tells what is right from what is wrong.
type Kind string

// The kinds, in the order in which they lead an answer.
const (
	Wrong   Kind = "wrong"   // it should have arrived
	Waiting Kind = "waiting" // it goes on by itself
	Nothing Kind = "nothing" // rightly nothing was sent, or not this time
	Unknown Kind = "unknown"
	Arrived Kind = "arrived"
)

var kinds = []Kind{Wrong, Waiting, Nothing, Unknown, Arrived}

// Evidence is a record that a finding rests on.
type Evidence struct {
	Kind string    `json:"kind"` // run event, message event, delivery log, preference, webhook …
	ID   string    `json:"id,omitempty"`
	At   time.Time `json:"at,omitzero"`
	Text string    `json:"text,omitempty"`
}

// Finding is a cause that was found, for one channel or for the whole run.
type Finding struct {
	Cause string `json:"cause"`
	Kind  Kind   `json:"kind"`
	// Proven says that a record of Knock's own says so; otherwise it is inferred, and likely.
	Proven   bool       `json:"proven"`
	Channel  string     `json:"channel,omitempty"` // "" for the whole run
	Step     string     `json:"step,omitempty"`
	Text     string     `json:"text"`
	Evidence []Evidence `json:"evidence"`
	Next     []string   `json:"next,omitempty"` // commands, or what to do in words

	beside bool // another finding about the same is told beside it
}

// Answer is what became of it, and why.
type Answer struct {
	Verdict       string     `json:"verdict"`
	Cause         string     `json:"cause"`
	Kind          Kind       `json:"kind"`
	Proven        bool       `json:"proven"`
	Evidence      []Evidence `json:"evidence"`
	Recipient     string     `json:"recipient,omitempty"`
	Workflow      string     `json:"workflow,omitempty"`
	Run           string     `json:"workflow_recipient_run_id,omitempty"`
	WorkflowRunID string     `json:"workflow_run_id,omitempty"`
	Findings      []Finding  `json:"findings"` // the first is the answer's own
	Route         []Hop      `json:"route"`
	Next          []string   `json:"next,omitempty"`
	LookedAt      []string   `json:"looked_at"`
	Requests      int        `json:"requests"`
	Others        []Run      `json:"other_runs,omitempty"` // of the same recipient, that were not asked about
}

// Run is one more run of the recipient.
type Run struct {
	ID       string    `json:"id"`
	Workflow string    `json:"workflow"`
	Status   string    `json:"status"`
	At       time.Time `json:"inserted_at"`
}

// Progress says which request is being made.
type Progress struct {
	Requests int
	What     string
}

// Ask answers a question. progress is told of each request before it is made; nil for nobody. An error is one that leaves nothing to say; what could not be read besides is in LookedAt.
func Ask(ctx context.Context, s *ops.Session, q Question, progress func(Progress)) (Answer, error) {
	g := &gatherer{session: s, progress: progress, facts: facts{Question: q, now: s.Client.ServerNow(), command: s.Command, verified: true}}
	if err := g.gather(ctx); err != nil {
		return Answer{}, err
	}
	return g.answer(), nil
}

// answer evaluates what was gathered.
func (g *gatherer) answer() Answer {
	f := &g.facts
	a := Answer{Recipient: f.Recipient.String(), Workflow: f.Workflow, LookedAt: f.looked, Requests: g.asked, Findings: f.findings()}
	if f.Recipient.IsZero() {
		a.Recipient = ""
	}
	if f.run != nil {
		a.Run, a.WorkflowRunID, a.Workflow = f.run.ID, f.run.WorkflowRunID, f.run.Workflow
	}
	slices.SortStableFunc(a.Findings, func(x, y Finding) int { return slices.Index(kinds, x.Kind) - slices.Index(kinds, y.Kind) })
	first := a.Findings[0]
	a.Cause, a.Kind, a.Proven, a.Evidence = first.Cause, first.Kind, first.Proven, first.Evidence
	a.Verdict = f.verdict(a.Findings)
	a.Route = f.route(a.Findings)
	for _, found := range a.Findings {
		for _, next := range found.Next {
			if !slices.Contains(a.Next, next) {
				a.Next = append(a.Next, next)
			}
		}
	}
	for _, r := range f.runs {
		if r.ID != a.Run && len(a.Others) < 5 {
			a.Others = append(a.Others, Run{r.ID, r.Workflow, string(r.Status), r.InsertedAt})
		}
	}
	return a
}

// findings has for the whole, and for each channel, the first cause that is proven, or else the first that is likely.
func (f *facts) findings() []Finding {
	var all []Finding
	for _, c := range append([]*channel{nil}, f.channels()...) {
		if c != nil && c.untouched() && f.cutShort() {
			continue // what kept the run from getting there is said once
		}
		var likely *Finding
		for _, cause := range Causes {
			found := cause.find(f, c)
			if found == nil {
				continue
			}
			found.Cause, found.Kind = cause.ID, cause.Kind
			found.Proven = found.Proven && f.vouched(c)
			if c != nil {
				found.Channel, found.Step = c.name(), c.step
			}
			if found.beside {
				all = append(all, *found)
				continue
			}
			if likely == nil || found.Proven {
				likely = found
			}
			if found.Proven {
				break
			}
		}
		if likely != nil {
			all = append(all, *likely)
		}
	}
	if len(all) == 0 {
		all = append(all, *f.nothingFound())
	}
	return all
}
