package emulator

import (
	"fmt"
	"net/http"
	"slices"
)

// audience is a list of users, each perhaps of a tenant.
type audience struct {
	Audience
	members   []*member
	createdAt stamp
}

type member struct {
	who    *recipient
	tenant string
	at     stamp
}

func (e *Emulator) newAudience(def Audience) *audience {
	if def.Name == "" {
		def.Name = def.Key
	}
	a := &audience{Audience: def, createdAt: e.at}
	e.audiences[def.Key] = a
	e.audienceOrder = append(e.audienceOrder, a)
	return a
}

func (a *audience) find(who *recipient, tenant string) int {
	return slices.IndexFunc(a.members, func(m *member) bool { return m.who == who && m.tenant == tenant })
}

// add makes a user a member, and triggers the workflows that begin with that.
func (e *Emulator) add(a *audience, who *recipient, tenant string) {
	if a.find(who, tenant) >= 0 {
		return
	}
	a.members = append(a.members, &member{who, tenant, e.at})
	for _, wf := range e.order {
		if wf.Audience != a.Key || !wf.active || e.rehearsal && !e.opts.Lively {
			continue
		}
		in := invocation{wf: wf, recipients: []invited{{who: who}}, source: "audience", audience: a.Key}
		if tenant != "" {
			in.tenant = e.setTenant(tenant, nil)
		}
		e.invoke(in)
	}
}

// hand makes one user's memberships another's.
func (a *audience) hand(from, to *recipient) {
	for _, m := range a.members {
		if m.who == from && a.find(to, m.tenant) < 0 {
			m.who = to
		}
	}
	a.members = slices.DeleteFunc(a.members, func(m *member) bool { return m.who == from })
}

// memberships are the keys of the audiences that the recipient is in.
func (e *Emulator) memberships(who *recipient) []any {
	keys := []any{}
	for _, a := range e.audienceOrder {
		if slices.ContainsFunc(a.members, func(m *member) bool { return m.who == who }) {
			keys = append(keys, a.Key)
		}
	}
	return keys
}

func (m *member) json() fields {
	return fields{"__typename": "AudienceMember", "user_id": m.who.id, "user": m.who.profile, "tenant": orNull(m.tenant), "added_at": m.at}
}

func listAudienceMembers(e *Emulator, q *query) (int, any, *apiError) {
	a := e.audiences[q.path("key")]
	if a == nil {
		return 0, nil, missing("audience", q.path("key"))
	}
	return q.listing("members of "+a.Key, "entries", allRows(len(a.members)), every, func(n uint32) any { return a.members[n].json() })
}

// readMembers reads the members that a request names.
func (e *Emulator) readMembers(q *query) (people []person, tenants []string) {
	list, _ := q.object()["members"].([]any)
	q.checkCount("members", len(list))
	for i, item := range list {
		m, _ := item.(map[string]any)
		at := fmt.Sprintf("members[%d].user", i)
		if _, ok := m["user"].(map[string]any); !ok {
			q.bad.add(at, "required", "must be a map with an id")
			continue
		}
		p := e.readPerson(&q.bad, at, m["user"])
		if p.collection != "" {
			q.bad.add(at, "format", "must be a user")
		}
		people = append(people, p)
		tenants = append(tenants, q.bad.text(m, "tenant"))
	}
	return people, tenants
}

func addAudienceMembers(e *Emulator, q *query) (int, any, *apiError) {
	people, tenants := e.readMembers(q)
	create, _ := q.flag("create_audience")
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	a := e.audiences[q.path("key")]
	if a == nil && !create {
		return 0, nil, missing("audience", q.path("key"))
	}
	if a == nil {
		a = e.newAudience(Audience{Key: q.path("key")})
	}
	for i, p := range people {
		who := e.resolve(p)
		if !who.identified {
			e.identify(who.ref, nil)
		}
		e.add(a, who, tenants[i])
	}
	return http.StatusNoContent, nil, nil
}

func removeAudienceMembers(e *Emulator, q *query) (int, any, *apiError) {
	people, tenants := e.readMembers(q)
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	a := e.audiences[q.path("key")]
	if a == nil {
		return 0, nil, missing("audience", q.path("key"))
	}
	for i, p := range people {
		if n := a.find(e.recipient(p.ref), tenants[i]); n >= 0 {
			a.members = slices.Delete(slices.Clone(a.members), n, n+1)
		}
	}
	return http.StatusNoContent, nil, nil
}
