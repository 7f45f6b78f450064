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

	schemas map[string]*ops.DataSchema // by workflow; nil for one that cannot be used
}

func (c *catalogue) stale() bool { return c.readAt.IsZero() || time.Since(c.readAt) > fresh }

func (c *catalogue) known() bool { return !c.readAt.IsZero() }

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

// suggest gives the keys that have what was typed in them.
func (c *catalogue) suggest(typed string) []string {
	var out []string
	for _, w := range c.workflows {
		if strings.Contains(w.Key, typed) {
			out = append(out, w.Key)
		}
	}
	return out
}

// nearest is the key that a misspelt one most likely meant.
func (c *catalogue) nearest(key string) string {
	keys := make([]string, len(c.workflows))
	for i, w := range c.workflows {
		keys[i] = w.Key
	}
	return termtext.Nearest(key, keys)
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
