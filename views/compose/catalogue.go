package compose

import (
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
)

// fresh is how long the list of workflows is good for: a freeze or a commit
// elsewhere changes it.
const fresh = time.Minute

// catalogue is what the management API says of the environment's workflows.
type catalogue struct {
	workflows []client.Workflow
	readAt    time.Time // zero as long as they are not known
	err       error
	version   int
	known     []string // recipients that may be meant, as they are written
	people    map[string]ops.Known
	wanted    string          // a collection whose objects would be offered, were they known
	asked     map[string]bool // collections that were read, or are being

	schemas map[string]*ops.DataSchema // by workflow; nil for one that cannot be used
}

func (c *catalogue) stale() bool { return c.readAt.IsZero() || time.Since(c.readAt) > fresh }

func (c *catalogue) read() bool { return !c.readAt.IsZero() }

// take keeps what was known when a reading fails.
func (c *catalogue) take(all []client.Workflow, err error) {
	c.version++
	c.err = err
	if err == nil {
		c.workflows, c.readAt, c.schemas = all, time.Now(), map[string]*ops.DataSchema{}
	}
}

func (c *catalogue) find(key string) (client.Workflow, bool) {
	for _, w := range c.workflows {
		if w.Key == key {
			return w, true
		}
	}
	return client.Workflow{}, false
}

// suggest gives the workflows whose key or name has what was typed in it.
func (c *catalogue) suggest(typed string) []string {
	return termtext.Matching(typed, c.keys(), func(key string) []string {
		w, _ := c.find(key)
		return []string{w.Key, w.Name}
	})
}

// about tells workflows apart whose keys do not.
func (c *catalogue) about(key string) string {
	w, _ := c.find(key)
	if !w.Active {
		return strings.TrimSpace(w.Name + " (inactive)")
	}
	return w.Name
}

func (c *catalogue) keys() []string {
	keys := make([]string, len(c.workflows))
	for i, w := range c.workflows {
		keys[i] = w.Key
	}
	return keys
}

// nearest is the key that a misspelt one most likely meant.
func (c *catalogue) nearest(key string) string {
	return termtext.Nearest(key, c.keys())
}

// mostCollections bounds how many collections are read for one who types.
const mostCollections = 10

// meet takes in recipients that were heard of.
func (c *catalogue) meet(all []ops.Known) {
	if c.people == nil {
		c.people, c.asked = map[string]ops.Known{}, map[string]bool{}
	}
	for _, k := range all {
		ref := k.Ref.String()
		if _, twice := c.people[ref]; !twice {
			c.known = append(c.known, ref)
		}
		c.people[ref] = k
	}
}

// suggestRecipient gives the recipients whose id, name or address has what was typed in it. Of nothing typed it makes no
// guess: the keys that move in the text are not the list's then.
func (c *catalogue) suggestRecipient(typed string) []string {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return nil
	}
	if collection, _, object := strings.Cut(typed, "/"); object && client.CheckID("collection", collection) == nil && !c.asked[collection] {
		c.wanted = collection
	}
	return termtext.Matching(typed, c.known, func(ref string) []string {
		k := c.people[ref]
		return append([]string{ref, k.Ref.ID, k.Name, k.Email}, strings.Fields(k.Name)...)
	})
}

// want is a collection to read for what is being typed, "" for none.
func (c *catalogue) want() string {
	collection := c.wanted
	c.wanted = ""
	if collection == "" || c.asked == nil || c.asked[collection] || len(c.asked) >= mostCollections {
		return ""
	}
	c.asked[collection] = true
	return collection
}

func (c *catalogue) aboutRecipient(ref string) string {
	k := c.people[ref]
	return strings.TrimSpace(k.Name + "  " + k.Email)
}

// steps names a workflow's steps in order.
func steps(w client.Workflow) string {
	names := make([]string, len(w.Steps))
	for i, s := range w.Steps {
		names[i] = s.Ref
	}
	return strings.Join(names, ", ")
}

// check holds data against the workflow's schema, when it has one that can be used.
func (c *catalogue) check(workflow string, data []byte) []ops.Objection {
	schema, tried := c.schemas[workflow]
	if !tried {
		if w, ok := c.find(workflow); ok {
			schema, _ = ops.NewDataSchema(w.TriggerDataSchema) // without one Knock itself judges the data
			c.schemas[workflow] = schema
		}
	}
	return schema.Check(data)
}
