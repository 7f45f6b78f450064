package flow_test

import (
	"strings"
	"testing"

	"github.com/knockops/knockops/internal/flow"
)

// step makes a workflow of one step, with inputs of any name.
func step(lines string) string {
	return document("- workflowId: w\n  inputs: {type: object, required: [id], properties: {id: {type: string}, email: {type: string}, data: {type: object}, n: {type: integer}, list: {type: array}}}\n" +
		"  steps:\n  - stepId: s\n" + indent(lines))
}

func indent(lines string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(lines), "\n", "\n    ") + "\n"
}

const (
	getUser  = "operationId: getUser\n"
	identify = "operationId: identifyUser\nparameters: [{name: user_id, in: path, value: $inputs.id}]\n"
	list     = "operationId: listMessages\n"
)

func TestRequests(t *testing.T) {
	for _, c := range []struct{ section, lines, inputs, want string }{ // want is the request; "!" begins what an error holds
		{"Parameter Object", getUser + "parameters: [{name: user_id, in: path, value: $inputs.id}]", `{"id":"u1"}`, "GET /v1/users/u1"},
		{"Parameter Object", getUser + "parameters: [{name: user_id, in: path, value: $inputs.id}]", `{"id":"a/b ?#%é"}`, "GET /v1/users/a%2Fb%20%3F%23%25%C3%A9"},
		{"Parameter Object", getUser + "parameters: [{name: user_id, in: path, value: $inputs.id}]", `{"id":".."}`, "GET /v1/users/%2E%2E"},
		{"Parameter Object", getUser + "parameters: [{name: user_id, in: path, value: 'u-{$inputs.id}'}]", `{"id":"1"}`, "GET /v1/users/u-1"},
		{"Parameter Object", getUser + "parameters: [{name: user_id, in: path, value: 42}]", `{"id":"1"}`, "GET /v1/users/42"},
		{"Parameter Object", getUser + "parameters: [{name: user_id, in: path, value: $inputs.id}]", `{"id":""}`, "!a part of the path cannot be empty"},
		{"Parameter Object", getUser + "parameters: [{name: user_id, in: path, value: $inputs.email}]", `{"id":"1"}`, "!$inputs.email finds nothing: the optional input was not given"},
		{"Parameter Object", getUser + "parameters: [{name: user_id, in: path, value: $inputs.list}]", `{"id":"1","list":[]}`, "!a part of the path cannot be array"},
		{"Parameter Object", list + "parameters: [{name: tenant, in: query, value: $inputs.id}]", `{"id":"a&b=c"}`, "GET /v1/messages?tenant=a%26b%3Dc"},
		{"Parameter Object", list + "parameters: [{name: tenant, in: query, value: $inputs.email}]", `{"id":"1"}`, "GET /v1/messages"},
		{"Parameter Object", list + "parameters: [{name: tenant, in: query, value: null}]", `{"id":"1"}`, "GET /v1/messages"},
		{"Parameter Object", list + "parameters: [{name: page_size, in: query, value: $inputs.n}]", `{"id":"1","n":50}`, "GET /v1/messages?page_size=50"},
		{"Parameter Object", list + "parameters: [{name: status, in: query, value: [queued, sent]}]", `{"id":"1"}`, "GET /v1/messages?status%5B%5D=queued&status%5B%5D=sent"},
		{"Parameter Object", list + "parameters: [{name: 'status[]', in: query, value: [queued]}]", `{"id":"1"}`, "GET /v1/messages?status%5B%5D=queued"},
		{"Parameter Object", list + "parameters: [{name: status, in: query, value: $inputs.list}]", `{"id":"1","list":["a","b"]}`, "GET /v1/messages?status%5B%5D=a&status%5B%5D=b"},
		{"Parameter Object", list + "parameters: [{name: inserted_at, in: query, value: {gt: '2026'}}]", `{"id":"1"}`, "GET /v1/messages?inserted_at%5Bgt%5D=2026"},
		{"Parameter Object", list + "parameters: [{name: r, in: query, value: [{id: a}]}]", `{"id":"1"}`, "GET /v1/messages?r%5B%5D%5Bid%5D=a"},
		{"Parameter Object", list + "parameters: [{name: has_errors, in: query, value: true}]", `{"id":"1"}`, "GET /v1/messages?has_errors=true"},
		{"Parameter Object", list + "parameters: [{name: q, in: querystring, value: 'a={$inputs.id}&b=2'}]", `{"id":"1"}`, "GET /v1/messages?a=1&b=2"},
		{"Parameter Object", list + "parameters: [{name: q, in: querystring, value: 7}]", `{"id":"1"}`, "!a query string has to be a string, not a number"},
		{"Parameter Object", list + "parameters: [{name: Idempotency-Key, in: header, value: $inputs.id}]", `{"id":"k1"}`, "GET /v1/messages\nIdempotency-Key: k1"},
		{"Parameter Object", list + "parameters: [{name: x-n, in: header, value: $inputs.n}]", `{"id":"1","n":3}`, "GET /v1/messages\nX-N: 3"},
		{"Parameter Object", list + "parameters: [{name: x-a, in: header, value: $inputs.id}]", `{"id":"a\r\nb: c"}`, "!a header cannot hold a line break"},
		{"Parameter Object", list + "parameters: [{name: sid, in: cookie, value: $inputs.id}]", `{"id":"a b"}`, "GET /v1/messages\nCookie: sid=a+b"},
		{"Parameter Object", list + "parameters: [{name: Authorization, in: header, value: Bearer $inputs.id}]", `{"id":"1"}`, "!holds a key"},
		{"Selector Object", list + "parameters: [{name: tenant, in: query, value: {context: $inputs.data, selector: $.a.b, type: jsonpath}}]", `{"id":"1","data":{"a":{"b":"t"}}}`, "GET /v1/messages?tenant=t"},
		{"Selector Object", list + "parameters: [{name: tenant, in: query, value: {context: $inputs.data, selector: /a/0, type: jsonpointer}}]", `{"id":"1","data":{"a":["z"]}}`, "GET /v1/messages?tenant=z"},
		{"Selector Object", list + "parameters: [{name: tenant, in: query, value: {context: $inputs.data, selector: $.x, type: jsonpath}}]", `{"id":"1","data":{}}`, "!the selector finds nothing"},
		{"Request Body Object", identify + "requestBody: {payload: {email: $inputs.email, plan: pro}}", `{"id":"1","email":"e"}`, `PUT /v1/users/1 {"email":"e","plan":"pro"}`},
		{"Request Body Object", identify + "requestBody: {payload: {email: $inputs.email, plan: pro}}", `{"id":"1"}`, `PUT /v1/users/1 {"plan":"pro"}`},
		{"Request Body Object", identify + "requestBody: {payload: {l: [$inputs.email]}}", `{"id":"1"}`, `!$inputs.email finds nothing: the optional input was not given`},
		{"Request Body Object", identify + "requestBody: {payload: {mail: 'to {$inputs.email}'}}", `{"id":"1"}`, `!$inputs.email finds nothing`},
		{"Request Body Object", identify + "requestBody: {payload: $inputs.data}", `{"id":"1","data":{"a":{"b":[1,2.50,null,true]}}}`, `PUT /v1/users/1 {"a":{"b":[1,2.50,null,true]}}`},
		{"Request Body Object", identify + "requestBody: {payload: $inputs.data}", `{"id":"1"}`, `PUT /v1/users/1`},
		{"Request Body Object", identify + "requestBody: {payload: {n: $inputs.n, s: '{$inputs.n}'}}", `{"id":"1","n":5}`, `PUT /v1/users/1 {"n":5,"s":"5"}`},
		{"Request Body Object", identify + "requestBody: {payload: {price: $5.00, b: true, z: null, html: <a&b>}}", `{"id":"1"}`, `PUT /v1/users/1 {"b":true,"html":"<a&b>","price":"$5.00","z":null}`},
		{"Request Body Object", identify + "requestBody:\n  contentType: application/json\n  payload: |\n    {\"a\": \"{$inputs.id}\", \"n\": {$inputs.n}}", `{"id":"x","n":3}`, `PUT /v1/users/x {"a": "x", "n": 3}`},
		{"Request Body Object", identify + "requestBody: {contentType: application/json, payload: '{\"a\": \"{$inputs.id}\"}'}", `{"id":"a\"b"}`, `!with its expressions filled in, the payload is no JSON`},
		{"Request Body Object", identify + "requestBody: {contentType: application/xml, payload: '<a>{$inputs.id}</a>'}", `{"id":"x"}`, `PUT /v1/users/x <a>x</a>`},
		{"Request Body Object", identify + "requestBody: {contentType: application/xml, payload: {a: 1}}", `{"id":"x"}`, `!a payload of application/xml has to be a string`},
		{"Request Body Object", identify + "requestBody: {contentType: application/x-www-form-urlencoded, payload: {id: $inputs.id, a: b c}}", `{"id":"x&y"}`, `PUT /v1/users/x&y a=b+c&id=x%26y`},
		{"Request Body Object", identify + "requestBody: {contentType: application/x-www-form-urlencoded, payload: 'id={$inputs.id}'}", `{"id":"x"}`, `PUT /v1/users/x id=x`},
		{"Request Body Object", identify + "requestBody: {payload: {e: {context: $inputs.data, selector: $.e, type: jsonpath}}}", `{"id":"1","data":{"e":[1]}}`, `PUT /v1/users/1 {"e":[1]}`},
		{"Payload Replacement Object", identify + "requestBody: {payload: {a: 1}, replacements: [{target: /a, value: $inputs.n}, {target: /b, value: $inputs.email}]}", `{"id":"1","n":9}`, `PUT /v1/users/1 {"a":9}`},
		{"Payload Replacement Object", identify + "requestBody: {payload: {a: {b: 1}}, replacements: [{target: /a/b, value: {c: $inputs.id}}]}", `{"id":"1"}`, `PUT /v1/users/1 {"a":{"b":{"c":"1"}}}`},
		{"Payload Replacement Object", identify + "requestBody: {payload: $inputs.data, replacements: [{target: '$.l[?@.k == 1].v', targetSelectorType: jsonpath, value: $inputs.id}]}", `{"id":"x","data":{"l":[{"k":1,"v":0},{"k":2,"v":0}]}}`, `PUT /v1/users/x {"l":[{"k":1,"v":"x"},{"k":2,"v":0}]}`},
		{"Payload Replacement Object", identify + "requestBody: {payload: '{\"a\": 1}', replacements: [{target: /a, value: 2}]}", `{"id":"1"}`, `PUT /v1/users/1 {"a":2}`},
		{"Payload Replacement Object", identify + "requestBody: {contentType: application/xml, payload: <a><b>1</b></a>, replacements: [{target: /a/b, value: $inputs.n}]}", `{"id":"1","n":7}`, `PUT /v1/users/1 <a><b>7</b></a>`},
		{"Payload Replacement Object", identify + "requestBody: {payload: {a: 1}, replacements: [{target: /x/y, value: 2}]}", `{"id":"1"}`, `!the replacement at /x/y: there is nothing at /x`},
		{"Payload Replacement Object", identify + "requestBody: {replacements: [{target: /x, value: 2}]}", `{"id":"1"}`, `!there is no payload to replace anything in`},
		{"Payload Replacement Object", identify + "requestBody: {payload: {a: {k1: 1}}, replacements: [{target: '/a/{$inputs.id}', value: 2}]}", `{"id":"k1"}`, `PUT /v1/users/k1 {"a":{"k1":2}}`},
		{"Step Object", "operationPath: '{$sourceDescriptions.knock.url}#/paths/~1v1~1users~1{user_id}/get'\nparameters: [{name: user_id, in: path, value: x}]", `{"id":"1"}`, "GET /v1/users/x"},
		{"Step Object", "operationPath: '{$sourceDescriptions.knock.url}#/paths/~1v1~1users~1{whoever}/get'\nparameters: [{name: whoever, in: path, value: x}]", `{"id":"1"}`, "GET /v1/users/x"},
		{"Step Object", "operationPath: $sourceDescriptions.knock.getUser\nparameters: [{name: user_id, in: path, value: x}]", `{"id":"1"}`, "GET /v1/users/x"},
		{"Step Object", "operationId: $sourceDescriptions.knock.getUser\nparameters: [{name: user_id, in: path, value: x}]", `{"id":"1"}`, "GET /v1/users/x"},
		{"Step Object", "operationId: cancelWorkflow\nparameters: [{name: key, in: path, value: w}]", `{"id":"1"}`, "POST /v1/workflows/w/cancel"},
		{"Step Object", "operationId: cancelWorkflow", `{"id":"1"}`, "POST /v1/notify/cancel"},
		{"Step Object", "operationId: cancelWorkflow (2)\nparameters: [{name: key, in: path, value: w}]", `{"id":"1"}`, "POST /v1/workflows/w/cancel"},
	} {
		t.Run(c.section+"/"+c.want, func(t *testing.T) {
			r := play(t, step(c.lines), flow.Options{Inputs: object(t, c.inputs)}, answer{body: `{}`})
			err := r.err
			if err == nil {
				err = r.Err
			}
			if failing, ok := strings.CutPrefix(c.want, "!"); ok {
				if err == nil || !strings.Contains(err.Error(), failing) {
					t.Errorf("error %v, want %q", err, failing)
				}
				if len(r.server.calls) > 0 {
					t.Errorf("something was sent: %+v", r.server.calls)
				}
				return
			}
			if err != nil || len(r.server.calls) != 1 {
				t.Fatalf("%v, %d calls", err, len(r.server.calls))
			}
			if got := wire(r.server.calls[0]); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// wire is a call in one line, and one more for each header.
func wire(c flow.Call) string {
	s := c.Operation.Method + " " + c.Path
	if c.Query != "" {
		s += "?" + c.Query
	}
	if c.Body != nil {
		s += " " + strings.TrimSpace(string(c.Body))
	}
	for name, v := range c.Header {
		s += "\n" + name + ": " + v[0]
	}
	return s
}
