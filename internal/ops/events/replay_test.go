package events

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/knockops/knockops/internal/webhook"
)

// counting is a server that counts what it gets.
func counting(t *testing.T, answer http.HandlerFunc) (url string, count *int) {
	t.Helper()
	count = new(int)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*count++
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, count
}

// Events tell of people: in the clear they go to this machine, and nowhere else, though it would be reached.
func TestReplayOverPlainHTTPStaysHere(t *testing.T) {
	e := Event{Delivery: webhook.Delivery{Body: []byte(`{"type":"x"}`)}}
	url, count := counting(t, func(http.ResponseWriter, *http.Request) {})
	_, port, err := net.SplitHostPort(strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	anyAddress := "http://0.0.0.0:" + port // which is this machine too, and not only reached from it
	if _, err := Replay(t.Context(), e, anyAddress, ""); err == nil || !strings.Contains(err.Error(), "use https") || *count != 0 {
		t.Errorf("%d were sent over plain http: %v", *count, err)
	}
	for _, to := range []string{url, strings.Replace(url, "127.0.0.1", "LOCALHOST", 1)} {
		before := *count
		if _, err := Replay(t.Context(), e, to, ""); err != nil || *count != before+1 {
			t.Errorf("to %s: %v", to, err)
		}
	}
	for to, want := range map[string]string{
		"http://example.com/hook": "use https", "http://10.0.0.1/": "use https", "http://localhost.example/": "use https",
		"": "no URL", "example.com": "no URL", "ftp://x": "no URL", "https://example.com/hook": "",
	} {
		if err := CheckReplay(to); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", to, err)
		}
	}
}

// An event goes where the operator said. Where that sends it on to nobody has agreed to.
func TestReplayFollowsNoRedirect(t *testing.T) {
	e := Event{Delivery: webhook.Delivery{Body: []byte(`{"type":"x"}`)}}
	elsewhere, reached := counting(t, func(http.ResponseWriter, *http.Request) {})
	for _, status := range []int{301, 302, 303, 307, 308} {
		url, _ := counting(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere, status) })
		r, err := Replay(t.Context(), e, url, "")
		if err == nil || r.Status != status || !strings.Contains(err.Error(), "redirects are not followed") || *reached != 0 {
			t.Errorf("%d: %+v, %v; the other end got %d", status, r, err, *reached)
		}
	}
}
