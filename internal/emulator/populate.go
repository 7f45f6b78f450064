package emulator

import (
	"cmp"
	"fmt"
	"maps"
)

// populate makes what the world lists.
func (e *Emulator) populate() error {
	if e.Environment() == "" {
		return fmt.Errorf("the world names no environment: give it an environment slug, such as %s", DemoEnvironment)
	}
	for _, def := range e.world.Channels {
		if def.Name == "" {
			def.Name = def.Key
		}
		e.channels[def.Key] = &channel{def, e.ids.uuid("channel "+def.Key, 1), e.at - 365*day}
	}
	for _, def := range e.world.Tenants {
		e.setTenant(def["id"].(string), plain(def))
	}
	for _, def := range e.world.Users {
		e.identify(ref{id: def["id"].(string)}, plain(def))
	}
	for _, def := range e.world.Objects {
		object := e.identify(ref{def.Collection, def.ID}, plain(def.Properties))
		for _, name := range def.Subscribers {
			e.subscribe(object, e.recipient(parseRef(name)), nil)
		}
	}
	for _, def := range e.world.Workflows {
		wf, err := e.newWorkflow(def)
		if err != nil {
			return err
		}
		e.workflows[def.Key] = wf
		e.order = append(e.order, wf)
	}
	for _, def := range e.world.Guides {
		e.newGuide(def)
	}
	for _, def := range e.world.Audiences {
		a := e.newAudience(def)
		for _, id := range def.Members {
			e.add(a, e.recipient(ref{id: id}), "")
		}
	}
	for _, def := range e.world.Schedules {
		for _, name := range def.Recipients {
			s := schedule{timetable: timetable{repeats: def.Repeats}, wf: e.workflows[def.Workflow], who: e.recipient(parseRef(name)), data: plain(def.Data)}
			if def.Tenant != "" {
				s.tenant = e.setTenant(def.Tenant, nil)
			}
			e.addSchedule(s)
		}
	}
	for _, def := range e.world.Sources {
		e.newSource(def, e.at-200*day)
	}
	e.populateResources()
	return nil
}

func (e *Emulator) newSource(def Source, at stamp) *source {
	def.Name = cmp.Or(def.Name, def.Key)
	src := &source{
		Source: def, token: "src_" + def.Key, createdAt: at, updatedAt: at, seen: map[string]bool{}, received: map[string]stamp{},
	}
	e.sources[def.Key] = src
	e.sourceOrder = append(e.sourceOrder, src)
	return src
}

// populateResources makes what the management API versions, with the commits
// that it came by.
func (e *Emulator) populateResources() {
	for i, list := range [][]Entity{e.world.EmailLayouts, e.world.Partials, e.world.Translations, e.world.MessageTypes} {
		for _, def := range list {
			contents := plain(def)
			key, _ := contents[kinds[i].id].(string)
			delete(contents, kinds[i].id)
			e.keepResource(kinds[i], key, contents)
		}
	}
	for _, g := range e.guides {
		steps := make([]any, len(g.Steps))
		for i, s := range g.Steps {
			steps[i] = map[string]any{"ref": s.Ref, "schema_key": g.kind(), "schema_semver": "0.0.1", "schema_variant_key": "default", "values": s.Content}
		}
		e.keepResource(kindOf("guide"), g.Key, map[string]any{"name": cmp.Or(g.Name, g.Key), "channel_key": g.Channel, "steps": steps})
	}
	for _, a := range e.audienceOrder {
		e.keepResource(kindOf("audience"), a.Key, map[string]any{"name": a.Name, "type": "static", "description": nil})
	}
	for _, wf := range e.order {
		e.newCommit("workflow", wf.Key, "As the world has it", e.Environment(), nil)
	}
}

func (e *Emulator) keepResource(k *kind, key string, contents map[string]any) {
	r := e.putResource(k, key, "", contents)
	r.committed = r.draft
	e.newCommit(k.name, key, "As the world has it", e.Environment(), nil)
}

// plain is a world's map as JSON would give it: the YAML library gives inner
// maps the outer one's type.
func plain(m map[string]any) map[string]any {
	out := maps.Clone(m)
	for k, v := range out {
		out[k] = plainValue(v)
	}
	return out
}

func plainValue(v any) any {
	switch v := v.(type) {
	case Entity:
		return plain(v)
	case map[string]any:
		return plain(v)
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = plainValue(v[i])
		}
		return out
	}
	return v
}
