package emulator

import (
	"net/http"
	"slices"

	"github.com/google/uuid"
)

// commit is one version of one resource, in one environment.
type commit struct {
	id          uuid.UUID
	kind, key   string
	message     string
	environment string
	at          stamp
	promoted    bool // it went on to the environment after its own
}

func (c *commit) json() fields {
	return fields{
		"id": c.id, "resource": fields{"type": c.kind, "identifier": c.key}, "commit_message": c.message, "environment": c.environment,
		"author": fields{"name": "Emulator", "email": "emulator@example.com"}, "created_at": c.at,
	}
}

// newCommit notes a version of a resource and, where there are webhooks of its
// kind, tells it with what data shows.
func (e *Emulator) newCommit(kind, key, message, environment string, data func() any) *commit {
	c := &commit{id: e.ids.uuid("commit", e.ids.next("commit")), kind: kind, key: key, message: message, environment: environment, at: e.at}
	e.commits = append(e.commits, c)
	if hookTypes[kind+".committed"] && data != nil {
		e.emit(kind+".committed", data, fields{"commit_id": c.id})
	}
	return c
}

// commitResource makes what was last written the resource's version.
func (e *Emulator) commitResource(r *resource, message string) {
	if !r.dirty() {
		return
	}
	r.committed = r.draft
	e.publish(r)
	e.newCommit(r.kind.name, r.key, message, e.Environment(), func() any { return r.json(e, nowhere(), r.draft) })
}

// nowhere is a request without parameters.
func nowhere() *query {
	p, _ := readParams("") // an empty query can be read
	return &query{params: p}
}

func (e *Emulator) commitWorkflow(wf *workflow, message string) *apiError {
	if wf.draft == nil {
		return nil
	}
	if err := e.release(wf); err != nil {
		return err
	}
	e.newCommit("workflow", wf.Key, message, e.Environment(), func() any { return wf.json(e.Environment()) })
	return nil
}

// commitAll commits everything that has changed, or what the parameters select
// of it.
func commitAll(e *Emulator, q *query) (int, any, *apiError) {
	kind, key, message := q.one("resource_type"), q.one("resource_id"), q.one("commit_message")
	chosen := func(k, id string) bool { return (kind == "" || kind == k) && (key == "" || key == id) }
	for _, wf := range e.order {
		if chosen("workflow", wf.Key) {
			if err := e.commitWorkflow(wf, message); err != nil {
				return 0, nil, err
			}
		}
	}
	for _, r := range e.resources {
		if chosen(r.kind.name, r.key) && !r.archived {
			e.commitResource(r, message)
		}
	}
	for _, src := range e.sourceOrder {
		if chosen("source_event_action", src.Key) {
			e.commitMappings(src, message)
		}
	}
	return http.StatusOK, fields{"result": "success"}, nil
}

// versioned are the kinds that a list of commits tells.
var versioned = []string{"audience", "email_layout", "guide", "message_type", "partial", "translation", "workflow"}

func listCommits(e *Emulator, q *query) (int, any, *apiError) {
	if err := e.inAnyEnvironment(q); err != nil {
		return 0, nil, err
	}
	environment, key := q.one("environment"), q.one("resource_id")
	wanted := q.choices("resource_type", versioned)
	promoted, given := q.flag("promoted")
	return q.listing("commits", "entries", allRows(len(e.commits)),
		func(n uint32) bool {
			c := e.commits[n]
			return c.environment == environment && slices.Contains(versioned, c.kind) && (key == "" || c.key == key) &&
				(len(wanted) == 0 || slices.Contains(wanted, c.kind)) && (!given || c.promoted == promoted)
		},
		func(n uint32) any { return e.commits[n].json() })
}

func (e *Emulator) commit(q *query) (*commit, *apiError) {
	for _, c := range e.commits {
		if c.id == uuidOf(q.path("id")) {
			return c, nil
		}
	}
	return nil, missing("commit", q.path("id"))
}

func getCommit(e *Emulator, q *query, c *commit) (int, any, *apiError) {
	return http.StatusOK, c.json(), nil
}

// after is the environment that follows on another, or "".
func (e *Emulator) after(environment string) string {
	all := e.environments()
	if i := slices.Index(all, environment); i >= 0 && i+1 < len(all) {
		return all[i+1]
	}
	return ""
}

// promote brings a commit to the next environment. This emulator stands for one
// environment: what runs in the others is not its matter.
func (e *Emulator) promote(c *commit) *commit {
	c.promoted = true
	return e.newCommit(c.kind, c.key, c.message, e.after(c.environment), nil)
}

func promoteOne(e *Emulator, q *query, c *commit) (int, any, *apiError) {
	if e.after(c.environment) == "" {
		q.bad.add("id", "environment", "there is no environment after %s to promote to", c.environment)
	}
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	if !c.promoted {
		c = e.promote(c)
	}
	return http.StatusOK, fields{"commit": c.json()}, nil
}

func promoteAll(e *Emulator, q *query) (int, any, *apiError) {
	to := q.one("to_environment")
	kind, key := q.one("resource_type"), q.one("resource_id")
	if !slices.Contains(e.environments(), to) {
		return 0, nil, noEnvironment(to)
	}
	for _, c := range slices.Clone(e.commits) {
		if !c.promoted && e.after(c.environment) == to && (kind == "" || c.kind == kind) && (key == "" || c.key == key) {
			e.promote(c)
		}
	}
	return http.StatusOK, fields{"result": "success"}, nil
}
