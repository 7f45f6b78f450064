package client

import (
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Whatever an id holds, it is one segment of the path, and the server reads the same id out of it.
func TestIDsAreEscapedIntoPaths(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		collection, id := anyID().Draw(rt, "collection"), anyID().Draw(rt, "id")
		var sent *url.URL
		c := newClient(t, func(r *http.Request) (*http.Response, error) {
			sent = r.URL
			return respond(200, `{}`), nil
		})
		if _, err := c.GetObject(t.Context(), collection, id); err != nil {
			rt.Fatal(err)
		}
		wire := sent.EscapedPath()
		if sent.RawQuery != "" || sent.Fragment != "" || path.Clean(wire) != wire {
			rt.Fatalf("%q and %q became %s", collection, id, sent)
		}
		segments := strings.Split(wire, "/")
		if len(segments) != 5 {
			rt.Fatalf("%s has %d segments", wire, len(segments))
		}
		for i, want := range []string{collection, id} {
			if got, err := url.PathUnescape(segments[3+i]); err != nil || got != want {
				rt.Fatalf("%q arrives as %q", want, got)
			}
		}
	})
}

func TestBadIDsAreNotSent(t *testing.T) {
	c := newClient(t, func(*http.Request) (*http.Response, error) {
		t.Error("a request was sent")
		return respond(200, `{}`), nil
	})
	for _, id := range []string{"", strings.Repeat("x", 256), "a\nb", "\xff"} {
		_, err1 := c.GetUser(t.Context(), id)
		_, err2 := c.Identify(t.Context(), id, nil)
		_, err3 := c.GetObject(t.Context(), "projects", id)
		_, err4 := c.GetWorkflow(t.Context(), id)
		_, err5 := c.ChannelData(t.Context(), Ref{ID: "user_1"}, id)
		for i, err := range []error{err1, err2, err3, err4, err5} {
			if _, ok := err.(*InvalidError); !ok {
				t.Errorf("call %d with %q: %v", i+1, id, err)
			}
		}
	}
}

func TestQueryIsBracketEncoded(t *testing.T) {
	f := RunFilter{Workflow: "w&x", Statuses: []RunStatus{RunQueued, RunPaused}, Recipient: &Ref{"projects", "a b"}}
	x, err := f.call()
	if err != nil {
		t.Fatal(err)
	}
	const want = "workflow=w&x&status[]=queued&status[]=paused&recipient[id]=a b&recipient[collection]=projects"
	got, _ := url.QueryUnescape(x.query.encode())
	if got != want || strings.Count(x.query.encode(), "&") != 4 {
		t.Errorf("%s\nis  %s\nwant %s", x.query.encode(), got, want)
	}
}

func TestPreviewIsWhatIsSent(t *testing.T) {
	var sent *http.Request
	var body string
	c := newClient(t, func(r *http.Request) (*http.Response, error) {
		b := new(strings.Builder)
		if err := r.Write(b); err != nil {
			t.Error(err)
		}
		sent, body = r, b.String()
		return fine()
	})
	preview, err := c.TriggerRequest(fullTrigger)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Trigger(t.Context(), fullTrigger); err != nil {
		t.Fatal(err)
	}
	if preview.Method != sent.Method || preview.URL != sent.URL.String() || !strings.HasSuffix(body, "\r\n\r\n"+string(preview.Body)) {
		t.Errorf("preview %s %s %s\nsent %s %s\n%s", preview.Method, preview.URL, preview.Body, sent.Method, sent.URL, body)
	}
	sent.Header.Del("Authorization")
	for name := range sent.Header {
		if preview.Header.Get(name) != sent.Header.Get(name) {
			t.Errorf("header %s: preview %q, sent %q", name, preview.Header.Get(name), sent.Header.Get(name))
		}
	}
	if want := `"data":{"z":12345678901234567890,"a":1.0,"html":"<b>&"}`; !strings.Contains(string(preview.Body), want) {
		t.Errorf("the data was changed on its way: %s", preview.Body)
	}
}

// A shell must read the line back to the very words, whatever is in them.
func TestCurlSurvivesTheShell(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no sh here: quoting not checked")
	}
	c := newClient(t, func(*http.Request) (*http.Response, error) { return fine() })
	trigger := fullTrigger
	trigger.Workflow = "it's; $(touch x) `id` \"!"
	trigger.Data = []byte(`{"a":"it's $HOME \\ \"x\" ` + "`id`" + `"}`)
	r, err := c.TriggerRequest(trigger)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(sh, "-c", `KNOCK_API_KEY=thekey; curl() { printf '%s\n' "$@"; }; `+r.Curl()).Output()
	want := []string{
		"-X", "POST", r.URL, "-H", "Authorization: Bearer thekey", "-H", "Accept: application/json", "-H", "Content-Type: application/json",
		"-H", "Idempotency-Key: once", "-H", "User-Agent: knockops/test", "--data-raw", string(r.Body), "",
	}
	if err != nil || string(out) != strings.Join(want, "\n") {
		t.Errorf("%v\n%s\nread as\n%s", err, r.Curl(), out)
	}
}

func TestCurlNamesTheKeyThatIsNeeded(t *testing.T) {
	c := newClient(t, func(*http.Request) (*http.Response, error) { return fine() })
	freeze, err1 := c.SetWorkflowActiveRequest("welcome", false)
	cancel, err2 := c.CancelRequest(CancelEveryone("welcome", "k"))
	track, err3 := c.TrackRequest(testIngestionURL, TrackEvent{Event: "e"})
	if err := firstError(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if s := freeze.Curl(); !strings.Contains(s, `"Authorization: Bearer $KNOCK_SERVICE_TOKEN"`) || !strings.Contains(s, `'{"status":false}'`) || !strings.Contains(s, "environment=staging") {
		t.Error(s)
	}
	if s := cancel.Curl(); !strings.Contains(s, `"Authorization: Bearer $KNOCK_API_KEY"`) {
		t.Error(s)
	}
	if s := track.Curl(); strings.Contains(s, "Authorization") || strings.Contains(s+track.URL, "hush") || !strings.Contains(s, `"$KNOCK_SOURCE_URL"`) || track.URL != "https://api.knock.app/…" {
		t.Error(s)
	}
}

func TestPreviewsNeedTheSameInputAsTheCalls(t *testing.T) {
	c := newClient(t, func(*http.Request) (*http.Response, error) { return fine() })
	for name, x := range map[string]struct {
		make func() (Request, error)
		want string
	}{
		"identify":         {func() (Request, error) { return c.IdentifyRequest("u", map[string]any{"name": "<D>"}) }, `PUT https://api.knock.app/v1/users/u {"name":"<D>"}`},
		"identify nothing": {func() (Request, error) { return c.IdentifyRequest("u", nil) }, `PUT https://api.knock.app/v1/users/u {}`},
		"archive":          {func() (Request, error) { return c.ArchiveMessagesRequest([]string{"m"}) }, `POST https://api.knock.app/v1/messages/batch/archived {"message_ids":["m"]}`},
		"bulk": {func() (Request, error) {
			return c.BulkStatusRequest("ch", BulkSeen, BulkFilter{Tenants: []string{"t"}})
		}, `POST https://api.knock.app/v1/channels/ch/messages/bulk/seen {"tenants":["t"]}`},
		"delete schedules": {func() (Request, error) { return c.DeleteSchedulesRequest([]string{"s"}) }, `DELETE https://api.knock.app/v1/schedules {"schedule_ids":["s"]}`},
		"thaw":             {func() (Request, error) { return c.SetWorkflowActiveRequest("w", true) }, `PUT https://control.knock.app/v1/workflows/w/activate?environment=staging {"status":true}`},
	} {
		r, err := x.make()
		if got := r.Method + " " + r.URL + " " + string(r.Body); err != nil || got != x.want {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	_, err1 := c.IdentifyRequest("", nil)
	_, err2 := c.ArchiveMessagesRequest(nil)
	_, err3 := c.SetWorkflowActiveRequest("", true)
	for i, err := range []error{err1, err2, err3} {
		if err == nil {
			t.Errorf("preview %d of nothing", i+1)
		}
	}
}

// Over a real connection: what the paths above promise must survive net/http, and compressed answers must be read.
func TestOverARealConnection(t *testing.T) {
	var got []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.RequestURI+" "+r.Header.Get("Authorization"))
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = z.Write([]byte(`{"id":"u"}`))
		_ = z.Close()
	}))
	defer server.Close()
	c, err := New(Options{APIKey: testKey, BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, id := range []string{"..", ".", "a/b?c#d%e f", "ü"} {
		if u, err := c.GetUser(t.Context(), id); err != nil || u.ID != "u" {
			t.Errorf("%s: %+v, %v", id, u, err)
		}
	}
	const key = " Bearer sk_test_0123456789"
	if want := []string{"/v1/users/%2E%2E" + key, "/v1/users/%2E" + key, "/v1/users/a%2Fb%3Fc%23d%25e%20f" + key, "/v1/users/%C3%BC" + key}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
