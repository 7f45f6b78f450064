package rendering

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/liquid"
	"github.com/knockops/knockops/internal/ops/conditions"
	"github.com/knockops/knockops/internal/termtext"
)

// texts are the members of a template that hold what is sent, in the order in which they are told. Others are told
// behind them where they name a variable.
var texts = []string{
	"subject", "title", "summary", "text_body", "markdown_body", "html_body", "json_body", "visual_blocks",
	"content", "label", "action", "action_url", "action_buttons", "method", "url", "headers", "query_params", "body",
}

// Bounds of a whole workflow: templates are not trusted.
const (
	mostFields = 500
	mostText   = 1 << 20 // bytes of all texts
)

// channelStep is a channel step with what decides whether a run comes to it.
type channelStep struct {
	client.Step
	when string
}

// channelSteps lists the channel steps, those of branches in their place.
func channelSteps(steps []client.Step, when string) (all []channelStep) {
	for _, s := range steps {
		own := both(when, onlyIf(s.Conditions))
		if s.Type == "channel" {
			all = append(all, channelStep{s, own})
		}
		for _, b := range s.Ways() {
			all = append(all, channelSteps(b.Steps, both(own, cmp.Or(onlyIf(b.Conditions), "on the branch "+b.Name)))...)
		}
	}
	return all
}

func onlyIf(raw json.RawMessage) string {
	words := conditions.Parse(raw).String()
	if words == "" {
		return ""
	}
	return "only if " + words
}

func both(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", and " + b
}

// room is what there is for more texts.
type room struct{ fields, bytes int }

// filling is the template of one step as it is filled in.
type filling struct {
	ctx   context.Context
	scope liquid.Scope
	room  *room
	step  Step
}

func fill(ctx context.Context, s channelStep, scope liquid.Scope, left *room) Step {
	f := filling{ctx, scope, left, Step{
		Ref: s.Ref, Name: s.Name, ChannelKey: cmp.Or(s.ChannelKey, s.ChannelGroupKey), ChannelType: s.ChannelType, When: s.when,
		Template: []Field{}, Unfilled: []string{}, NotRendered: []string{},
	}}
	template := map[string]any{}
	_ = decode(s.Template, &template) // one that is no object has nothing to tell
	if settings, _ := template["settings"].(map[string]any); settings != nil {
		if layout, _ := settings["layout_key"].(string); layout != "" {
			f.step.NotRendered = append(f.step.NotRendered, "layout "+layout)
		}
	}
	f.object("", template)
	return f.step
}

// object fills in the members of an object.
func (f *filling) object(path string, of map[string]any) {
	rank := func(name string) int {
		if i := slices.Index(texts, name); i >= 0 {
			return i
		}
		return len(texts)
	}
	if key, _ := of["key"].(string); of["type"] == "partial" && key != "" {
		f.step.NotRendered = add(f.step.NotRendered, "partial "+key)
	}
	for _, name := range slices.SortedFunc(maps.Keys(of), func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) }) {
		f.value(path+name, rank(name) < len(texts), of[name])
	}
}

// value fills in what a member holds. One that is not told of itself is told where it has something to fill in.
func (f *filling) value(path string, told bool, v any) {
	switch v := v.(type) {
	case string:
		if told && v != "" || strings.Contains(v, "{{") || strings.Contains(v, "{%") {
			f.text(path, v)
		}
	case map[string]any:
		if key, isKey := v["key"].(string); isKey && len(v) == 2 { // a header, or a parameter of a query
			if value, is := v["value"].(string); is {
				f.text(path[:strings.LastIndexByte(path, '.')+1]+key, value)
				return
			}
		}
		f.object(path+".", v)
	case []any:
		for i, one := range v {
			f.value(fmt.Sprintf("%s.%d", path, i), told, one)
		}
	}
}

func (f *filling) text(path, template string) {
	if f.room.fields <= 0 || f.room.bytes <= 0 {
		f.step.Stopped = cmp.Or(f.step.Stopped, fmt.Sprintf("the workflow's templates make more than %d texts, or %s bytes: the rest is not told", mostFields, termtext.Count(mostText)))
		return
	}
	r := liquid.Render(f.ctx, template, f.scope)
	f.room.fields--
	f.room.bytes -= len(r.Text)
	f.step.Template = append(f.step.Template, Field{path, r.Text})
	for _, v := range r.Unfilled {
		f.step.Unfilled = add(f.step.Unfilled, v)
	}
	for _, v := range r.NotRendered {
		f.step.NotRendered = add(f.step.NotRendered, v)
	}
	f.step.Stopped = cmp.Or(f.step.Stopped, r.Stopped)
}

func add(list []string, what string) []string {
	if slices.Contains(list, what) {
		return list
	}
	return append(list, what)
}

// decode reads JSON with its numbers as they are written.
func decode(raw json.RawMessage, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into)
}
