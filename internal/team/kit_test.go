package team

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/wait"
	"github.com/knockops/knockops/internal/webhook"
)

// startServer runs a NATS server of one node until the test ends. change may be nil.
func startServer(t testing.TB, change func(*server.Options)) *server.Server {
	t.Helper()
	o := &server.Options{
		ServerName: "n1", Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true,
	}
	if change != nil {
		change(o)
	}
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { stopServer(s) })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	return s
}

func stopServer(s *server.Server) {
	s.Shutdown()
	s.WaitForShutdown()
}

// profileAt is a profile whose team is at a server.
func profileAt(url string) config.Profile {
	return config.Profile{
		Name: "production", Environment: "production", BaseURL: config.DefaultBaseURL,
		Team: config.TeamSettings{Servers: []string{url}, Replicas: 1, Retain: config.DefaultTeamRetain},
	}
}

// connected connects to a profile's team until the test ends.
func connected(t testing.TB, p config.Profile) *Team {
	t.Helper()
	address, err := Resolve(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	team, err := address.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(team.Close)
	return team
}

// node is a server that can go away and come back with what it kept.
type node struct {
	*server.Server
	port int
	dir  string
}

func startNode(t testing.TB) *node {
	n := &node{port: server.RANDOM_PORT, dir: t.TempDir()}
	n.start(t)
	return n
}

func (n *node) start(t testing.TB) {
	n.Server = startServer(t, func(o *server.Options) { o.Port, o.StoreDir = n.port, n.dir })
	n.port = n.Addr().(*net.TCPAddr).Port
}

func (n *node) stop() { stopServer(n.Server) }

// made is a connection to a team whose stream is made.
func made(t testing.TB, p config.Profile) *Team {
	t.Helper()
	team := connected(t, p)
	if _, err := team.Init(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	return team
}

// until waits until something is so, looking again at each news.
func until(t testing.TB, what string, news func() <-chan struct{}, so func() bool) {
	t.Helper()
	late := time.NewTimer(20 * time.Second)
	defer late.Stop()
	for {
		next := news()
		if so() {
			return
		}
		select {
		case <-next:
		case <-late.C:
			t.Fatal("it never came that " + what)
		}
	}
}

// reaches waits until a state is so.
func reaches[S any](t testing.TB, what string, state *wait.Latest[S], so func(S) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for version := 0; ; {
		s, next, err := state.Next(ctx, version)
		if err != nil {
			t.Fatalf("it never came that %s; it is %+v", what, state.Now())
		}
		if so(s) {
			return
		}
		version = next
	}
}

func opened(t testing.TB, path string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// body is an event of its own for each n.
func body(n int) string {
	return fmt.Sprintf(`{"type":"message.sent","created_at":"2026-11-21T14:02:%02d.%06dZ","data":{"id":"m%d"}}`, n/1000%60, n%1000, n)
}

// post has a receiver take an event, and returns what it answers.
func post(r *webhook.Receiver, body string) int {
	req := httptest.NewRequest(http.MethodPost, webhook.DefaultPath, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Knock-Event", "message.sent")
	w := httptest.NewRecorder()
	r.Handler().ServeHTTP(w, req)
	return w.Code
}

// kept are the bodies in a journal, in the order they were stored.
func kept(t testing.TB, j *journal.Journal) (bodies []string) {
	t.Helper()
	all, err := j.EventsAfter(t.Context(), journal.EventFilter{Whole: true}, 0, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Repeats > 0 {
			t.Errorf("event %d came %d times more", e.ID, e.Repeats)
		}
		bodies = append(bodies, string(e.Body))
	}
	return bodies
}

// last is the stream's last sequence.
func last(t testing.TB, team *Team) uint64 {
	t.Helper()
	s, err := team.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s.Events.Last
}

// running runs something until the function that it returns is called, or the test ends.
func running(t testing.TB, run func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		run(ctx)
	}()
	stop = func() {
		cancel()
		<-ended
	}
	t.Cleanup(stop)
	return stop
}

var quiet = slog.New(slog.DiscardHandler)

func relayOf(t testing.TB, team *Team, j *journal.Journal) *Relay {
	t.Helper()
	r, err := NewRelay(t.Context(), team, j, quiet)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
