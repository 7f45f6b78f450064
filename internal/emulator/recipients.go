package emulator

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// ref names a recipient: a user, or an object when it has a collection.
type ref struct{ collection, id string }

// parseRef reads user_1 or collection/id, as world files write them. An id
// with a slash cannot be written this way.
func parseRef(s string) ref {
	if collection, id, ok := strings.Cut(s, "/"); ok {
		return ref{collection, id}
	}
	return ref{id: s}
}

// MarshalJSON writes a user as its id and an object as id and collection.
func (r ref) MarshalJSON() ([]byte, error) {
	if r.collection == "" {
		return json.Marshal(r.id)
	}
	return json.Marshal(map[string]string{"id": r.id, "collection": r.collection})
}

func (r ref) String() string {
	if r.collection == "" {
		return r.id
	}
	return r.collection + "/" + r.id
}

// profile is one version of what is known of a recipient. It is never changed:
// messages keep the version they were sent to.
type profile struct {
	ref
	props     map[string]any
	createdAt any // what the caller said, or nil
	updatedAt stamp
}

// text is a property as text, or "".
func (p *profile) text(name string) string {
	s, _ := p.props[name].(string)
	return s
}

// recipient is a user or object that something was done for. One that was
// only ever named in a trigger has no place in the listings.
type recipient struct {
	*profile
	place       uint32 // in its register; meaningful when identified
	identified  bool
	preferences map[string]preferences // by the set's id
	channelData map[string]any         // by channel id
	runs        postings
	messages    postings
}

// register is an append-only listing; deleted entries leave a hole.
type register struct{ all []*recipient }

// recipient finds or makes the recipient of that name, without identifying it.
func (e *Emulator) recipient(r ref) *recipient {
	rc := e.recipients[r]
	if rc == nil {
		rc = &recipient{profile: &profile{ref: r, updatedAt: e.at}}
		e.recipients[r] = rc
	}
	return rc
}

// known is the identified recipient of that name, or nil.
func (e *Emulator) known(r ref) *recipient {
	if rc := e.recipients[r]; rc != nil && rc.identified {
		return rc
	}
	return nil
}

// identify merges properties into a recipient, as Knock does on every path
// that can carry them. Null takes a property away.
func (e *Emulator) identify(r ref, props map[string]any) *recipient {
	rc := e.recipient(r)
	if !rc.identified {
		list := e.listed[r.collection]
		if list == nil {
			list = &register{}
			e.listed[r.collection] = list
		}
		rc.identified, rc.place = true, uint32(len(list.all))
		list.all = append(list.all, rc)
	}
	next := &profile{ref: r, props: maps.Clone(rc.props), createdAt: rc.createdAt, updatedAt: e.at}
	if next.props == nil {
		next.props = map[string]any{}
	}
	for k, v := range props {
		switch k {
		case "id", "collection", "$trigger_data", "__typename", "updated_at", strategy:
		case "created_at":
			next.createdAt = v
		case "preferences":
			e.setInlinePreferences(rc, v)
		case "channel_data":
			e.setInlineChannelData(rc, v)
		default:
			if v == nil {
				delete(next.props, k)
			} else {
				next.props[k] = v
			}
		}
	}
	rc.profile = next
	e.notify(waitKey{what: "recipient/updated", who: r}, nil)
	return rc
}

// setInlinePreferences takes {"default": {…}} or, as world files write it, one
// set without a name. What comes inline is merged unless it says otherwise.
func (e *Emulator) setInlinePreferences(rc *recipient, v any) {
	sets, _ := v.(map[string]any)
	if !slices.ContainsFunc(slices.Collect(maps.Keys(sets)), func(k string) bool { return slices.Contains(preferenceParts, k) }) {
		for id, set := range sets {
			if m, ok := set.(map[string]any); ok {
				rc.setPreferences(id, m, m[strategy] != "replace")
			}
		}
		return
	}
	rc.setPreferences("default", sets, true)
}

// setInlineChannelData takes channel data by channel id or key.
func (e *Emulator) setInlineChannelData(rc *recipient, v any) {
	byChannel, _ := v.(map[string]any)
	for name, data := range byChannel {
		m, _ := data.(map[string]any)
		if ch := e.channel(name); ch != nil && m != nil {
			rc.setChannelData(ch, m)
		}
	}
}

// forget deletes an identified recipient. Runs and messages keep its name.
func (e *Emulator) forget(rc *recipient) {
	e.listed[rc.collection].all[rc.place] = nil
	rc.identified = false
	rc.profile = &profile{ref: rc.ref, updatedAt: e.at}
	rc.preferences, rc.channelData = nil, nil
}

// MarshalJSON writes the profile as Knock's User or Object.
func (p *profile) MarshalJSON() ([]byte, error) {
	if p.collection != "" {
		props := p.props
		if props == nil {
			props = map[string]any{}
		}
		return json.Marshal(fields{
			"__typename": "Object", "id": p.id, "collection": p.collection,
			"properties": props, "created_at": p.createdAt, "updated_at": p.updatedAt,
		})
	}
	out := fields{"name": nil, "email": nil, "phone_number": nil, "avatar": nil, "timezone": nil}
	maps.Copy(out, p.props)
	out["__typename"], out["id"], out["created_at"], out["updated_at"] = "User", p.id, p.createdAt, p.updatedAt
	return json.Marshal(out)
}

// subscription makes a recipient receive what is triggered for an object.
type subscription struct {
	object, recipient    *recipient
	properties           map[string]any
	insertedAt, updateAt stamp
}

func (e *Emulator) subscribe(object, rc *recipient, properties map[string]any) *subscription {
	for _, s := range e.subs {
		if s.object == object && s.recipient == rc {
			s.properties, s.updateAt = properties, e.at
			return s
		}
	}
	s := &subscription{object, rc, properties, e.at, e.at}
	e.subs = append(e.subs, s)
	return s
}

// MarshalJSON writes the subscription as Knock does.
func (s *subscription) MarshalJSON() ([]byte, error) { return json.Marshal(s.json(false)) }

func (s *subscription) json(withPreferences bool) fields {
	out := fields{
		"__typename": "Subscription", "object": s.object.profile, "recipient": s.recipient.profile,
		"properties": s.properties, "inserted_at": s.insertedAt, "updated_at": s.updateAt,
	}
	if withPreferences {
		out["recipient"] = s.recipient.withPreferences()
	}
	return out
}

// withPreferences is the profile with the preference sets among its properties.
func (rc *recipient) withPreferences() *profile {
	p := *rc.profile
	p.props = maps.Clone(p.props)
	if p.props == nil {
		p.props = map[string]any{}
	}
	sets := fields{}
	for id, set := range rc.preferences {
		sets[id] = set.json(id)
	}
	p.props["preferences"] = sets
	return &p
}
