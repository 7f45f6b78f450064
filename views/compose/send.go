package compose

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/google/uuid"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/confirm"
)

// attempt is one sending of a draft. It goes on when the page is left; result
// and err are there once the page was told.
type attempt struct {
	trigger client.Trigger
	since   time.Time
	change  *runner.Change[client.Triggered]
	result  client.Triggered
	err     error
}

// askMsg is a trigger that is ready to be asked about, with how many runs it makes.
type askMsg struct {
	draft   *draft
	values  ops.Draft
	trigger client.Trigger
	runs    ops.RunCount
}

type outcomeMsg struct {
	draft   *draft
	attempt *attempt
}

// send asks before the trigger goes out, as it is now.
func (v *view) send() tea.Cmd {
	d := v.workspace.top()
	if d.form.FocusFirstError() {
		v.showing = sideForm
		e := d.form.Errors()[0]
		return ui.Toast(ui.Warn, "not sent: %s: %s", e.Label, d.problem(e))
	}
	t := d.trigger()
	if err := t.Check(); err != nil {
		d.failure = err
		return nil
	}
	if c := &v.workspace.catalogue; c.read() {
		if _, ok := c.find(t.Workflow); !ok {
			d.form.FocusField(Workflow)
			warning := strings.TrimPrefix(v.warning(d), v.env.Theme.Glyphs.Error+" ")
			return tea.Batch(v.rereadWorkflows(), ui.Toast(ui.Warn, "not sent: %s", warning)) // it may have been committed since
		}
	}
	if !ops.HasObjects(t) {
		return v.ask(askMsg{d, d.written(), t, ops.RunCount{Runs: len(t.Recipients)}})
	}
	if v.counting {
		return nil
	}
	v.counting = true
	values := d.written()
	return v.env.Go(func(ctx context.Context) tea.Msg { return askMsg{d, values, t, v.session.CountRuns(ctx, t)} })
}

// ask asks about a trigger whose runs were counted, unless its draft is another by now.
func (v *view) ask(m askMsg) tea.Cmd {
	v.counting = false
	d, t := m.draft, m.trigger
	if d != v.workspace.top() || d.written() != m.values || d.attempt != nil {
		return nil
	}
	prompt := v.session.TriggerPrompt(t, m.runs, false)
	prompt.No, prompt.Lines = "No, keep the draft", append(prompt.Lines, v.warnings(d, t)...)
	return confirm.Ask(v.env, prompt, func(reason string) tea.Cmd { return v.begin(d, t, reason) })
}

// warnings say what else there is to know before a draft is sent.
func (v *view) warnings(d *draft, t client.Trigger) (lines []string) {
	if w, ok := v.workspace.catalogue.find(t.Workflow); ok && !w.Active {
		lines = append(lines, "The workflow was inactive when its state was read: Knock refuses it then.")
	}
	if c := v.checked; c.draft == d && c.values == d.written() && !c.going && c.err == nil {
		if c.check.Stopped() {
			lines = append(lines, "The check found what would not be sent: "+v.env.Hint(checkIt)+" says it.")
		}
	}
	switch {
	case d.tried == "" && d.sent != nil && !d.dirty():
		lines = append(lines, "", "This was sent already, as run "+d.sent.result.WorkflowRunID+". It is sent once more, as another trigger.")
	case d.tried == "":
	case t.IdempotencyKey == d.idempotency:
		lines = append(lines, "", "It may have been sent before. It goes under the same idempotency key, so Knock runs it once.")
	default:
		lines = append(lines, "", "The one before, of which the answer was lost, may have been sent as well: this is another one.")
	}
	return lines
}

// begin sends. The answer is told wherever the operator is by then, and to this
// page when it is open.
func (v *view) begin(d *draft, t client.Trigger, reason string) tea.Cmd {
	a := &attempt{trigger: t, since: v.session.Client.ServerNow()}
	if t.IdempotencyKey == d.idempotency && !d.triedAt.IsZero() {
		a.since = d.triedAt // its runs may be as old as that
	}
	d.attempt, d.failure = a, nil
	a.change = v.session.Trigger(t, reason)
	told := func() tea.Msg {
		switch result, err := a.change.Result(); {
		case uncertain(err):
			return ui.Toast(ui.Bad, "%s may have been sent: the answer was lost. Its draft is kept, and repeats it safely", t.Workflow)()
		case err != nil:
			return ui.Toast(ui.Bad, "%s", err)()
		default:
			return ui.Toast(ui.Good, "%s", sentText(t, result))()
		}
	}
	return tea.Batch(told, v.await(d))
}

// uncertain reports that a trigger may have had its effect.
func uncertain(err error) bool {
	var e *client.Error
	return errors.As(err, &e) && e.Uncertain
}

// failureText says what went wrong, and of a lost answer that repeating it with
// the key that sends is safe.
func (d *draft) failureText(send string) string {
	var e *client.Error
	if d.tried == "" || !errors.As(d.failure, &e) {
		return d.failure.Error()
	}
	s := "The answer was lost, so it may have been sent: " + e.Reason()
	if e.RequestID != "" {
		s += " (request id " + e.RequestID + ")"
	}
	if d.trigger().IdempotencyKey != d.idempotency {
		return s + ". What you changed since makes this another trigger: " + send + " does not repeat that one."
	}
	return s + ". Nothing typed is lost. " + send + " repeats it under the same idempotency key, so Knock runs it once at most."
}

func sentText(t client.Trigger, done client.Triggered) string {
	if done.Replayed {
		return "Knock had this trigger already, as run " + done.WorkflowRunID + ": nothing was sent twice"
	}
	return fmt.Sprintf("sent %s to %s", t.Workflow, termtext.Plural(len(t.Recipients), "recipient"))
}

// await brings the answer of an attempt that is under way to this page.
func (v *view) await(d *draft) tea.Cmd {
	a := d.attempt
	if a == nil {
		return nil
	}
	return ui.Await(v.env, a.change.Done(), func(struct{}, bool) tea.Msg { return outcomeMsg{d, a} })
}

func (v *view) outcome(m outcomeMsg) tea.Cmd {
	d, a := m.draft, m.attempt
	if d.attempt != a {
		return nil
	}
	d.attempt = nil
	if a.result, a.err = a.change.Result(); a.err != nil {
		d.refused(a)
		return nil
	}
	d.renew()
	d.sent = a
	v.workspace.live = newLive(v.env.Theme, a)
	if d == v.workspace.top() {
		d.form.Blur()
		v.showing = sideRuns
	}
	return v.follow()
}

// refused keeps all that was typed, and shows what Knock has against a field at
// that field. A trigger that may have been sent is remembered, so that sending
// it again repeats it and sending another does not.
func (d *draft) refused(a *attempt) {
	d.failure = a.err
	var e *client.Error
	if !errors.As(a.err, &e) {
		return
	}
	if a.trigger.IdempotencyKey != d.idempotency {
		d.idempotency, d.next = a.trigger.IdempotencyKey, uuid.NewString()
		d.tried, d.triedAt = "", time.Time{}
	}
	if e.Uncertain {
		d.tried, d.triedAt = bodyOf(a.trigger), a.since
		return
	}
	switch e.Code {
	case "workflow_missing", "workflow_inactive":
		d.form.SetError(Workflow, errors.New(e.Reason()))
		d.form.FocusField(Workflow)
	case "actor_missing":
		d.form.SetError(actor, errors.New(e.Reason()))
		d.form.FocusField(actor)
	}
	for i, f := range e.Fields {
		field := fieldOf(f.Field)
		if d.form.SetError(field, errors.New(strings.TrimSpace(f.Field+" "+f.Message))) && i == 0 {
			d.form.FocusField(field)
		}
	}
}

// fieldOf is the form's field that a property of the request comes from.
func fieldOf(path string) string {
	name := path
	if i := strings.IndexAny(path, ".[/"); i > 0 {
		name = path[:i]
	}
	switch name {
	case recipients, actor, tenant, data:
		return name
	case "cancellation_key":
		return key
	case "settings":
		if strings.Contains(path, skipDelay) {
			return skipDelay
		}
		return sandboxMode
	}
	return data
}
