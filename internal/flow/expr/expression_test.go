package expr_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/knockops/knockops/internal/flow/expr"
	"github.com/knockops/knockops/internal/flow/value"
)

// Sections of the Arazzo specification 1.1.0 (and 1.0.1) that the cases come from.
const (
	abnf       = "Runtime Expressions"
	examples   = "Runtime Expressions, Examples"
	embedding  = "Runtime Expressions, embedded expressions"
	sources    = "Source Description Expression Resolution"
	literals   = "Criterion Object, Literals"
	operators  = "Criterion Object, Operators"
	conditions = "Criterion Object, Simple Conditions"
	inCond     = "Criterion Object, Runtime Expressions in Conditions"
	regexes    = "Criterion Object, Regex Conditions"
	jsonpaths  = "Criterion Object, JSONPath Conditions"
	xpaths     = "Criterion Object, XPath Conditions"
	failures   = "Criterion Object, Evaluation Errors"
	selectors  = "Selector Object"
	types      = "Expression Type Object"
	replaces   = "Payload Replacement Object"
)

func parsed(t testing.TB, s string) any {
	t.Helper()
	v, err := value.Decode([]byte(s))
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return v
}

// environment is what all cases see.
func environment(t testing.TB) *expr.Env {
	body := parsed(t, `{"id":"u1","status":"Done","count":3,"big":9007199254740993,"ok":true,"none":null,"empty":"","list":[],
		"items":[{"id":"a","n":1},{"id":"b","n":2}],"a/b":"slash","m~n":"tilde","with.dot":"dotted","name":"O'Brien","n":{"e":{"s":"t"}}}`)
	return &expr.Env{
		URL: "https://api.knock.app/v1/users/u1", Method: "PUT", Self: "https://example.com/flow.yml", Status: 200,
		Request: &expr.Exchange{
			Header: http.Header{"Accept": {"application/json"}, "X-Trace": {"1", "2"}},
			Query:  map[string]any{"status": "queued", "page_size": json.Number("50"), "inserted_at.gt": "2026"},
			Path:   map[string]any{"id": "u1"},
			Body:   parsed(t, `{"user":{"uuid":"77"}}`), Filled: true,
		},
		Response: &expr.Exchange{Header: http.Header{"Server": {"knock"}, "X-Rate-Limit": {"7"}}, Body: body, Filled: true},
		Message:  &expr.Exchange{Header: http.Header{"X-Knock-Event": {"message.sent"}}, Body: parsed(t, `{"type":"message.sent","data":{"id":"m1"}}`), Filled: true},
		Inputs: map[string]any{
			"username": "dana", "count": json.Number("3"), "flag": true, "nothing": nil, "x-api-key": "k", "user.name": "dotted",
			"user": parsed(t, `{"id":"u9","tags":["x","y"]}`), "pattern": "do.e",
		},
		Outputs:   map[string]any{"bar": "out", "mapped": parsed(t, `{"name":"n"}`)},
		Steps:     map[string]map[string]any{"login": {"token": "abc", "pets": parsed(t, `[{"id":5}]`)}, "two-step_2": {"v": json.Number("1.50")}},
		Workflows: map[string]expr.Results{"foo": {Inputs: map[string]any{"username": "erin"}, Outputs: map[string]any{"bar": parsed(t, `{"name":"zed"}`)}}},
		Sources:   map[string]map[string]any{"knock": {"name": "knock", "url": "./api.yml", "type": "openapi"}},
	}
}

func TestExpressions(t *testing.T) {
	for _, c := range []struct{ section, expression, want string }{ // want is JSON; "" for what finds nothing
		{abnf, "$url", `"https://api.knock.app/v1/users/u1"`},
		{abnf, "$method", `"PUT"`},
		{abnf, "$statusCode", `200`},
		{abnf, "$self", `"https://example.com/flow.yml"`},
		{abnf, "$request.header.accept", `"application/json"`},
		{abnf, "$request.header.ACCEPT", `"application/json"`},
		{examples, "$request.header.X-Trace", `"1"`},
		{abnf, "$request.header.Absent", ``},
		{abnf, "$request.query.status", `"queued"`},
		{abnf, "$request.query.page_size", `50`},
		{abnf, "$request.query.inserted_at.gt", `"2026"`},
		{abnf, "$request.query.Status", ``},
		{examples, "$request.path.id", `"u1"`},
		{abnf, "$request.path.ID", ``},
		{abnf, "$request.body", `{"user":{"uuid":"77"}}`},
		{examples, "$request.body#/user/uuid", `"77"`},
		{abnf, "$request.body#/user/absent", ``},
		{examples, "$response.body#/status", `"Done"`},
		{examples, "$response.body#/items/0/id", `"a"`},
		{abnf, "$response.body#/items/1/n", `2`},
		{abnf, "$response.body#/items/2", ``},
		{abnf, "$response.body#/items/01/id", ``},
		{abnf, "$response.body#/items/-", ``},
		{abnf, "$response.body#/a~1b", `"slash"`},
		{abnf, "$response.body#/m~0n", `"tilde"`},
		{abnf, "$response.body#/with.dot", `"dotted"`},
		{abnf, "$response.body#/none", `null`},
		{abnf, "$response.body#/empty", `""`},
		{abnf, "$response.body#/list", `[]`},
		{abnf, "$response.body#/big", `9007199254740993`},
		{abnf, "$response.body#/ok", `true`},
		{abnf, "$response.body#/n", `{"e":{"s":"t"}}`},
		{abnf, "$response.body#/n/e/s", `"t"`},
		{abnf, "$response.body#/id/deeper", ``},
		{abnf, "$response.body#", "{body}"},
		{inCond, "$response.body.count", `3`},
		{inCond, "$response.body.items[0].id", `"a"`},
		{inCond, "$response.body['with.dot']", `"dotted"`},
		{inCond, "$response.body.n.e.s", `"t"`},
		{inCond, "$response.body.n.e.x", ``},
		{examples, "$response.header.Server", `"knock"`},
		{abnf, "$response.header.x-rate-limit", `"7"`},
		{examples, "$message.header.x-knock-event", `"message.sent"`},
		{examples, "$message.payload#/type", `"message.sent"`},
		{"Step Object, Examples", "$message.payload.data.id", `"m1"`},
		{abnf, "$message.body#/data/id", `"m1"`},
		{examples, "$inputs.username", `"dana"`},
		{abnf, "$inputs.x-api-key", `"k"`},
		{abnf, "$inputs.user.name", `"dotted"`},
		{abnf, "$inputs.user#/id", `"u9"`},
		{abnf, "$inputs.user#/tags/1", `"y"`},
		{operators, "$inputs.user.id", `"u9"`},
		{operators, "$inputs.user.tags[0]", `"x"`},
		{abnf, "$inputs.nothing", `null`},
		{abnf, "$inputs.flag", `true`},
		{abnf, "$inputs.absent", ``},
		{abnf, "$inputs.Username", ``},
		{examples, "$outputs.bar", `"out"`},
		{abnf, "$outputs.mapped#/name", `"n"`},
		{abnf, "$outputs.absent", ``},
		{examples, "$steps.login.outputs.token", `"abc"`},
		{examples, "$steps.login.outputs.pets#/0/id", `5`},
		{abnf, "$steps.login.outputs.pets", `[{"id":5}]`},
		{abnf, "$steps.two-step_2.outputs.v", `1.50`},
		{abnf, "$steps.login.outputs.absent", ``},
		{abnf, "$steps.never.outputs.token", ``},
		{examples, "$workflows.foo.inputs.username", `"erin"`},
		{examples, "$workflows.foo.outputs.bar", `{"name":"zed"}`},
		{examples, "$workflows.foo.outputs.bar#/name", `"zed"`},
		{abnf, "$workflows.never.outputs.bar", ``},
		{sources, "$sourceDescriptions.knock.url", `"./api.yml"`},
		{sources, "$sourceDescriptions.knock.type", `"openapi"`},
		{sources, "$sourceDescriptions.knock.absent", ``},
		{sources, "$sourceDescriptions.never.url", ``},
	} {
		t.Run(c.section+"/"+c.expression, func(t *testing.T) {
			env := environment(t)
			e, err := expr.Parse(c.expression)
			if err != nil {
				t.Fatal(err)
			}
			got, err := env.Eval(e)
			switch {
			case c.want == "" && err == nil:
				t.Fatalf("found %v", got)
			case c.want == "":
				return
			case err != nil:
				t.Fatal(err)
			}
			want := env.Response.Body
			if c.want != "{body}" {
				want = parsed(t, c.want)
			}
			if string(value.Encode(got)) != string(value.Encode(want)) {
				t.Errorf("got %s, want %s", value.Encode(got), c.want)
			}
		})
	}
}

func TestNoExpressions(t *testing.T) {
	for _, c := range []struct{ section, text string }{
		{abnf, ""}, {abnf, "$"}, {abnf, "$nothing"}, {abnf, "statusCode"}, {abnf, "$statuscode"}, {abnf, "$url.x"},
		{abnf, "$statusCode.x"}, {abnf, "$request"}, {abnf, "$request."}, {abnf, "$request.cookie.a"}, {abnf, "$response.header."},
		{abnf, "$response.header.a b"}, {abnf, "$response.bodyx"}, {abnf, "$response.body#no-slash"}, {abnf, "$response.body#/a~2"},
		{abnf, "$response.body#/a{b}"}, {abnf, "$inputs."}, {abnf, "$inputs.a b"}, {abnf, "$inputs.{a}"}, {abnf, "$steps.a"},
		{abnf, "$steps.a.inputs.b"}, {abnf, "$steps.a.b.outputs.c"}, {abnf, "$steps..outputs.c"}, {abnf, "$workflows.a.outputs"},
		{abnf, "$workflows.a.results.b"}, {abnf, "$sourceDescriptions.a"}, {abnf, "$components.steps.a"}, {abnf, "$components.parameters."},
		{abnf, "$request.query."}, {abnf, "$response.body.items[x]"}, {abnf, "$response.body.items[0"}, {abnf, "$5.00"},
	} {
		t.Run(c.section+"/"+c.text, func(t *testing.T) {
			if e, err := expr.Parse(c.text); err == nil {
				t.Errorf("it was read as %+v", e)
			}
		})
	}
}

func TestTemplates(t *testing.T) {
	for _, c := range []struct{ section, text, want string }{
		{embedding, "plain", `"plain"`},
		{embedding, "", `""`},
		{embedding, "$inputs.count", `3`},
		{embedding, "{$inputs.count}", `"3"`},
		{embedding, "https://{$inputs.username}/api/{$steps.login.outputs.token}/status", `"https://dana/api/abc/status"`},
		{embedding, "n={$inputs.count}, f={$inputs.flag}, z={$inputs.nothing}", `"n=3, f=true, z=null"`},
		{embedding, "u={$inputs.user}", `"u={\"id\":\"u9\",\"tags\":[\"x\",\"y\"]}"`},
		{embedding, "l={$response.body#/list}", `"l=[]"`},
		{embedding, "{$steps.two-step_2.outputs.v}", `"1.50"`},
		{embedding, "{$response.body#/items/0/id}-{$response.body#/items/1/id}", `"a-b"`},
		{embedding, "{not an expression}", `"{not an expression}"`},
		{embedding, "{$nothing.at.all}", `"{$nothing.at.all}"`},
		{embedding, "{$inputs.username", `"{$inputs.username"`},
		{embedding, "$5.00", `"$5.00"`},
		{embedding, "$inputs.username and more", `"$inputs.username and more"`},
		{embedding, "Bearer $inputs.username", `"Bearer $inputs.username"`},
		{embedding, "{{$inputs.username}}", `"{dana}"`},
		{embedding, "é{$inputs.username}世", `"édana世"`},
		{embedding, "{$inputs.absent}", ``},
		{embedding, "$inputs.absent", ``},
		{embedding, "{$url}", `"https://api.knock.app/v1/users/u1"`},
	} {
		t.Run(c.section+"/"+c.text, func(t *testing.T) {
			got, err := environment(t).Fill(expr.ParseTemplate(c.text))
			if c.want == "" {
				if err == nil {
					t.Fatalf("found %v", got)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if s := string(value.Encode(got)); s != string(value.Encode(parsed(t, c.want))) {
				t.Errorf("got %s, want %s", s, c.want)
			}
		})
	}
}

func TestDoubtful(t *testing.T) {
	for text, doubtful := range map[string]bool{
		"plain": false, "$5": false, "$inputs.a": false, "{$inputs.a}": false, "a {$inputs.a} b {$steps.s.outputs.o}": false,
		"Bearer $inputs.key": true, "$inputs.a and b": true, "{$inputs.a": true, "{$steps.a}": true, "x $response.body#/id": true,
	} {
		if err := expr.Doubtful(text); (err != nil) != doubtful {
			t.Errorf("%q: %v", text, err)
		}
	}
}
