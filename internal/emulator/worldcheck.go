package emulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// checker collects the first flaw of a world.
type checker struct {
	world     *World
	channels  map[string]Channel
	workflows map[string]bool
	flaw      *flaw
}

// check says what is wrong with the world, or nil.
func (w *World) check() *flaw {
	c := &checker{world: w, channels: map[string]Channel{}, workflows: map[string]bool{}}
	c.checkChannels()
	for i, wf := range w.Workflows {
		c.unique(c.workflows, wf.Key, "workflows", i, "key")
	}
	for i, wf := range w.Workflows {
		refs := map[string]bool{}
		c.checkSteps(wf.Steps, refs, "workflows", i, "steps")
		c.checkConditions(wf.Conditions, "workflows", i, "conditions")
	}
	c.checkPeople()
	c.checkAudiences()
	c.checkTriggers()
	return c.flaw
}

func (c *checker) fail(text string, path ...any) {
	if c.flaw == nil {
		c.flaw = &flaw{path: slices.Clone(path), text: text}
	}
}

// need reports an empty value.
func (c *checker) need(value string, path ...any) {
	if value == "" {
		c.fail("this must be given", path...)
	}
}

func (c *checker) unique(seen map[string]bool, key string, path ...any) {
	c.need(key, path...)
	if seen[key] {
		c.fail(fmt.Sprintf("%q is here twice", key), path...)
	}
	seen[key] = true
}

func (c *checker) oneOf(value string, known []string, path ...any) {
	if !slices.Contains(known, value) {
		c.fail(fmt.Sprintf("%q is not one of %s", value, strings.Join(known, ", ")), path...)
	}
}

func (c *checker) knownWorkflow(key string, path ...any) {
	if !c.workflows[key] {
		c.fail(fmt.Sprintf("there is no workflow %q", key), path...)
	}
}

var channelTypes = []string{"email", "in_app_feed", "in_app_guide", "sms", "push", "chat", "http"}

func (c *checker) checkChannels() {
	seen := map[string]bool{}
	for i, ch := range c.world.Channels {
		c.unique(seen, ch.Key, "channels", i, "key")
		c.oneOf(ch.Type, channelTypes, "channels", i, "type")
		c.need(ch.Provider, "channels", i, "provider")
		c.channels[ch.Key] = ch
	}
}

var stepTypes = slices.Sorted(maps.Keys(actions))

func (c *checker) checkSteps(steps []Step, refs map[string]bool, path ...any) {
	for i, s := range steps {
		at := append(slices.Clone(path), i)
		c.unique(refs, s.Ref, append(at, "ref")...)
		c.oneOf(s.Type, stepTypes, append(at, "type")...)
		c.checkConditions(s.Conditions, append(at, "conditions")...)
		c.checkStep(s, refs, at)
	}
}

func (c *checker) checkStep(s Step, refs map[string]bool, at []any) {
	switch s.Type {
	case "delay":
		if s.For.Value == 0 && s.Until == "" {
			c.fail("a delay needs for or until", append(at, "for")...)
		}
	case "batch", "throttle":
		if s.Window.Value == 0 {
			c.fail("this must be given", append(at, "window")...)
		}
	case "http_fetch":
		c.need(s.URL, append(at, "url")...)
		if len(s.Respond) == 0 {
			c.fail("a fetch sends nothing: give the answers it gets", append(at, "respond")...)
		}
	case "wait_for_event":
		c.checkWait(s.Event, append(at, "event"))
	case "trigger_workflow":
		if s.Trigger == nil {
			c.fail("this must be given", append(at, "trigger")...)
			break
		}
		c.knownWorkflow(s.Trigger.Workflow, append(at, "trigger", "workflow")...)
	case "branch", "random_cohort":
		for i, b := range s.Branches {
			c.checkConditions(b.Conditions, append(at, "branches", i, "conditions")...)
			c.checkSteps(b.Steps, refs, append(at, "branches", i, "steps")...)
		}
	case "channel":
		ch, ok := c.channels[s.Channel]
		if !ok {
			c.fail(fmt.Sprintf("there is no channel %q", s.Channel), append(at, "channel")...)
		}
		if ch.Type == "http" {
			c.need(s.URL, append(at, "url")...)
		}
	}
}

func (c *checker) checkWait(w *WaitEvent, at []any) {
	switch {
	case w == nil:
		c.fail("this must be given", at...)
	case w.Source != "":
		c.need(w.Event, append(at, "event")...)
	case w.Message != "" || w.Event != "":
		c.knownWorkflow(w.Workflow, append(at, "workflow")...)
	}
}

func (c *checker) checkConditions(conditions *Conditions, at ...any) {
	if conditions == nil {
		return
	}
	for name, list := range map[string][]Condition{"all": conditions.All, "any": conditions.Any} {
		for i, cond := range list {
			c.need(cond.Variable, append(slices.Clone(at), name, i, "variable")...)
			if operators[cond.Operator] == nil {
				c.fail(fmt.Sprintf("%q is not an operator known here", cond.Operator), append(slices.Clone(at), name, i, "operator")...)
			}
		}
	}
}

func (c *checker) checkPeople() {
	seen := map[string]bool{}
	for i, u := range c.world.Users {
		id, _ := u["id"].(string)
		c.unique(seen, id, "users", i, "id")
	}
	seen = map[string]bool{}
	for i, o := range c.world.Objects {
		c.need(o.Collection, "objects", i, "collection")
		c.need(o.ID, "objects", i, "id")
		c.unique(seen, o.Collection+"/"+o.ID, "objects", i, "id")
	}
	seen = map[string]bool{}
	for i, t := range c.world.Tenants {
		id, _ := t["id"].(string)
		c.unique(seen, id, "tenants", i, "id")
	}
}

func (c *checker) checkAudiences() {
	audiences := map[string]bool{}
	known := func(key string, path ...any) {
		if key != "" && !audiences[key] {
			c.fail(fmt.Sprintf("there is no audience %q", key), path...)
		}
	}
	for i, a := range c.world.Audiences {
		c.unique(audiences, a.Key, "audiences", i, "key")
	}
	for i, wf := range c.world.Workflows {
		known(wf.Audience, "workflows", i, "audience")
	}
	seen := map[string]bool{}
	for i, g := range c.world.Guides {
		c.unique(seen, g.Key, "guides", i, "key")
		known(g.Audience, "guides", i, "audience")
		c.checkConditions(g.Conditions, "guides", i, "conditions")
		if c.channels[g.Channel].Type != "in_app_guide" {
			c.fail(fmt.Sprintf("there is no channel %q of the type in_app_guide", g.Channel), "guides", i, "channel")
		}
	}
}

func (c *checker) checkTriggers() {
	for i, s := range c.world.Schedules {
		c.knownWorkflow(s.Workflow, "schedules", i, "workflow")
		if len(s.Recipients) == 0 {
			c.fail("this must be given", "schedules", i, "recipients")
		}
		for j, r := range s.Repeats {
			c.oneOf(r.Frequency, []string{"hourly", "daily", "weekly", "monthly"}, "schedules", i, "repeats", j, "frequency")
			for k, d := range r.Days {
				c.oneOf(d, weekdays, "schedules", i, "repeats", j, "days", k)
			}
		}
	}
	seen := map[string]bool{}
	for i, s := range c.world.Sources {
		c.unique(seen, s.Key, "sources", i, "key")
		for j, m := range s.Mappings {
			c.need(m.Event, "sources", i, "mappings", j, "event")
			c.need(m.Recipients, "sources", i, "mappings", j, "recipients")
			c.knownWorkflow(m.Workflow, "sources", i, "mappings", j, "workflow")
		}
	}
	for i, t := range c.world.Traffic {
		switch {
		case t.Source != "":
			if !seen[t.Source] {
				c.fail(fmt.Sprintf("there is no source %q", t.Source), "traffic", i, "source")
			}
		case t.Audience != "":
			if !slices.ContainsFunc(c.world.Audiences, func(a Audience) bool { return a.Key == t.Audience }) {
				c.fail(fmt.Sprintf("there is no audience %q", t.Audience), "traffic", i, "audience")
			}
		case !t.Edits:
			c.knownWorkflow(t.Workflow, "traffic", i, "workflow")
		}
		if t.As != "" {
			c.oneOf(t.As, []string{"broadcast", "rehearsal"}, "traffic", i, "as")
		}
		if t.Every.Value == 0 {
			c.fail("this must be given", "traffic", i, "every")
		}
	}
}
