package expr_test

import (
	"strings"
	"testing"

	"github.com/knockops/knockops/internal/flow/expr"
	"github.com/knockops/knockops/internal/flow/value"
)

const xml = `<?xml version="1.0"?><root><pets><pet id="1" price="5">Rex</pet><pet id="2" price="12">Tom</pet></pets><empty/><name>Dana</name></root>`

func TestJSONPathConditions(t *testing.T) {
	const body = `{"status":"done","count":3,"pets":[{"id":1,"tag":"dog"},{"id":2,"tag":"cat"}],"none":[],"nil":null,"items":[{"status":"queued"},{"status":"completed"}]}`
	for _, c := range []struct {
		section, path string
		want          int // nodes; -1 for what cannot be read
		comparison    bool
	}{
		{jsonpaths, "$", 1, false}, {jsonpaths, "$.status", 1, false}, {jsonpaths, "$['status']", 1, false}, {jsonpaths, "$.absent", 0, false},
		{jsonpaths, "$.pets[*]", 2, false}, {jsonpaths, "$.none[*]", 0, false}, {jsonpaths, "$.nil", 1, false}, {jsonpaths, "$.pets[0]", 1, false},
		{jsonpaths, "$.pets[-1].tag", 1, false}, {jsonpaths, "$.pets[5]", 0, false}, {jsonpaths, "$.pets[0:1]", 1, false}, {jsonpaths, "$..tag", 2, false},
		{jsonpaths, "$[?count(@.pets) > 0]", 0, false}, {jsonpaths, "$.pets[?@.id == 2]", 1, false}, {jsonpaths, "$.pets[?(@.id == 2)]", 1, false},
		{jsonpaths, "$.pets[?@.tag == 'dog' || @.id == 2]", 2, false}, {jsonpaths, "$.pets[?@.id > 5]", 0, false},
		{jsonpaths, "$.pets[?match(@.tag, 'd.g')]", 1, false}, {jsonpaths, "$.pets[?search(@.tag, 'a')]", 1, false}, {jsonpaths, "$.pets[?length(@.tag) == 3]", 2, false},
		{jsonpaths, "$.items[?@.status == 'completed']", 1, false}, {jsonpaths, "$.pets[?!@.name]", 2, false}, {jsonpaths, "$.pets[?@.id == $.count]", 0, false},
		{jsonpaths, `$.status == "done"`, 1, true}, {jsonpaths, `$.status == 'queued'`, 0, true}, {jsonpaths, `$.count > 2`, 1, true},
		{jsonpaths, `$.count > 2 && $.status == "done"`, 1, true}, {jsonpaths, `$.absent == null`, 0, true}, {jsonpaths, `$.nil == null`, 1, true},
		{jsonpaths, `$.pets[0].tag == "dog"`, 1, true}, {jsonpaths, `$.pets.length > 1`, 1, true}, {jsonpaths, `$.pets.length == 0`, 0, true},
		{jsonpaths, `length($.pets) == 2`, 1, true}, {jsonpaths, `count($.pets[*]) == 2`, 1, true}, {jsonpaths, `$.status == "$.status"`, 0, true},
		{jsonpaths, `$.items[*].status == "completed"`, -1, false},
		{failures, "$.pets[", -1, false}, {failures, "pets", -1, false}, {failures, "$.pets[?]", -1, false}, {failures, "", -1, false},
		{failures, "$..", -1, false}, {failures, "$.a b", -1, false}, {failures, "$.status = 'x'", -1, false},
	} {
		t.Run(c.section+"/"+c.path, func(t *testing.T) {
			p, err := expr.ParsePathCondition(c.path)
			if err != nil || c.want < 0 {
				if c.want >= 0 || err == nil {
					t.Fatalf("%v", err)
				}
				return
			}
			found, err := p.Select(parsed(t, body))
			if err != nil {
				t.Fatal(err)
			}
			if len(found) != c.want || p.Comparison != c.comparison {
				t.Errorf("%d nodes, comparison %v: %v", len(found), p.Comparison, found)
			}
		})
	}
}

func TestXPathConditions(t *testing.T) {
	for _, c := range []struct {
		section, path string
		want          bool
	}{
		{xpaths, "count(/root/pets/*) > 0", true}, {xpaths, "/root/pets", true}, {xpaths, "/root/none", false}, {xpaths, "count(/root/none)", false},
		{xpaths, "count(/root/pets/pet)", true}, {xpaths, "string(/root/name)", true}, {xpaths, "string(/root/none)", false}, {xpaths, "string(/root/empty)", false},
		{xpaths, "/root/empty", true}, {xpaths, "/root/pets/pet[@price > 10]", true}, {xpaths, "/root/pets/pet[@price > 100]", false},
		{xpaths, "//pet[@id='1']", true}, {xpaths, "/root/name = 'Dana'", true}, {xpaths, "/root/name = 'dana'", false}, {xpaths, "true()", true},
		{xpaths, "false()", false}, {xpaths, "not(/root/none)", true}, {xpaths, "contains(/root/name, 'an')", true},
	} {
		t.Run(c.section+"/"+c.path, func(t *testing.T) {
			x, err := expr.ParseXPath(c.path)
			if err != nil {
				t.Fatal(err)
			}
			got, v, err := x.Holds(xml)
			if err != nil || got != c.want {
				t.Errorf("got %v (%v), %v", got, v, err)
			}
		})
	}
	for _, context := range []any{nil, "", "{}", map[string]any{}, "<open>"} {
		x, err := expr.ParseXPath("/root")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := x.Holds(context); err == nil {
			t.Errorf("%v was taken for XML", context)
		}
	}
	for _, broken := range []string{"/root[", "", "count(", "///"} {
		if _, err := expr.ParseXPath(broken); err == nil {
			t.Errorf("%q was read", broken)
		}
	}
}

func TestSelectors(t *testing.T) {
	const body = `{"user":{"profile":{"email":"d@example.com"}},"items":[{"id":"a","n":1},{"id":"b","n":2}],"a/b":1}`
	for _, c := range []struct {
		section, selector string
		in                expr.Language
		want              string // "" for an error
	}{
		{selectors, "$.user.profile.email", expr.JSONPath, `"d@example.com"`}, {selectors, "$.items[0].id", expr.JSONPath, `"a"`},
		{selectors, "$.items[*].id", expr.JSONPath, `["a","b"]`}, {selectors, "$.items[?@.n > 1].id", expr.JSONPath, `"b"`},
		{selectors, "$.items[0]", expr.JSONPath, `{"id":"a","n":1}`}, {selectors, "$.absent", expr.JSONPath, ``},
		{selectors, "/user/profile/email", expr.JSONPointer, `"d@example.com"`}, {selectors, "#/items/1/n", expr.JSONPointer, `2`},
		{selectors, "/a~1b", expr.JSONPointer, `1`}, {selectors, "", expr.JSONPointer, body}, {selectors, "/absent", expr.JSONPointer, ``},
		{types, "user", expr.JSONPointer, ``}, {types, "$.items[", expr.JSONPath, ``}, {types, "$.user", "jsonata", ``}, {types, "/root", expr.XPathText, ``},
	} {
		t.Run(c.section+"/"+string(c.in)+" "+c.selector, func(t *testing.T) {
			got, err := expr.Select(parsed(t, body), c.selector, c.in)
			switch {
			case c.want == "" && err == nil:
				t.Errorf("found %v", got)
			case c.want != "" && err != nil:
				t.Error(err)
			case c.want != "" && string(value.Encode(got)) != string(value.Encode(parsed(t, c.want))):
				t.Errorf("got %s", value.Encode(got))
			}
		})
	}
	for selector, want := range map[string]string{"/root/name": `"Dana"`, "//pet/@id": `["1","2"]`, "count(//pet)": `2`, "/root/none": ``} {
		got, err := expr.Select(xml, selector, expr.XPathText)
		if want == "" {
			if err == nil {
				t.Errorf("%s found %v", selector, got)
			}
		} else if err != nil || string(value.Encode(got)) != want {
			t.Errorf("%s: %s, %v", selector, value.Encode(got), err)
		}
	}
}

func TestReplacements(t *testing.T) {
	const body = `{"petId":1,"tags":["a","b"],"items":[{"sku":"ABC123","quantity":1},{"sku":"X","quantity":2}],"deep":{"er":{}}}`
	for _, c := range []struct {
		section, target string
		in              expr.Language
		value, want     string // want is what stands at the target afterwards; "" for an error
	}{
		{replaces, "/petId", "", `7`, `7`}, {replaces, "/petId", expr.JSONPointer, `"x"`, `"x"`}, {replaces, "/tags/1", "", `"z"`, `"z"`},
		{replaces, "/tags/-", "", `"c"`, ``}, {replaces, "/new", "", `{"a":1}`, `{"a":1}`}, {replaces, "/deep/er/est", "", `null`, `null`},
		{replaces, "/deep/absent/x", "", `1`, `error`}, {replaces, "/tags/9", "", `1`, `error`}, {replaces, "/petId/x", "", `1`, `error`},
		{replaces, "petId", "", `1`, `error`}, {replaces, "", "", `{"whole":true}`, `{"whole":true}`}, {replaces, "/items/0/quantity", "", `9`, `9`},
		{replaces, "#/petId", "", `3`, `3`},
		{replaces, "$.petId", expr.JSONPath, `5`, `5`}, {replaces, "$.items[?(@.sku=='ABC123')].quantity", expr.JSONPath, `10`, `10`},
		{replaces, "$.items[*].quantity", expr.JSONPath, `0`, `[0,0]`}, {replaces, "$.items[1]", expr.JSONPath, `{"sku":"Y"}`, `{"sku":"Y"}`},
		{replaces, "$.absent", expr.JSONPath, `1`, `error`}, {replaces, "$.items[", expr.JSONPath, `1`, `error`},
	} {
		t.Run(c.section+"/"+c.target, func(t *testing.T) {
			got, err := expr.Replace(parsed(t, body), c.target, c.in, parsed(t, c.value))
			if c.want == "error" || err != nil {
				if c.want != "error" || err == nil {
					t.Fatalf("%v, %v", got, err)
				}
				return
			}
			if c.want == "" {
				if tags := got.(map[string]any)["tags"].([]any); len(tags) != 3 || tags[2] != "c" {
					t.Errorf("%v", tags)
				}
				return
			}
			in := c.in
			if in == "" {
				in = expr.JSONPointer
			}
			at, err := expr.Select(got, c.target, in)
			if strings.Contains(c.target, "?") { // the filter still finds it
				at, err = expr.Select(got, "$.items[0].quantity", expr.JSONPath)
			}
			if err != nil || string(value.Encode(at)) != c.want {
				t.Errorf("%s, %v", value.Encode(at), err)
			}
		})
	}
	for target, want := range map[string]string{
		"/root/name": "<name>Erin &amp; co</name>", "//pet[@id='2']": `<pet id="2" price="12">Erin &amp; co</pet>`, "/root/empty": "<empty>Erin &amp; co</empty>",
		"//pet[@id='1']/@price": `price="Erin &amp; co"`,
	} {
		got, err := expr.Replace(xml, target, expr.XPathText, "Erin & co")
		if s, _ := got.(string); err != nil || !strings.Contains(s, want) {
			t.Errorf("%s: %v, %v", target, got, err)
		}
	}
	if _, err := expr.Replace(xml, "/root/none", expr.XPathText, "x"); err == nil {
		t.Error("a target that finds nothing was replaced")
	}
}

func TestParseSelector(t *testing.T) {
	for _, c := range []struct {
		section, selector string
		in                expr.Language
		ok                bool
	}{
		{regexes, `^2\d{2}$`, expr.Regex, true}, {regexes, `(`, expr.Regex, false}, {regexes, `a{2,1}`, expr.Regex, false}, {types, "$.a", expr.JSONPath, true},
		{types, "a", expr.JSONPath, false}, {types, "/a", expr.XPathText, true}, {types, "/a[", expr.XPathText, false}, {types, "/a/b~1", expr.JSONPointer, true},
		{types, "/a~", expr.JSONPointer, false}, {types, "1 == 1", expr.Simple, true}, {types, "1 =", expr.Simple, false}, {types, "x", "jq", false},
	} {
		if err := expr.ParseSelector(c.selector, c.in); (err == nil) != c.ok {
			t.Errorf("%s: %s %q: %v", c.section, c.in, c.selector, err)
		}
	}
}

func FuzzLanguages(f *testing.F) {
	for _, s := range []string{"$statusCode == 200", "$.a[?@.b == 'c']", "//a[@b='c']/text()", "{$inputs.a}", "/a~1b", "$response.body.a[0]['b']#/c", `$.a == "b"`} {
		f.Add(s)
	}
	env := environment(f)
	f.Fuzz(func(t *testing.T, s string) {
		if e, err := expr.Parse(s); err == nil {
			if v, err := env.Eval(e); err == nil && v == nil && e.Text == "" {
				t.Error("an expression without a text found something")
			}
		}
		if v, err := env.Fill(expr.ParseTemplate(s)); err == nil && !strings.Contains(s, "$") && v != s {
			t.Errorf("a plain text became %v", v)
		}
		if c, err := expr.ParseCondition(s); err == nil {
			if _, seen := c.Eval(env); len(seen) == 0 {
				t.Error("nothing tells why")
			}
		}
		if p, err := expr.ParsePathCondition(s); err == nil {
			_, _ = p.Select(env.Response.Body)
		}
		if x, err := expr.ParseXPath(s); err == nil {
			_, _, _ = x.Holds(xml)
		}
	})
}
