package emulator

import (
	"net/http"
	"slices"
	"strings"
)

// feedChannel is the in-app feed that the path names.
func (e *Emulator) feedChannel(q *query) (*channel, *apiError) {
	ch := e.channel(q.path("feed_id"))
	if ch == nil || ch.Type != "in_app_feed" {
		return nil, fault(http.StatusNotFound, invalidRequest, "channel_invalid", "There is no in-app feed %q", q.path("feed_id"))
	}
	return ch, nil
}

var feedStatuses = []string{"unread", "read", "unseen", "seen", "all"}

// listFeed answers with a user's feed. The counters are of what the filters
// select, whatever the status; a user that is not known has an empty feed.
func listFeed(e *Emulator, q *query, ch *channel) (int, any, *apiError) {
	inFeed := e.feedFilter(q, ch)
	status := q.choice("status", feedStatuses...)
	compact := q.choice("mode", "compact", "rich") == "compact"
	exclude := strings.Split(q.one("exclude"), ",")
	q.one("locale")
	q.one("user_token")
	meta := fields{"__typename": "FeedMetadata"}
	var total, unread, unseen int
	var rows postings
	if rc := e.recipients[ref{id: q.path("user_id")}]; rc != nil {
		for _, n := range rc.messages {
			m := e.messages.all[n]
			if !inFeed(m) {
				continue
			}
			total++
			if m.engaged["read"] == 0 {
				unread++
			}
			if m.engaged["seen"] == 0 {
				unseen++
			}
			if status == "" || status == "all" || m.isEngaged(status) {
				rows = append(rows, n)
			}
		}
	}
	meta["total_count"], meta["unread_count"], meta["unseen_count"] = total, unread, unseen
	code, out, err := q.listing("feed", "entries", rows, every, func(n uint32) any {
		return without(e.feedItem(e.messages.all[n], compact), exclude, "entries")
	})
	if err != nil {
		return 0, nil, err
	}
	answer := out.(fields)
	answer["meta"], answer["vars"] = meta, e.feedVars()
	return code, without(answer, exclude, ""), nil
}

// feedFilter is what the parameters other than the status select.
func (e *Emulator) feedFilter(q *query, ch *channel) func(*message) bool {
	source, tenant, archived := q.one("source"), q.one("tenant"), q.choice("archived", "exclude", "include", "only")
	hasTenant, tenantMatters := q.flag("has_tenant")
	categories, inserted := q.list("workflow_categories"), q.span("inserted_at")
	wanted := q.bad.triggerData(q.one("trigger_data"))
	oldest := e.at - retention
	return func(m *message) bool {
		gone := m.engaged["archived"] != 0
		switch {
		case m.step.channel != ch, m.at < oldest, m.status == msgNotSent, m.status == msgQueued,
			gone && archived != "include" && archived != "only", !gone && archived == "only",
			source != "" && m.run.trig.wf.Key != source,
			tenant != "" && (m.run.trig.tenant == nil || m.run.trig.tenant.id != tenant),
			tenantMatters && hasTenant != (m.run.trig.tenant != nil),
			len(categories) > 0 && !slices.ContainsFunc(categories, func(c string) bool { return slices.Contains(m.run.trig.wf.Categories, c) }),
			!inserted(m.at):
			return false
		}
		return len(wanted) == 0 || m.activities[0].carries(wanted)
	}
}

// feedItem is a message as the feed shows it. The compact form leaves out the
// activities, and nested data.
func (e *Emulator) feedItem(m *message, compact bool) fields {
	t := m.run.trig
	activities := e.activitiesJSON(m)
	actors := []*profile{}
	for _, r := range m.activities {
		if a := r.trig.actor; a != nil && !slices.ContainsFunc(actors, func(p *profile) bool { return p.ref == a.ref }) {
			actors = append(actors, a.profile)
		}
	}
	out := fields{
		"__typename": "FeedItem", "id": m.id, "activities": activities, "actors": actors, "blocks": m.blocks(), "data": m.data(),
		"source":           fields{"__typename": "Workflow", "key": t.wf.Key, "version_id": t.wf.versionID, "categories": listOf(t.wf.Categories)},
		"total_activities": len(activities), "total_actors": len(actors), "tenant": nil,
		"inserted_at": m.at, "updated_at": m.updated, "seen_at": m.engagedAt("seen"), "read_at": m.engagedAt("read"),
		"interacted_at": m.engagedAt("interacted"), "link_clicked_at": m.engagedAt("link_clicked"),
		"clicked_at": m.engagedAt("link_clicked"), "archived_at": m.engagedAt("archived"),
	}
	if t.tenant != nil {
		out["tenant"] = t.tenant.id
	}
	if compact {
		delete(out, "activities")
		delete(out, "total_activities")
		out["data"] = flat(m.activities[0].data())
	}
	return out
}

// flat is data without what is nested in it.
func flat(data map[string]any) fields {
	out := fields{}
	for k, v := range data {
		switch v.(type) {
		case map[string]any, []any:
		default:
			out[k] = cut(v)
		}
	}
	return out
}

// blocks are what an in-app message shows.
func (m *message) blocks() []fields {
	blocks := []fields{{"type": "markdown", "name": "body", "content": m.step.Body, "rendered": markdown(m.body)}}
	if m.action != "" {
		blocks = append(blocks, fields{"type": "text", "name": "action_url", "content": m.step.Action, "rendered": m.action})
	}
	return blocks
}

// feedVars are the account's variables that an in-app component may use.
func (e *Emulator) feedVars() fields { return fields{"app_name": e.world.Account} }

func getFeedSettings(e *Emulator, q *query) (int, any, *apiError) {
	if _, err := e.feedChannel(q); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, fields{"features": fields{"branding_required": false}}, nil
}

// without is v less the fields that the paths name, each up to three levels
// deep: of entries.data.x, what lies under prefix is taken out of v.
func without(v fields, paths []string, prefix string) fields {
	for _, path := range paths {
		path = strings.TrimSpace(path)
		if prefix != "" {
			rest, ok := strings.CutPrefix(path, prefix+".")
			if !ok {
				continue
			}
			path = rest
		}
		remove(v, strings.Split(path, "."))
	}
	return v
}

func remove(v any, path []string) {
	switch v := v.(type) {
	case fields:
		remove(map[string]any(v), path)
	case map[string]any:
		if len(path) == 1 {
			delete(v, path[0])
		} else {
			remove(v[path[0]], path[1:])
		}
	case []fields:
		for _, item := range v {
			remove(item, path)
		}
	}
}
