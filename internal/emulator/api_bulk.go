package emulator

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// identifyRow identifies a user or object, as part of a bulk operation.
type identifyRow struct {
	who   ref
	props map[string]any
}

func (r identifyRow) apply(e *Emulator) bool {
	e.identify(r.who, r.props)
	return true
}

func (r identifyRow) about() ref { return r.who }

// forgetRow deletes a user or object, as part of a bulk operation.
type forgetRow struct{ who ref }

func (r forgetRow) apply(e *Emulator) bool {
	rc := e.known(r.who)
	if rc != nil {
		e.forget(rc)
	}
	return rc != nil
}

func (r forgetRow) about() ref { return r.who }

// bulkIdentify identifies the users or objects that a member of the body lists.
func bulkIdentify(member, name string) handler {
	return func(e *Emulator, q *query) (int, any, *apiError) {
		given := q.maps(q.object(), member)
		rows := make([]bulkRow, len(given))
		for i, props := range given {
			at := fmt.Sprintf("%s[%d].", member, i)
			id, _ := props["id"].(string)
			if id == "" {
				q.bad.add(at+"id", "required", "can't be blank")
			}
			checkID(&q.bad, at+"id", id)
			e.checkProperties(&q.bad, at, props)
			rows[i] = identifyRow{ref{q.path("collection"), id}, props}
		}
		return e.bulkOf(q, name, rows)
	}
}

// bulkForget deletes those whose ids a member of the body lists.
func bulkForget(member, name string) handler {
	return func(e *Emulator, q *query) (int, any, *apiError) {
		ids := q.ids(q.object(), member)
		rows := make([]bulkRow, len(ids))
		for i, id := range ids {
			rows[i] = forgetRow{ref{q.path("collection"), id}}
		}
		return e.bulkOf(q, name, rows)
	}
}

// subscribeRow subscribes recipients to an object, as part of a bulk operation,
// or ends their subscriptions.
type subscribeRow struct {
	object     ref
	people     []person
	properties map[string]any
	end        bool
}

func (r subscribeRow) apply(e *Emulator) bool {
	if r.end {
		object := e.known(r.object)
		if object != nil {
			e.unsubscribe(object, r.people)
		}
		return true // what is not there is skipped
	}
	object := e.known(r.object)
	if object == nil {
		object = e.identify(r.object, nil)
	}
	for _, p := range r.people {
		e.subscribe(object, e.resolve(p), r.properties)
	}
	return true
}

func (r subscribeRow) about() ref { return r.object }

func bulkSubscribe(end bool, name string) handler {
	return func(e *Emulator, q *query) (int, any, *apiError) {
		given := q.maps(q.object(), "subscriptions")
		rows := make([]bulkRow, len(given))
		for i, s := range given {
			at := fmt.Sprintf("subscriptions[%d]", i)
			id, _ := s["id"].(string)
			if id == "" {
				q.bad.add(at+".id", "required", "can't be blank")
			}
			rows[i] = subscribeRow{
				ref{q.path("collection"), id}, e.readRecipients(&q.bad, s["recipients"]), q.bad.entries(at+".", "properties", s), end,
			}
		}
		return e.bulkOf(q, name, rows)
	}
}

// mergeUser makes one user of two: what the first lacks it gets from the
// second, with its messages, subscriptions, schedules and memberships, and the
// second is deleted.
func mergeUser(e *Emulator, q *query) (int, any, *apiError) {
	id := q.bad.text(q.object(), "from_user_id")
	if id == "" {
		q.bad.add("from_user_id", "required", "can't be blank")
	}
	if id == q.path("user_id") {
		q.bad.add("from_user_id", "exclusion", "cannot be merged into itself")
	}
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	into, err := e.found(q)
	if err != nil {
		return 0, nil, err
	}
	from := e.known(ref{id: id})
	if from == nil {
		return 0, nil, missing("user", id)
	}
	e.merge(into, from)
	return http.StatusOK, into.profile, nil
}

func (e *Emulator) merge(into, from *recipient) {
	props := maps.Clone(from.props)
	maps.Copy(props, into.props)
	e.identify(into.ref, props)
	for id, set := range from.preferences {
		into.setPreferences(id, set.with(into.preferences[id]), false)
	}
	for id, data := range from.channelData {
		if into.channelData[id] == nil {
			m, _ := data.(map[string]any)
			into.setChannelData(e.channel(id), m)
		}
	}
	for _, n := range from.messages {
		e.messages.all[n].who = into.profile
	}
	into.messages = append(into.messages, from.messages...)
	slices.Sort(into.messages)
	from.messages = nil

	for _, s := range e.subs {
		if s.recipient == from {
			e.subscribe(s.object, into, s.properties)
		}
	}
	e.subs = slices.DeleteFunc(e.subs, func(s *subscription) bool { return s.recipient == from })
	for _, s := range e.schedules {
		if s.who == from {
			s.who = into
		}
	}
	for _, a := range e.audiences {
		a.hand(from, into)
	}
	e.forget(from)
}
