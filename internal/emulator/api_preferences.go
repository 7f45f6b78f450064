package emulator

import (
	"maps"
	"net/http"
	"slices"
)

// provided is the recipient that the path names, made if there is none: Knock
// does so for preferences and channel data.
func (e *Emulator) provided(q *query) *recipient {
	if rc := e.known(q.named()); rc != nil {
		return rc
	}
	return e.identify(q.named(), nil)
}

func listPreferences(e *Emulator, q *query, rc *recipient) (int, any, *apiError) {
	sets := []fields{}
	for _, id := range slices.Sorted(maps.Keys(rc.preferences)) {
		sets = append(sets, rc.preferences[id].json(id))
	}
	return http.StatusOK, sets, nil
}

// getPreferences tells a set; one that was never given is empty. With tenant,
// what it says nothing of is told as the tenant prefers it.
func getPreferences(e *Emulator, q *query, rc *recipient) (int, any, *apiError) {
	id, set := q.path("set_id"), rc.preferences[q.path("set_id")]
	if t := e.tenants[q.one("tenant")]; t != nil {
		set = t.preferences().with(set)
	}
	return http.StatusOK, set.json(id), nil
}

func setPreferences(e *Emulator, q *query) (int, any, *apiError) {
	set := q.object()
	merge := readStrategy(&q.bad, set) == "merge"
	checkPreferences(&q.bad, "", set)
	checkID(&q.bad, "id", q.named().id)
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	id := q.path("set_id")
	return http.StatusOK, e.provided(q).setPreferences(id, set, merge).json(id), nil
}

func readStrategy(bad *problems, set map[string]any) string {
	s := bad.text(set, strategy)
	if s != "" && s != "merge" && s != "replace" {
		bad.add(strategy, "inclusion", "must be merge or replace")
	}
	return s
}

// setPreferencePart gives one part of a set other entries.
func setPreferencePart(part string) handler {
	return func(e *Emulator, q *query) (int, any, *apiError) {
		return e.mergePreferences(q, map[string]any{part: q.body})
	}
}

// setPreferenceEntry gives one entry of a part another setting: the body is the
// setting, or {"subscribed": true}.
func setPreferenceEntry(part string) handler {
	return func(e *Emulator, q *query) (int, any, *apiError) {
		setting := q.body
		if m, ok := setting.(map[string]any); ok && m["subscribed"] != nil {
			setting = m["subscribed"]
		}
		return e.mergePreferences(q, map[string]any{part: map[string]any{q.path("entry"): setting}})
	}
}

func (e *Emulator) mergePreferences(q *query, set map[string]any) (int, any, *apiError) {
	checkPreferences(&q.bad, "", set)
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	id := q.path("set_id")
	return http.StatusOK, e.provided(q).setPreferences(id, set, true).json(id), nil
}

func deletePreferences(e *Emulator, q *query, rc *recipient) (int, any, *apiError) {
	delete(rc.preferences, q.path("set_id"))
	return http.StatusNoContent, nil, nil
}

// preferRow gives a user a set, as part of a bulk operation.
type preferRow struct {
	who ref
	id  string
	set map[string]any
}

func (p preferRow) apply(e *Emulator) bool {
	rc := e.known(p.who)
	if rc == nil {
		rc = e.identify(p.who, nil)
	}
	rc.setPreferences(p.id, p.set, false)
	return true
}

func (p preferRow) about() ref { return p.who }

func bulkSetPreferences(e *Emulator, q *query) (int, any, *apiError) {
	body := q.object()
	ids := q.ids(body, "user_ids")
	set, ok := body["preferences"].(map[string]any)
	if !ok {
		q.bad.add("preferences", "required", "must be a preference set")
	}
	checkPreferences(&q.bad, "preferences.", set)
	id := q.bad.text(set, "id")
	if id == "" {
		id = "default"
	}
	rows := make([]bulkRow, len(ids))
	for i, user := range ids {
		rows[i] = preferRow{ref{id: user}, id, set}
	}
	return e.bulkOf(q, "users.set_preferences", rows)
}
