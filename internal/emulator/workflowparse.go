package emulator

import (
	"encoding/json"
	"fmt"
	"slices"
)

// workflowReader reads a workflow in the management API's form, and gathers what
// is wrong with it.
type workflowReader struct {
	e    *Emulator
	bad  *problems
	refs map[string]bool
}

// parseWorkflow reads what a workflow of that key would be. What this emulator
// has no use for is left out; the caller keeps the original.
func (e *Emulator) parseWorkflow(bad *problems, key string, v map[string]any) Workflow {
	r := &workflowReader{e, bad, map[string]bool{}}
	settings := bad.entries("workflow.", "settings", v)
	def := Workflow{
		Key: key, Name: bad.text(v, "name"), Description: bad.text(v, "description"), Categories: bad.texts(v, "categories"), Tags: bad.texts(v, "tags"),
		Schema: bad.entries("workflow.", "trigger_data_json_schema", v), Conditions: r.conditions("workflow.conditions", v["conditions"]),
		OverridePreferences: bad.flag(settings, "override_preferences"), Commercial: bad.flag(settings, "is_commercial"),
		Steps: r.steps("workflow.steps", v["steps"]),
	}
	if def.Name == "" {
		bad.add("workflow.name", "required", "can't be blank")
	}
	if v["steps"] == nil {
		bad.add("workflow.steps", "required", "can't be blank")
	}
	if def.Schema != nil {
		if _, err := compileSchema(def.Schema); err != nil {
			bad.add("workflow.trigger_data_json_schema", "format", "is no JSON schema: %s", err)
		}
	}
	return def
}

func (r *workflowReader) steps(at string, v any) []Step {
	list, ok := v.([]any)
	if !ok && v != nil {
		r.bad.add(at, "type", "must be a list of steps")
	}
	steps := make([]Step, 0, len(list))
	for i, item := range list {
		m, _ := item.(map[string]any)
		steps = append(steps, r.step(fmt.Sprintf("%s[%d]", at, i), m))
	}
	return steps
}

func (r *workflowReader) step(at string, m map[string]any) Step {
	s := Step{Ref: text(m["ref"]), Type: text(m["type"]), Name: text(m["name"]), Conditions: r.conditions(at+".conditions", m["conditions"])}
	if s.Ref == "" || r.refs[s.Ref] {
		r.bad.add(at+".ref", "unique", "must be given, and be another one for each step")
	}
	r.refs[s.Ref] = true
	settings, _ := m["settings"].(map[string]any)
	switch s.Type {
	case "delay":
		s.For, s.Until = r.duration(at+".settings.delay_for", settings["delay_for"]), text(settings["delay_until_field_path"])
		if s.For.Value == 0 && s.Until == "" {
			r.bad.add(at+".settings", "required", "needs delay_for or delay_until_field_path")
		}
	case "batch":
		s.Window, s.Key = r.duration(at+".settings.batch_window", settings["batch_window"]), text(settings["batch_key"])
	case "throttle":
		s.Window, s.Key = r.duration(at+".settings.throttle_window", settings["throttle_window"]), text(settings["throttle_key"])
		limit, _ := number(settings["throttle_limit"])
		s.Limit = int(limit)
	case "http_fetch":
		s.Method, s.URL, s.Respond = text(settings["method"]), text(settings["url"]), []Response{{Status: 200}}
	case "wait_for_event":
		s.Event = r.wait(at+".settings", settings)
	case "branch":
		s.Branches = r.branches(at+".branches", m["branches"], "percentage")
	case "random_cohort":
		s.Branches = r.branches(at+".cohort_branches", m["cohort_branches"], "percentage")
	case "channel":
		r.channel(at, m, &s)
	case "trigger_workflow":
		s.Trigger = &TriggerStep{
			Workflow: text(settings["workflow_key"]), Recipients: text(settings["recipients"]), Actor: text(settings["actor"]),
			Tenant: text(settings["tenant"]), Data: text(settings["data"]), CancellationKey: text(settings["cancellation_key"]),
		}
	case "update_data":
		s.Body = text(settings["data"])
	case "update_user", "update_object", "update_tenant":
		s.Body, s.Key = text(settings["update_properties"]), text(settings["recipient_gid"])
	case "ai_agent":
	default:
		r.bad.add(at+".type", "inclusion", "%q is no type of step", s.Type)
	}
	return s
}

// channel reads a channel step: its template is rendered as one text, and for
// email as HTML too.
func (r *workflowReader) channel(at string, m map[string]any, s *Step) {
	s.Channel = text(m["channel_key"])
	ch := r.e.channels[s.Channel]
	if ch == nil {
		r.bad.add(at+".channel_key", "exists", "there is no channel %q", s.Channel)
		return
	}
	t, ok := m["template"].(map[string]any)
	if !ok && ch.Type != "in_app_guide" {
		r.bad.add(at+".template", "required", "can't be blank")
	}
	s.Subject, s.HTML, s.Action, s.URL, s.Method = text(t["subject"]), text(t["html_body"]), text(t["action_url"]), text(t["url"]), text(t["method"])
	for _, name := range []string{"text_body", "markdown_body", "body", "html_body"} {
		if s.Body == "" {
			s.Body = text(t[name])
		}
	}
	if title := text(t["title"]) + text(t["summary"]); title != "" {
		s.Subject = title
	}
	if ch.Type == "email" && s.Subject == "" {
		r.bad.add(at+".template.subject", "required", "can't be blank")
	}
}

func (r *workflowReader) branches(at string, v any, share string) []Branch {
	list, _ := v.([]any)
	branches := make([]Branch, len(list))
	for i, item := range list {
		m, _ := item.(map[string]any)
		here := fmt.Sprintf("%s[%d]", at, i)
		terminates, _ := m["terminates"].(bool)
		percent, _ := number(m[share])
		branches[i] = Branch{
			Name: text(m["name"]), Conditions: r.conditions(here+".conditions", m["conditions"]), Steps: r.steps(here+".steps", m["steps"]),
			Terminates: terminates, Percentage: percent,
		}
	}
	if len(branches) == 0 {
		r.bad.add(at, "required", "can't be blank")
	}
	return branches
}

func (r *workflowReader) wait(at string, v map[string]any) *WaitEvent {
	event, _ := v["event"].(map[string]any)
	w := &WaitEvent{
		ExpiresAfter: r.duration(at+".expires_after", v["expires_after"]), HaltOnMatch: v["on_match"] == "halt", HaltOnExpiry: v["on_timeout"] == "halt",
	}
	key := text(event["event_key"])
	switch event["event_type"] {
	case "integration_source":
		w.Source, w.Event = text(event["integration_source_key"]), key
	case "message":
		w.Workflow, w.Message = text(event["source_key"]), key
	case "workflow":
		w.Workflow, w.Event = text(event["source_key"]), key
	case "recipient", "audience":
	default:
		r.bad.add(at+".event.event_type", "inclusion", "%q is no type of event", text(event["event_type"]))
	}
	return w
}

// duration reads {"unit": …, "value": …}, or nothing.
func (r *workflowReader) duration(at string, v any) Duration {
	m, _ := v.(map[string]any)
	if m == nil {
		return Duration{}
	}
	n, _ := number(m["value"])
	d := Duration{int(n), text(m["unit"])}
	if d.Value < 1 || d.span() == 0 {
		r.bad.add(at, "format", "must have a unit, such as minutes, and a value of 1 or more")
	}
	return d
}

// conditions reads {"all": […]} or {"any": […]}, where each of any can be such an
// all again.
func (r *workflowReader) conditions(at string, v any) *Conditions {
	m, ok := v.(map[string]any)
	if !ok {
		if v != nil {
			r.bad.add(at, "type", "must be a map with all or any")
		}
		return nil
	}
	return &Conditions{All: r.conditionList(at+".all", m["all"]), Any: r.conditionList(at+".any", m["any"])}
}

func (r *workflowReader) conditionList(at string, v any) []Condition {
	list, _ := v.([]any)
	var out []Condition
	for i, item := range list {
		m, _ := item.(map[string]any)
		here := fmt.Sprintf("%s[%d]", at, i)
		if m["all"] != nil {
			out = append(out, Condition{Group: r.conditionList(here+".all", m["all"])})
			continue
		}
		c := Condition{Variable: text(m["variable"]), Operator: text(m["operator"]), Argument: m["argument"]}
		if c.Variable == "" || operators[c.Operator] == nil {
			r.bad.add(here, "format", "needs a variable and an operator that exists")
		}
		out = append(out, c)
	}
	return out
}

// workflowMembers are what a workflow is written with; the rest is read-only.
var workflowMembers = []string{
	"name", "description", "categories", "tags", "settings", "conditions", "trigger_data_json_schema", "trigger_frequency", "goal_attachment", "steps",
}

// writable is what a caller said of a workflow, without what it cannot change.
func writable(v map[string]any) fields {
	out := fields{}
	for name, value := range v {
		if slices.Contains(workflowMembers, name) && value != nil {
			out[name] = value
		}
	}
	return out
}

// asRead is a value as it would be after a journey through JSON.
func asRead(v any) map[string]any {
	raw, _ := json.Marshal(v) // made of text, numbers and durations
	var out map[string]any
	_ = json.Unmarshal(raw, &out)
	return out
}
