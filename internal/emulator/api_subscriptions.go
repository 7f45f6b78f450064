package emulator

import (
	"fmt"
	"net/http"
	"slices"
)

// listSubscriptions tells an object's subscribers, or, for a user and in the
// mode "recipient", what it is subscribed to.
func listSubscriptions(e *Emulator, q *query, rc *recipient) (int, any, *apiError) {
	mode := q.choice("mode", "recipient", "object")
	asRecipient := rc.collection == "" || mode == "recipient"
	withPreferences := len(q.choices("include", []string{"preferences"})) > 0
	objects, recipients := q.references("objects"), q.references("recipients")
	return q.listing("subscriptions", "entries", allRows(len(e.subs)),
		func(n uint32) bool {
			s := e.subs[n]
			mine := s.object == rc
			if asRecipient {
				mine = s.recipient == rc
			}
			return mine && (objects == nil || slices.Contains(objects, s.object.ref)) &&
				(recipients == nil || slices.Contains(recipients, s.recipient.ref))
		},
		func(n uint32) any { return e.subs[n].json(withPreferences) })
}

func addSubscriptions(e *Emulator, q *query) (int, any, *apiError) {
	body := q.object()
	people := e.readRecipients(&q.bad, body["recipients"])
	properties, ok := body["properties"].(map[string]any)
	if !ok && body["properties"] != nil {
		q.bad.add("properties", "type", "must be a map")
	}
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	object := e.recipient(q.named())
	if !object.identified {
		e.identify(object.ref, nil)
	}
	made := make([]*subscription, len(people))
	for i, p := range people {
		made[i] = e.subscribe(object, e.resolve(p), properties)
	}
	return http.StatusOK, made, nil
}

func deleteSubscriptions(e *Emulator, q *query, object *recipient) (int, any, *apiError) {
	list, _ := q.object()["recipients"].([]any)
	var who []ref
	for i, item := range list {
		r, wrong := refOf(item)
		if wrong != "" {
			q.bad.add(fmt.Sprintf("recipients[%d]", i), "format", "%s", wrong)
		}
		who = append(who, r)
	}
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	people := make([]person, len(who))
	for i, r := range who {
		people[i].ref = r
	}
	return http.StatusOK, e.unsubscribe(object, people), nil
}

// unsubscribe ends the subscriptions of people to an object and tells them.
func (e *Emulator) unsubscribe(object *recipient, people []person) []*subscription {
	gone := []*subscription{}
	e.subs = slices.DeleteFunc(slices.Clone(e.subs), func(s *subscription) bool {
		if s.object != object || !slices.ContainsFunc(people, func(p person) bool { return p.ref == s.recipient.ref }) {
			return false
		}
		gone = append(gone, s)
		return true
	})
	return gone
}
