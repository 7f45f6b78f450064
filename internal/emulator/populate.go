package emulator

import (
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
		if def.Name == "" {
			def.Name = def.Key
		}
		e.sources[def.Key] = &source{
			Source: def, token: "src_" + def.Key, createdAt: e.at - 200*day, seen: map[string]bool{}, received: map[string]stamp{},
		}
	}
	return nil
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
