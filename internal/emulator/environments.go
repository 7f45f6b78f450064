package emulator

import (
	"net/http"
	"slices"
	"strings"
)

// environments are the slugs of all environments of the account, in the order
// of promotion. The emulator stands for the first.
func (e *Emulator) environments() []string {
	return append([]string{e.Environment()}, e.world.Environments...)
}

// inEnvironment checks the environment and the branch that a management call
// names: here there is anything to see in its own environment alone. A branch
// shows what its environment does.
func (e *Emulator) inEnvironment(q *query) *apiError {
	if err := e.inAnyEnvironment(q); err != nil {
		return err
	}
	if slug := q.one("environment"); slug != e.Environment() {
		return fault(http.StatusNotFound, invalidRequest, "resource_missing",
			"This emulator keeps nothing of environment %q; it stands for %q", slug, e.Environment())
	}
	return nil
}

// inAnyEnvironment is inEnvironment where the others can be asked about too.
func (e *Emulator) inAnyEnvironment(q *query) *apiError {
	for _, name := range []string{"annotate", "hide_uncommitted_changes"} {
		q.flag(name)
	}
	slug, branch := q.one("environment"), q.one("branch")
	if slug == "" {
		q.bad.add("environment", "required", "can't be blank")
	}
	if err := q.bad.err(); err != nil {
		return err
	}
	if !slices.Contains(e.environments(), slug) {
		return noEnvironment(slug)
	}
	if branch != "" && e.branch(branch) == nil {
		return missing("branch", branch)
	}
	return nil
}

func noEnvironment(slug string) *apiError {
	return fault(http.StatusNotFound, invalidRequest, "resource_missing", "There is no environment %q", slug)
}

func whoami(e *Emulator, _ *query) (int, any, *apiError) {
	return http.StatusOK, fields{
		"account_name": e.world.Account, "account_slug": strings.ToLower(strings.ReplaceAll(e.world.Account, " ", "-")),
		"type": "service_token", "service_token_name": "emulator", "user_id": nil, "user_name": nil, "user_email": nil,
		"account_features": fields{"data_retention_days": int(retention / day), "translations_allowed": true, "tenant_preferences_allowed": true},
	}, nil
}

// exchangeKey gives the environment's secret key for a service token.
func exchangeKey(e *Emulator, q *query) (int, any, *apiError) {
	key := DemoAPIKey
	for _, list := range [][]string{e.world.APIKeys, e.opts.APIKeys} {
		if len(list) > 0 {
			key = list[0]
		}
	}
	return http.StatusOK, fields{"api_key": key}, nil
}

func (e *Emulator) environmentJSON(order int) fields {
	slug := e.environments()[order]
	out := fields{
		"slug": slug, "name": slug, "order": order, "owner": "system", "hide_pii_data": false,
		"label_color": nil, "last_commit_at": nil, "deleted_at": nil,
		"created_at": e.clock.epoch - 365*day, "updated_at": e.clock.epoch - 30*day,
	}
	for _, c := range e.commits {
		if c.environment == slug {
			out["last_commit_at"] = c.at
		}
	}
	return out
}

func listEnvironments(e *Emulator, q *query) (int, any, *apiError) {
	last := len(e.environments()) - 1
	return q.listing("environments", "entries", allRows(last+1), every, func(n uint32) any { return e.environmentJSON(last - int(n)) })
}

func getEnvironment(e *Emulator, q *query) (int, any, *apiError) {
	order := slices.Index(e.environments(), q.path("slug"))
	if order < 0 {
		return 0, nil, noEnvironment(q.path("slug"))
	}
	return http.StatusOK, e.environmentJSON(order), nil
}

// branchRecord is a branch of the environment.
type branchRecord struct {
	slug string
	at   stamp
}

func (b *branchRecord) json() fields {
	return fields{"slug": b.slug, "created_at": b.at, "updated_at": b.at, "deleted_at": nil, "last_commit_at": nil}
}

func (e *Emulator) branch(slug string) *branchRecord {
	return first(e.branches, func(b *branchRecord) bool { return b.slug == slug })
}

func listBranches(e *Emulator, q *query) (int, any, *apiError) {
	return q.listing("branches", "entries", allRows(len(e.branches)), every, func(n uint32) any { return e.branches[n].json() })
}

func getBranch(e *Emulator, q *query, b *branchRecord) (int, any, *apiError) {
	return http.StatusOK, b.json(), nil
}

func createBranch(e *Emulator, q *query) (int, any, *apiError) {
	if e.branch(q.path("slug")) != nil {
		q.bad.add("slug", "unique", "has already been taken")
		return 0, nil, q.bad.err()
	}
	b := &branchRecord{q.path("slug"), e.at}
	e.branches = append(e.branches, b)
	return http.StatusOK, b.json(), nil
}

func deleteBranch(e *Emulator, q *query, b *branchRecord) (int, any, *apiError) {
	e.branches = slices.DeleteFunc(e.branches, func(other *branchRecord) bool { return other == b })
	return http.StatusNoContent, nil, nil
}

func (ch *channel) json() fields {
	return fields{
		"id": ch.id, "key": ch.Key, "name": ch.Name, "type": ch.Type, "provider": ch.Provider, "description": nil,
		"archived_at": nil, "custom_icon_url": nil, "visible_in": []string{"workflow", "broadcast"},
		"created_at": ch.createdAt, "updated_at": ch.createdAt,
	}
}

func listChannels(e *Emulator, q *query) (int, any, *apiError) {
	id, defs := q.one("id"), e.world.Channels
	q.one("include")
	at := func(n uint32) *channel { return e.channels[defs[len(defs)-1-int(n)].Key] }
	return q.listing("channels", "entries", allRows(len(defs)),
		func(n uint32) bool { return id == "" || at(n).id.String() == id },
		func(n uint32) any { return at(n).json() })
}

func getChannel(e *Emulator, q *query) (int, any, *apiError) {
	ch := e.channels[q.path("channel_key")]
	if ch == nil {
		return 0, nil, missing("channel", q.path("channel_key"))
	}
	return http.StatusOK, ch.json(), nil
}
