package world

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"sync"

	"github.com/knockops/knockops/internal/emulator"
)

// console is the User-Agent of the console's own requests.
const console = "knockops/test"

// Change is a request of the console that is no mere reading.
type Change struct {
	Method, Path string
	Body         []byte
}

// gate stands before Knock. It writes down what the console wants changed,
// whatever becomes of it behind, and can refuse the console's key.
type gate struct {
	mu      sync.Mutex
	next    http.Handler
	revoked bool
	changes []Change
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("User-Agent") != console {
		g.behind().ServeHTTP(w, r)
		return
	}
	g.mu.Lock()
	revoked := g.revoked
	g.mu.Unlock()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the connection is gone
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		g.mu.Lock()
		g.changes = append(g.changes, Change{r.Method, r.URL.EscapedPath(), body})
		g.mu.Unlock()
	}
	if revoked {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Request-Id", "req_refused")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"code":"api_key_expired","message":"This API key has expired","status":401,"type":"authentication_error"}`)
		return
	}
	g.behind().ServeHTTP(w, r)
}

func (g *gate) behind() http.Handler {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.next
}

// Forget puts an environment in Knock's place that has the same name and keys, and knows of no run.
func (w *World) Forget() {
	w.t.Helper()
	empty, err := emulator.New(w.emulator)
	if err != nil {
		w.t.Fatal(err)
	}
	w.gate.mu.Lock()
	defer w.gate.mu.Unlock()
	w.gate.next = empty.Handler()
}

// Revoke makes Knock refuse the console's keys until Restore.
func (w *World) Revoke() { w.gate.set(true) }

// Restore makes the console's keys good again.
func (w *World) Restore() { w.gate.set(false) }

func (g *gate) set(revoked bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.revoked = revoked
}

// Changes are the console's requests that would change something, in the order
// in which they came; a repeated one is there as often as it came.
func (w *World) Changes() []Change {
	w.gate.mu.Lock()
	defer w.gate.mu.Unlock()
	return slices.Clone(w.gate.changes)
}
