package users

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/views/internal/status"
)

// preferenceText says what a preference set turns off or makes depend on
// something; what it leaves on needs no word.
func preferenceText(set client.PreferenceSet) string {
	var parts []string
	for _, of := range []struct {
		word string
		raw  json.RawMessage
	}{{"", set.ChannelTypes}, {"workflow ", set.Workflows}, {"category ", set.Categories}, {"channel ", set.Channels}} {
		var settings map[string]json.RawMessage
		if json.Unmarshal(of.raw, &settings) != nil {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(settings)) {
			if said := settingText(settings[name]); said != "" {
				parts = append(parts, of.word+status.Words(name)+" "+said)
			}
		}
	}
	if string(set.CommercialSubscribed) == "false" {
		parts = append(parts, "no commercial messages")
	}
	if len(parts) == 0 {
		return "everything on"
	}
	return strings.Join(parts, ", ")
}

// settingText words one setting: true, false, or an object with channel types
// or conditions. On needs no word.
func settingText(raw json.RawMessage) string {
	switch string(raw) {
	case "true", "null":
		return ""
	case "false":
		return "off"
	}
	var s struct {
		ChannelTypes map[string]json.RawMessage `json:"channel_types"`
		Conditions   []json.RawMessage          `json:"conditions"`
	}
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(s.ChannelTypes)) {
		if said := settingText(s.ChannelTypes[name]); said != "" {
			parts = append(parts, status.Words(name)+" "+said)
		}
	}
	if len(s.Conditions) > 0 {
		parts = append(parts, "under "+termtext.Plural(len(s.Conditions), "condition"))
	}
	if len(parts) == 0 {
		return ""
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// channelDataText counts what is there: tokens open a device to whoever has
// them, so they are shown on request alone.
func channelDataText(d client.ChannelData) string {
	var lists map[string]json.RawMessage
	if json.Unmarshal(d.Data, &lists) != nil {
		return ""
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		var list []json.RawMessage
		if json.Unmarshal(lists[name], &list) == nil {
			parts = append(parts, termtext.Plural(len(list), strings.TrimSuffix(status.Words(name), "s")))
		}
	}
	return strings.Join(parts, ", ")
}
