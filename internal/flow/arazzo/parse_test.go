package arazzo_test

import (
	"strings"
	"testing"

	"github.com/knockops/knockops/internal/flow/arazzo"
)

const good = `arazzo: 1.1.0
info: {title: T, version: 1.0}
sourceDescriptions: [{name: s, url: ./x.yml, type: openapi}]
workflows:
- workflowId: w
  steps:
  - stepId: a
    operationId: getUser
`

// change replaces a text of the good document.
func change(old, to string) string { return strings.Replace(good, old, to, 1) }

func add(lines string) string { return good + lines }

func TestDocuments(t *testing.T) {
	const (
		root, info, source, workflow, step = "Arazzo Specification Object", "Info Object", "Source Description Object", "Workflow Object", "Step Object"
		parameter, success, failure        = "Parameter Object", "Success Action Object", "Failure Action Object"
		components, reusable, criterion    = "Components Object", "Reusable Object", "Criterion Object"
		kind, body, replacement, format    = "Expression Type Object", "Request Body Object", "Payload Replacement Object", "Format"
	)
	for _, c := range []struct{ section, document, want string }{ // want begins a problem: place and words; "" for none
		{root, good, ""},
		{root, change("arazzo: 1.1.0", "arazzo: 1.0.1"), ""},
		{root, change("arazzo: 1.1.0", "arazzo: 1.0.0"), ""},
		{"Versions", change("arazzo: 1.1.0", "arazzo: 1.1"), ""},
		{"Versions", change("arazzo: 1.1.0", "arazzo: 1.1.7"), ""},
		{"Versions", change("arazzo: 1.1.0", "arazzo: 2.0.0"), "1:9: Arazzo 2.0.0 is not known"},
		{"Versions", change("arazzo: 1.1.0", "arazzo: 1.2.0"), "1:9: Arazzo 1.2.0 is not known"},
		{"Versions", change("arazzo: 1.1.0", "arazzo: x"), "1:9: Arazzo x is not known"},
		{root, change("arazzo: 1.1.0", "arazzo_: 1"), "1:1: this is no Arazzo document"},
		{root, change("arazzo: 1.1.0", "openapi: 3.1.0"), "1:1: this is an API description"},
		{root, "- a\n", "1:1: an Arazzo document is an object, not a array"},
		{root, "", "the document is empty"},
		{format, "a: b: c\n", "1:1: mapping values are not allowed"},
		{format, "a: 1\na: 2\n", "2:1: \"a\" stands here twice"},
		{format, "a: &x [1]\nb: {<<: *x}\n", "2:5: merge keys"},
		{format, "? [a]\n: 1\n", "1:3: a name of a member"},
		{format, `{"arazzo": "1.0.1",}`, "1:20: invalid character '}'"},
		{format, "{\"arazzo\": \"1.0.1\",\n \"info\": {", "2:11: the document ends too early"},
		{format, "{\"a\": 1}\n{}", "2:1: there is more after"},
		{format, `{"a": 1, "a": 2}`, "1:10: \"a\" stands here twice"},
		{format, `{"a": 1e999999999}`, "1:7: the number 1e999999999 is out of range"},
		{format, "a: .inf\n", "1:4: .inf is no number"},
		{format, "a: !!binary aGk=\n", "1:4: the tag !!binary"},
		{root, change("workflows:", "wrkflows:"), "1:1: the document has no workflows"},
		{root, change("sourceDescriptions:", "x-sources:"), "1:1: the document has no sourceDescriptions"},
		{root, change("[{name: s, url: ./x.yml, type: openapi}]", "[]"), "3:21: sourceDescriptions is empty"},
		{root, change("arazzo: 1.1.0", "arazzo: 1.1.0\n$self: a#b"), "2:8: $self holds a fragment"},
		{info, change("title: T, ", ""), "2:7: info has no title"},
		{info, change("info: {title: T, version: 1.0}", "x-info: 1"), "1:1: the document has no info"},
		{info, change("{title: T, version: 1.0}", "hello"), "2:7: info has to be an object, not a string"},
		{source, change("name: s, ", ""), "3:22: a source description has no name"},
		{source, change("type: openapi", "type: graphql"), "3:52: a source is of type openapi, asyncapi or arazzo"},
		{source, change("[{name: s, url: ./x.yml, type: openapi}]", "[{name: s, url: a}, {name: s, url: b}]"), "3:41: there are two sources s"},
		{workflow, change("workflowId: w", "summary: w"), "5:3: a workflow has no workflowId"},
		{workflow, add("- workflowId: w\n  steps: [{stepId: b, operationId: getUser}]\n"), "9:3: there are two workflows w"},
		{workflow, change("  steps:\n  - stepId: a\n    operationId: getUser\n", "  steps: []\n"), "6:10: steps is empty"},
		{workflow, change("  steps:", "  inputs: 7\n  steps:"), "6:11: inputs are a JSON Schema"},
		{workflow, change("  steps:", "  outputs: {a b: $inputs.x}\n  steps:"), "6:13: the output \"a b\" has a name"},
		{workflow, change("  steps:", "  outputs: {a: 7}\n  steps:"), "6:16: the output a has to be an expression"},
		{workflow, change("  steps:", "  dependsOn: w\n  steps:"), "6:14: dependsOn has to be a list"},
		{step, change("stepId: a", "description: a"), "7:5: a step has no stepId"},
		{step, change("    operationId: getUser\n", ""), "7:5: the step calls nothing"},
		{step, add("    workflowId: w\n"), "7:5: operationId, operationPath, channelPath and workflowId exclude"},
		{step, add("  - stepId: a\n    operationId: getUser\n"), "9:5: there are two steps a"},
		{step, add("    successCriteria: []\n"), "9:22: successCriteria is empty"},
		{step, add("    timeout: -1\n"), "9:14: timeout has to be a number of zero or more"},
		{step, add("    timeout: 1.5\n"), "9:14: timeout has to be a whole number"},
		{step, add("    action: publish\n"), "9:13: action is send or receive"},
		{parameter, add("    parameters: [{name: a, value: 1}]\n"), "9:18: the parameter a does not say where it goes"},
		{parameter, add("    parameters: [{name: a, in: body, value: 1}]\n"), "9:32: a parameter is in path, query"},
		{parameter, add("    parameters: [{name: a, in: query}]\n"), "9:18: the parameter a has no value"},
		{parameter, add("    parameters: [{name: a, in: query, value: 1}, {name: a, in: query, value: 2}]\n"), "9:50: the parameter a stands here twice"},
		{parameter, add("    parameters: [{name: a, in: query, value: 1}, {name: a, in: path, value: 2}]\n"), ""},
		{success, add("    onSuccess: [{name: n, type: retry}]\n"), "9:33: a success action is of type end or goto"},
		{success, add("    onSuccess: [{name: n, type: goto}]\n"), "9:17: a goto says where to"},
		{success, add("    onSuccess: [{name: n, type: goto, stepId: a, workflowId: w}]\n"), "9:17: stepId and workflowId exclude"},
		{success, add("    onSuccess: [{name: n, type: end}, {name: n, type: end}]\n"), "9:39: there are two actions n"},
		{success, add("    onSuccess: [{type: end}]\n"), "9:17: an action has no name"},
		{failure, add("    onFailure: [{name: n, type: wait}]\n"), "9:33: a failure action is of type end, goto or retry"},
		{failure, add("    onFailure: [{name: n, type: retry, retryAfter: -1}]\n"), "9:52: retryAfter has to be a number"},
		{failure, add("    onFailure: [{name: n, type: retry, retryLimit: 1.5}]\n"), "9:52: retryLimit has to be a whole number"},
		{reusable, add("    onFailure: [{reference: $components.failureActions.x}]\n"), "9:29: components.failureActions has no x"},
		{reusable, add("    onFailure: [{reference: $components.successActions.x}]\n"), "9:29: the reference has to be $components.failureActions"},
		{reusable, add("    parameters: [{reference: nonsense}]\n"), "9:30: nonsense: it is no runtime expression"},
		{components, add("components: {parameters: {p: {name: p, in: query, value: 1}}}\n"), ""},
		{components, add("components: {parameters: 7}\n"), "9:26: parameters has to be an object"},
		{criterion, add("    successCriteria: [{type: regex, condition: a}]\n"), "9:23: a criterion of type regex needs a context"},
		{criterion, add("    successCriteria: [{condition: $statusCode = 1}]\n"), "9:35: the condition $statusCode = 1 is no simple"},
		{criterion, add("    successCriteria: [{context: $response.body, type: jsonpath, condition: '$.a['}]\n"), "9:76: the condition $.a[ is no jsonpath"},
		{criterion, add("    successCriteria: [{context: $response.body, type: xpath, condition: '/a['}]\n"), "9:73: the condition /a[ is no xpath"},
		{criterion, add("    successCriteria: [{context: $response.body, type: regex, condition: '('}]\n"), "9:73: the condition ( is no regex"},
		{criterion, add("    successCriteria: [{context: nope, type: regex, condition: 'a'}]\n"), "9:33: the context: nope"},
		{criterion, add("    successCriteria: [{context: $response.body, type: sql, condition: 'a'}]\n"), "9:55: the type \"sql\" is none of"},
		{criterion, add("    successCriteria: [{context: $response.body}]\n"), "9:23: a criterion has no condition"},
		{criterion, add("    successCriteria: [{context: $response.body, type: jsonpath, condition: '$response.body#/a == 1'}]\n"), ""},
		{kind, add("    successCriteria: [{context: $response.body, type: {type: jsonpath, version: rfc9535}, condition: $.a}]\n"), ""},
		{kind, add("    successCriteria: [{context: $response.body, type: {type: jsonpath, version: '9'}, condition: $.a}]\n"), "9:81: jsonpath has no version \"9\""},
		{kind, add("    successCriteria: [{context: $response.body, type: {type: jsonpath}, condition: $.a}]\n"), "9:55: an expression type has no version"},
		{body, add("    requestBody: 7\n"), "9:18: a request body has to be an object"},
		{replacement, add("    requestBody: {payload: {}, replacements: [{target: /a}]}\n"), "9:47: a replacement has no value"},
		{replacement, add("    requestBody: {payload: {}, replacements: [{value: 1}]}\n"), "9:47: a replacement has no target"},
		{replacement, add("    requestBody: {payload: {}, replacements: [{target: /a, targetSelectorType: sql, value: 1}]}\n"), "9:80: the type \"sql\" is none of"},
		{"Selector Object", add("    outputs: {o: {context: $response.body, selector: '$[', type: jsonpath}}\n"), "9:54: the selector $[ cannot be read"},
		{"Selector Object", add("    outputs: {o: {context: nope, selector: $.a, type: jsonpath}}\n"), "9:28: the context of the selector"},
	} {
		t.Run(c.section+"/"+c.want, func(t *testing.T) {
			_, problems, _ := arazzo.Parse("f.yml", []byte(c.document))
			errs := problems.Errors()
			if c.want == "" {
				if len(errs) > 0 {
					t.Fatalf("%v", errs)
				}
				return
			}
			for _, p := range errs {
				text := p.What
				if p.Pos.Line > 0 {
					text = p.Pos.String() + ": " + p.What
				}
				if strings.HasPrefix(text, c.want) {
					return
				}
			}
			t.Errorf("want %q among\n%v", c.want, problems)
		})
	}
}

func TestWarnings(t *testing.T) {
	for _, c := range []struct{ section, document, want string }{
		{"Specification Extensions", add("    x-mine: 1\n"), ""},
		{"Step Object", add("    retries: 1\n"), "a step has no field retries"},
		{"Step Object", change("stepId: a", "stepId: a.b"), "stepId \"a.b\" has other than"},
		{"Versions", strings.Replace(add("    timeout: 5\n"), "1.1.0", "1.0.1", 1), "timeout is of Arazzo 1.1; the document says 1.0.1"},
		{"Success Action Object", add("    onSuccess: [{name: n, type: end, stepId: a}]\n"), "end goes nowhere"},
		{"JSONPath Conditions", add("    successCriteria: [{context: $response.body, type: jsonpath, condition: '$.a == 1'}]\n"), "$.a == 1 is a comparison"},
	} {
		_, problems, err := arazzo.Parse("f.yml", []byte(c.document))
		if err != nil || len(problems.Errors()) > 0 {
			t.Fatalf("%s: %v %v", c.section, err, problems)
		}
		if c.want == "" {
			if len(problems) > 0 {
				t.Errorf("%s: %v", c.section, problems)
			}
			continue
		}
		if len(problems) != 1 || !strings.HasPrefix(problems[0].What, c.want) {
			t.Errorf("%s: %v", c.section, problems)
		}
	}
}

func TestBounds(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'j'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+string(c-1)+",", 10), ",") + "]\n"
	}
	deep := strings.Repeat(`{"a":`, 200) + "1" + strings.Repeat("}", 200)
	for name, text := range map[string]string{"aliases": bomb, "depth": deep, "size": strings.Repeat(" ", arazzo.MaxBytes+1), "deep flow": "a: " + strings.Repeat("[", 300) + strings.Repeat("]", 300)} {
		if _, err := arazzo.Read([]byte(text)); err == nil {
			t.Errorf("%s: it was read", name)
		}
	}
}

func TestPlaces(t *testing.T) {
	yaml, err := arazzo.Read([]byte("a:\n  - b: é\n    c: 1\n"))
	if err != nil {
		t.Fatal(err)
	}
	json, err := arazzo.Read([]byte("{\"a\":\n [{\"b\": \"é\",\n  \"c\": 1}]}"))
	if err != nil {
		t.Fatal(err)
	}
	for want, n := range map[string]*arazzo.Node{"3:8": yaml.Member("a").Items[0].Member("c"), "3:8 ": json.Member("a").Items[0].Member("c"), "2:3": json.Member("a").Items[0]} {
		if n.Pos.String() != strings.TrimSpace(want) {
			t.Errorf("%s, want %s", n.Pos, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte(`{"arazzo":"1.0.1","workflows":[{"steps":[{"onFailure":[{"type":"retry"}]}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, problems, err := arazzo.Parse("f", data)
		if (d == nil) != (err != nil) {
			t.Fatalf("%v, %v", d, err)
		}
		if err != nil && len(problems.Errors()) == 0 {
			t.Fatal("an error without a problem")
		}
	})
}
