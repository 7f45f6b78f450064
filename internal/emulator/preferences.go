package emulator

import (
	"maps"
	"slices"
	"strings"
)

// preferences is one preference set, in Knock's own form.
type preferences map[string]any

var preferenceParts = []string{"workflows", "categories", "channel_types", "channels", "commercial_subscribed"}

// strategy is the member of a request that says how a set is kept.
const strategy = "__persistence_strategy__"

// setPreferences replaces the set of that id, or merges set into it.
func (rc *recipient) setPreferences(id string, set map[string]any, merge bool) preferences {
	var old preferences
	if merge {
		old = rc.preferences[id]
	}
	next := old.with(set)
	if rc.preferences == nil {
		rc.preferences = map[string]preferences{}
	}
	rc.preferences[id] = next
	return next
}

// with is the set with what more says laid over it, entry by entry. Null takes
// away.
func (p preferences) with(more map[string]any) preferences {
	next := maps.Clone(p)
	if next == nil {
		next = preferences{}
	}
	for _, part := range preferenceParts {
		value, given := more[part]
		if !given {
			continue
		}
		entries, isMap := value.(map[string]any)
		if !isMap {
			next[part] = value
			continue
		}
		merged := maps.Clone(p.part(part))
		if merged == nil {
			merged = map[string]any{}
		}
		maps.Copy(merged, entries)
		maps.DeleteFunc(merged, func(_ string, v any) bool { return v == nil })
		next[part] = merged
	}
	return next
}

// json is the set as the API shows it.
func (p preferences) json(id string) fields {
	out := fields{"id": id, "workflows": nil, "categories": nil, "channel_types": nil, "channels": nil, "commercial_subscribed": nil}
	maps.Copy(out, p)
	return out
}

// checkPreferences says what in a set is no preference. at goes before the names
// of fields.
func checkPreferences(bad *problems, at string, set map[string]any) {
	for _, part := range preferenceParts {
		value := set[part]
		if part == "commercial_subscribed" {
			if value != nil {
				checkSetting(bad, at+part, value, false)
			}
			continue
		}
		entries, ok := value.(map[string]any)
		if !ok && value != nil {
			bad.add(at+part, "type", "must be a map of settings")
		}
		checkEntries(bad, at+part, entries, part == "workflows" || part == "categories")
	}
}

func checkEntries(bad *problems, at string, entries map[string]any, deep bool) {
	for name, setting := range entries {
		if strings.HasSuffix(at, "channel_types") && !slices.Contains(channelTypes, name) {
			bad.add(at+"."+name, "inclusion", "is no type of channel")
		}
		if setting != nil { // null takes the entry away
			checkSetting(bad, at+"."+name, setting, deep)
		}
	}
}

// checkSetting takes a boolean, a map with conditions and, where it is deep, a
// map with settings by channel.
func checkSetting(bad *problems, at string, setting any, deep bool) {
	if _, ok := setting.(bool); ok {
		return
	}
	m, ok := setting.(map[string]any)
	if !ok {
		bad.add(at, "type", "must be true, false or a map")
		return
	}
	for name, value := range m {
		byChannel, isMap := value.(map[string]any)
		conditions, isList := value.([]any)
		switch {
		case name == "conditions" && isList:
			checkConditions(bad, at+".conditions", conditions)
		case deep && (name == "channel_types" || name == "channels") && (isMap || value == nil):
			checkEntries(bad, at+"."+name, byChannel, false)
		case deep && name == "conditions" && value == nil:
		default:
			bad.add(at+"."+name, "type", "is no setting")
		}
	}
}

func checkConditions(bad *problems, at string, list []any) {
	for _, item := range list {
		c, _ := item.(map[string]any)
		variable, _ := c["variable"].(string)
		operator, _ := c["operator"].(string)
		if variable == "" || operators[operator] == nil {
			bad.add(at, "format", "each condition needs a variable and an operator that exists")
		}
	}
}

// refuses says which setting keeps a message on ch from being sent, or "".
func (p preferences) refuses(wf *workflow, ch *channel, s scope) string {
	if wf.Commercial && off(p["commercial_subscribed"], ch, s) {
		return "commercial_subscribed"
	}
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
				if !(Condition{Variable: variable, Operator: operator, Argument: c["argument"]}).holds(s) {
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
