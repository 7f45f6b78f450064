package flow

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/value"
	"github.com/knockops/knockops/internal/termtext"
)

// Input is one input of a workflow, as a form or a help text needs it.
type Input struct {
	Name        string
	Types       []string // of JSON Schema; none when the schema does not say
	Format      string
	Description string
	Required    bool
	Default     any // nil when there is none
	Enum        []any
	Secret      bool // the profile's key stands for it
	Password    bool // its value is never shown
}

// Inputs are the inputs that a workflow declares, in the document's order.
func (f *Flow) Inputs(w *arazzo.Workflow) []Input {
	schema := f.deref(w.Inputs)
	required := map[string]bool{}
	if list := schema.Member("required"); list != nil {
		for _, n := range list.Items {
			required[n.Text()] = true
		}
	}
	secret := f.secrets(w)
	var out []Input
	properties := schema.Member("properties")
	if properties == nil {
		return nil
	}
	for _, m := range properties.Members {
		p := f.deref(m.Value)
		in := Input{
			Name: m.Name, Format: p.Member("format").Text(), Description: p.Member("description").Text(),
			Required: required[m.Name], Secret: secret[m.Name],
		}
		in.Password = in.Format == "password" || in.Secret
		if t := p.Member("type"); t != nil && t.Kind == arazzo.Array {
			for _, x := range t.Items {
				in.Types = append(in.Types, x.Text())
			}
		} else if t != nil {
			in.Types = []string{t.Text()}
		}
		if d := p.Member("default"); d != nil {
			in.Default = d.Any()
		}
		if e := p.Member("enum"); e != nil {
			for _, x := range e.Items {
				in.Enum = append(in.Enum, x.Any())
			}
		}
		out = append(out, in)
	}
	return out
}

// deref follows a $ref into the document, a few times at most.
func (f *Flow) deref(n *arazzo.Node) *arazzo.Node {
	for range 10 {
		ref := n.Member("$ref").Text()
		if !strings.HasPrefix(ref, "#/") {
			return n
		}
		p, err := value.ParsePointer(ref[1:])
		if err != nil {
			return n
		}
		to := f.Root
		for _, token := range p {
			to = to.Member(token)
		}
		if to == nil {
			return n
		}
		n = to
	}
	return n
}

var inputsIn = regexp.MustCompile(`\$inputs\.([A-Za-z0-9_\-]+)`)

// secrets are the inputs that the profile's key stands for: those that a document puts into an
// Authorization header, itself or in a workflow that it hands them on to.
func (f *Flow) secrets(w *arazzo.Workflow) map[string]bool {
	out := map[string]bool{}
	for _, s := range w.Steps {
		handedOn := map[string]bool{}
		if s.Workflow.S != "" {
			if _, called, err := f.find(s.Workflow.S); err == nil {
				handedOn = inAuthorization(called)
			}
		}
		for _, p := range s.Parameters {
			if m := inputsIn.FindStringSubmatch(p.Value.Text()); m != nil && (isAuthorization(p) || handedOn[p.Name]) {
				out[m[1]] = true
			}
		}
	}
	return out
}

func inAuthorization(w *arazzo.Workflow) map[string]bool {
	out := map[string]bool{}
	for _, s := range w.Steps {
		for _, p := range s.Parameters {
			if m := inputsIn.FindStringSubmatch(p.Value.Text()); m != nil && isAuthorization(p) {
				out[m[1]] = true
			}
		}
	}
	return out
}

func isAuthorization(p arazzo.Parameter) bool {
	return p.In == "header" && strings.EqualFold(p.Name, "Authorization")
}

// ParseInput reads an input from text, as the type that the workflow declares: k=5 is the number 5 for
// an integer and the text 5 for a string.
func ParseInput(in Input, text string) (any, error) {
	for _, t := range in.Types {
		if t == "string" {
			return text, nil
		}
	}
	v, err := value.Decode([]byte(text))
	switch {
	case err == nil:
		return v, nil
	case len(in.Types) == 0:
		return text, nil
	}
	return nil, fmt.Errorf("the input %s has to be %s, and %q is none", in.Name, strings.Join(in.Types, " or "), clipText(text))
}

func clipText(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// InputError is what is wrong with the inputs of a run. Nothing was sent.
type InputError struct{ Problems []string }

func (e *InputError) Error() string { return strings.Join(e.Problems, "\n") }

// CheckInputs holds inputs against the workflow's schema and returns them with its defaults. Secret
// inputs need no value. The error is an [*InputError].
func (f *Flow) CheckInputs(w *arazzo.Workflow, given map[string]any) (map[string]any, error) {
	if !finite(given) {
		return nil, &InputError{[]string{"the inputs hold a number that is out of range"}}
	}
	out := make(map[string]any, len(given))
	for k, v := range given {
		out[k] = v
	}
	all := f.Inputs(w)
	for _, in := range all {
		if _, ok := out[in.Name]; !ok && in.Default != nil && !in.Secret {
			out[in.Name] = value.Clone(in.Default)
		}
	}
	schema, err := f.schema(w)
	if err != nil {
		return nil, err
	}
	if schema == nil {
		return out, nil
	}
	probe := make(map[string]any, len(out))
	for k, v := range out {
		probe[k] = v
	}
	for _, in := range all {
		if _, ok := probe[in.Name]; in.Secret && !ok {
			probe[in.Name] = "sk_test_of_the_profile" // of the form that such a document asks for
		}
	}
	err = schema.Validate(probe)
	var invalid *jsonschema.ValidationError
	if errors.As(err, &invalid) {
		e := &InputError{}
		e.add(invalid, all, given)
		return nil, e
	}
	return out, err
}

// finite says whether every number can be compared at all: 1e999999999 would fill the memory.
func finite(v any) bool {
	switch v := v.(type) {
	case json.Number:
		_, err := v.Float64()
		return err == nil
	case []any:
		return !slices.ContainsFunc(v, func(x any) bool { return !finite(x) })
	case map[string]any:
		for _, x := range v {
			if !finite(x) {
				return false
			}
		}
	}
	return true
}

// schema compiles a workflow's inputs, with the whole document behind its references.
func (f *Flow) schema(w *arazzo.Workflow) (*jsonschema.Schema, error) {
	if w.Inputs == nil {
		return nil, nil
	}
	root, _ := f.Root.Any().(map[string]any)
	if inputs := f.Components.Inputs; inputs != nil {
		root["$defs"] = inputs.Any() // where anchors are found
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.UseLoader(noLoader{})
	c.AssertFormat()
	for _, format := range []*jsonschema.Format{
		{Name: "int32", Validate: whole(32)}, {Name: "int64", Validate: whole(64)},
		{Name: "float", Validate: anything}, {Name: "double", Validate: anything}, {Name: "password", Validate: anything},
	} {
		c.RegisterFormat(format)
	}
	const name = "file:///flow"
	if err := c.AddResource(name, root); err != nil {
		return nil, f.schemaError(w, err)
	}
	schema, err := c.Compile(fmt.Sprintf("%s#/workflows/%d/inputs", name, w.Index))
	if err != nil {
		return nil, f.schemaError(w, err)
	}
	return schema, nil
}

func (f *Flow) schemaError(w *arazzo.Workflow, err error) error {
	var p arazzo.Problems
	p.Add(f.File, w.Inputs.Pos, "workflow "+w.ID, "the inputs are no JSON Schema that can be used: %v", err)
	return p
}

type noLoader struct{}

func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s is not part of the document, and nothing is fetched", url)
}

func anything(any) error { return nil }

// whole checks the formats int32 and int64 (section "Data Types").
func whole(bits int) func(any) error {
	return func(v any) error {
		n, ok := v.(json.Number)
		if !ok {
			return nil
		}
		i, err := n.Int64()
		if err != nil || bits == 32 && i != int64(int32(i)) {
			return fmt.Errorf("%s is no whole number of %d bits", n, bits)
		}
		return nil
	}
}

var english = message.NewPrinter(language.English)

// add names the inputs that are wrong, each in one sentence. Values of secrets are not told.
func (e *InputError) add(err *jsonschema.ValidationError, all []Input, given map[string]any) {
	for _, cause := range err.Causes {
		e.add(cause, all, given)
	}
	if len(err.Causes) > 0 {
		return
	}
	if len(err.InstanceLocation) == 0 {
		e.addMissing(err, all)
		return
	}
	name := err.InstanceLocation[0]
	text := err.ErrorKind.LocalizedString(english)
	for _, in := range all {
		if in.Name == name && in.Password {
			text = "its value does not fit the schema"
		}
	}
	where := strings.Join(err.InstanceLocation, "/")
	e.Problems = append(e.Problems, fmt.Sprintf("the input %s: %s", where, text))
}

// addMissing names inputs that are not there or not known.
func (e *InputError) addMissing(err *jsonschema.ValidationError, all []Input) {
	switch k := err.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			text := fmt.Sprintf("the input %s is missing", name)
			for _, in := range all {
				if in.Name == name && in.Description != "" {
					text += ": " + in.Description
				}
			}
			e.Problems = append(e.Problems, text)
		}
	case *kind.AdditionalProperties:
		for _, name := range k.Properties {
			text := fmt.Sprintf("the workflow has no input %s", name)
			names := make([]string, len(all))
			for i, in := range all {
				names[i] = in.Name
			}
			e.Problems = append(e.Problems, text+termtext.DidYouMean(name, names))
		}
	default:
		e.Problems = append(e.Problems, "the inputs: "+err.ErrorKind.LocalizedString(english))
	}
}
