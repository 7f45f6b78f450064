package emulator

import (
	"maps"
	"strconv"
)

// json is the workflow as the management API shows it, with what is not committed.
func (wf *workflow) json(environment string) fields {
	if wf.draft != nil {
		return wf.jsonOf(environment, wf.draft)
	}
	return wf.committedJSON(environment)
}

func (wf *workflow) committedJSON(environment string) fields {
	if wf.body != nil {
		return wf.jsonOf(environment, wf.body)
	}
	body := fields{
		"name": wf.Name, "description": wf.Description, "categories": listOf(wf.Categories), "tags": listOf(wf.Tags),
		"settings":          fields{"override_preferences": wf.OverridePreferences, "is_commercial": wf.Commercial},
		"trigger_frequency": "every_trigger", "steps": stepsJSON(wf.Workflow.Steps, wf.channelTypes()),
	}
	if wf.Schema != nil {
		body["trigger_data_json_schema"] = wf.Schema
	}
	if wf.Conditions != nil {
		body["conditions"] = wf.Conditions
	}
	return wf.jsonOf(environment, body)
}

// jsonOf is a body with what the management API adds.
func (wf *workflow) jsonOf(environment string, body fields) fields {
	out := fields{"categories": []string{}, "tags": []string{}, "steps": []any{}, "trigger_frequency": "every_trigger"}
	maps.Copy(out, body)
	maps.Copy(out, fields{
		"key": wf.Key, "active": wf.active, "valid": true, "environment": environment,
		"created_at": wf.createdAt, "updated_at": wf.updatedAt, "sha": shaOf(body),
	})
	return out
}

// channelTypes gives the type of each channel that the steps name.
func (wf *workflow) channelTypes() map[string]string {
	types := map[string]string{}
	for _, s := range wf.steps {
		if s.channel != nil {
			types[s.channel.Key] = s.channel.Type
		}
	}
	return types
}

func stepsJSON(steps []Step, channelTypes map[string]string) []fields {
	out := make([]fields, len(steps))
	for i, s := range steps {
		j := fields{"ref": s.Ref, "type": s.Type, "name": orNull(s.Name)}
		if s.Conditions != nil {
			j["conditions"] = s.Conditions
		}
		s.describe(j, channelTypes)
		out[i] = j
	}
	return out
}

// describe adds what belongs to the step's type.
func (s Step) describe(j fields, channelTypes map[string]string) {
	switch s.Type {
	case "delay":
		if s.Until != "" {
			j["settings"] = fields{"delay_until_field_path": s.Until}
		} else {
			j["settings"] = fields{"delay_for": s.For}
		}
	case "batch":
		j["settings"] = fields{
			"batch_key": orNull(s.Key), "batch_window": s.Window, "batch_window_type": "fixed",
			"batch_order": "asc", "batch_execution_mode": "accumulate",
		}
	case "throttle":
		j["settings"] = fields{"throttle_key": orNull(s.Key), "throttle_limit": max(s.Limit, 1), "throttle_window": s.Window}
	case "http_fetch":
		j["settings"] = fields{"method": method(s.Method), "url": s.URL}
	case "wait_for_event":
		j["settings"] = s.Event.json()
	case "branch", "random_cohort":
		branches := make([]fields, len(s.Branches))
		for i, b := range s.Branches {
			branches[i] = fields{"name": b.Name, "terminates": b.Terminates, "steps": stepsJSON(b.Steps, channelTypes)}
			if b.Conditions != nil {
				branches[i]["conditions"] = b.Conditions
			}
		}
		if s.Type == "branch" {
			j["branches"] = branches
			break
		}
		for i, b := range s.Branches {
			branches[i]["percentage"] = strconv.FormatFloat(b.Percentage, 'f', -1, 64)
		}
		j["cohort_branches"] = branches
	case "trigger_workflow":
		t := s.Trigger
		j["settings"] = fields{
			"workflow_key": t.Workflow, "recipients": t.Recipients, "actor": t.Actor, "tenant": t.Tenant, "data": t.Data,
			"cancellation_key": t.CancellationKey,
		}
	case "update_data":
		j["settings"] = fields{"data": s.Body}
	case "update_user", "update_tenant", "update_object":
		j["settings"] = fields{"recipient_mode": "current", "recipient_gid": s.Key, "update_properties": s.Body}
	case "ai_agent":
		j["settings"] = fields{"model": "none", "request_prompt": s.Body, "response_type": "text"}
	case "channel":
		kind := channelTypes[s.Channel]
		j["channel_key"], j["channel_type"], j["template"] = s.Channel, kind, s.template(kind)
	}
}

func method(m string) string {
	if m == "" {
		return "post"
	}
	return m
}

func (s Step) template(channelType string) fields {
	switch channelType {
	case "email":
		return fields{"subject": s.Subject, "html_body": "<p>" + s.Body + "</p>", "text_body": s.Body, "settings": fields{"layout_key": "default"}}
	case "in_app_feed":
		return fields{"markdown_body": s.Body, "action_url": orNull(s.Action)}
	case "sms":
		return fields{"text_body": s.Body}
	case "push":
		return fields{"title": s.Subject, "text_body": s.Body, "settings": fields{"delivery_type": "content"}}
	case "chat":
		return fields{"markdown_body": s.Body}
	}
	return fields{"url": s.URL, "method": method(s.Method), "body": s.Body}
}

func (w *WaitEvent) json() fields {
	out := fields{"on_match": "continue", "on_timeout": "continue"}
	if w.HaltOnMatch {
		out["on_match"] = "halt"
	}
	if w.HaltOnExpiry {
		out["on_timeout"] = "halt"
	}
	if w.ExpiresAfter.Value > 0 {
		out["expires_after"] = w.ExpiresAfter
	}
	// Knock wants a match condition where the event names a workflow; this one always holds.
	matchesRecipient := []fields{{"operator": "and", "conditions": []fields{{"variable": "event.recipient.id", "operator": "equal_to", "argument": "recipient.id"}}}}
	switch {
	case w.Source != "":
		out["event"] = fields{"event_type": "integration_source", "integration_source_key": w.Source, "event_key": w.Event}
	case w.Message != "":
		out["event"] = fields{"event_type": "message", "event_key": w.Message, "source_type": "workflow", "source_key": w.Workflow}
		out["match_conditions"] = matchesRecipient
	case w.Event != "":
		out["event"] = fields{"event_type": "workflow", "event_key": w.Event, "source_key": w.Workflow}
		out["match_conditions"] = matchesRecipient
	default:
		out["event"] = fields{"event_type": "recipient", "event_key": "updated"}
	}
	return out
}
