package emulator

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// provider is a chat provider that an object's channel data connects.
type provider struct {
	key    string // of the channel
	object string // the parameter that names the object
}

var (
	slack   = provider{"chat_slack", "access_token_object"}
	msTeams = provider{"chat_ms_teams", "ms_teams_tenant_object"}
)

// connection finds the object that the parameter names and its connection, "" where it
// has none.
func (p provider) connection(e *Emulator, q *query) (rc *recipient, ch *channel, token string, err *apiError) {
	ch = e.channel(q.path("channel_id"))
	if ch == nil || ch.Provider != p.key {
		return nil, nil, "", fault(http.StatusNotFound, invalidRequest, "channel_invalid", "There is no channel %q of %s", q.path("channel_id"), p.key)
	}
	var named struct {
		ID         string `json:"id"`
		ObjectID   string `json:"object_id"`
		Collection string `json:"collection"`
	}
	if json.Unmarshal([]byte(q.one(p.object)), &named) != nil || named.ID+named.ObjectID == "" {
		q.bad.add(p.object, "format", "must be a JSON string with the collection and the object_id of an object")
		return nil, nil, "", q.bad.err()
	}
	rc = e.known(ref{named.Collection, named.ID + named.ObjectID})
	if rc == nil {
		return nil, ch, "", nil
	}
	data, _ := rc.channelData[ch.id.String()].(map[string]any)
	if p == msTeams {
		token, _ = data["ms_teams_tenant_id"].(string)
		return rc, ch, token, nil
	}
	held, _ := data["token"].(map[string]any)
	token, _ = held["access_token"].(string)
	if connections, _ := data["connections"].([]any); token == "" && len(connections) > 0 {
		first, _ := connections[0].(map[string]any)
		token, _ = first["access_token"].(string)
	}
	return rc, ch, token, nil
}

func (p provider) checkAuth(e *Emulator, q *query) (int, any, *apiError) {
	_, _, token, err := p.connection(e, q)
	if err != nil {
		return 0, nil, err
	}
	out := fields{"ok": token != ""}
	switch {
	case token == "":
		out["reason"] = "token_missing"
	case p == msTeams:
		out["ms_teams_tenant_id"] = token
	}
	return http.StatusOK, fields{"connection": out}, nil
}

// revoke takes the connection out of the object's channel data.
func (p provider) revoke(e *Emulator, q *query) (int, any, *apiError) {
	rc, ch, _, err := p.connection(e, q)
	if err != nil {
		return 0, nil, err
	}
	if rc != nil && rc.channelData[ch.id.String()] != nil {
		rc.channelData[ch.id.String()] = map[string]any{"connections": []any{}}
	}
	return http.StatusOK, fields{"ok": "ok"}, nil
}

// connected is connection where there must be one.
func (p provider) connected(e *Emulator, q *query) *apiError {
	_, _, token, err := p.connection(e, q)
	if err == nil && token == "" {
		err = fault(http.StatusForbidden, authentication, "authentication_required", "The object has no connection with this provider")
	}
	return err
}

func listSlackChannels(e *Emulator, q *query) (int, any, *apiError) {
	if err := slack.connected(e, q); err != nil {
		return 0, nil, err
	}
	limit, err := strconv.Atoi(q.one("query_options.limit"))
	if err != nil || limit < 1 {
		limit = 200
	}
	channels := []fields{}
	for i, name := range []string{"general", "random", "incidents"} {
		if i < limit {
			channels = append(channels, fields{"id": "C000000000" + strconv.Itoa(i), "name": name, "is_private": false, "is_im": false, "context_team_id": "T0000000000"})
		}
	}
	return http.StatusOK, fields{"slack_channels": channels, "next_cursor": ""}, nil
}

func listTeams(e *Emulator, q *query) (int, any, *apiError) {
	if err := msTeams.connected(e, q); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, fields{"skip_token": nil, "ms_teams_teams": []fields{
		{"id": e.ids.uuid("team", 1), "displayName": "Everyone", "description": nil},
		{"id": e.ids.uuid("team", 2), "displayName": "Support", "description": "Who answers tickets"},
	}}, nil
}

func listTeamsChannels(e *Emulator, q *query) (int, any, *apiError) {
	if q.one("team_id") == "" {
		q.bad.add("team_id", "required", "can't be blank")
	}
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	if err := msTeams.connected(e, q); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, fields{"ms_teams_channels": []fields{{
		"id": "19:general@thread.tacv2", "displayName": "General", "description": nil, "membershipType": "standard", "isArchived": false,
		"createdDateTime": e.clock.epoch - 300*day,
	}}}, nil
}
