package emulator

import (
	"net/http"
	"slices"
	"strings"
)

// inEnvironment checks the environment that a management call must name.
func (e *Emulator) inEnvironment(q *query) *apiError {
	switch slug := q.one("environment"); slug {
	case e.Environment():
		return nil
	case "":
		q.bad.add("environment", "required", "can't be blank")
		return q.bad.err()
	default:
		return noEnvironment(slug)
	}
}

// origin is where the caller reached the emulator.
func (q *query) origin() string {
	scheme := "http://"
	if q.req.TLS != nil {
		scheme = "https://"
	}
	return scheme + q.req.Host
}

func whoami(e *Emulator, _ *query) (int, any, *apiError) {
	return http.StatusOK, fields{
		"account_name": e.world.Account, "account_slug": strings.ToLower(strings.ReplaceAll(e.world.Account, " ", "-")),
		"type": "service_token", "service_token_name": "emulator", "user_id": nil, "user_name": nil, "user_email": nil,
		"account_features": fields{"data_retention_days": int(retention / day)},
	}, nil
}

func (e *Emulator) environmentJSON() fields {
	slug := e.Environment()
	return fields{
		"slug": slug, "name": slug, "order": 0, "owner": "system", "hide_pii_data": false,
		"label_color": nil, "last_commit_at": nil, "deleted_at": nil,
		"created_at": e.clock.epoch - 365*day, "updated_at": e.clock.epoch - 30*day,
	}
}

func listEnvironments(e *Emulator, q *query) (int, any, *apiError) {
	return q.listing("environments", "entries", allRows(1), every, func(uint32) any { return e.environmentJSON() })
}

func getEnvironment(e *Emulator, q *query) (int, any, *apiError) {
	if q.path("slug") != e.Environment() {
		return 0, nil, noEnvironment(q.path("slug"))
	}
	return http.StatusOK, e.environmentJSON(), nil
}

func (ch *channel) json() fields {
	return fields{
		"id": ch.id, "key": ch.Key, "name": ch.Name, "type": ch.Type, "provider": ch.Provider, "description": nil,
		"archived_at": nil, "custom_icon_url": nil, "visible_in": []string{"workflow", "broadcast"},
		"created_at": ch.createdAt, "updated_at": ch.createdAt,
	}
}

func listChannels(e *Emulator, q *query) (int, any, *apiError) {
	id, defs := q.one("id"), e.world.Channels
	at := func(n uint32) *channel { return e.channels[defs[len(defs)-1-int(n)].Key] }
	return q.listing("channels", "entries", allRows(len(defs)),
		func(n uint32) bool { return id == "" || at(n).id.String() == id },
		func(n uint32) any { return at(n).json() })
}

func getChannel(e *Emulator, q *query) (int, any, *apiError) {
	ch := e.channels[q.path("channel_key")]
	if ch == nil {
		return 0, nil, missing("channel", q.path("channel_key"))
	}
	return http.StatusOK, ch.json(), nil
}

// listWorkflows tells them in the order of the world.
func listWorkflows(e *Emulator, q *query) (int, any, *apiError) {
	if err := e.inEnvironment(q); err != nil {
		return 0, nil, err
	}
	last := len(e.order) - 1
	return q.listing("workflows", "entries", allRows(len(e.order)), every,
		func(n uint32) any { return e.order[last-int(n)].json(e.Environment()) })
}

// workflow is the one that the path names.
func (e *Emulator) workflow(q *query) (*workflow, *apiError) {
	if err := e.inEnvironment(q); err != nil {
		return nil, err
	}
	wf := e.workflows[q.path("key")]
	if wf == nil {
		return nil, missing("workflow", q.path("key"))
	}
	return wf, nil
}

func getWorkflow(e *Emulator, q *query) (int, any, *apiError) {
	wf, err := e.workflow(q)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, wf.json(e.Environment()), nil
}

func activateWorkflow(e *Emulator, q *query) (int, any, *apiError) {
	active, given := true, q.object()["status"]
	if given != nil {
		active = q.bad.flag(q.object(), "status")
	}
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	wf, err := e.workflow(q)
	if err != nil {
		return 0, nil, err
	}
	e.setActive(wf, active, q.id)
	return http.StatusOK, fields{"workflow": wf.json(e.Environment())}, nil
}

func listSources(e *Emulator, q *query) (int, any, *apiError) {
	withSettings := slices.Contains(q.choices("include", []string{"environment_settings"}), "environment_settings")
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	entries := make([]fields, len(e.world.Sources))
	for i, def := range e.world.Sources {
		entries[i] = e.sources[def.Key].json(e.Environment(), q.origin())
		if !withSettings {
			delete(entries[i], "environment_settings")
		}
	}
	return http.StatusOK, fields{"entries": entries}, nil
}
