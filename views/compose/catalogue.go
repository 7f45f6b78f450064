package compose

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/knockops/knockops/client"
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

	schemas map[string]*jsonschema.Schema // by workflow; nil for one that cannot be used
}

func (c *catalogue) stale() bool { return c.readAt.IsZero() || time.Since(c.readAt) > fresh }

func (c *catalogue) known() bool { return !c.readAt.IsZero() }

// take keeps what was known when a reading fails.
func (c *catalogue) take(all []client.Workflow, err error) {
	c.version++
	c.err = err
	if err == nil {
		c.workflows, c.readAt, c.schemas = all, time.Now(), map[string]*jsonschema.Schema{}
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

// objection is what a schema has against the data at a path.
type objection struct{ path, text string }

func (o objection) String() string { return strings.TrimSpace(o.path + " " + o.text) }

// check holds data against the workflow's schema, when it has one that can be used.
func (c *catalogue) check(workflow string, data []byte) []objection {
	schema := c.schema(workflow)
	if schema == nil {
		return nil
	}
	if len(bytes.TrimSpace(data)) == 0 {
		data = []byte("{}")
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil // that it is no JSON is said elsewhere
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(schema.Validate(value), &invalid) {
		return nil
	}
	return leaves(invalid, nil)
}

var english = message.NewPrinter(language.English)

// leaves are the innermost causes: those that name the very value.
func leaves(e *jsonschema.ValidationError, all []objection) []objection {
	if len(e.Causes) == 0 {
		return append(all, objection{pointer(e.InstanceLocation), e.ErrorKind.LocalizedString(english)})
	}
	for _, cause := range e.Causes {
		all = leaves(cause, all)
	}
	return all
}

// pointer is a JSON pointer (RFC 6901).
func pointer(path []string) string {
	var b strings.Builder
	for _, p := range path {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(p))
	}
	return b.String()
}

func (c *catalogue) schema(workflow string) *jsonschema.Schema {
	if schema, tried := c.schemas[workflow]; tried {
		return schema
	}
	w, ok := c.find(workflow)
	if !ok || len(w.TriggerDataSchema) == 0 {
		return nil
	}
	schema, err := compile(w.TriggerDataSchema)
	if err != nil {
		schema = nil // Knock itself judges the data then
	}
	c.schemas[workflow] = schema
	return schema
}

func compile(raw json.RawMessage) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	const name = "knock:trigger-data"
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(nothingElse{})
	if err := compiler.AddResource(name, doc); err != nil {
		return nil, err
	}
	return compiler.Compile(name)
}

// nothingElse keeps a schema from reading files of this machine.
type nothingElse struct{}

func (nothingElse) Load(url string) (any, error) {
	return nil, fmt.Errorf("the schema refers to %s, which is not loaded", url)
}
