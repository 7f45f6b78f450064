package arazzo

import (
	"regexp"
	"strings"
)

// Parse reads a document. A document that is neither YAML nor JSON, or no Arazzo of a version that is
// known, gives an error; all else that is wrong is in the problems, and the document then holds what
// could be read.
func Parse(file string, data []byte) (*Document, Problems, error) {
	root, err := Read(data)
	if err != nil {
		e, _ := err.(*SyntaxError)
		var p Problems
		p.Add(file, e.Pos, "", "%s", e.What)
		return nil, p, p
	}
	d := &Document{File: file, Root: root}
	r := &reader{doc: d}
	if !r.version(root) {
		return nil, r.problems, r.problems
	}
	r.document(root)
	return d, r.problems, nil
}

var version = regexp.MustCompile(`^1\.[01](\.\d+)?(-[\w.]+)?$`)

// version says whether the document is of a version that is known (section "Versions": the patch
// number makes no difference).
func (r *reader) version(root *Node) bool {
	n := root.Member("arazzo")
	switch {
	case root.Kind != Object:
		r.fail(root, "an Arazzo document is an object, not a %s", root.kind())
	case n == nil && (root.Member("openapi") != nil || root.Member("swagger") != nil || root.Member("asyncapi") != nil):
		r.fail(root, "this is an API description, not an Arazzo document: it has no field arazzo")
	case n == nil:
		r.fail(root, "this is no Arazzo document: it has no field arazzo")
	case !version.MatchString(n.Text()):
		r.fail(n, "Arazzo %s is not known: 1.0 and 1.1 are", n.Text())
	default:
		r.doc.Version = n.Text()
		return true
	}
	return false
}

// later says whether the document may use what version 1.1 added.
func (d *Document) later() bool { return !strings.HasPrefix(d.Version, "1.0") }

func (r *reader) document(root *Node) {
	o := r.object(root, "the document", "arazzo", "$self", "info", "sourceDescriptions", "workflows", "components")
	d := r.doc
	d.Self = o.text("$self").S
	if strings.Contains(d.Self, "#") {
		r.fail(root.Member("$self"), "$self holds a fragment, which it must not")
	}
	if info := o.need("info"); info != nil {
		i := r.object(info, "info", "title", "summary", "description", "version")
		d.Title, d.InfoVersion = i.required("title").S, i.required("version").S
		d.Summary, d.Description = i.text("summary").S, i.text("description").S
	}
	r.sources(o)
	r.components(root.Member("components"))
	seen := map[string]bool{}
	for i, n := range o.list("workflows", true) {
		w := r.workflow(n)
		w.Index = i
		if w.ID != "" && seen[w.ID] {
			r.fail(n, "there are two workflows %s", w.ID)
		}
		seen[w.ID] = true
		d.Workflows = append(d.Workflows, w)
	}
}

func (r *reader) sources(o object) {
	seen := map[string]bool{}
	for _, n := range o.list("sourceDescriptions", true) {
		s := r.object(n, "a source description", "name", "url", "type")
		source := Source{Name: s.required("name").S, URL: s.required("url").S, Type: s.text("type").S, Pos: n.Pos}
		switch source.Type {
		case "", "openapi", "arazzo":
		case "asyncapi":
			r.since11(n, "a source of type asyncapi")
		default:
			r.fail(n.Member("type"), "a source is of type openapi, asyncapi or arazzo, not %q", source.Type)
		}
		if seen[source.Name] {
			r.fail(n, "there are two sources %s", source.Name)
		}
		seen[source.Name] = true
		r.doc.Sources = append(r.doc.Sources, source)
	}
}

func (r *reader) components(n *Node) {
	if n == nil {
		return
	}
	o := r.object(n, "components", "inputs", "parameters", "successActions", "failureActions")
	c := &r.doc.Components
	c.Inputs = o.at("inputs")
	c.Parameters = map[string]Parameter{}
	for _, m := range o.members("parameters") {
		c.Parameters[m.Name] = r.parameter(m.Value, true)
	}
	c.Success, c.Failure = map[string]Action{}, map[string]Action{}
	for _, m := range o.members("successActions") {
		c.Success[m.Name] = r.action(m.Value, false)
	}
	for _, m := range o.members("failureActions") {
		c.Failure[m.Name] = r.action(m.Value, true)
	}
}

func (r *reader) workflow(n *Node) Workflow {
	id := n.Member("workflowId").Text()
	defer r.within("workflow " + id)()
	o := r.object(n, "a workflow", "workflowId", "summary", "description", "inputs", "dependsOn", "steps", "successActions", "failureActions", "outputs", "parameters")
	w := Workflow{
		ID: o.id("workflowId"), Summary: o.text("summary").S, Description: o.text("description").S,
		Inputs: o.at("inputs"), DependsOn: o.texts("dependsOn"), Outputs: r.outputs(o), Pos: n.Pos,
	}
	if w.Inputs != nil && w.Inputs.Kind != Object {
		r.fail(w.Inputs, "inputs are a JSON Schema, an object, not a %s", w.Inputs.kind())
		w.Inputs = nil
	}
	w.Parameters = r.parameters(o, false)
	w.Success, w.Failure = r.actions(o, "successActions", false), r.actions(o, "failureActions", true)
	seen := map[string]bool{}
	for _, n := range o.list("steps", true) {
		s := r.step(n, &w)
		if s.ID != "" && seen[s.ID] {
			r.fail(n, "there are two steps %s", s.ID)
		}
		seen[s.ID] = true
		w.Steps = append(w.Steps, s)
	}
	return w
}

func (r *reader) outputs(o object) (out []Output) {
	for _, m := range o.members("outputs") {
		if !name.MatchString(m.Name) {
			r.failAt(m.Pos, "the output %q has a name with other than letters, digits, . - _", m.Name)
		}
		_, text := m.Value.Scalar.(string)
		switch {
		case m.Value.Kind == Object:
			r.selector(m.Value)
		case !text:
			r.fail(m.Value, "the output %s has to be an expression, not a %s", m.Name, m.Value.kind())
			continue
		}
		out = append(out, Output{m.Name, m.Value, m.Pos})
	}
	return out
}
