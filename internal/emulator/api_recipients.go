package emulator

import (
	"maps"
	"net/http"
	"slices"
	"unicode/utf8"
)

// longestID is how many characters an id may have.
const longestID = 255

func checkID(bad *problems, field, id string) {
	if utf8.RuneCountInString(id) > longestID {
		bad.add(field, "length", "should be at most %d characters", longestID)
	}
}

// named is the recipient that the path names.
func (q *query) named() ref {
	if id := q.path("user_id"); id != "" {
		return ref{id: id}
	}
	return ref{q.path("collection"), q.path("id")}
}

func (e *Emulator) found(q *query) (*recipient, *apiError) {
	r := q.named()
	if rc := e.known(r); rc != nil {
		return rc, nil
	}
	if r.collection == "" {
		return nil, missing("user", r.id)
	}
	return nil, missing("object", r.String())
}

func listUsers(e *Emulator, q *query) (int, any, *apiError) { return e.listRegister(q, "users", "") }

func listObjects(e *Emulator, q *query) (int, any, *apiError) {
	return e.listRegister(q, "objects", q.path("collection"))
}

func (e *Emulator) listRegister(q *query, name, collection string) (int, any, *apiError) {
	withPreferences := slices.Contains(q.choices("include", []string{"preferences"}), "preferences")
	var all []*recipient
	if list := e.listed[collection]; list != nil {
		all = list.all
	}
	return q.listing(name, "entries", allRows(len(all)),
		func(n uint32) bool { return all[n] != nil },
		func(n uint32) any {
			if !withPreferences {
				return all[n].profile
			}
			p := *all[n].profile
			p.props = maps.Clone(p.props)
			p.props["preferences"] = all[n].preferences
			return &p
		})
}

func getRecipient(e *Emulator, q *query) (int, any, *apiError) {
	rc, err := e.found(q)
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, rc.profile, nil
}

// checkProperties checks the properties that Knock has names for.
func checkProperties(bad *problems, props map[string]any) {
	for _, name := range []string{"name", "email", "phone_number", "timezone", "locale", "avatar"} {
		bad.text(props, name)
	}
	if at := bad.text(props, "created_at"); at != "" {
		if _, ok := timestamp(at); !ok {
			bad.add("created_at", "format", "is not an ISO-8601 time")
		}
	}
	for _, name := range []string{"channel_data", "preferences"} {
		if _, ok := props[name].(map[string]any); !ok && props[name] != nil {
			bad.add(name, "type", "must be a map")
		}
	}
}

func identifyRecipient(e *Emulator, q *query) (int, any, *apiError) {
	r, props := q.named(), q.object()
	checkID(&q.bad, "id", r.id)
	checkProperties(&q.bad, props)
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, e.identify(r, props).profile, nil
}

func deleteRecipient(e *Emulator, q *query) (int, any, *apiError) {
	rc, err := e.found(q)
	if err != nil {
		return 0, nil, err
	}
	e.forget(rc)
	return http.StatusNoContent, nil, nil
}

func listPreferences(e *Emulator, q *query) (int, any, *apiError) {
	rc, err := e.found(q)
	if err != nil {
		return 0, nil, err
	}
	sets := []fields{}
	for _, id := range slices.Sorted(maps.Keys(rc.preferences)) {
		sets = append(sets, rc.preferences[id].json(id))
	}
	return http.StatusOK, sets, nil
}

func getPreferences(e *Emulator, q *query) (int, any, *apiError) {
	rc, err := e.found(q)
	if err != nil {
		return 0, nil, err
	}
	id := q.path("set_id")
	return http.StatusOK, rc.preferences[id].json(id), nil
}

func setPreferences(e *Emulator, q *query) (int, any, *apiError) {
	set := q.object()
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	rc, err := e.found(q)
	if err != nil {
		return 0, nil, err
	}
	id := q.path("set_id")
	return http.StatusOK, rc.setPreferences(id, set).json(id), nil
}

// channelDataOf finds the recipient and the channel that the path names.
func (e *Emulator) channelDataOf(q *query) (*recipient, *channel, *apiError) {
	rc, err := e.found(q)
	if err != nil {
		return nil, nil, err
	}
	ch := e.channel(q.path("channel_id"))
	if ch == nil {
		return nil, nil, missing("channel", q.path("channel_id"))
	}
	return rc, ch, nil
}

func channelDataJSON(ch *channel, data any) fields {
	return fields{"__typename": "ChannelData", "channel_id": ch.id, "data": data}
}

func getChannelData(e *Emulator, q *query) (int, any, *apiError) {
	rc, ch, err := e.channelDataOf(q)
	if err != nil {
		return 0, nil, err
	}
	data, ok := rc.channelData[ch.id.String()]
	if !ok {
		return 0, nil, missing("channel data for channel", ch.id.String())
	}
	return http.StatusOK, channelDataJSON(ch, data), nil
}

func setChannelData(e *Emulator, q *query) (int, any, *apiError) {
	data, ok := q.object()["data"].(map[string]any)
	if !ok {
		q.bad.add("data", "required", "must be a map")
	}
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	rc, ch, err := e.channelDataOf(q)
	if err != nil {
		return 0, nil, err
	}
	rc.setChannelData(ch.id.String(), data)
	return http.StatusOK, channelDataJSON(ch, data), nil
}

func unsetChannelData(e *Emulator, q *query) (int, any, *apiError) {
	rc, ch, err := e.channelDataOf(q)
	if err != nil {
		return 0, nil, err
	}
	delete(rc.channelData, ch.id.String())
	return http.StatusNoContent, nil, nil
}

func listTenants(e *Emulator, q *query) (int, any, *apiError) {
	id, name := q.one("tenant_id"), q.one("name")
	return q.listing("tenants", "entries", allRows(len(e.tenantList)),
		func(n uint32) bool {
			t := e.tenantList[n]
			return (id == "" || t.id == id) && (name == "" || t.props["name"] == name)
		},
		func(n uint32) any { return e.tenantList[n] })
}

func getTenant(e *Emulator, q *query) (int, any, *apiError) {
	t := e.tenants[q.path("tenant_id")]
	if t == nil {
		return 0, nil, missing("tenant", q.path("tenant_id"))
	}
	return http.StatusOK, t, nil
}

func setTenant(e *Emulator, q *query) (int, any, *apiError) {
	props := q.object()
	checkID(&q.bad, "id", q.path("tenant_id"))
	q.bad.text(props, "name")
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, e.setTenant(q.path("tenant_id"), props), nil
}
