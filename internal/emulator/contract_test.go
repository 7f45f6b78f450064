package emulator

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// reference finds the folder of the API descriptions beside the repository.
func reference(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
	dir = filepath.Join(dir, "..", "shared", "reference")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("../shared/reference is not here: contract not checked")
	}
	return dir
}

func description(t *testing.T, name string) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(reference(t), name))
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = nil
	return doc
}

// served are the routes by method and path without the names of placeholders;
// those of the management API and those of the other share no path.
func served(management bool) map[string]*route {
	found := map[string]*route{}
	for _, r := range routes() {
		if r.access != anyone && (r.access == managed) == management {
			found[r.method+" "+nameless(r.path)] = r
		}
	}
	return found
}

func TestEveryOperationIsServed(t *testing.T) {
	for name, management := range map[string]bool{"knock-api.openapi.yml": false, "knock-management.openapi.yml": true} {
		routes := served(management)
		for path, item := range description(t, name).Paths.Map() {
			for method, operation := range item.Operations() {
				r := routes[method+" "+nameless(path)]
				if r == nil {
					t.Errorf("%s %s is not served", method, path)
					continue
				}
				if want := operation.Extensions["x-ratelimit-tier"]; !management && fmt.Sprint(want) != fmt.Sprint(r.tier) {
					t.Errorf("%s %s: tier %d, the contract says %v", method, path, r.tier, want)
				}
			}
		}
	}
}

// nameless is a path with the names of its placeholders taken out.
func nameless(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, "{") {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}

// manyFit is no fault of an answer: the description has alternatives that are
// not apart, such as Slack's and Teams' channel data.
const manyFit = "input matches more than one oneOf schemas"

// checked holds every answer of the handler against the description.
type checked struct {
	t      *testing.T
	next   http.Handler
	docs   []*openapi3.T
	routes []routers.Router
	seen   map[string]bool
}

func (c *checked) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	req.Body = io.NopCloser(bytes.NewReader(body))
	rec := httptest.NewRecorder()
	c.next.ServeHTTP(rec, req)
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
	if rec.Code > 299 || strings.HasPrefix(req.URL.Path, ingestPath) {
		return
	}
	for _, r := range c.routes {
		route, params, err := r.FindRoute(req)
		if err != nil {
			continue
		}
		c.seen[route.Method+" "+route.Path] = true
		req.Body = io.NopCloser(bytes.NewReader(body))
		options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}
		in := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route, Options: options}
		out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: rec.Code, Header: rec.Header(), Options: options}
		out.SetBodyBytes(rec.Body.Bytes())
		err = openapi3filter.ValidateResponse(context.Background(), out)
		if err != nil && !strings.Contains(err.Error(), manyFit) {
			c.t.Errorf("%s %s: %s", req.Method, req.URL, firstLines(err.Error(), 30))
		}
		return
	}
	c.t.Errorf("%s %s is not in the contract", req.Method, req.URL)
}

func firstLines(s string, n int) string {
	lines := strings.SplitN(s, "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "\n")
}

func TestAnswersKeepTheContract(t *testing.T) {
	c := &checked{t: t, seen: map[string]bool{}}
	for _, name := range []string{"knock-api.openapi.yml", "knock-management.openapi.yml"} {
		doc := description(t, name)
		c.docs = append(c.docs, doc)
		r, err := gorillamux.NewRouter(doc)
		if err != nil {
			t.Fatal(err)
		}
		c.routes = append(c.routes, r)
	}
	synctest.Test(t, func(t *testing.T) {
		world := *DefaultWorld()
		world.Environments = []string{"production"}
		b := newBed(t, Options{Lively: true, NoRateLimit: true, World: &world})
		b.settle = synctest.Wait
		b.Start(t.Context())
		defer b.Close()
		c.next, b.handler = b.handler, c
		askEverything(b)
	})
	for _, r := range c.docs {
		for path, item := range r.Paths.Map() {
			for method := range item.Operations() {
				if !c.seen[method+" "+path] {
					t.Errorf("%s %s was not answered with success", method, path)
				}
			}
		}
	}
}
