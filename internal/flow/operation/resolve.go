package operation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/expr"
	"github.com/knockops/knockops/internal/flow/value"
	"github.com/knockops/knockops/internal/termtext"
)

// Sources are the source descriptions of a document.
type Sources []Source

func (all Sources) named(name string) (*Source, error) {
	for i := range all {
		if all[i].Name == name {
			return &all[i], nil
		}
	}
	return nil, fmt.Errorf("the document has no source %s", name)
}

// Find finds the operation of a step. given are the names of the step's path parameters.
func (all Sources) Find(s *arazzo.Step, given []string) (Operation, error) {
	if s.OperationPath.S != "" {
		return all.byPath(s.OperationPath.S, given)
	}
	return all.byID(s.OperationID.S, given)
}

// byID finds an operation by its operationId, with or without the source that has it.
func (all Sources) byID(text string, given []string) (Operation, error) {
	id, in := text, all
	if strings.HasPrefix(text, "$") {
		e, err := expr.Parse(text)
		if err != nil || e.Root != expr.Sources {
			return Operation{}, fmt.Errorf("%s names no operation of a source", text)
		}
		s, err := all.named(e.ID)
		if err != nil {
			return Operation{}, err
		}
		id, in = e.Name, Sources{*s}
	}
	for _, s := range in {
		if o, ok := choose(s.Operations, id, given); ok {
			return o, nil
		}
	}
	if o, ok := choose(table, id, given); ok {
		return o, nil
	}
	return Operation{}, unknown("operation "+id, id, in)
}

// byPath finds an operation by a source and a pointer into it.
func (all Sources) byPath(text string, given []string) (Operation, error) {
	source, pointer, err := all.split(text)
	if err != nil {
		return Operation{}, err
	}
	if pointer == nil { // some write the id of an operation where a path belongs
		return all.byID(strings.Trim(text, "{}"), given)
	}
	if len(pointer) != 3 || pointer[0] != "paths" {
		return Operation{}, fmt.Errorf("%s does not point at /paths/<path>/<method>", text)
	}
	path, method := pointer[1], strings.ToUpper(pointer[2])
	for _, o := range source.Operations {
		if o.Method == method && (o.Path == path || strings.HasSuffix(o.Path, path) && samePath(o.Path[len(o.Path)-len(path):], path)) {
			return o, nil
		}
	}
	if o, ok := Known(method, path); ok {
		o.Path = path // its parameters are named as the document names them
		return o, nil
	}
	return Operation{}, unknown("operation "+method+" "+path, method+" "+path, Sources{*source})
}

// split takes {$sourceDescriptions.<name>.url}#<pointer> apart. Without a pointer, it returns nil.
func (all Sources) split(text string) (*Source, value.Pointer, error) {
	head, fragment, pointed := strings.Cut(text, "#")
	head = strings.TrimSuffix(strings.Trim(head, "{}"), "/")
	e, err := expr.Parse(strings.TrimSuffix(head, ".url") + ".url")
	if err != nil || e.Root != expr.Sources {
		return nil, nil, fmt.Errorf("%s names no source: it has to be {$sourceDescriptions.<name>.url}#<JSON Pointer>", text)
	}
	if !pointed {
		return nil, nil, nil
	}
	s, err := all.named(e.ID)
	if err != nil {
		return nil, nil, err
	}
	p, err := value.ParsePointer(fragment)
	if err == nil && len(p) == 0 {
		err = fmt.Errorf("%s points at the whole source", text)
	}
	return s, p, err
}

func unknown(what, near string, in Sources) error {
	why := "Knock has none of this name"
	var candidates []string
	for _, s := range in {
		if s.Err != nil {
			why = fmt.Sprintf("the source %s cannot be read (%v), and Knock has none of this name", s.Name, s.Err)
		}
		for _, o := range s.Operations {
			candidates = append(candidates, o.ID)
		}
	}
	for _, o := range table {
		candidates = append(candidates, o.ID, o.Method+" "+o.Path)
	}
	return fmt.Errorf("the %s is not known: %s%s", what, why, termtext.DidYouMean(near, candidates))
}

// FindChannel finds where a step receives: by channelPath, or by the operationId of a source.
func (all Sources) FindChannel(s *arazzo.Step) (Channel, error) {
	text := s.Target().S
	source, pointer, err := all.split(text)
	id := text
	switch {
	case s.ChannelPath.S != "" && err != nil:
		return Channel{}, err
	case err == nil && pointer != nil && len(pointer) == 2 && pointer[0] == "channels":
		return channel(Sources{*source}, pointer[1])
	case err == nil && pointer != nil:
		return Channel{}, fmt.Errorf("%s does not point at /channels/<channel>", text)
	}
	in := all
	if e, err := expr.Parse(strings.Trim(text, "{}")); err == nil && e.Root == expr.Sources {
		s, err := all.named(e.ID)
		if err != nil {
			return Channel{}, err
		}
		id, in = e.Name, Sources{*s}
	}
	return channel(in, id)
}

// channel finds a channel by its name or its operationId: in the sources, among Knock's webhooks, or
// as the type of one event.
func channel(in Sources, name string) (Channel, error) {
	for _, all := range append(lists(in), webhooks) {
		for _, c := range all {
			if c.Name == name || c.ID == name {
				return c, nil
			}
		}
	}
	for _, c := range webhooks {
		if slices.Contains(c.Types, name) {
			return Channel{Name: name, Types: []string{name}}, nil
		}
	}
	return Channel{}, fmt.Errorf("the channel %s is not known: it is none of Knock's webhooks, such as message.delivered or webhooks/messages", name)
}

func lists(in Sources) (out [][]Channel) {
	for _, s := range in {
		out = append(out, s.Channels)
	}
	return out
}

// IsChannel says whether a step is about messages: it says so, or its source is an AsyncAPI
// description.
func (all Sources) IsChannel(s *arazzo.Step) bool {
	if s.ChannelPath.S != "" || s.Action != "" {
		return true
	}
	e, err := expr.Parse(strings.Trim(s.Target().S, "{}"))
	if err != nil || e.Root != expr.Sources {
		return false
	}
	from, err := all.named(e.ID)
	return err == nil && from.Type == "asyncapi"
}
