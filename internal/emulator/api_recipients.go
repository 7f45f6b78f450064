package emulator

import (
	"net/http"
	"slices"
	"time"
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
			if withPreferences {
				return all[n].withPreferences()
			}
			return all[n].profile
		})
}

func getRecipient(e *Emulator, q *query, rc *recipient) (int, any, *apiError) {
	return http.StatusOK, rc.profile, nil
}

// checkProperties checks the properties that Knock has names for. at goes before
// the names of fields.
func (e *Emulator) checkProperties(bad *problems, at string, props map[string]any) {
	for _, name := range []string{"name", "email", "phone_number", "timezone", "locale", "avatar"} {
		if _, ok := props[name].(string); !ok && props[name] != nil {
			bad.add(at+name, "type", "must be a string")
		}
	}
	if at0, given := props["created_at"]; given && at0 != nil {
		if _, ok := timestamp(at0); !ok {
			bad.add(at+"created_at", "format", "is not an ISO-8601 time")
		}
	}
	if zone, _ := props["timezone"].(string); zone != "" {
		if _, err := time.LoadLocation(zone); err != nil {
			bad.add(at+"timezone", "format", "%q is no time zone of the tz database", zone)
		}
	}
	for id, v := range bad.entries(at, "preferences", props) {
		set, ok := v.(map[string]any)
		if !ok || slices.Contains(preferenceParts, id) {
			bad.add(at+"preferences."+id, "type", "must be a preference set under its id, such as default")
		}
		checkPreferences(bad, at+"preferences."+id+".", set)
	}
	for name, v := range bad.entries(at, "channel_data", props) {
		data, ok := v.(map[string]any)
		switch ch := e.channel(name); {
		case ch == nil:
			bad.add(at+"channel_data."+name, "exists", "there is no channel of that id")
		case !ok:
			bad.add(at+"channel_data."+name, "type", "must be a map")
		default:
			ch.checkChannelData(bad, at+"channel_data."+name, data)
		}
	}
}

func identifyRecipient(e *Emulator, q *query) (int, any, *apiError) {
	r, props := q.named(), q.object()
	checkID(&q.bad, "id", r.id)
	e.checkProperties(&q.bad, "", props)
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, e.identify(r, props).profile, nil
}

func deleteRecipient(e *Emulator, q *query, rc *recipient) (int, any, *apiError) {
	e.forget(rc)
	return http.StatusNoContent, nil, nil
}
