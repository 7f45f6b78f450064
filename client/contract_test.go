package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// reference finds the directory that holds Knock's API descriptions, which is beside the repository.
func reference(t *testing.T) string {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		root = filepath.Dir(root)
	}
	dir := filepath.Join(filepath.Dir(root), "shared", "reference")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("../shared/reference is not here: contract not checked")
	}
	return dir
}

func loadContract(t *testing.T, file string) (*openapi3.T, routers.Router) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(reference(t), file))
	if err != nil {
		t.Fatal(err)
	}
	if r := doc.Components.Schemas["RecipientRequest"]; r != nil {
		// An object's inline identification also fits the user's schema, which allows any property: as "one of" the
		// description would forbid every object as a recipient.
		r.Value.AnyOf, r.Value.OneOf = r.Value.OneOf, nil
	}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return doc, router
}

func TestContract(t *testing.T) {
	docs, routes := map[api]*openapi3.T{}, map[api]routers.Router{}
	docs[public], routes[public] = loadContract(t, "knock-api.openapi.yml")
	docs[management], routes[management] = loadContract(t, "knock-management.openapi.yml")

	called := map[string]bool{}
	for i, x := range everyCall {
		called[x.endpoint.name] = true
		if x.endpoint.api == ingestion {
			continue // Knock describes it in prose only
		}
		t.Run(fmt.Sprintf("%d %s", i, x.endpoint.name), func(t *testing.T) {
			operation := docs[x.endpoint.api].Paths.Find(x.endpoint.path).GetOperation(x.endpoint.method)
			status, body := exampleAnswer(t, operation)
			sent := 0
			c := newClient(t, func(r *http.Request) (*http.Response, error) {
				sent++
				checkRequest(t, routes[x.endpoint.api], x.endpoint, r)
				return respond(status, body), nil
			})
			if err := x.make(context.Background(), c); err != nil {
				t.Errorf("Knock's own example does not decode: %v", err)
			}
			if sent != 1 {
				t.Errorf("%d requests were sent, want 1", sent)
			}
		})
	}
	for _, e := range endpoints {
		if !called[e.name] {
			t.Errorf("no request of endpoint %q was checked", e.name)
		}
	}
}

// checkRequest holds a request against the operation of its endpoint.
func checkRequest(t *testing.T, router routers.Router, e *endpoint, r *http.Request) {
	t.Helper()
	body := []byte{}
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	query := r.URL.Query()
	checked := r.Clone(context.Background())
	checked.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := router.FindRoute(checked)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	if route.Path != e.path {
		t.Errorf("%s went to %s, want %s", r.URL, route.Path, e.path)
	}
	checked.URL.RawQuery = unbracket(t, route.Operation, query).Encode()
	err = openapi3filter.ValidateRequest(context.Background(), &openapi3filter.RequestValidationInput{
		Request: checked, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true},
	})
	if err != nil {
		t.Errorf("%s %s\n%s\n%v", r.Method, r.URL, body, err)
	}
	if route.Operation.RequestBody == nil && len(body) > 0 {
		t.Errorf("%s %s has a body, which the description does not know", r.Method, r.URL)
	}
}

// unbracket turns bracket encoding into the form that OpenAPI can express, and fails for parameters that the
// operation does not have. References to objects it checks itself and leaves out.
func unbracket(t *testing.T, o *openapi3.Operation, q url.Values) url.Values {
	t.Helper()
	plain := url.Values{}
	for key, values := range q {
		name := key
		if p := o.Parameters.GetByInAndName("query", key); p == nil {
			name, _, _ = strings.Cut(key, "[")
			if strings.HasPrefix(key[len(name):], "[]") && o.Parameters.GetByInAndName("query", name+"[]") != nil {
				name += "[]"
			}
		}
		p := o.Parameters.GetByInAndName("query", name)
		if p == nil {
			t.Errorf("%s has no query parameter %s", o.OperationID, key)
			continue
		}
		switch rest := strings.TrimPrefix(key, name); rest {
		case "":
			plain[name] = append(plain[name], values...)
		case "[]":
			if !p.Schema.Value.Type.Is("array") {
				t.Errorf("%s: %s is no list", o.OperationID, name)
			}
			plain[name] = append(plain[name], values...)
		case "[id]", "[collection]":
			schema := p.Schema.Value
			if schema.Type.Is("array") {
				schema = schema.Items.Value
			}
			if err := schema.VisitJSON(map[string]any{strings.Trim(rest, "[]"): values[0]}); err != nil {
				t.Errorf("%s: %s: %v", o.OperationID, key, err)
			}
		default:
			t.Errorf("%s: %s is not bracket encoding of %s", o.OperationID, key, name)
		}
	}
	return plain
}

// exampleAnswer is the example that the description gives for the operation's success.
func exampleAnswer(t *testing.T, o *openapi3.Operation) (int, string) {
	t.Helper()
	if o.Responses.Value("204") != nil {
		return http.StatusNoContent, ""
	}
	schema := o.Responses.Value("200").Value.Content.Get("application/json").Schema.Value
	b, err := json.Marshal(example(schema))
	if err != nil {
		t.Fatal(err)
	}
	return http.StatusOK, string(b)
}

func example(s *openapi3.Schema) any {
	switch {
	case s.Example != nil:
		return s.Example
	case s.Type.Is("array"):
		return []any{example(s.Items.Value)}
	}
	object := map[string]any{}
	for name, p := range s.Properties {
		object[name] = example(p.Value)
	}
	return object
}

func TestContractTiers(t *testing.T) {
	doc, _ := loadContract(t, "knock-api.openapi.yml")
	perSecond := map[any]int{float64(1): 1, float64(2): 5, float64(3): 60, float64(4): 200, float64(5): 1000}
	for _, e := range endpoints {
		if e.api != public {
			continue
		}
		tier := doc.Paths.Find(e.path).GetOperation(e.method).Extensions["x-ratelimit-tier"]
		if want := perSecond[tier]; e.perSecond != want {
			t.Errorf("%s: %d requests/s, tier %v allows %d", e.name, e.perSecond, tier, want)
		}
	}
}
