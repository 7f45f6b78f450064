package emulator

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/google/uuid"
)

// guide is an in-app guide with the id that Knock would give it.
type guide struct {
	Guide
	id        uuid.UUID
	channel   *channel
	createdAt stamp
}

// guideKey is what a user's engagement with a guide is kept by.
type guideKey struct {
	who   ref
	guide *guide
	step  string
}

// guideMessage is the engagement of one user with one step.
type guideMessage struct {
	id      string
	engaged map[string]stamp
}

func (e *Emulator) newGuide(def Guide) {
	e.guides = append(e.guides, &guide{def, e.ids.uuid("guide "+def.Key, 1), e.channels[def.Channel], e.at - 60*day})
}

// listGuides tells which guides the user is to see, and why not the others.
func listGuides(e *Emulator, q *query) (int, any, *apiError) {
	ch := e.channel(q.path("channel_id"))
	if ch == nil || ch.Type != "in_app_guide" {
		return 0, nil, fault(http.StatusNotFound, invalidRequest, "channel_invalid", "There is no channel of in-app guides %q", q.path("channel_id"))
	}
	vars := e.guideScope(q)
	kind := q.one("type")
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	who := ref{id: q.path("user_id")}
	entries, ineligible := []fields{}, []fields{}
	order := []string{}
	for _, g := range e.guides {
		if g.channel != ch || kind != "" && g.kind() != kind {
			continue
		}
		if reason := e.ineligible(g, who, vars); reason != "" {
			ineligible = append(ineligible, fields{"key": g.Key, "reason": reason, "message": ineligibleWords[reason]})
			continue
		}
		order = append(order, g.Key)
		entries = append(entries, e.guideJSON(g, who, vars))
	}
	return http.StatusOK, fields{
		"entries": entries, "ineligible_guides": ineligible, "guide_group_display_logs": fields{},
		"guide_groups": []fields{{
			"__typename": "GuideGroup", "key": "default", "display_interval": 0, "display_sequence": order,
			"inserted_at": e.clock.epoch - 60*day, "updated_at": e.clock.epoch - 60*day,
		}},
	}, nil
}

// guideScope is what a guide's conditions and contents can name.
func (e *Emulator) guideScope(q *query) scope {
	vars := scope{"recipient": map[string]any{"id": q.path("user_id")}, memberships: []any{}}
	if rc := e.known(ref{id: q.path("user_id")}); rc != nil {
		vars["recipient"], vars[memberships] = variables(rc.profile), e.memberships(rc)
	}
	if t := e.tenant(q.one("tenant")); t != nil {
		vars["tenant"] = t.props
	}
	if s := q.one("data"); s != "" {
		var data map[string]any
		dec := json.NewDecoder(bytes.NewReader([]byte(s)))
		dec.UseNumber()
		if dec.Decode(&data) != nil || data == nil {
			q.bad.add("data", "format", "must be a JSON object")
		}
		vars["data"] = data
	}
	return vars
}

var ineligibleWords = map[string]string{
	"guide_not_active": "The guide is not active", "marked_as_archived": "The user has archived the guide",
	"target_conditions_not_met": "The guide's conditions do not hold", "not_in_target_audience": "The user is not in the guide's audience",
}

// ineligible says why the user is not to see the guide, or "".
func (e *Emulator) ineligible(g *guide, who ref, vars scope) string {
	if g.Inactive {
		return "guide_not_active"
	}
	for _, s := range g.Steps {
		if m := e.guideMessages[guideKey{who, g, s.Ref}]; m != nil && m.engaged["archived"] != 0 {
			return "marked_as_archived"
		}
	}
	if g.Audience != "" && !contains(vars[memberships], g.Audience) {
		return "not_in_target_audience"
	}
	if g.Conditions != nil && g.Conditions.unmet(vars) != nil {
		return "target_conditions_not_met"
	}
	return ""
}

func (g *guide) kind() string {
	if g.Type != "" {
		return g.Type
	}
	return "banner"
}

func (e *Emulator) guideJSON(g *guide, who ref, vars scope) fields {
	steps := make([]fields, len(g.Steps))
	for i, s := range g.Steps {
		m := e.guideMessages[guideKey{who, g, s.Ref}]
		if m == nil {
			m = &guideMessage{}
		}
		content := fields{}
		for name, v := range s.Content {
			if text, ok := v.(string); ok {
				v = vars.render(text)
			}
			content[name] = v
		}
		steps[i] = fields{
			"ref": s.Ref, "schema_key": g.kind(), "schema_semver": "0.0.1", "schema_variant_key": "default", "content": content,
			"message": fields{
				"id": orNull(m.id), "seen_at": m.engaged["seen"].orNull(), "read_at": m.engaged["read"].orNull(),
				"interacted_at": m.engaged["interacted"].orNull(), "archived_at": m.engaged["archived"].orNull(),
				"link_clicked_at": m.engaged["link_clicked"].orNull(),
			},
		}
	}
	return fields{
		"__typename": "Guide", "id": g.id, "key": g.Key, "channel_id": g.channel.id, "type": g.kind(), "semver": "0.0.1", "active": !g.Inactive,
		"bypass_global_group_limit": false, "activation_url_patterns": []fields{}, "activation_url_rules": []fields{}, "steps": steps,
		"dashboard_url": "https://dashboard.knock.app/~/guides/" + g.Key, "inserted_at": g.createdAt, "updated_at": g.createdAt,
	}
}

// markGuide records what a user did with a step of a guide.
func markGuide(what string) handler {
	return about((*Emulator).guideNamed, func(e *Emulator, q *query, g *guide) (int, any, *apiError) {
		step := q.bad.text(q.object(), "guide_step_ref")
		if what != "unarchived" && step == "" {
			q.bad.add("guide_step_ref", "required", "can't be blank")
		}
		if err := q.bad.err(); err != nil {
			return 0, nil, err
		}
		for _, s := range g.Steps {
			if s.Ref == step || step == "" {
				e.engageGuide(guideKey{ref{id: q.path("user_id")}, g, s.Ref}, what)
			}
		}
		return http.StatusOK, fields{"status": "ok"}, nil
	})
}

func (e *Emulator) engageGuide(k guideKey, what string) {
	m := e.guideMessages[k]
	if m == nil {
		m = &guideMessage{id: e.ids.ksuid("guide message", e.ids.next("guide message")), engaged: map[string]stamp{}}
		e.guideMessages[k] = m
	}
	switch what {
	case "unarchived":
		delete(m.engaged, "archived")
	case "interacted": // who has clicked has read
		m.engaged["read"] = e.at
		fallthrough
	default:
		m.engaged[what] = e.at
	}
}

// guideNamed is the guide that the body names.
func (e *Emulator) guideNamed(q *query) (*guide, *apiError) {
	key := q.bad.text(q.object(), "guide_key")
	if key == "" {
		q.bad.add("guide_key", "required", "can't be blank")
	}
	if err := q.bad.err(); err != nil {
		return nil, err
	}
	if g := e.guide(key); g != nil {
		return g, nil
	}
	return nil, missing("guide", key)
}

// resetGuide forgets the user's engagement with a guide.
func resetGuide(e *Emulator, q *query, g *guide) (int, any, *apiError) {
	for _, s := range g.Steps {
		delete(e.guideMessages, guideKey{ref{id: q.path("user_id")}, g, s.Ref})
	}
	return http.StatusOK, fields{"status": "ok"}, nil
}
