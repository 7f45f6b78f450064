package emulator

import (
	"fmt"
	"net/http"
	"slices"
)

// Channel data has the form that the channel's provider wants: lists, each with
// what its items must hold; "" stands for items that are strings.
var channelDataForms = map[string]map[string][]string{
	"push":            {"tokens": {""}, "devices": {"token"}},
	"push_aws_sns":    {"target_arns": {""}, "devices": {"target_arn"}},
	"push_one_signal": {"player_ids": {""}},
	"chat_slack":      {"connections": {"access_token", "channel_id", "user_id", "incoming_webhook"}},
	"chat_ms_teams":   {"connections": {"ms_teams_channel_id", "ms_teams_team_id", "ms_teams_tenant_id", "ms_teams_user_id", "incoming_webhook"}},
	"chat_discord":    {"connections": {"channel_id", "incoming_webhook"}},
}

func (ch *channel) dataForm() map[string][]string {
	if form := channelDataForms[ch.Provider]; form != nil {
		return form
	}
	return channelDataForms[ch.Type]
}

// checkChannelData says what in the data the channel has no use for.
func (ch *channel) checkChannelData(bad *problems, at string, data map[string]any) {
	form := ch.dataForm()
	given := 0
	for name, keys := range form {
		value, there := data[name]
		if !there {
			continue
		}
		given++
		list, ok := value.([]any)
		if !ok {
			bad.add(at+"."+name, "type", "must be a list")
		}
		for i, item := range list {
			_, isText := item.(string)
			m, _ := item.(map[string]any)
			if keys[0] == "" && isText || slices.ContainsFunc(keys, func(k string) bool { return m[k] != nil }) {
				continue
			}
			bad.add(fmt.Sprintf("%s.%s[%d]", at, name, i), "format", "is not in the form that a channel of %s takes", ch.Provider)
		}
	}
	if form != nil && given == 0 && data["token"] == nil && data["ms_teams_tenant_id"] == nil {
		bad.add(at, "format", "has nothing that a channel of %s could use", ch.Provider)
	}
}

// complete is the data with the lists that Knock makes of each other: a token
// is a device too.
func (ch *channel) complete(data map[string]any) map[string]any {
	plain, one := "tokens", "token"
	switch {
	case ch.Provider == "push_aws_sns":
		plain, one = "target_arns", "target_arn"
	case ch.Type != "push" || ch.Provider == "push_one_signal":
		return data
	}
	names := []any{}
	devices := []any{}
	known := map[string]bool{}
	given, _ := data["devices"].([]any)
	for _, d := range given {
		m, _ := d.(map[string]any)
		name, _ := m[one].(string)
		known[name] = true
		names = append(names, name)
		devices = append(devices, map[string]any{one: name, "locale": m["locale"], "timezone": m["timezone"]})
	}
	list, _ := data[plain].([]any)
	for _, t := range list {
		if name, _ := t.(string); !known[name] {
			known[name] = true
			names = append(names, name)
			devices = append(devices, map[string]any{one: name, "locale": nil, "timezone": nil})
		}
	}
	return map[string]any{plain: names, "devices": devices}
}

// setChannelData keeps data that has been checked.
func (rc *recipient) setChannelData(ch *channel, data map[string]any) map[string]any {
	if rc.channelData == nil {
		rc.channelData = map[string]any{}
	}
	whole := ch.complete(data)
	rc.channelData[ch.id.String()] = whole
	return whole
}

// dataChannel is the channel that the path names.
func (e *Emulator) dataChannel(q *query) (*channel, *apiError) {
	ch := e.channel(q.path("channel_id"))
	if ch == nil {
		return nil, missing("channel", q.path("channel_id"))
	}
	return ch, nil
}

func channelDataJSON(ch *channel, data any) fields {
	out := fields{"__typename": "ChannelData", "channel_id": ch.id, "data": data}
	if channelDataForms[ch.Provider] != nil || ch.Type == "push" {
		out["provider"] = ch.Provider
	}
	return out
}

func getChannelData(e *Emulator, q *query, rc *recipient) (int, any, *apiError) {
	ch, err := e.dataChannel(q)
	if err != nil {
		return 0, nil, err
	}
	data, ok := rc.channelData[ch.id.String()]
	if !ok {
		return 0, nil, missing("channel data for channel", ch.id.String())
	}
	return http.StatusOK, channelDataJSON(ch, data), nil
}

func setChannelData(e *Emulator, q *query, ch *channel) (int, any, *apiError) {
	data, ok := q.object()["data"].(map[string]any)
	if !ok {
		q.bad.add("data", "required", "must be a map")
	} else {
		ch.checkChannelData(&q.bad, "data", data)
	}
	checkID(&q.bad, "id", q.named().id)
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, channelDataJSON(ch, e.provided(q).setChannelData(ch, data)), nil
}

func unsetChannelData(e *Emulator, q *query, rc *recipient) (int, any, *apiError) {
	ch, err := e.dataChannel(q)
	if err != nil {
		return 0, nil, err
	}
	delete(rc.channelData, ch.id.String())
	return http.StatusNoContent, nil, nil
}
