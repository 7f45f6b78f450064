package emulator

import (
	"fmt"
	"net/http"
	"slices"
)

// listSubscriptions tells an object's subscribers, or, for a user and in the
// mode "recipient", what it is subscribed to.
func listSubscriptions(e *Emulator, q *query) (int, any, *apiError) {
	rc, err := e.found(q)
	if err != nil {
		return 0, nil, err
	}
	modes := q.choices("mode", []string{"recipient", "object"})
	asRecipient := rc.collection == "" || slices.Contains(modes, "recipient")
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
		func(n uint32) any { return e.subs[n] })
}

// references is a list of recipients as a parameter.
func (q *query) references(name string) []ref {
	var refs []ref
	for _, s := range q.list(name) {
		refs = append(refs, *q.referenceOf(name, s))
	}
	return refs
}

func addSubscriptions(e *Emulator, q *query) (int, any, *apiError) {
	body := q.object()
	people := readRecipients(&q.bad, body["recipients"])
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

func deleteSubscriptions(e *Emulator, q *query) (int, any, *apiError) {
	object, err := e.found(q)
	if err != nil {
		return 0, nil, err
	}
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
	gone := []*subscription{}
	e.subs = slices.DeleteFunc(e.subs, func(s *subscription) bool {
		if s.object != object || !slices.Contains(who, s.recipient.ref) {
			return false
		}
		gone = append(gone, s)
		return true
	})
	return http.StatusOK, gone, nil
}
