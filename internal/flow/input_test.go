package flow_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/value"
)

const inputsDoc = `
- workflowId: w
  inputs:
    type: object
    required: [id, n]
    additionalProperties: false
    properties:
      id: {type: string, minLength: 2, description: The user's id.}
      n: {type: integer, format: int32}
      big: {type: integer, format: int64}
      mail: {type: string, format: email}
      at: {type: string, format: date-time}
      kind: {type: string, enum: [a, b], default: a}
      flag: {type: boolean, default: true}
      list: {type: array, items: {type: string}, maxItems: 2}
      data: {type: object, required: [x], properties: {x: {type: number}}}
      token: {type: string, format: password, pattern: '^t'}
      page: {$ref: '#/components/inputs/page'}
      size: {$ref: '#size'}
      loose: {}
  steps: [{stepId: a, operationId: listUsers}]
components:
  inputs:
    page: {type: integer, minimum: 1}
    size: {$anchor: size, type: integer, maximum: 50}
`

func TestInputs(t *testing.T) {
	const section, data, anchors = "Workflow Object, inputs", "Data Types", "Resolving URI Fragments"
	for _, c := range []struct{ section, inputs, want string }{ // want is in the error; "" for none
		{section, `{"id":"u1","n":1}`, ""},
		{section, `{"n":1}`, "the input id is missing: The user's id."},
		{section, `{}`, "the input n is missing"},
		{section, `{"id":"u1","n":"1"}`, "the input n: got string, want integer"},
		{section, `{"id":"u1","n":1.5}`, "the input n: got number, want integer"},
		{data, `{"id":"u1","n":1.0}`, "1.0 is no whole number of 32 bits"},
		{section, `{"id":"u","n":1}`, "the input id: minLength"},
		{section, `{"id":7,"n":1}`, "the input id: got number, want string"},
		{section, `{"id":"u1","n":1,"kind":"c"}`, "the input kind: value must be one of"},
		{section, `{"id":"u1","n":1,"list":["a","b","c"]}`, "the input list: maxItems"},
		{section, `{"id":"u1","n":1,"list":["a",1]}`, "the input list/1: got number, want string"},
		{section, `{"id":"u1","n":1,"data":{}}`, "data"},
		{section, `{"id":"u1","n":1,"data":{"x":"s"}}`, "the input data/x: got string, want number"},
		{section, `{"id":"u1","n":1,"kund":"a"}`, "the workflow has no input kund; did you mean kind?"},
		{section, `{"id":"u1","n":1,"loose":[{}]}`, ""},
		{data, `{"id":"u1","n":2147483648}`, "2147483648 is no whole number of 32 bits"},
		{data, `{"id":"u1","n":1,"big":9223372036854775807}`, ""},
		{data, `{"id":"u1","n":1,"big":9223372036854775808}`, "9223372036854775808 is no whole number of 64 bits"},
		{data, `{"id":"u1","n":1,"mail":"nope"}`, "the input mail: 'nope' is not valid email"},
		{data, `{"id":"u1","n":1,"mail":"a@b.c"}`, ""},
		{data, `{"id":"u1","n":1,"at":"yesterday"}`, "is not valid date-time"},
		{data, `{"id":"u1","n":1,"token":"secret"}`, "the input token: its value does not fit the schema"},
		{data, `{"id":"u1","n":1e999999999}`, "out of range"},
		{anchors, `{"id":"u1","n":1,"page":0}`, "the input page: minimum"},
		{anchors, `{"id":"u1","n":1,"page":3}`, ""},
		{anchors, `{"id":"u1","n":1,"size":51}`, "the input size: maximum"},
	} {
		t.Run(c.section+"/"+c.inputs, func(t *testing.T) {
			r := play(t, document(inputsDoc), flow.Options{Inputs: object(t, c.inputs)}, ok("{}"))
			if c.want == "" {
				if r.err != nil || r.Err != nil {
					t.Fatal(r.err, r.Err)
				}
				return
			}
			var wrong *flow.InputError
			if !errors.As(r.err, &wrong) || !strings.Contains(r.err.Error(), c.want) {
				t.Errorf("%v, want %q", r.err, c.want)
			}
			if len(r.server.calls) > 0 || strings.Contains(r.err.Error(), "secret") {
				t.Errorf("%d requests were sent; %v", len(r.server.calls), r.err)
			}
		})
	}
}

func TestDefaultsAreGiven(t *testing.T) {
	f := parse(t, document(inputsDoc))
	got, err := f.CheckInputs(&f.Workflows[0], object(t, `{"id":"u1","n":1}`))
	if err != nil || got["kind"] != "a" || got["flag"] != true {
		t.Errorf("%v, %v", got, err)
	}
}

func TestInputsAsAFormShowsThem(t *testing.T) {
	f := parse(t, document(inputsDoc))
	in := f.Inputs(&f.Workflows[0])
	if len(in) != 13 || in[0].Name != "id" || !in[0].Required || in[0].Description != "The user's id." || in[2].Format != "int64" {
		t.Fatalf("%+v", in)
	}
	if !in[9].Password || in[5].Default != "a" || len(in[5].Enum) != 2 || in[10].Types[0] != "integer" {
		t.Errorf("%+v", in)
	}
}

func TestParseInput(t *testing.T) {
	for _, c := range []struct {
		types      string
		text, want string // "" for an error
	}{
		{"string", "5", `"5"`}, {"string", "true", `"true"`}, {"string", "", `""`}, {"integer", "5", `5`}, {"integer", "five", ``}, {"boolean", "true", `true`},
		{"object", `{"a":1}`, `{"a":1}`}, {"array", `["a"]`, `["a"]`}, {"array", `a`, ``}, {"", "5", `5`}, {"", "five", `"five"`}, {"number", "1.50", `1.50`},
	} {
		in := flow.Input{Name: "x"}
		if c.types != "" {
			in.Types = []string{c.types}
		}
		got, err := flow.ParseInput(in, c.text)
		if (err != nil) != (c.want == "") || err == nil && string(value.Encode(got)) != c.want {
			t.Errorf("%s %q: %s, %v", c.types, c.text, value.Encode(got), err)
		}
	}
}

func TestKeysOfDocuments(t *testing.T) {
	const (
		own   = "sk_test_own_key_0123456789"
		other = "sk_test_other_key_0123456789"
	)
	withInput := func(schema, authorization string) string {
		return document("- workflowId: w\n  inputs: {type: object, required: [apiKey], properties: {apiKey: " + schema + "}}\n" +
			"  steps: [{stepId: a, operationId: listUsers, parameters: [{name: Authorization, in: header, value: '" + authorization + "'}]}]\n")
	}
	plain := withInput("{type: string}", "Bearer $inputs.apiKey")
	for _, c := range []struct{ name, doc, inputs, key, refused string }{
		{"the profile's is filled in", plain, `{}`, "", ""},
		{"braces", withInput("{type: string}", "Bearer {$inputs.apiKey}"), `{}`, "", ""},
		{"without a scheme", withInput("{type: string}", "$inputs.apiKey"), `{}`, "", ""},
		{"with a pattern", withInput("{type: string, pattern: '^sk_'}", "Bearer $inputs.apiKey"), `{}`, "", ""},
		{"the profile's is given", plain, `{"apiKey":"` + own + `"}`, own, ""},
		{"another is given", plain, `{"apiKey":"` + other + `"}`, other, "the input apiKey"},
		{"another by default", withInput("{type: string, default: "+other+"}", "Bearer $inputs.apiKey"), `{}`, other, "the default of the input apiKey"},
		{"the profile's is written", withInput("{type: string}", "Bearer "+own), `{"apiKey":"x"}`, own, ""},
		{"another is written", withInput("{type: string}", "bearer "+other), `{"apiKey":"x"}`, other, "the Authorization parameter of step a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := parse(t, c.doc)
			if key := f.Key(&f.Workflows[0], object(t, c.inputs)); key != c.key {
				t.Errorf("the document's key is %q", key)
			}
			r := play(t, c.doc, flow.Options{Inputs: object(t, c.inputs), SameKey: func(k string) bool { return k == own }, Secrets: []string{own}},
				ok(`{"echo":"`+own+" "+other+`"}`))
			var refused *flow.KeyError
			if c.refused != "" {
				if !errors.As(r.err, &refused) || !strings.Contains(r.err.Error(), c.refused) || len(r.server.calls) > 0 {
					t.Errorf("%v, %d requests", r.err, len(r.server.calls))
				}
				return
			}
			if r.err != nil || r.Err != nil {
				t.Fatal(r.err, r.Err)
			}
			if call := r.server.calls[0]; len(call.Header) > 0 {
				t.Errorf("header %v", call.Header)
			}
			for _, rec := range r.records {
				if text := string(value.Encode(asValue(t, rec))); strings.Contains(text, own) || strings.Contains(text, other) {
					t.Errorf("a key is shown: %s", text)
				}
			}
		})
	}
}

func TestSecretsAreSentNowhereElse(t *testing.T) {
	doc := document("- workflowId: w\n  inputs: {type: object, properties: {apiKey: {type: string}}}\n  steps: [{stepId: a, operationId: listUsers, parameters: [" +
		"{name: Authorization, in: header, value: Bearer $inputs.apiKey}, {name: tenant, in: query, value: $inputs.apiKey}]}]\n")
	r := play(t, doc, flow.Options{}, ok("{}"))
	if r.err == nil || !strings.Contains(r.err.Error(), "$inputs.apiKey is the key for the Authorization header") || len(r.server.calls) > 0 {
		t.Error(r.err)
	}
}

func TestPasswordsAreNotShown(t *testing.T) {
	doc := document("- workflowId: w\n  inputs: {type: object, properties: {pin: {type: string, format: password}}}\n  steps:\n  - stepId: a\n    operationId: identifyUser\n" +
		"    parameters: [{name: user_id, in: path, value: u}]\n    requestBody: {payload: {pin: $inputs.pin}}\n    successCriteria: [{condition: $response.body#/pin == $inputs.pin}]\n    outputs: {pin: $response.body#/pin}\n  outputs: {pin: $steps.a.outputs.pin}\n")
	r := play(t, doc, flow.Options{Inputs: object(t, `{"pin":"hunter22"}`)}, ok(`{"pin":"hunter22"}`))
	if r.err != nil || r.Err != nil || string(r.server.calls[0].Body) != `{"pin":"hunter22"}` {
		t.Fatal(r.err, r.Err)
	}
	if text := string(value.Encode(asValue(t, r.records))) + string(value.Encode(r.Outputs)); strings.Contains(text, "hunter22") || !strings.Contains(text, flow.Redacted) {
		t.Error(text)
	}
}
