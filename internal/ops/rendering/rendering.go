// Package rendering shows what a workflow's channel steps would send to somebody: their templates, filled in on this
// machine. Knock is asked for the workflow and for those that the templates name, and nothing is changed.
package rendering

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/liquid"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
)

// Request is what is rendered, and for whom.
type Request struct {
	Workflow string
	Step     string // one step's reference; "" for every channel step
	To       client.Recipient
	Actor    *client.Recipient
	Tenant   *client.Tenant
	Data     json.RawMessage // nil for none
}

// Rendering is what the channel steps of a workflow make for a recipient.
type Rendering struct {
	Workflow  string   `json:"workflow"`
	Recipient string   `json:"recipient"`
	Notes     []string `json:"notes,omitempty"` // what to know about all of it
	Steps     []Step   `json:"steps"`
}

// Step is a channel step's template, filled in.
type Step struct {
	Ref         string   `json:"ref"`
	Name        string   `json:"name,omitempty"`
	ChannelKey  string   `json:"channel_key,omitempty"`
	ChannelType string   `json:"channel_type,omitempty"`
	When        string   `json:"when,omitempty"` // the conditions of the step and of its branches, which are not evaluated
	Template    []Field  `json:"template"`
	Unfilled    []string `json:"unfilled"`     // variables that have no value
	NotRendered []string `json:"not_rendered"` // what only Knock can render
	Stopped     string   `json:"stopped,omitempty"`
}

// Field is one text of a template.
type Field struct {
	Name string `json:"name"` // as in Knock's API: subject, visual_blocks.0.content …
	Text string `json:"text"`
}

// Within bounds the rendering of a whole workflow, besides the bounds of each template.
const Within = 2 * time.Second

// elsewhere are the variables that Knock alone knows the values of.
var elsewhere = []string{"vars", "current_message", "run"}

// Render reads what is needed, in at most four requests, and fills the templates in.
func Render(ctx context.Context, s *ops.Session, of Request) (Rendering, error) {
	w, err := s.Client.GetWorkflow(ctx, of.Workflow)
	if err != nil {
		return Rendering{}, err
	}
	r := &reader{session: s}
	values, err := r.values(ctx, w, of)
	if err != nil {
		return Rendering{}, err
	}
	out := Rendering{Workflow: w.Key, Recipient: of.To.Ref.String(), Notes: r.notes, Steps: []Step{}}
	schema, _ := ops.NewDataSchema(w.TriggerDataSchema) // one that cannot be used objects to nothing
	for _, o := range schema.Check(of.Data) {
		out.Notes = append(out.Notes, "the data breaks the workflow's schema, and Knock would refuse it: "+o.String())
	}
	within, stop := context.WithTimeout(ctx, Within)
	defer stop()
	left := &room{mostFields, mostText}
	for _, s := range channelSteps(w.Steps, "") {
		if of.Step == "" || of.Step == s.Ref {
			out.Steps = append(out.Steps, fill(within, s, liquid.Scope{Values: values, Elsewhere: elsewhere}, left))
		}
	}
	switch {
	case len(out.Steps) > 0:
	case of.Step != "":
		return out, fmt.Errorf("%s has no channel step %s", w.Key, of.Step)
	default:
		return out, errors.New(w.Key + " has no channel step: there is no template to fill in")
	}
	return out, ctx.Err()
}

// reader reads what templates name.
type reader struct {
	session *ops.Session
	notes   []string
}

func (r *reader) values(ctx context.Context, w client.Workflow, of Request) (map[string]any, error) {
	data := map[string]any{}
	if len(of.Data) > 0 {
		if err := client.CheckJSON("data", of.Data); err != nil {
			return nil, err
		}
		if err := decode(of.Data, &data); err != nil {
			return nil, errors.New("the data is not a JSON object")
		}
	}
	own, _ := of.To.Properties["$trigger_data"].(map[string]any)
	maps.Copy(data, own)
	activity := map[string]any{"data": data, "timestamp": time.Now().UTC().Format(time.RFC3339)}
	values := map[string]any{
		"data": data, "activities": []any{activity}, "total_activities": 1, "actors": []any{}, "total_actors": 0,
		"timestamp": activity["timestamp"], "workflow": map[string]any{"id": w.Key, "key": w.Key, "name": w.Name, "categories": list(w.Categories)},
	}
	var err error
	if values["recipient"], err = r.person(ctx, of.To); err != nil {
		return nil, err
	}
	if of.Actor != nil {
		if values["actor"], err = r.person(ctx, *of.Actor); err != nil {
			return nil, err
		}
		activity["actor"], values["actors"], values["total_actors"] = values["actor"], []any{values["actor"]}, 1
	}
	if of.Tenant != nil {
		if values["tenant"], err = r.tenant(ctx, *of.Tenant); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func list(of []string) []any {
	out := make([]any, len(of))
	for i, s := range of {
		out[i] = s
	}
	return out
}

// person is a user or object as templates see it: what Knock holds, and over it what was given inline.
func (r *reader) person(ctx context.Context, of client.Recipient) (map[string]any, error) {
	known := map[string]any{}
	var err error
	if of.Collection == "" {
		var u client.User
		u, err = r.session.Client.GetUser(ctx, of.ID)
		_ = decode(u.Raw, &known) // it was JSON when it came
	} else {
		var o client.Object
		o, err = r.session.Client.GetObject(ctx, of.Collection, of.ID)
		maps.Copy(known, o.Properties)
	}
	if err := r.unknown(err, "Knock does not know "+of.Ref.String()+": what is given here is all that there is of it"); err != nil {
		return nil, err
	}
	known["id"] = of.ID
	if of.Collection != "" {
		known["collection"] = of.Collection
	}
	return laidOver(known, of.Properties), nil
}

func (r *reader) tenant(ctx context.Context, of client.Tenant) (map[string]any, error) {
	t, err := r.session.Client.GetTenant(ctx, of.ID)
	known := map[string]any{}
	_ = decode(t.Raw, &known) // it was JSON when it came
	if err := r.unknown(err, "Knock does not know the tenant "+of.ID+": what is given here is all that there is of it"); err != nil {
		return nil, err
	}
	known["id"] = of.ID
	return laidOver(known, of.Properties), nil
}

// unknown makes a note of what Knock does not know; templates can be filled in without it.
func (r *reader) unknown(err error, note string) error {
	var e *client.Error
	if errors.As(err, &e) && e.Status == http.StatusNotFound {
		r.notes = append(r.notes, note)
		return nil
	}
	return err
}

// laidOver is known with the properties given inline, without what is for Knock alone.
func laidOver(known, inline map[string]any) map[string]any {
	maps.Copy(known, inline)
	for _, name := range []string{"__typename", "$trigger_data", "channel_data", "preferences"} {
		delete(known, name)
	}
	return known
}

// Words say in one line what is missing in a step.
func (s Step) Words() (words []string) {
	if s.Stopped != "" {
		words = append(words, s.Stopped)
	}
	if n := len(s.Unfilled); n > 0 {
		words = append(words, termtext.Plural(n, "variable")+" not filled: "+strings.Join(s.Unfilled, ", "))
	}
	if len(s.NotRendered) > 0 {
		words = append(words, "not rendered here: "+strings.Join(s.NotRendered, ", "))
	}
	return words
}

// Holes counts the variables without a value, each once for all steps.
func (r Rendering) Holes() int {
	seen := map[string]bool{}
	for _, s := range r.Steps {
		for _, v := range s.Unfilled {
			seen[v] = true
		}
	}
	return len(seen)
}

// Text is all of it as one text: what is sent, step by step.
func (r Rendering) Text() string {
	var b strings.Builder
	for _, s := range r.Steps {
		fmt.Fprintf(&b, "%s\n", s.Ref)
		for _, f := range s.Template {
			fmt.Fprintf(&b, "%s\n%s\n\n", f.Name, f.Text)
		}
	}
	return b.String()
}

// Possible reports that a workflow has a channel step, so that there is something to render.
func Possible(w client.Workflow) bool { return len(channelSteps(w.Steps, "")) > 0 }

// Marked reports that a line of a rendered text says of something that it is missing there.
func Marked(line string) bool { return liquid.Marked(line) }
