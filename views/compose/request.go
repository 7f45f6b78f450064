package compose

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/requestpane"
)

// mostShown bounds the preview, in bytes: what is sent is not cut.
const mostShown = 64 << 10

// trigger is what the form says. It is only fit to be sent when the form has no errors.
func (d *draft) trigger() client.Trigger {
	t := client.Trigger{Workflow: d.workflow(), Data: d.data(), IdempotencyKey: d.idempotency}
	// What cannot be read is an error of its field, and left out here.
	t.Recipients, _ = d.recipients()
	t.Actor, _ = parseActor(d.form.Value(actor))
	t.Tenant, _ = parseTenant(d.form.Value(tenant))
	t.CancellationKey, _ = d.key()
	t.SandboxMode, t.SkipDelay = setting(d.form.Value(sandboxMode)), setting(d.form.Value(skipDelay))
	if d.tried != "" && d.tried != bodyOf(t) {
		t.IdempotencyKey = d.next // Knock refuses a key that it has seen with another body
	}
	return t
}

// bodyOf tells two triggers apart by what Knock would read.
func bodyOf(t client.Trigger) string {
	raw, err := json.Marshal([]any{t.Workflow, t.Recipients, t.Actor, t.Tenant, string(t.Data), t.CancellationKey, t.SandboxMode, t.SkipDelay})
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

func setting(s string) *bool {
	if s == "" {
		return nil
	}
	on := s == "true"
	return &on
}

// problem is why a field cannot be sent, with all there is to say about it.
func (d *draft) problem(e form.FieldError) string {
	if e.ID != data {
		return e.Err.Error()
	}
	p := d.objections()
	var broken *client.JSONError
	switch {
	case errors.As(p.err, &broken):
		return fmt.Sprintf("line %d, column %d: %s", broken.Line, broken.Column, broken.Reason)
	case len(p.value) > 1:
		return fmt.Sprintf("%s (and %s more)", p.value[0], termtext.Count(len(p.value)-1))
	case len(p.value) == 1:
		return p.value[0].String()
	}
	return e.Err.Error()
}

// part is one property of the body and the field that it comes from.
type part struct {
	name, field string
	value       any
}

// body is the request's in the form's order, each property as it will be sent
// or with what is wrong with it in its place.
func (d *draft) body(t *theme.Theme) []requestpane.Line {
	tr := d.trigger()
	parts := []part{{"recipients", recipients, tr.Recipients}}
	if tr.Actor != nil || d.has(actor) {
		parts = append(parts, part{"actor", actor, tr.Actor})
	}
	if tr.Tenant != nil || d.has(tenant) {
		parts = append(parts, part{"tenant", tenant, tr.Tenant})
	}
	if len(tr.Data) > 0 {
		parts = append(parts, part{"data", data, tr.Data})
	} else if d.checkData() != nil {
		parts = append(parts, part{"data", data, nil})
	}
	if _, err := d.key(); tr.CancellationKey != "" || err != nil {
		parts = append(parts, part{"cancellation_key", key, tr.CancellationKey})
	}
	if tr.SandboxMode != nil || tr.SkipDelay != nil {
		settings := map[string]bool{}
		if tr.SandboxMode != nil {
			settings["sandbox_mode"] = *tr.SandboxMode
		}
		if tr.SkipDelay != nil {
			settings["skip_delay"] = *tr.SkipDelay
		}
		parts = append(parts, part{"settings", "", settings})
	}
	problems := map[string]string{}
	for _, e := range d.form.Errors() {
		problems[e.ID] = d.problem(e)
	}
	lines := []requestpane.Line{{Text: "{"}}
	for i, p := range parts {
		comma := ","
		if i == len(parts)-1 {
			comma = ""
		}
		if wrong := problems[p.field]; wrong != "" {
			lines = append(lines, requestpane.Line{Text: fmt.Sprintf("  %q: %s %s", p.name, t.Glyphs.Error, wrong), Ink: theme.Danger})
			continue
		}
		lines = append(lines, requestpane.Lines(theme.Plain, fmt.Sprintf("  %q: %s%s", p.name, indented(p.value), comma))...)
	}
	return append(lines, requestpane.Line{Text: "}"})
}

func (d *draft) has(field string) bool { return strings.TrimSpace(d.form.Value(field)) != "" }

// indented is JSON for the eye, cut where nobody reads on.
func indented(v any) string {
	var compact bytes.Buffer
	e := json.NewEncoder(&compact)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err.Error()
	}
	out, _ := termtext.IndentJSON(compact.Bytes(), "  ")
	s := string(out)
	if len(s) > mostShown {
		return strings.ToValidUTF8(s[:mostShown], "") + fmt.Sprintf("\n  (%s more bytes)", termtext.Count(len(s)-mostShown))
	}
	return s
}
