package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// kind is a kind of resource that the management API versions. Workflows are of
// their own; of the others only the contents are kept.
type kind struct {
	path, name string            // in the URL, and as a commit and a webhook call it
	id         string            // the member that is its key
	required   []string          // members that must be given, as strings
	extract    map[string]string // members that the official CLI keeps in files, by extension
	wrapped    bool              // reading one answers it under its name too: Knock's SDK and its CLI differ
	told       bool              // there are webhooks of it
}

var kinds = []*kind{
	{path: "email_layouts", name: "email_layout", id: "key", told: true,
		required: []string{"name", "html_layout", "text_layout"}, extract: map[string]string{"html_layout": "html", "text_layout": "txt"}},
	{path: "partials", name: "partial", id: "key", told: true,
		required: []string{"name", "content", "type"}, extract: map[string]string{"content": "html"}},
	{path: "translations", name: "translation", id: "locale_code", told: true, wrapped: true,
		required: []string{"content"}},
	{path: "message_types", name: "message_type", id: "key",
		required: []string{"name", "preview"}, extract: map[string]string{"preview": "html"}},
	{path: "guides", name: "guide", id: "key", required: []string{"name", "channel_key"}},
	{path: "audiences", name: "audience", id: "key", required: []string{"name"}},
}

func kindOf(name string) *kind {
	return kinds[slices.IndexFunc(kinds, func(k *kind) bool { return k.name == name })]
}

// resource is one of them: its contents as they were last written, and as they
// were last committed, nil if never.
type resource struct {
	kind               *kind
	key, namespace     string // only translations have a namespace
	draft, committed   map[string]any
	created, updatedAt stamp
	archived           bool
}

func (r *resource) dirty() bool { return !sameJSON(r.draft, r.committed) }

func sameJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// contents is what a reader of the request is shown, or nil.
func (r *resource) contents(q *query) map[string]any {
	if hide, _ := q.flag("hide_uncommitted_changes"); hide {
		return r.committed
	}
	return r.draft
}

// json is contents as the management API shows them.
func (r *resource) json(e *Emulator, q *query, contents map[string]any) fields {
	out := fields{"valid": true}
	maps.Copy(out, contents)
	maps.Copy(out, fields{
		r.kind.id: r.key, "environment": e.Environment(), "created_at": r.created, "inserted_at": r.created, "updated_at": r.updatedAt,
		"sha": shaOf(contents),
	})
	switch r.kind.name {
	case "translation":
		out["namespace"] = orNull(r.namespace)
		out["format"] = orElse(contents["format"], "json")
	case "guide":
		g := e.guide(r.key)
		out["active"], out["semver"], out["type"] = g != nil && !g.Inactive, "0.0.1", "banner"
		if g != nil {
			out["type"] = g.kind()
		}
	case "audience":
		out["type"] = orElse(contents["type"], "static")
	case "message_type":
		out["semver"], out["owner"] = orElse(contents["semver"], "1.0.0"), "user"
	}
	if annotate, _ := q.flag("annotate"); annotate {
		out["__annotation"] = annotation(r.kind.extract, r.kind.id, "environment", "valid", "sha", "owner", "active", "semver", "created_at", "inserted_at", "updated_at")
	}
	return out
}

func orElse(v, otherwise any) any {
	if v == nil {
		return otherwise
	}
	return v
}

func shaOf(v any) string {
	raw, _ := json.Marshal(v) // it came from JSON or is made of text and numbers
	return fmt.Sprintf("%016x%016x", fold(string(raw)), fold(string(raw)+"\x00"))
}

// annotation tells the official CLI which members to keep in files of their own,
// and which it cannot change.
func annotation(extract map[string]string, readonly ...string) fields {
	files := fields{}
	for member, ext := range extract {
		files[member] = fields{"default": true, "file_ext": ext}
	}
	return fields{"extractable_fields": files, "readonly_fields": readonly}
}

// resourcesOf are the kind's resources in the order they were made.
func (e *Emulator) resourcesOf(k *kind) []*resource {
	return slices.DeleteFunc(slices.Clone(e.resources), func(r *resource) bool { return r.kind != k || r.archived })
}

func (e *Emulator) resource(k *kind, key, namespace string) *resource {
	return first(e.resources, func(r *resource) bool { return r.kind == k && r.key == key && r.namespace == namespace && !r.archived })
}

// putResource writes the contents of a resource, without committing them.
func (e *Emulator) putResource(k *kind, key, namespace string, contents map[string]any) *resource {
	r := e.resource(k, key, namespace)
	if r == nil {
		r = &resource{kind: k, key: key, namespace: namespace, created: e.at}
		e.resources = append(e.resources, r)
	}
	r.draft, r.updatedAt = contents, e.at
	return r
}

func listResources(k *kind) handler {
	return environmental(func(e *Emulator, q *query) (int, any, *apiError) {
		locale, namespace := q.one("locale_code"), q.one("namespace")
		q.one("format")
		q.one("include_json_schema")
		all := e.resourcesOf(k)
		last := len(all) - 1
		return q.listing(k.path, "entries", allRows(len(all)),
			func(n uint32) bool {
				r := all[last-int(n)]
				return r.contents(q) != nil && (locale == "" || r.key == locale) && (namespace == "" || r.namespace == namespace)
			},
			func(n uint32) any { r := all[last-int(n)]; return r.json(e, q, r.contents(q)) })
	})
}

// resourceNamed is the resource that the path names.
func (e *Emulator) resourceNamed(q *query, k *kind) (*resource, *apiError) {
	if err := e.inEnvironment(q); err != nil {
		return nil, err
	}
	r := e.resource(k, q.path("key"), q.one("namespace"))
	if r == nil || r.contents(q) == nil {
		return nil, missing(k.name, q.path("key"))
	}
	return r, nil
}

func getResource(k *kind) handler {
	return func(e *Emulator, q *query) (int, any, *apiError) {
		r, err := e.resourceNamed(q, k)
		if err != nil {
			return 0, nil, err
		}
		out := r.json(e, q, r.contents(q))
		if k.wrapped {
			out[k.name] = maps.Clone(out)
		}
		return http.StatusOK, out, nil
	}
}

// readContents reads what the body wants a resource to be.
func (q *query) readContents(k *kind) map[string]any {
	body, ok := q.object()[k.name].(map[string]any)
	if !ok {
		q.bad.add(k.name, "required", "must be a map")
		return nil
	}
	for _, name := range k.required {
		if s, _ := body[name].(string); s == "" {
			q.bad.add(k.name+"."+name, "required", "can't be blank")
		}
	}
	contents := maps.Clone(body)
	for _, name := range []string{k.id, "environment", "sha", "valid", "$schema", "__readonly", "created_at", "inserted_at", "updated_at", "namespace"} {
		delete(contents, name)
	}
	return contents
}

func validateResource(k *kind) handler {
	return func(e *Emulator, q *query) (int, any, *apiError) {
		contents := q.readContents(k)
		if err := e.inEnvironment(q); err != nil {
			return 0, nil, err
		}
		if err := q.bad.err(); err != nil {
			return 0, nil, err
		}
		r := &resource{kind: k, key: q.path("key"), namespace: q.one("namespace"), created: e.at, updatedAt: e.at}
		return http.StatusOK, fields{k.name: r.json(e, q, contents)}, nil
	}
}

func upsertResource(k *kind) handler {
	return func(e *Emulator, q *query) (int, any, *apiError) {
		contents := q.readContents(k)
		commit, _ := q.flag("commit")
		e.assumeEnvironment(q, k)
		if err := e.inEnvironment(q); err != nil {
			return 0, nil, err
		}
		if err := q.bad.err(); err != nil {
			return 0, nil, err
		}
		r := e.putResource(k, q.path("key"), q.one("namespace"), contents)
		if k.told {
			e.emit(k.name+".updated", func() any { return r.json(e, q, r.draft) }, nil)
		}
		if commit {
			e.commitResource(r, q.one("commit_message"))
		}
		return http.StatusOK, fields{k.name: r.json(e, q, r.draft)}, nil
	}
}

// assumeEnvironment names the environment for calls that the official clients
// make without: the CLI when it pushes an audience, and whoever archives a guide.
func (e *Emulator) assumeEnvironment(q *query, k *kind) {
	if q.one("environment") == "" && (k.name == "audience" || k.name == "guide") {
		q.values.Set("environment", e.Environment())
	}
}

// archiveResource takes a resource away, everywhere and for good.
func archiveResource(k *kind) handler {
	return func(e *Emulator, q *query) (int, any, *apiError) {
		e.assumeEnvironment(q, k)
		r, err := e.resourceNamed(q, k)
		if err != nil {
			return 0, nil, err
		}
		r.archived = true
		switch k.name {
		case "guide":
			e.guides = slices.DeleteFunc(e.guides, func(g *guide) bool { return g.Key == r.key })
		case "audience":
			delete(e.audiences, r.key)
			e.audienceOrder = slices.DeleteFunc(e.audienceOrder, func(a *audience) bool { return a.Key == r.key })
		}
		return http.StatusOK, fields{"result": "success"}, nil
	}
}

// publish makes a committed guide or audience what users see.
func (e *Emulator) publish(r *resource) {
	name, _ := r.committed["name"].(string)
	switch r.kind.name {
	case "audience":
		if a := e.audiences[r.key]; a != nil {
			a.Name = name
		} else {
			e.newAudience(Audience{Key: r.key, Name: name})
		}
	case "guide":
		e.publishGuide(r.key, name, r.committed)
	}
}

func (e *Emulator) publishGuide(key, name string, contents map[string]any) {
	ch, _ := contents["channel_key"].(string)
	def := Guide{Key: key, Name: name, Channel: ch, Inactive: true}
	list, _ := contents["steps"].([]any)
	for _, item := range list {
		s, _ := item.(map[string]any)
		ref, _ := s["ref"].(string)
		values, _ := s["values"].(map[string]any)
		def.Steps = append(def.Steps, GuideStep{ref, values})
	}
	if g := e.guide(key); g != nil {
		def.Inactive, def.Type, def.Audience, def.Conditions = g.Inactive, g.Type, g.Audience, g.Conditions
		g.Guide, g.channel = def, e.channels[ch]
		return
	}
	e.newGuide(def)
}

func (e *Emulator) guide(key string) *guide {
	return first(e.guides, func(g *guide) bool { return g.Key == key })
}

func activateGuide(e *Emulator, q *query) (int, any, *apiError) {
	k := kindOf("guide")
	active, given := q.flag("status")
	if !given {
		active = q.bad.flag(q.object(), "status")
	}
	r, err := e.resourceNamed(q, k)
	if err != nil {
		return 0, nil, err
	}
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	if g := e.guide(r.key); g != nil {
		g.Inactive = !active
	}
	return http.StatusOK, fields{"guide": r.json(e, q, r.draft)}, nil
}
