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

// checkKeys refuses keys in the document or in its inputs that are not those of the transport.
func (f *Flow) checkKeys(w *arazzo.Workflow, o Options) error {
	for _, k := range f.keys(w, o.Inputs) {
		if o.SameKey == nil || !o.SameKey(k.key) {
			return &KeyError{k.where}
		}
	}
	return nil
}

// Key is the first key that a document or its inputs carry; "" when there is none.
func (f *Flow) Key(w *arazzo.Workflow, inputs map[string]any) string {
	if all := f.keys(w, inputs); len(all) > 0 {
		return all[0].key
	}
	return ""
}

type foundKey struct{ where, key string }

func (f *Flow) keys(w *arazzo.Workflow, inputs map[string]any) (out []foundKey) {
	add := func(where, text string) {
		if key := bare(text); key != "" {
			out = append(out, foundKey{where, key})
		}
	}
	secret := f.secrets(w)
	for _, in := range f.Inputs(w) {
		if !secret[in.Name] {
			continue
		}
		if given, ok := inputs[in.Name].(string); ok {
			add("the input "+in.Name, given)
		} else if standard, ok := in.Default.(string); ok {
			add("the default of the input "+in.Name, standard)
		}
	}
	for _, w := range f.Workflows {
		for _, s := range w.Steps {
			if text, ok := authorization(&s); ok && !strings.Contains(text, "$") {
				add("the Authorization parameter of step "+s.ID, text)
			}
		}
	}
	return out
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
