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
	"time"

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

func TestTiersAreThoseOfTheContract(t *testing.T) {
	paths := map[string]*openapi3.PathItem{}
	for path, item := range description(t, "knock-api.openapi.yml").Paths.Map() {
		paths[nameless(path)] = item
	}
	for _, r := range routes() {
		if r.audience != public {
			continue
		}
		path := nameless(r.path)
		if strings.HasPrefix(path, "/v1/channels") {
			path = "/v1/channels/{}/messages/bulk/{}"
		}
		item := paths[path]
		if item == nil || item.GetOperation(r.method) == nil {
			t.Errorf("%s %s: not in the contract", r.method, r.path)
			continue
		}
		if got := fmt.Sprint(item.GetOperation(r.method).Extensions["x-ratelimit-tier"]); got != fmt.Sprint(r.tier) {
			t.Errorf("%s %s: tier %d, the contract says %s", r.method, r.path, r.tier, got)
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

// checked holds every answer of the handler against the description.
type checked struct {
	t      *testing.T
	next   http.Handler
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
		if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
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
		r, err := gorillamux.NewRouter(description(t, name))
		if err != nil {
			t.Fatal(err)
		}
		c.routes = append(c.routes, r)
	}
	synctest.Test(t, func(t *testing.T) {
		b := newBed(t, Options{Lively: true, NoRateLimit: true})
		b.settle = synctest.Wait
		b.Start(t.Context())
		defer b.Close()
		c.next, b.handler = b.handler, c
		askEverything(b)
	})
	for _, r := range routes() {
		method, path := r.method, nameless(r.path)
		if r.audience == anyone {
			continue
		}
		if strings.HasPrefix(path, "/v1/channels/{}/messages") {
			path = "/v1/channels/{}/messages/bulk/{}"
		}
		found := false
		for seen := range c.seen {
			m, p, _ := strings.Cut(seen, " ")
			found = found || m == method && nameless(p) == path
		}
		if !found {
			t.Errorf("%s %s was not asked", r.method, r.path)
		}
	}
}

// askEverything sends requests of every kind.
func askEverything(b *bed) {
	b.must("PUT", "/v1/users/ann", m{"email": "ann@acme.test", "phone_number": "+15550177", "plan": "pro", "created_at": "2024-01-01T00:00:00Z",
		"channel_data": m{"apns": m{"tokens": list("a-token"), "devices": list()}}})
	b.must("GET", "/v1/users/ann", nil)
	b.must("PUT", "/v1/objects/projects/p1", m{"name": "P1"})
	b.must("GET", "/v1/objects/projects/p1", nil)
	b.must("PUT", "/v1/tenants/initech", m{"name": "Initech"})
	for _, path := range []string{"/v1/users", "/v1/users?page_size=2", "/v1/objects/projects", "/v1/tenants", "/v1/tenants/globex"} {
		b.must("GET", path, nil)
	}
	for _, base := range []string{"/v1/users/dana", "/v1/objects/projects/atlas"} {
		b.must("PUT", base+"/preferences/default", m{"channel_types": m{"sms": false}, "categories": m{"digest": m{"channel_types": m{"email": true}}}})
		b.must("PUT", base+"/channel_data/"+b.channels["apns"].id.String(), m{"data": m{"tokens": list("x"), "devices": list(m{"token": "x"})}})
		for _, path := range []string{"/preferences", "/preferences/default", "/messages", "/schedules", "/subscriptions", "/channel_data/" + b.channels["apns"].id.String()} {
			b.must("GET", base+path, nil)
		}
		b.must("DELETE", base+"/channel_data/"+b.channels["apns"].id.String(), nil)
	}
	b.must("POST", "/v1/objects/projects/p1/subscriptions", m{"recipients": list("ann", "dana"), "properties": m{"role": "lead"}})
	b.must("GET", "/v1/objects/projects/p1/subscriptions", nil)
	b.must("DELETE", "/v1/objects/projects/p1/subscriptions", m{"recipients": list("dana")})

	b.trigger("order-shipped", m{"recipients": list("ann"), "data": m{"order_id": "o1"}})
	b.trigger("payment-failed", m{"recipients": list("dana"), "data": m{"amount": 900, "nested": m{"a": list(1, 2)}}, "tenant": "acme", "actor": "ann"})
	b.trigger("welcome", m{"recipients": list("ann", m{"id": "bob", "email": "bob@acme.test", "$trigger_data": m{"x": 1}}, m{"collection": "projects", "id": "p1"}), "actor": "dana"})
	b.trigger("audit-log", m{"recipients": list("ann"), "data": m{"action": "x"}})
	b.trigger("invite-reminder", m{"recipients": list("ann"), "cancellation_key": "k1", "data": m{"project": "P1"}})
	b.must("POST", "/v1/workflows/invite-reminder/cancel", m{"cancellation_key": "k1", "recipients": list("ann")})
	b.pass(20 * time.Minute)

	seen := map[string]bool{}
	for cursor := ""; ; {
		page := b.must("GET", "/v1/workflow_recipient_runs?page_size=50&after="+cursor, nil)
		for _, item := range page.items("items") {
			r := item.(m)
			if kind := fmt.Sprint(r["workflow"], r["status"]); !seen[kind] {
				seen[kind] = true
				b.must("GET", "/v1/workflow_recipient_runs/"+r["id"].(string), nil)
			}
		}
		if cursor = page.text("page_info", "after"); cursor == "" {
			break
		}
	}
	b.must("GET", "/v1/workflow_recipient_runs?status[]=paused&status[]=queued&workflow=invite-reminder&has_errors=false", nil)
	askAboutMessages(b)
	askSchedules(b)
	askManagement(b)
	b.must("DELETE", "/v1/users/ann", nil)
	b.must("DELETE", "/v1/objects/projects/p1", nil)
}

func askAboutMessages(b *bed) {
	kinds := map[string]string{}
	b.look(func() {
		for _, msg := range b.messages.all {
			if msg.who.collection == "" && msg.step.channel.Type != "http" { // the contract has no one answer for the others
				kinds[msg.step.channel.Type+" "+msg.status] = msg.id
			}
		}
	})
	for _, id := range kinds {
		for _, path := range []string{"", "/content", "/events", "/delivery_logs", "/activities"} {
			b.must("GET", "/v1/messages/"+id+path, nil)
		}
		b.must("GET", "/v1/messages/batch/content?message_ids[]="+id, nil)
		for done, undone := range engagements {
			if done == "link_clicked" {
				continue
			}
			b.must("PUT", "/v1/messages/"+id+"/"+done, m{})
			b.must("POST", "/v1/messages/batch/"+done, m{"message_ids": list(id)})
			if undone != "" {
				b.must("DELETE", "/v1/messages/"+id+"/"+done, nil)
				b.must("POST", "/v1/messages/batch/"+undone, m{"message_ids": list(id)})
			}
		}
	}
	for cursor := ""; ; {
		page := b.must("GET", "/v1/messages?after="+cursor, nil)
		if cursor = page.text("page_info", "after"); cursor == "" {
			break
		}
	}
	op := b.must("POST", "/v1/channels/"+b.channels["in-app-feed"].id.String()+"/messages/bulk/archived", m{"workflows": list("welcome"), "newer_than": "2000-01-01T00:00:00Z"})
	b.must("GET", "/v1/bulk_operations/"+op.text("id"), nil)
	b.pass(time.Minute)
	if got := b.must("GET", "/v1/bulk_operations/"+op.text("id"), nil).text("status"); got != "completed" {
		b.Errorf("the bulk operation is %s after a minute", got)
	}
}

func askSchedules(b *bed) {
	made := b.must("POST", "/v1/schedules", m{"workflow": "weekly-digest", "recipients": list("ann"), "repeats": list(m{"frequency": "daily", "hours": 7})})
	b.must("GET", "/v1/schedules?workflow=weekly-digest&recipients[]=ann", nil)
	b.must("DELETE", "/v1/schedules", m{"schedule_ids": list(made.text(0, "id"))})
}

func askManagement(b *bed) {
	b.must("POST", ingestPath+"src_shop", m{"type": "track", "event": "Order Shipped", "userId": "dana", "messageId": "m1", "properties": m{"order_id": "o9"}})
	for _, path := range []string{
		"/v1/whoami", "/v1/environments", "/v1/environments/development", "/v1/channels", "/v1/channels/postmark",
		"/v1/workflows?environment=development&limit=4", "/v1/sources?environment=development&include[]=environment_settings",
		"/v1/sources/shop?environment=development", "/v1/sources/shop/status?environment=development",
		"/v1/sources/shop/logs?environment=development&include[]=actions", "/v1/sources/shop/events?environment=development",
	} {
		b.must("GET", path, nil)
	}
	for _, wf := range b.order {
		b.must("GET", "/v1/workflows/"+wf.Key+"?environment=development", nil)
	}
	b.must("PUT", "/v1/workflows/welcome/activate?environment=development", m{"status": false})
}
