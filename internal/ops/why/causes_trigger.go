package why

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
)

// retention is how long Knock keeps runs and messages at least.
const retention = 30 * 24 * time.Hour

func (f *facts) nothing() bool { return f.run == nil && len(f.mails) == 0 }

func otherEnvironment(f *facts) *Finding {
	if f.elsewhere == "" || !f.nothing() {
		return nil
	}
	what := cmp.Or(f.Message, f.Run, f.Trigger, f.Recipient.String())
	return proven(fmt.Sprintf("this environment does not know the %s %s; profile %s does", f.missing, what, f.elsewhere),
		Evidence{Kind: f.missing, ID: what, Text: "known in profile " + f.elsewhere}).next("ask again with --profile " + termtext.ShellWord(f.elsewhere))
}

func noSuchRecipient(f *facts) *Finding {
	if !f.nothing() || f.missing != "user" && f.missing != "object" {
		return nil
	}
	found := proven(fmt.Sprintf("Knock knows no %s of this id in this environment", f.missing), Evidence{Kind: f.missing, ID: f.Recipient.String(), Text: "404"})
	if f.missing == "user" {
		found.next(f.command("users identify " + termtext.ShellWord(f.Recipient.ID)))
	}
	return found
}

func wrongTenant(f *facts) *Finding {
	if f.run == nil || f.Tenant == "" || f.run.Tenant == f.Tenant {
		return nil
	}
	was := "under tenant " + f.run.Tenant
	if f.run.Tenant == "" {
		was = "without a tenant"
	}
	return proven(fmt.Sprintf("it ran %s, and not under %s", was, f.Tenant), f.ofRun())
}

// lastRefused is the trigger that Knock refused, where that is what the question is about.
func (f *facts) lastRefused() *ops.Action {
	if !f.nothing() {
		return nil
	}
	return f.refusedSince(time.Time{})
}

// refusedWith finds a refusal of these codes: of a trigger from this machine, or of what a source received.
func (f *facts) refusedWith(text string, codes ...string) *Finding {
	if a := f.lastRefused(); answered(a, codes...) {
		return proven(fmt.Sprintf("Knock refused the trigger at %s: %s", f.clock(a.At), text), ofAction(*a))
	}
	if !f.nothing() || f.lastRefused() != nil {
		return nil
	}
	for _, r := range f.refused {
		result := fmt.Sprint(r.action.Result["code"])
		if slices.Contains(codes, result) {
			return proven(fmt.Sprintf("source %s received %s at %s, and Knock refused the trigger: %s", r.source, r.log.Event, f.clock(r.log.InsertedAt), text),
				Evidence{"source log", r.log.ID, r.log.InsertedAt, fmt.Sprintf("%s: %v", result, r.action.Result["message"])})
		}
	}
	return nil
}

func dataInvalid(f *facts) *Finding {
	found := f.refusedWith("its data does not fit the workflow's schema", "invalid_params")
	if a := f.lastRefused(); found != nil && a != nil {
		found.Text += " (" + strings.TrimSpace(firstPart(a.Outcome)) + ")"
	}
	return found
}

// firstPart is the reason in an error's words, without the hint and the trace behind it.
func firstPart(outcome string) string {
	_, after, ok := strings.Cut(outcome, "Knock refuses it: ")
	if !ok {
		after = outcome
	}
	before, _, _ := strings.Cut(after, " (POST ")
	return before
}

func workflowMissing(f *facts) *Finding {
	if found := f.refusedWith("there is no such workflow in this environment", "workflow_missing"); found != nil {
		return found
	}
	if !f.nothing() || !f.noWorkflow {
		return nil
	}
	return proven("there is no workflow "+f.Workflow+" in this environment", Evidence{Kind: "workflow", ID: f.Workflow, Text: "404"}).next(f.command("workflows list"))
}

func workflowInactive(f *facts) *Finding {
	thaw := f.command("workflows thaw " + termtext.ShellWord(f.Workflow))
	if found := f.refusedWith("the workflow was inactive", "workflow_inactive"); found != nil {
		return found.next(thaw)
	}
	if f.run != nil && f.run.Status == client.RunCancelled {
		e, exact, ok := ops.Signed(f.run.Events, ops.ByFrozen)
		if ok {
			return proven(fmt.Sprintf("the workflow was inactive when the run woke at %s, which ended it", f.clock(e.InsertedAt)), ofEvent(e)).only(exact).next(thaw)
		}
	}
	if f.nothing() && f.workflow != nil && !f.workflow.Active && f.listed && f.lastRefused() == nil {
		return likely("the workflow is inactive, so triggers are refused, and Knock has no run", ofWorkflow(f.workflow)).next(thaw)
	}
	return nil
}

func triggerRefused(f *facts) *Finding {
	a := f.lastRefused()
	if a == nil || answered(a, "invalid_params", "workflow_missing", "workflow_inactive") {
		return nil
	}
	return proven(fmt.Sprintf("the trigger at %s failed: %s", f.clock(a.At), firstPart(a.Outcome)), ofAction(*a)).only(a.Status != 0)
}

// settles is how far two machines' times may be apart for one trigger.
const settles = 10 * time.Second

func replayed(f *facts) *Finding {
	if f.run == nil {
		return nil
	}
	for _, a := range f.triggers {
		if a.WorkflowRunID != f.run.WorkflowRunID {
			continue
		}
		if at := a.At.Add(a.Skew); at.Sub(f.run.InsertedAt) > settles {
			return proven(fmt.Sprintf("the trigger at %s repeated one of %s under the same idempotency key, and started nothing new", f.clock(at), f.clock(f.run.InsertedAt)),
				ofAction(a), Evidence{"run", f.run.ID, f.run.InsertedAt, "of the first trigger"})
		}
		return nil
	}
	return nil
}

func beyondRetention(f *facts) *Finding {
	if !f.nothing() || f.lastRefused() != nil {
		return nil
	}
	edge := f.now.Add(-retention)
	for _, a := range f.triggers {
		if a.State == ops.ActionDone && a.At.Before(edge) {
			return likely(fmt.Sprintf("it was triggered at %s, longer ago than the 30 days that Knock keeps runs for, and no webhook of it is in the journal", f.clock(a.At)), ofAction(a))
		}
	}
	if !f.Since.IsZero() && f.Since.Before(edge) && len(f.unread) == 0 && f.Message+f.Run+f.Trigger == "" {
		return likely("nothing is known of it any more: Knock keeps runs for 30 days, and no webhook of it is in the journal")
	}
	return nil
}

func neverTriggered(f *facts) *Finding {
	if !f.nothing() || len(f.unread) > 0 || !f.listed || len(f.runs) > 0 || f.missing != "" || f.lastRefused() != nil {
		return nil
	}
	what := "nothing was triggered"
	if f.Workflow != "" {
		what = f.Workflow + " was not triggered"
	}
	if f.Since.IsZero() {
		return likely(what+" in the 30 days that Knock keeps runs for", Evidence{Kind: "runs", Text: "none"})
	}
	return proven(what+" since "+f.clock(f.Since), Evidence{Kind: "runs", At: f.now, Text: "none"}).only(f.Since.After(f.now.Add(-retention)))
}

// nothingFound is the answer where no cause was found.
func (f *facts) nothingFound() *Finding {
	text := "nothing tells what became of it"
	switch {
	case len(f.unread) > 0:
		text += ": " + strings.Join(f.unread, ", ") + " could not be read"
	case f.missing != "":
		text = fmt.Sprintf("neither Knock nor the journal knows the %s %s", f.missing, cmp.Or(f.Message, f.Run, f.Trigger, f.Recipient.String()))
	case f.run != nil && f.run.Status == client.RunCompleted:
		text = "the run is over, and nothing tells of a message"
	}
	found := likely(text + "; looked at " + strings.Join(f.looked, ", "))
	found.Cause, found.Kind = "unknown", Unknown
	return found
}
