package emulator

import (
	"encoding/json"
	"maps"
	"net/http"
)

// tenant is a tenant's properties and settings.
type tenant struct {
	id      string
	props   map[string]any
	runs    postings
	deleted bool
}

// setTenant finds or makes a tenant and merges props, which may be nil, into it.
func (e *Emulator) setTenant(id string, props map[string]any) *tenant {
	t := e.tenants[id]
	if t == nil {
		t = &tenant{id: id, props: map[string]any{}}
		e.tenants[id] = t
		e.tenantList = append(e.tenantList, t)
	}
	if t.deleted {
		t.deleted, t.props = false, map[string]any{}
	}
	next := maps.Clone(t.props)
	for k, v := range props {
		switch {
		case k == "id" || k == "__typename" || k == "channel_data" || k == "preferences":
		case v == nil:
			delete(next, k)
		default:
			next[k] = v
		}
	}
	t.props = next
	return t
}

// preferences are what the tenant's recipients prefer unless they say otherwise.
func (t *tenant) preferences() preferences {
	settings, _ := t.props["settings"].(map[string]any)
	set, _ := settings["preference_set"].(map[string]any)
	return set
}

// MarshalJSON writes the tenant as Knock does.
func (t *tenant) MarshalJSON() ([]byte, error) {
	out := fields{"name": nil, "settings": nil}
	maps.Copy(out, t.props)
	if settings, ok := t.props["settings"].(map[string]any); ok {
		settings = maps.Clone(settings)
		settings["preference_set"] = nil
		if set := t.preferences(); set != nil {
			settings["preference_set"] = preferences(nil).with(set).json("default")
		}
		out["settings"] = settings
	}
	out["__typename"], out["id"] = "Tenant", t.id
	return json.Marshal(out)
}

// checkTenant checks what Knock has names for. at goes before the names of
// fields.
func checkTenant(bad *problems, at string, props map[string]any) {
	if _, ok := props["name"].(string); !ok && props["name"] != nil {
		bad.add(at+"name", "type", "must be a string")
	}
	settings := bad.entries(at, "settings", props)
	for name, v := range bad.entries(at+"settings.", "branding", settings) {
		if _, ok := v.(string); !ok && v != nil {
			bad.add(at+"settings.branding."+name, "type", "must be a string")
		}
	}
	checkPreferences(bad, at+"settings.preference_set.", bad.entries(at+"settings.", "preference_set", settings))
}

// readTenant reads a tenant as a request names it: an id, or a map with one.
func readTenant(bad *problems, v any) (id string, props map[string]any) {
	if v == nil {
		return "", nil
	}
	r, wrong := refOf(v)
	if wrong != "" {
		bad.add("tenant", "format", "must be a tenant id, or a map with an id")
	}
	checkID(bad, "tenant", r.id)
	props, _ = v.(map[string]any)
	checkTenant(bad, "tenant.", props)
	return r.id, props
}

func listTenants(e *Emulator, q *query) (int, any, *apiError) {
	id, name := q.one("tenant_id"), q.one("name")
	return q.listing("tenants", "entries", allRows(len(e.tenantList)),
		func(n uint32) bool {
			t := e.tenantList[n]
			return !t.deleted && (id == "" || t.id == id) && (name == "" || t.props["name"] == name)
		},
		func(n uint32) any { return e.tenantList[n] })
}

func (e *Emulator) tenant(id string) *tenant {
	if t := e.tenants[id]; t != nil && !t.deleted {
		return t
	}
	return nil
}

func getTenant(e *Emulator, q *query, t *tenant) (int, any, *apiError) {
	return http.StatusOK, t, nil
}

func setTenant(e *Emulator, q *query) (int, any, *apiError) {
	props := q.object()
	checkID(&q.bad, "id", q.path("tenant_id"))
	checkTenant(&q.bad, "", props)
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, e.setTenant(q.path("tenant_id"), props), nil
}

func deleteTenant(e *Emulator, q *query, t *tenant) (int, any, *apiError) {
	t.deleted = true
	return http.StatusNoContent, nil, nil
}

// tenantRow sets a tenant, as part of a bulk operation, or deletes it.
type tenantRow struct {
	id     string
	props  map[string]any
	delete bool
}

func (r tenantRow) apply(e *Emulator) bool {
	if !r.delete {
		e.setTenant(r.id, r.props)
		return true
	}
	t := e.tenant(r.id)
	if t != nil {
		t.deleted = true
	}
	return t != nil
}

func (r tenantRow) about() ref { return ref{id: r.id} }

func bulkSetTenants(e *Emulator, q *query) (int, any, *apiError) {
	list, _ := q.object()["tenants"].([]any)
	q.checkCount("tenants", len(list))
	rows := make([]bulkRow, len(list))
	for i, item := range list {
		id, props := readTenant(&q.bad, item)
		if id == "" {
			q.bad.add("tenants", "format", "each needs an id")
		}
		rows[i] = tenantRow{id, props, false}
	}
	return e.bulkOf(q, "tenants.set", rows)
}

// bulkDeleteTenants takes the ids from the query, as the API description says.
func bulkDeleteTenants(e *Emulator, q *query) (int, any, *apiError) {
	ids := q.list("tenant_ids")
	if q.object()["tenant_ids"] != nil {
		ids = q.bad.texts(q.object(), "tenant_ids")
	}
	q.checkCount("tenant_ids", len(ids))
	rows := make([]bulkRow, len(ids))
	for i, id := range ids {
		rows[i] = tenantRow{id, nil, true}
	}
	return e.bulkOf(q, "tenants.delete", rows)
}
