package cancel

import (
	"cmp"
	"slices"
	"time"

	"github.com/knockops/knockops/client"
)

// MinAge is how old a run must be before a cancel is sent for it: Knock may miss
// one that comes sooner.
const MinAge = 5 * time.Second

// mostRecipients is how many recipients one cancel names, the same number that
// one trigger may have.
const mostRecipients = 1000

// Request is one cancel to be sent, and the runs that it is meant to end.
type Request struct {
	Cancellation client.Cancellation
	Runs         []*client.Run
	// Also are runs that were not chosen and end too: the same recipients under
	// the same key, from another trigger.
	Also []*client.Run
	// Others counts known pending runs under this key that stay as they are.
	Others int
}

// Plan is what a cancel of chosen runs will do. It is made once, shown to the
// operator, and carried out as it is.
type Plan struct {
	Requests []Request
	// NoKey are chosen runs that no cancel can reach: their trigger had no key.
	NoKey []*client.Run
	// Unnamed are chosen runs whose recipient or key no request can name.
	Unnamed []*client.Run
	// Ended are chosen runs that are over.
	Ended []*client.Run
}

// Runs counts the runs that the plan means to end.
func (p Plan) Runs() int {
	n := 0
	for _, r := range p.Requests {
		n += len(r.Runs)
	}
	return n
}

// PlanCancel plans to cancel the chosen runs and nothing else. known are the
// pending runs that the caller knows of; they only serve to say what else is
// under the same keys.
func PlanCancel(chosen, known []*client.Run) Plan {
	var p Plan
	groups := map[scope][]*client.Run{}
	var order []scope
	for _, r := range chosen {
		switch at := (scope{r.Workflow, r.TriggerSource.CancellationKey}); {
		case !r.Status.Pending():
			p.Ended = append(p.Ended, r)
		case at.key == "":
			p.NoKey = append(p.NoKey, r)
		case client.CheckRef("recipient", r.Recipient) != nil, client.CheckID("cancellation key", at.key) != nil:
			p.Unnamed = append(p.Unnamed, r)
		default:
			if groups[at] == nil {
				order = append(order, at)
			}
			groups[at] = append(groups[at], r)
		}
	}
	under := map[scope][]*client.Run{}
	for _, r := range known {
		if at := (scope{r.Workflow, r.TriggerSource.CancellationKey}); groups[at] != nil && r.Status.Pending() {
			under[at] = append(under[at], r)
		}
	}
	for _, at := range order {
		p.Requests = append(p.Requests, scoped(at, groups[at], under[at])...)
	}
	return p
}

// scoped makes the requests for the chosen runs under one key.
func scoped(at scope, chosen, known []*client.Run) []Request {
	byRecipient := map[client.Ref][]*client.Run{}
	var recipients []client.Ref
	picked := map[string]bool{}
	for _, r := range chosen {
		if byRecipient[r.Recipient] == nil {
			recipients = append(recipients, r.Recipient)
		}
		byRecipient[r.Recipient] = append(byRecipient[r.Recipient], r)
		picked[r.ID] = true
	}
	var out []Request
	for part := range slices.Chunk(recipients, mostRecipients) {
		req := Request{Cancellation: client.CancelRecipients(at.workflow, at.key, part[0], part[1:]...)}
		named := map[client.Ref]bool{}
		for _, to := range part {
			named[to] = true
			req.Runs = append(req.Runs, byRecipient[to]...)
		}
		for _, r := range known {
			switch {
			case picked[r.ID]:
			case named[r.Recipient]:
				req.Also = append(req.Also, r)
			case byRecipient[r.Recipient] == nil:
				req.Others++
			}
		}
		out = append(out, req)
	}
	return out
}

// PlanEveryone plans to cancel all there is under a key, known or not.
func PlanEveryone(workflow, key string, known []*client.Run) Plan {
	req := Request{Cancellation: client.CancelEveryone(workflow, key)}
	for _, r := range known {
		if r.Workflow == workflow && r.TriggerSource.CancellationKey == key && r.Status.Pending() {
			req.Runs = append(req.Runs, r)
		}
	}
	return Plan{Requests: []Request{req}}
}

// ready is when the youngest run of a request is old enough for a cancel.
func (r Request) ready() time.Time {
	if len(r.Runs) == 0 {
		return time.Time{}
	}
	youngest := slices.MaxFunc(r.Runs, func(a, b *client.Run) int { return cmp.Compare(a.InsertedAt.UnixNano(), b.InsertedAt.UnixNano()) })
	return youngest.InsertedAt.Add(MinAge)
}

// Uncancellable says why runs without a key cannot be cancelled and what ends
// them instead, by where they came from.
func Uncancellable(r *client.Run) string {
	switch r.TriggerSource.Type {
	case "schedule":
		return "it came from a schedule, and those have no cancellation key: delete the schedule to stop the next ones, or freeze the workflow until this one wakes"
	case "audience":
		return "it came from an audience, and those have no cancellation key: freezing the workflow until it wakes ends it"
	case "broadcast":
		return "it came from a broadcast, and those have no cancellation key: freezing the workflow until it wakes ends it"
	}
	return "its trigger had no cancellation key: freezing the workflow until it wakes ends it"
}

// PlanRecipients plans to cancel what these recipients have under a key, known
// or not. known are the pending runs that the caller knows of.
func PlanRecipients(workflow, key string, to []client.Ref, known []*client.Run) Plan {
	var p Plan
	for part := range slices.Chunk(to, mostRecipients) {
		req := Request{Cancellation: client.CancelRecipients(workflow, key, part[0], part[1:]...)}
		for _, r := range known {
			switch {
			case r.Workflow != workflow || r.TriggerSource.CancellationKey != key || !r.Status.Pending():
			case slices.Contains(part, r.Recipient):
				req.Runs = append(req.Runs, r)
			case !slices.Contains(to, r.Recipient):
				req.Others++
			}
		}
		p.Requests = append(p.Requests, req)
	}
	return p
}
