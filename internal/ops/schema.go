package ops

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/knockops/knockops/client"
)

// Objection is what a workflow's schema has against the data at a path, a JSON pointer.
type Objection struct{ Path, Text string }

func (o Objection) String() string { return strings.TrimSpace(o.Path + " " + o.Text) }

// DataSchema is a workflow's trigger_data_json_schema. A nil one objects to nothing.
type DataSchema struct{ schema *jsonschema.Schema }

// NewDataSchema compiles a schema; of an empty one it makes nil. A schema that refers to anything
// outside itself is an error.
func NewDataSchema(raw json.RawMessage) (*DataSchema, error) {
	if len(raw) == 0 {
		return nil, nil
	}
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
	schema, err := compiler.Compile(name)
	if err != nil {
		return nil, err
	}
	return &DataSchema{schema}, nil
}

// nothingElse keeps a schema from reading files of this machine.
type nothingElse struct{}

func (nothingElse) Load(url string) (any, error) {
	return nil, fmt.Errorf("the schema refers to %s, which is not loaded", url)
}

// Check holds a trigger's data against the schema. No data are an empty object.
func (s *DataSchema) Check(data []byte) []Objection {
	if s == nil {
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
	if !errors.As(s.schema.Validate(value), &invalid) {
		return nil
	}
	return leaves(invalid, nil)
}

var english = message.NewPrinter(language.English)

// leaves are the innermost causes: those that name the very value.
func leaves(e *jsonschema.ValidationError, all []Objection) []Objection {
	if len(e.Causes) == 0 {
		return append(all, Objection{pointer(e.InstanceLocation), e.ErrorKind.LocalizedString(english)})
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

// schemaWithin is how long a trigger waits for the schema that its data is checked against.
const schemaWithin = 3 * time.Second

// CheckTriggerData says what the workflow's schema has against a trigger's data. Where the schema
// cannot be read, as without a service token, Knock itself judges the data.
func (s *Session) CheckTriggerData(ctx context.Context, t client.Trigger) []Objection {
	ctx, stop := context.WithTimeout(ctx, schemaWithin)
	defer stop()
	w, err := s.Client.GetWorkflow(ctx, t.Workflow)
	if err != nil {
		return nil
	}
	schema, _ := NewDataSchema(w.TriggerDataSchema)
	return schema.Check(t.Data)
}
