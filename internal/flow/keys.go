package flow

import (
	"fmt"
	"strings"

	"github.com/knockops/knockops/internal/flow/arazzo"
)

// KeyError is the refusal of a key that is not the profile's.
type KeyError struct{ Where string }

func (e *KeyError) Error() string {
	return fmt.Sprintf("%s holds a key that is not the profile's: it is used only when that is asked for (--use-document-key)", e.Where)
}

// checkKeys refuses keys in the document or in its inputs that are not the profile's.
func (f *Flow) checkKeys(w *arazzo.Workflow, o Options) error {
	if o.OtherKey {
		return nil
	}
	foreign := func(text string) bool {
		key := bare(text)
		return key != "" && (o.SameKey == nil || !o.SameKey(key))
	}
	secret := f.secrets(w)
	for _, in := range f.Inputs(w) {
		if !secret[in.Name] {
			continue
		}
		given, _ := o.Inputs[in.Name].(string)
		standard, _ := in.Default.(string)
		switch {
		case foreign(given):
			return &KeyError{"the input " + in.Name}
		case given == "" && foreign(standard):
			return &KeyError{"the default of the input " + in.Name}
		}
	}
	for _, w := range f.Workflows {
		for _, s := range w.Steps {
			if text, ok := authorization(&s); ok && !strings.Contains(text, "$") && foreign(text) {
				return &KeyError{"the Authorization parameter of step " + s.ID}
			}
		}
	}
	return nil
}

// bare is the key in an Authorization, without its scheme.
func bare(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 7 && strings.EqualFold(text[:7], "Bearer ") {
		text = strings.TrimSpace(text[7:])
	}
	return text
}

func authorization(s *arazzo.Step) (string, bool) {
	for _, p := range s.Parameters {
		if isAuthorization(p) {
			return p.Value.Text(), true
		}
	}
	return "", false
}

// documentKey is the key that the step's Authorization stands for; "" for the profile's.
func (fr *frame) documentKey(s *arazzo.Step) string {
	text, ok := authorization(s)
	if !ok {
		return ""
	}
	if m := inputsIn.FindStringSubmatch(text); m != nil {
		v, _ := fr.env.Inputs[m[1]].(string)
		fr.redact.add(bare(v))
		return bare(v)
	}
	if strings.Contains(text, "$") {
		return ""
	}
	fr.redact.add(bare(text))
	return bare(text)
}

// checkUndeclared finds inputs that the steps use, which were neither declared nor given.
func (f *Flow) checkUndeclared(w *arazzo.Workflow, inputs map[string]any) error {
	e := &InputError{}
	declared := map[string]bool{}
	for _, in := range f.Inputs(w) {
		declared[in.Name] = true
	}
	for _, x := range f.inputReferences(w) {
		name := x.name(declared)
		if _, given := inputs[name]; given || declared[name] {
			continue
		}
		e.Problems = append(e.Problems, fmt.Sprintf("the input %s is used by step %s (%s), and is neither declared nor given", name, x.step, x.at))
		declared[name] = true // once is enough
	}
	if len(e.Problems) > 0 {
		return e
	}
	return nil
}
