package flows

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/wait"
)

const (
	// pendingBound is how many pending runs are read to find those under a key.
	pendingBound = 5000
	// appearFor is how long a run may take to be listed after it was triggered.
	appearFor = 10 * time.Second
)

// cancel carries out a cancel of a document: it waits until the runs are old enough for it not to
// miss them, sends it, and follows the runs until each has ended or remains unconfirmed.
func (o *Operator) cancel(ctx context.Context, x request, waiting func(flow.Wait)) (flow.Answer, error) {
	if err := client.CheckID("workflow key", x.workflow); err != nil {
		return flow.Answer{}, err
	}
	if err := client.CheckID("cancellation key", x.key); err != nil {
		return flow.Answer{}, err
	}
	known, complete, err := o.pending(ctx, x, waiting)
	if err != nil {
		return answered(client.Answer{}, err)
	}
	plan := cancel.PlanEveryone(x.workflow, x.key, known)
	if len(x.recipients) > 0 {
		plan = cancel.PlanRecipients(x.workflow, x.key, x.recipients, known)
	}
	if until := ready(known); until.After(o.Session.Client.ServerNow()) {
		waiting(flow.Wait{Until: time.Now().Add(until.Sub(o.Session.Client.ServerNow())), For: fmt.Sprintf("the run to be %s old: Knock may miss a cancel that comes sooner", cancel.MinAge)})
	}
	results := map[string]cancel.Result{}
	_, err = cancel.Run(ctx, &o.Session.Runner, plan, o.Reason, true, func(r cancel.Result) {
		results[r.Run.ID] = r
		if r.Verdict == cancel.Requested {
			waiting(flow.Wait{For: "the run to read cancelled"})
		}
	})
	a := flow.Answer{Status: http.StatusNoContent, Header: http.Header{}}
	var failed *client.Error
	switch {
	case errors.As(err, &failed) && failed.Answered():
		return flow.Answer{Status: failed.Status, Header: http.Header{}, RequestID: failed.RequestID, Notes: []string{failed.Error()}}, nil
	case err != nil && ctx.Err() == nil:
		return answered(client.Answer{}, err)
	}
	a.Proof = proof(x, results, complete)
	return a, ctx.Err()
}

// pending finds the runs that the cancel is to end. What this run has just triggered may not be
// listed yet.
func (o *Operator) pending(ctx context.Context, x request, waiting func(flow.Wait)) ([]*client.Run, bool, error) {
	o.mu.Lock()
	at, just := o.triggered[trigger{x.workflow, x.key}]
	o.mu.Unlock()
	for told := false; ; told = true {
		known, complete, err := cancel.Read(ctx, o.Session.Client, x.workflow, []string{x.key}, x.recipients, pendingBound)
		if err != nil || len(known) > 0 || !just || o.Session.Client.ServerNow().Sub(at) > appearFor {
			return known, complete, err
		}
		if !told {
			waiting(flow.Wait{For: "the run that was triggered to be listed"})
		}
		if err := wait.Sleep(ctx, time.Second); err != nil {
			return nil, false, err
		}
	}
}

func ready(runs []*client.Run) (at time.Time) {
	for _, r := range runs {
		if t := r.InsertedAt.Add(cancel.MinAge); t.After(at) {
			at = t
		}
	}
	return at
}

// proof says what the runs prove. Knock takes a cancel for any key, so nothing that was seen pending
// proves nothing.
func proof(x request, results map[string]cancel.Result, complete bool) *flow.Proof {
	n := map[cancel.Verdict]int{}
	why := ""
	for _, r := range results {
		n[r.Verdict]++
		if r.Verdict == cancel.Unconfirmed || r.Verdict == cancel.Failed {
			why = r.Text
		}
	}
	total := len(results)
	switch {
	case total == 0:
		return &flow.Proof{Verdict: "unconfirmed", Text: fmt.Sprintf("nothing was seen pending under the key %s; Knock accepts a cancel for any key, so nothing proves that it ended something", x.key)}
	case n[cancel.Unconfirmed] > 0 || n[cancel.Failed] > 0 || !complete:
		return &flow.Proof{Verdict: "unconfirmed", Text: fmt.Sprintf("of %s, %d are confirmed, %d finished first, %d are not proven: %s", termtext.Plural(total, "run"), n[cancel.Confirmed], n[cancel.FinishedFirst], n[cancel.Unconfirmed]+n[cancel.Failed], why)}
	case n[cancel.Confirmed] == 0:
		return &flow.Proof{Verdict: "finished first", Proven: true, Text: termtext.Plural(total, "run") + " finished before the cancel"}
	case n[cancel.FinishedFirst] > 0:
		return &flow.Proof{Verdict: "confirmed", Proven: true, Text: fmt.Sprintf("%d of %s read cancelled, the others finished first", n[cancel.Confirmed], termtext.Plural(total, "run"))}
	case total == 1:
		return &flow.Proof{Verdict: "confirmed", Proven: true, Text: "the run reads cancelled"}
	}
	return &flow.Proof{Verdict: "confirmed", Proven: true, Text: "all " + termtext.Plural(total, "run") + " read cancelled"}
}

// asWritten is what is known of a cancel that was sent as the document has it.
func (o *Operator) asWritten(x request) *flow.Proof {
	o.mu.Lock()
	at, just := o.triggered[trigger{x.workflow, x.key}]
	o.mu.Unlock()
	text := "sent as written: the answer says that Knock has the cancel, not that anything ended"
	if age := o.Session.Client.ServerNow().Sub(at); just && age < cancel.MinAge {
		text += fmt.Sprintf("; the run was %.1f s old, and Knock may miss a cancel within %s of the trigger", age.Seconds(), cancel.MinAge)
	}
	return &flow.Proof{Verdict: "requested", Text: text}
}
