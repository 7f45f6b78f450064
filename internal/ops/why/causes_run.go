package why

import (
	"fmt"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
)

func cancelled(f *facts) *Finding {
	if f.run == nil || f.run.Status != client.RunCancelled {
		return nil
	}
	e, exact, ok := ops.Signed(f.run.Events, ops.ByCancel)
	if !ok {
		return likely(fmt.Sprintf("the run was cancelled by %s", f.clock(f.run.UpdatedAt)), f.ofRun())
	}
	return proven(fmt.Sprintf("the run was cancelled at %s", f.clock(e.InsertedAt)), ofEvent(e)).only(exact).
		next(f.command("history list"))
}

// paused is the step that a paused run waits in, where it is of that type.
func (f *facts) paused(stepType string) (client.RunEvent, bool) {
	if f.run == nil || f.run.Status != client.RunPaused {
		return client.RunEvent{}, false
	}
	e := f.at()
	return e, e.StepType == stepType && e.Status != "error"
}

// until words when a step goes on, "" where its event does not tell.
func (f *facts) until(e client.RunEvent) string {
	s, _ := e.Data["until"].(string)
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return ""
	}
	return " until " + f.clock(at)
}

func (f *facts) watch() string { return f.command("runs get " + termtext.ShellWord(f.run.ID)) }

// waiting is a run that is paused in a step of a type.
func waiting(stepType, text string) func(*facts, *channel) *Finding {
	return whole(func(f *facts) *Finding {
		e, ok := f.paused(stepType)
		if !ok {
			return nil
		}
		words := text
		if what, ok := e.Data["event"].(string); ok {
			words += " (" + what + ")"
		}
		return proven("the run "+words+" in step "+e.StepRef+f.until(e), ofEvent(e), f.ofRun()).next(f.watch())
	})
}

// retrying is a step, or a message, that failed and is tried again.
func retrying(f *facts, c *channel) *Finding {
	if c == nil {
		e := f.at()
		if f.run == nil || !f.run.Status.Pending() || e.Status != "error" {
			return nil
		}
		return proven(fmt.Sprintf("step %s failed%s, and Knock tries it again: the run is %s%s", e.StepRef, errorText(e), f.run.Status, f.until(e)), ofEvent(e), f.ofRun()).next(f.watch())
	}
	if c.mail == nil || c.mail.Status != client.MessageDeliveryAttempted {
		return nil
	}
	e, _ := c.mail.last("message.delivery_attempted")
	tried := ""
	if n, most := fmt.Sprint(e.Data["attempt"]), fmt.Sprint(e.Data["max_attempts"]); e.Data["attempt"] != nil && e.Data["max_attempts"] != nil {
		tried = " (attempt " + n + " of " + most + ")"
	}
	return proven("has not arrived yet: the provider failed at "+f.clock(c.mail.when(e))+tried+", and Knock tries again", c.mail.evidence(e)...).next(f.messageCommand(c.mail))
}

func errorText(e client.RunEvent) string {
	if s, ok := e.Data["error"].(string); ok && s != "" {
		return " (" + s + ")"
	}
	return ""
}

// stillRunning is a run between its steps, or a message that Knock has not handed over yet.
func stillRunning(f *facts, c *channel) *Finding {
	switch {
	case c != nil && c.mail != nil && c.mail.Status == client.MessageQueued:
		return proven("is queued at Knock since "+f.clock(c.mail.InsertedAt), c.mail.evidence(client.MessageEvent{})...)
	case c == nil && f.run != nil && f.run.Status.Pending():
		return proven("the run is "+string(f.run.Status), f.ofRun()).next(f.watch())
	}
	return nil
}

// failedStep is a step of a run that is over, whose last attempt failed.
func (f *facts) failedStep(ofChannel bool, fetch bool) *Finding {
	if !f.ended() {
		return nil
	}
	e := failure(f.run.Events, ofChannel)
	if e == nil || (e.StepType == "http_fetch") != fetch {
		return nil
	}
	attempts := ""
	if e.Attempt > 1 {
		attempts = fmt.Sprintf(" after %d attempts", e.Attempt)
	}
	return proven(fmt.Sprintf("step %s failed%s at %s%s, and the run halted there", e.StepRef, attempts, f.clock(e.InsertedAt), errorText(*e)), ofEvent(*e)).next(f.watch())
}

func fetchFailed(f *facts) *Finding { return f.failedStep(false, true) }

func stepFailed(f *facts, c *channel) *Finding {
	if c == nil {
		return f.failedStep(false, false)
	}
	if e := failure(c.events, true); e == nil || c.mail != nil {
		return nil
	}
	found := f.failedStep(true, false)
	if found != nil {
		found.Text = "was not sent: " + found.Text
	}
	return found
}

// runHalted is a run that ended with errors where no event tells of the step.
func runHalted(f *facts) *Finding {
	if !f.ended() || f.run.ErrorCount == 0 || len(f.mails) > 0 {
		return nil
	}
	for _, e := range f.run.Events {
		if e.StepRef != "" {
			return nil
		}
	}
	return proven(fmt.Sprintf("the run ended with %s at %s", termtext.Plural(f.run.ErrorCount, "error"), f.clock(f.run.UpdatedAt)), f.ofRun()).next(f.watch())
}

// endedIn says that a run is over without a message, and its last step was of that type.
func (f *facts) endedIn(stepType string) (client.RunEvent, bool) {
	e := f.at()
	return e, f.ended() && e.StepType == stepType && e.Status != "error" && (len(f.mails) == 0 || f.carrier != "")
}

func throttled(f *facts) *Finding {
	if !f.ended() {
		return nil
	}
	if e, exact, ok := ops.Signed(f.run.Events, ops.ByThrottle); ok {
		return proven(fmt.Sprintf("step %s let no more runs of this recipient through%s", e.StepRef, f.until(e)), ofEvent(e)).only(exact)
	}
	if e, ok := f.endedIn("throttle"); ok {
		return likely(fmt.Sprintf("the run ended in its throttle %s", e.StepRef), ofEvent(e))
	}
	return nil
}

func batchedIntoOther(f *facts) *Finding {
	if !f.ended() {
		return nil
	}
	if e, exact, ok := ops.Signed(f.run.Events, ops.ByBatch); ok {
		return proven(fmt.Sprintf("it went into the batch of run %s at %s, which sends for both", f.carrier, f.clock(e.InsertedAt)), ofEvent(e)).only(exact).
			next(f.command("why --run " + termtext.ShellWord(f.carrier)))
	}
	if e, ok := f.endedIn("batch"); ok {
		return likely(fmt.Sprintf("the run ended in its batch %s: another run sends for both", e.StepRef), ofEvent(e))
	}
	return nil
}

func waitEnded(f *facts) *Finding {
	e, ok := f.endedIn("wait_for_event")
	if !ok {
		return nil
	}
	return likely(fmt.Sprintf("the run ended in step %s: what it waited for came or did not, and either can end it", e.StepRef), ofEvent(e))
}

func runCondition(f *facts) *Finding {
	if !f.ended() {
		return nil
	}
	for _, e := range f.run.Events {
		if sign, exact := ops.SignOf(e); sign == ops.ByCondition && e.StepRef == "" {
			return proven("the workflow's conditions did not hold"+conditionText(e), ofEvent(e)).only(exact)
		}
	}
	if e, ok := f.endedIn("branch"); ok && f.workflow == nil {
		return likely("the run ended behind its branch "+e.StepRef+", on a way that sends nothing", ofEvent(e))
	}
	if f.at().StepRef == "" && len(f.mails) == 0 && len(f.run.Events) > 0 && f.workflow != nil && ops.SettingsOf(*f.workflow).Conditions != nil {
		return likely("the workflow's conditions did not hold: the run took no step", ofWorkflow(f.workflow))
	}
	return nil
}

func conditionText(e client.RunEvent) string {
	if s, ok := e.Data["condition"].(string); ok && s != "" {
		return " (" + s + ")"
	}
	return ""
}
