package emulator

import (
	"maps"
	"slices"
)

// preferences is one preference set, in Knock's own form.
type preferences map[string]any

var preferenceParts = []string{"workflows", "categories", "channel_types", "channels", "commercial_subscribed"}

// setPreferences merges a set into the one of that id; with the strategy
// "replace" it takes its place.
func (rc *recipient) setPreferences(id string, set map[string]any) preferences {
	next := preferences{}
	if set["__persistence_strategy__"] != "replace" {
		next = maps.Clone(rc.preferences[id])
		if next == nil {
			next = preferences{}
		}
	}
	for _, part := range preferenceParts {
		value, given := set[part]
		if !given {
			continue
		}
		old, _ := next[part].(map[string]any)
		if more, ok := value.(map[string]any); ok && old != nil {
			merged := maps.Clone(old)
			maps.Copy(merged, more)
			value = merged
		}
		next[part] = value
	}
	if rc.preferences == nil {
		rc.preferences = map[string]preferences{}
	}
	rc.preferences[id] = next
	return next
}

// json is the set as the API shows it.
func (p preferences) json(id string) fields {
	out := fields{"id": id, "workflows": nil, "categories": nil, "channel_types": nil, "channels": nil, "commercial_subscribed": nil}
	maps.Copy(out, p)
	return out
}

// refuses says which setting keeps a message on ch from being sent, or "".
func (p preferences) refuses(wf *workflow, ch *channel, s scope) string {
	if off(p.part("channel_types")[ch.Type], ch, s) {
		return "channel_types." + ch.Type
	}
	for _, name := range []string{ch.Key, ch.id.String()} {
		if off(p.part("channels")[name], ch, s) {
			return "channels." + name
		}
	}
	for _, category := range slices.Sorted(slices.Values(wf.Categories)) {
		if off(p.part("categories")[category], ch, s) {
			return "categories." + category
		}
	}
	if off(p.part("workflows")[wf.Key], ch, s) {
		return "workflows." + wf.Key
	}
	return ""
}

func (p preferences) part(name string) map[string]any {
	m, _ := p[name].(map[string]any)
	return m
}

// off reads a setting: false, or one whose conditions or whose entry for the
// channel's type or the channel is.
func off(setting any, ch *channel, s scope) bool {
	switch v := setting.(type) {
	case bool:
		return !v
	case map[string]any:
		if list, ok := v["conditions"].([]any); ok {
			for _, item := range list {
				c, _ := item.(map[string]any)
				variable, _ := c["variable"].(string)
				operator, _ := c["operator"].(string)
				if !(Condition{variable, operator, c["argument"]}).holds(s) {
					return true
				}
			}
		}
		types, _ := v["channel_types"].(map[string]any)
		channels, _ := v["channels"].(map[string]any)
		return off(types[ch.Type], ch, s) || off(channels[ch.Key], ch, s) || off(channels[ch.id.String()], ch, s)
	}
	return false
}
