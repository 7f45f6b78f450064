package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// scope is what templates and conditions of a run can name: data.x,
// recipient.x, actor.x, tenant.x, workflow.key, total_activities.
type scope map[string]any

// memberships is the scope's list of the audiences that the recipient is in. No
// template can name it.
const memberships = "$audiences"

// scope gathers the run's variables as they are now.
func (r *run) scope(e *Emulator) scope {
	t := r.trig
	s := scope{
		"data":             r.data(),
		"recipient":        variables(r.who.profile),
		"workflow":         map[string]any{"key": t.wf.Key, "name": t.wf.Name, "categories": t.wf.Categories},
		"total_activities": 1,
		"environment":      e.Environment(),
		memberships:        e.memberships(r.who),
	}
	if t.actor != nil {
		s["actor"] = variables(t.actor.profile)
	}
	if t.tenant != nil {
		tenant := maps.Clone(t.tenant.props)
		tenant["id"] = t.tenant.id
		s["tenant"] = tenant
	}
	if b := r.batch(); b != nil {
		activities := b.activities()
		s["total_activities"] = len(activities)
		if len(activities) > 0 {
			s["data"] = activities[0].data()
		}
	}
	return s
}

func variables(p *profile) map[string]any {
	vars := map[string]any{"id": p.id}
	maps.Copy(vars, p.props)
	if p.collection != "" {
		vars["collection"] = p.collection
	}
	return vars
}

// data is the trigger's data with the recipient's own laid over it.
func (r *run) data() map[string]any {
	data := maps.Clone(r.trig.values())
	if r.extra != nil {
		maps.Copy(data, r.extra.data)
	}
	return data
}

// triggered is the data without what was fetched since.
func (r *run) triggered() map[string]any {
	data := r.data()
	if r.extra != nil && r.extra.given != nil {
		data = maps.Clone(r.trig.values())
		maps.Copy(data, r.extra.given)
	}
	return data
}

// keptValues is how large data may be to be kept read, in bytes: feeds and
// filters look at the same data over and over.
const keptValues = 4096

// values is the trigger's data, read. It must not be changed.
func (t *trigger) values() map[string]any {
	if t.read != nil {
		return t.read
	}
	values := map[string]any{}
	if t.data != nil {
		dec := json.NewDecoder(bytes.NewReader(t.data))
		dec.UseNumber()
		_ = dec.Decode(&values) // it was an object when the trigger was accepted
	}
	if len(t.data) <= keptValues {
		t.read = values
	}
	return values
}

// carries says whether the run's data includes what a filter wants.
func (r *run) carries(wanted dataFilter) bool {
	if r.extra == nil || len(r.extra.data) == 0 {
		return wanted.includedIn(r.trig.values())
	}
	return wanted.includedIn(r.data())
}

// lookup follows a path such as data.order.items.0.name.
func (s scope) lookup(path string) (any, bool) {
	var at any = map[string]any(s)
	for part := range strings.SplitSeq(path, ".") {
		switch v := at.(type) {
		case map[string]any:
			next, ok := v[part]
			if !ok {
				return nil, false
			}
			at = next
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			at = v[i]
		default:
			return nil, false
		}
	}
	return at, true
}

// render fills the {{ variables }} of a template in; one that is not there
// leaves nothing. It is as much of Liquid as the worlds here need.
func (s scope) render(template string) string {
	var out strings.Builder
	for {
		before, rest, open := strings.Cut(template, "{{")
		out.WriteString(before)
		if !open {
			return out.String()
		}
		name, after, closed := strings.Cut(rest, "}}")
		if !closed {
			out.WriteString("{{" + rest)
			return out.String()
		}
		if v, ok := s.lookup(strings.TrimSpace(name)); ok {
			out.WriteString(text(v))
		}
		template = after
	}
}

// text is a value as a template shows it.
func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case map[string]any, []any:
		raw, err := json.Marshal(v)
		if err != nil {
			return ""
		}
		return string(raw)
	}
	return fmt.Sprint(v)
}
