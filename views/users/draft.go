package users

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/kit/jsonedit"
	"github.com/knockops/knockops/ui/theme"
)

// custom is the field of the properties that have none of their own.
const custom = "custom"

// drafts are the forms that were left without being sent, by the id they were
// opened with, so that leaving the page loses nothing.
type drafts map[string]*draft

// draft is what was typed, and the user that it changes.
type draft struct {
	form   *form.Form
	json   *jsonedit.Editor
	asJSON bool         // custom properties are edited as JSON
	base   *client.User // what Knock had when the form was filled; nil for a new user
	clean  string       // the form's values when nothing was typed yet
}

func newDraft(t *theme.Theme, id string) *draft {
	d := &draft{}
	d.build(t, map[string]string{ID: id}, nil, "")
	d.clean = d.values()
	return d
}

// build makes the form with rows or an editor for the custom properties.
func (d *draft) build(t *theme.Theme, values map[string]string, pairs []form.Pair, text string) {
	all := specs(values[ID])
	help := "What is JSON, such as 42, true or [1], is sent as that; anything else is text."
	if d.asJSON {
		d.json = jsonedit.New()
		d.json.SetValue(text)
		all = append(all, form.Custom{ID: custom, Label: "Custom", Lines: 8, Widget: d.json, Validate: d.checkJSON})
	} else {
		d.json = nil
		all = append(all, form.Pairs{ID: custom, Label: "Custom", Help: help, Value: pairs, Validate: d.checkPairs})
	}
	d.form = form.New(all...)
	d.form.SetTheme(t)
	for _, f := range named {
		d.form.SetValue(f.id, values[f.id])
	}
}

// fill shows a user that Knock has.
func (d *draft) fill(t *theme.Theme, u client.User) {
	values := map[string]string{ID: u.ID}
	for _, f := range named {
		values[f.id] = f.of(u)
	}
	d.base = &u
	d.build(t, values, pairsOf(u.Custom), objectText(u.Custom))
	d.clean = d.values()
}

// fillRest shows a user that Knock has where nothing was typed yet.
func (d *draft) fillRest(u client.User) {
	for _, f := range named {
		if d.form.Value(f.id) == "" {
			d.form.SetValue(f.id, f.of(u))
		}
	}
	d.base = &u
	now, err := d.custom()
	if err != nil { // what is broken cannot be added to, so nothing is taken away either
		u.Custom = nil
		return
	}
	for name, v := range u.Custom {
		if _, typed := now[name]; !typed {
			if now == nil {
				now = map[string]any{}
			}
			now[name] = v
		}
	}
	if d.asJSON {
		d.form.SetValue(custom, objectText(now))
	} else {
		d.form.SetPairs(custom, pairsOf(now))
	}
}

// toggle changes between rows and JSON. Broken JSON stays as it is: the error
// says why.
func (d *draft) toggle(t *theme.Theme) error {
	now, err := d.custom()
	if err != nil {
		return err
	}
	focused := d.form.Focused()
	values := d.form.Values()
	d.asJSON = !d.asJSON
	d.build(t, values, pairsOf(now), objectText(now))
	d.form.Focus()
	d.form.FocusField(focused)
	return nil
}

func (d *draft) values() string {
	v := d.form.Values()
	parts := []string{fmt.Sprint(d.asJSON)}
	for _, k := range slices.Sorted(maps.Keys(v)) {
		parts = append(parts, k, v[k])
	}
	return strings.Join(parts, "\x00")
}

func (d *draft) dirty() bool { return d.values() != d.clean }

func (d *draft) id() string { return d.form.Value(ID) }

// editing reports that the form changes the user it was filled with.
func (d *draft) editing() bool { return d.base != nil && d.base.ID == d.id() }

// properties are what is sent: what is not empty, and of a user that Knock has,
// only what differs. What was set there and is empty here goes as null.
func (d *draft) properties() (map[string]any, error) {
	now, err := d.custom()
	if err != nil {
		return nil, err
	}
	var was client.User
	if d.editing() {
		was = *d.base
	}
	out := map[string]any{}
	for _, f := range named {
		before, after := f.of(was), strings.TrimSpace(d.form.Value(f.id))
		switch {
		case after == before:
		case after == "":
			out[f.id] = nil
		default:
			out[f.id] = after
		}
	}
	for name, v := range now {
		if before, had := was.Custom[name]; !had || jsonText(before) != jsonText(v) {
			out[name] = v
		}
	}
	for name, before := range was.Custom {
		if _, kept := now[name]; !kept && before != nil {
			out[name] = nil
		}
	}
	return out, nil
}

// custom reads the rows or the JSON. A row without a value is no property.
func (d *draft) custom() (map[string]any, error) {
	if d.asJSON {
		text := d.form.Value(custom)
		if err := d.checkJSON(text); err != nil || strings.TrimSpace(text) == "" {
			return nil, err
		}
		return decodeObject([]byte(text))
	}
	pairs := d.form.Pairs(custom)
	if err := d.checkPairs(pairs); err != nil {
		return nil, err
	}
	out := map[string]any{}
	for _, p := range pairs {
		if p.Value != "" {
			out[p.Key] = pairValue(p.Value)
		}
	}
	return out, nil
}

// problem is what is wrong with a field, and where in JSON.
func (d *draft) problem(e form.FieldError) string {
	if e.ID == custom && d.json != nil {
		if line, col, why, broken := d.json.Error(); broken {
			return fmt.Sprintf("line %d, column %d: %s", line, col, why)
		}
	}
	return e.Err.Error()
}

func (d *draft) checkJSON(s string) error {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	if client.CheckJSON("custom", []byte(s)) != nil {
		return errors.New("invalid JSON cannot be sent") // the editor says where it is broken
	}
	object, err := decodeObject([]byte(s))
	if err != nil {
		return err
	}
	return d.checkNames(slices.Sorted(maps.Keys(object)))
}

func (d *draft) checkPairs(pairs []form.Pair) error {
	var names []string
	for _, p := range pairs {
		names = append(names, p.Key)
	}
	return d.checkNames(names)
}

// checkNames keeps a property from being given twice. One that Knock holds in
// another form than it documents has no other place than here.
func (d *draft) checkNames(names []string) error {
	for _, name := range names {
		if d.base != nil {
			if _, odd := d.base.Custom[name]; odd {
				continue
			}
		}
		if isNamed(name) {
			return fmt.Errorf("%s has a field of its own above", name)
		}
	}
	return nil
}

// pairValue is what a row's value stands for: JSON where it is JSON, else text.
func pairValue(s string) any {
	if v, err := decode([]byte(s)); err == nil {
		return v
	}
	return s
}

// pairsOf shows properties as rows that pairValue reads back to the same.
func pairsOf(properties map[string]any) []form.Pair {
	var out []form.Pair
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		v := properties[name]
		shown, plain := v.(string)
		if !plain || shown == "" || pairValue(shown) != any(shown) {
			shown = jsonText(v)
		}
		out = append(out, form.Pair{Key: name, Value: shown})
	}
	return out
}

func objectText(properties map[string]any) string {
	if len(properties) == 0 {
		return ""
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if e.Encode(properties) != nil {
		return ""
	}
	return strings.TrimSpace(b.String())
}

func decodeObject(b []byte) (map[string]any, error) {
	v, err := decode(b)
	if object, ok := v.(map[string]any); ok && err == nil {
		return object, nil
	}
	return nil, errors.New(`enter a JSON object, like {"plan": "pro"}`)
}

// decode reads one JSON value, numbers as they are written.
func decode(b []byte) (any, error) {
	if err := client.CheckJSON("value", b); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}
