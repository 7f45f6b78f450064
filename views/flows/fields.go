package flows

import (
	"fmt"
	"strings"

	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/value"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/kit/jsonedit"
)

// fields are the form of a workflow's inputs. The profile's key stands for secret ones, so there is
// nothing to enter.
func fields(inputs []flow.Input, given map[string]any) []form.Spec {
	var out []form.Spec
	for _, in := range inputs {
		if !in.Secret {
			out = append(out, field(in, given))
		}
	}
	return out
}

func field(in flow.Input, given map[string]any) form.Spec {
	text := ""
	if v, ok := given[in.Name]; ok {
		text = value.Text(v)
	} else if in.Default != nil {
		text = value.Text(in.Default)
	}
	help := help(in)
	check := func(s string) error { return check(in, s) }
	switch {
	case len(in.Enum) > 0:
		return form.Choice{ID: in.Name, Label: in.Name, Help: help, Value: text, Options: options(in, in.Enum)}
	case takes(in, "boolean"):
		return form.Choice{ID: in.Name, Label: in.Name, Help: help, Value: text, Options: options(in, []any{true, false})}
	case takes(in, "object"), takes(in, "array"):
		edit := jsonedit.New()
		edit.SetValue(indented(text))
		return form.Custom{ID: in.Name, Label: in.Name, Help: help, Lines: 4, Widget: edit, Validate: check}
	}
	return form.Text{ID: in.Name, Label: in.Name, Help: help, Placeholder: placeholder(in), Value: text, Hidden: in.Password, Validate: check}
}

func indented(text string) string {
	if out, ok := termtext.IndentJSON([]byte(text), ""); ok {
		return string(out)
	}
	return text
}

// takes reports that an input is of one type and no other.
func takes(in flow.Input, kind string) bool { return len(in.Types) == 1 && in.Types[0] == kind }

func help(in flow.Input) string {
	parts := []string{}
	for _, p := range []string{in.Description, strings.Join(in.Types, " or "), in.Format} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, " · ")
}

func placeholder(in flow.Input) string {
	switch {
	case in.Default != nil:
		return value.Text(in.Default)
	case in.Required:
		return "required"
	}
	return "left out when empty"
}

// options are values to choose from; one of them may be none.
func options(in flow.Input, values []any) (out []form.Option) {
	if !in.Required {
		out = append(out, form.Option{Value: "", Label: "left out"})
	}
	for _, v := range values {
		out = append(out, form.Option{Value: value.Text(v)})
	}
	return out
}

func check(in flow.Input, text string) error {
	if text == "" {
		if in.Required && in.Default == nil {
			return form.ErrRequired
		}
		return nil
	}
	if _, err := flow.ParseInput(in, text); err != nil {
		return fmt.Errorf("has to be %s", strings.Join(in.Types, " or "))
	}
	return nil
}

// entered are the inputs as the form has them. An empty field is an input that is not given.
func entered(inputs []flow.Input, f *form.Form) map[string]any {
	out := map[string]any{}
	for _, in := range inputs {
		text := f.Value(in.Name)
		if in.Secret || text == "" {
			continue
		}
		out[in.Name] = text // what cannot be read is left to the schema to refuse
		for _, v := range in.Enum {
			if value.Text(v) == text {
				out[in.Name] = v
			}
		}
		if len(in.Enum) == 0 {
			if v, err := flow.ParseInput(in, text); err == nil {
				out[in.Name] = v
			}
		}
	}
	return out
}
