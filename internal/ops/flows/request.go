package flows

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/termtext"
)

// request is what a request of a flow does, in the terms of consent and journal.
type request struct {
	act        consent.Act // "" for what changes something and can be changed back
	kind       journal.Kind
	workflow   string
	key        string
	recipients []client.Ref
	title      string // what is asked, without the environment
	count      int
	subject    string
}

// body is what a request's body says that matters here.
type body struct {
	CancellationKey string             `json:"cancellation_key"`
	Recipients      []client.Recipient `json:"recipients"`
	Name            string             `json:"name"` // of the workflow, in the older cancel
	Status          *bool              `json:"status"`
	MessageIDs      []string           `json:"message_ids"`
	ScheduleIDs     []string           `json:"schedule_ids"`
}

// read understands what a call does. What it does not know counts as something that can be changed
// back, unless its method or its path says that it takes something away or changes the account.
func read(c flow.Call) request {
	var b body
	_ = json.Unmarshal(c.Body, &b) // what is no such body has none of these
	op := c.Operation
	x := request{kind: journal.Request, title: op.Method + " " + c.Path, subject: op.ID}
	switch at := op.Method + " " + known(c); {
	case at == "PUT /v1/users/{user_id}":
		x.act, x.kind, x.subject = consent.Identify, journal.Identify, parameter(c)
		x.recipients, x.title = []client.Ref{{ID: parameter(c)}}, "Identify "+parameter(c)
	case at == "POST /v1/workflows/{key}/trigger":
		x.act, x.kind, x.workflow, x.key, x.recipients = consent.Trigger, journal.Trigger, parameter(c), b.CancellationKey, refs(b.Recipients)
		x.count = len(x.recipients)
		x.title = fmt.Sprintf("Send %s to %s", x.workflow, termtext.Plural(x.count, "recipient"))
	case at == "POST /v1/workflows/{key}/cancel", at == "POST /v1/notify/cancel":
		x.cancel(parameter(c), b)
	case at == "PUT /v1/workflows/{workflow_key}/activate":
		x.workflow, x.act, x.kind, x.title = parameter(c), consent.Thaw, journal.Thaw, "Thaw "+parameter(c)
		if b.Status != nil && !*b.Status {
			x.act, x.kind, x.title = consent.Freeze, journal.Freeze, "Freeze "+parameter(c)
		}
	case at == "DELETE /v1/schedules":
		x.act, x.kind, x.count = consent.DeleteSchedules, journal.DeleteSchedules, len(b.ScheduleIDs)
		x.title = "Delete " + termtext.Plural(x.count, "schedule")
	case at == "POST /v1/messages/batch/archived":
		x.act, x.kind, x.count = consent.Archive, journal.Archive, len(b.MessageIDs)
		x.title = "Archive " + termtext.Plural(x.count, "message")
	case takesAway(op.Method, op.Path, string(op.API)):
		x.act = consent.FlowDelete
	}
	return x
}

func (x *request) cancel(workflow string, b body) {
	x.act, x.kind, x.key, x.recipients = consent.CancelRuns, journal.Cancel, b.CancellationKey, refs(b.Recipients)
	x.workflow = workflow
	if x.workflow == "" {
		x.workflow = b.Name
	}
	x.count = len(x.recipients)
	x.title = fmt.Sprintf("Cancel what %s %s under the key %s of %s", ops.Names(x.recipients), has(x.count), x.key, x.workflow)
	if x.count == 0 {
		x.act, x.title = consent.CancelEveryone, fmt.Sprintf("Cancel everyone under the key %s of %s", x.key, x.workflow)
	}
}

func has(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}

// known is the path as Knock's own description has it, whatever the document calls its parameters.
func known(c flow.Call) string {
	for _, template := range []string{
		"/v1/users/{user_id}", "/v1/workflows/{key}/trigger", "/v1/workflows/{key}/cancel", "/v1/workflows/{workflow_key}/activate",
	} {
		if sameShape(template, c.Operation.Path) {
			return template
		}
	}
	return c.Operation.Path
}

func sameShape(a, b string) bool {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if strings.HasPrefix(x[i], "{") != strings.HasPrefix(y[i], "{") || !strings.HasPrefix(x[i], "{") && x[i] != y[i] {
			return false
		}
	}
	return true
}

// parameter is the first parameter of the path.
func parameter(c flow.Call) string {
	for _, name := range c.Operation.Parameters() {
		return c.Parameters[name]
	}
	return ""
}

func refs(all []client.Recipient) (out []client.Ref) {
	for _, r := range all {
		out = append(out, r.Ref)
	}
	return out
}

// takesAway says whether a request deletes, merges or revokes, or writes to the account's set-up.
func takesAway(method, path, api string) bool {
	switch {
	case api == "management":
		return true
	case method != "DELETE":
		return strings.HasSuffix(path, "/delete") || strings.HasSuffix(path, "/merge") || strings.HasSuffix(path, "/revoke_access") || strings.HasSuffix(path, "/{action}")
	case strings.HasPrefix(path, "/v1/messages/"): // unread, unarchive and the like
		return false
	}
	return true
}

// prompt is what is asked before a request, where the agreement to the run does not cover it.
func (o *Operator) prompt(x request) consent.Prompt {
	s := o.Session
	f := s.Facts()
	if x.workflow != "" {
		f = s.Facts(x.workflow)
	}
	f.Subject, f.Count, f.SpelledOut = x.subject, x.count, true
	p := consent.Prompt{Title: x.title + " in " + s.Where(), Yes: "Go on", No: "No, stop the flow"}
	if x.act != "" {
		p.Question = consent.For(x.act, f)
	}
	if x.act == consent.CancelEveryone {
		p.Lines = []string{"The step names no recipients, which Knock takes for everyone: all that is pending under the key ends."}
	}
	return p
}

// Prompt asks before a flow is run that changes something. spelledOut says that it was named on a
// command line.
func Prompt(s *ops.Session, f *flow.Flow, workflow string, changes []string, spelledOut bool) consent.Prompt {
	facts := s.Facts()
	facts.Subject, facts.SpelledOut = f.Title, spelledOut
	p := consent.Prompt{
		Question: consent.For(consent.RunFlow, facts), Title: "Run " + workflow + " in " + s.Where(),
		Yes: "Run it", No: "No, send nothing",
	}
	p.Lines = append(p.Lines, "It changes something with "+termtext.Plural(len(changes), "request")+":")
	for _, c := range changes {
		p.Lines = append(p.Lines, "  "+c)
	}
	return p
}

// Changes are the requests of a plan that change something, in words.
func Changes(plan []flow.Planned) (out []string) {
	for _, p := range plan {
		if p.Call != nil && p.Call.Operation.Changes() {
			out = append(out, p.Step+": "+p.Request.Method+" "+p.Request.Path)
		}
	}
	return out
}

func isJSON(media string) bool {
	kind, _, _ := strings.Cut(strings.ToLower(media), ";")
	return strings.TrimSpace(kind) == "application/json"
}
