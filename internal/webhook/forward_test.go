package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// target takes what is forwarded, without a network.
type target struct {
	mu     sync.Mutex
	bodies []string
	header http.Header
	answer func(n int) int
	hold   chan struct{}
}

func (t *target) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.hold != nil {
		select {
		case <-t.hold:
		case <-req.Context().Done():
			return nil, req.Context().Err()
		}
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bodies, t.header = append(t.bodies, string(body)), req.Header
	status := 200
	if t.answer != nil {
		status = t.answer(len(t.bodies))
	}
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Body: io.NopCloser(strings.NewReader("said")), Request: req}, nil
}

func parseTarget(t *testing.T, s string) Target {
	t.Helper()
	target, err := ParseTarget(s)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func numbered(kind string, n int) string { return fmt.Sprintf(`{"type":%q,"n":%d}`, kind, n) }

func TestForwardedInOrder(t *testing.T) {
	all, some := &target{answer: func(n int) int { return []int{500, 503, 200, 200}[min(n, 4)-1] }}, &target{}
	var mu sync.Mutex
	var results []Forwarded
	o := Options{
		Store:   &memory{},
		Forward: []Target{parseTarget(t, "http://all.test/hook?token=hush"), parseTarget(t, "http://some.test/,type=message.*,jq=.n >= 1, 2")},
		OnForward: func(f Forwarded) {
			mu.Lock()
			defer mu.Unlock()
			results = append(results, f)
		},
	}
	inBubble(t, o, func(b *bed) {
		b.forwarders[0].client.Transport, b.forwarders[1].client.Transport = all, some
		for i, kind := range []string{"message.sent", "workflow.updated", "message.seen"} {
			if status, _ := b.send(post(numbered(kind, i), "x-Mine: 1", "user-agent: Knock/1", "Connection: x-mine-not", "x-mine-not: 2", "Cookie: c")); status != 200 {
				b.Fatal(status)
			}
		}
		if status, _ := b.send(post(numbered("message.seen", 2))); status != 200 { // a repeat is not sent on again
			b.Fatal(status)
		}
		synctest.Wait()
		if s := b.Stats().Forwards[0]; s.Waiting != 2 || s.Sent != 0 {
			b.Errorf("counted %+v while the first is tried again", s)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		want := []string{numbered("message.sent", 0), numbered("message.sent", 0), numbered("message.sent", 0), numbered("workflow.updated", 1), numbered("message.seen", 2)}
		if !reflect.DeepEqual(all.bodies, want) {
			b.Errorf("to all\n got %q\nwant %q", all.bodies, want)
		}
		if want := []string{numbered("message.seen", 2)}; !reflect.DeepEqual(some.bodies, want) {
			b.Errorf("to some\n got %q\nwant %q", some.bodies, want)
		}
		if names := slices.Sorted(maps.Keys(all.header)); all.header.Get("User-Agent") != "Knock/1" || !slices.Equal(names, []string{"User-Agent", "content-type", "x-Mine"}) {
			b.Errorf("headers %v", names)
		}
		s := b.Stats().Forwards
		if want := []ForwardStats{{Target: "http://all.test/hook", Sent: 3}, {Target: "http://some.test/", Sent: 1}}; !reflect.DeepEqual(s, want) {
			b.Errorf("counted %+v", s)
		}
	})
	slices.SortStableFunc(results, func(a, b Forwarded) int { return strings.Compare(a.Target, b.Target) })
	if first := results[0]; len(results) != 4 || first.Attempts != 3 || first.Status != 200 || string(first.Response) != "said" {
		t.Errorf("told %+v", results)
	}
}

func TestForwardingHoldsUpNobody(t *testing.T) {
	inBubble(t, Options{Store: &memory{}, Forward: []Target{parseTarget(t, "http://stuck.test/")}}, func(b *bed) {
		b.forwarders[0].client.Transport = &target{hold: make(chan struct{})}
		for i := range forwardQueue + 3 {
			d := Delivery{Type: "x", Hash: [32]byte{byte(i), byte(i >> 8)}, Body: []byte(fmt.Sprint(i))}
			if _, err := b.queue.add(&d); err != nil {
				b.Fatal(err)
			}
			synctest.Wait()
		}
		if s := b.Stats().Forwards[0]; s.Dropped != 2 || s.Waiting != forwardQueue {
			b.Errorf("counted %+v", s)
		}
		// Nor does it hold up the end for long. What was not sent is counted.
		start := time.Now()
		if err := b.stop(); err != nil || time.Since(start) > 2*shutdownWithin {
			b.Errorf("ended after %s: %v", time.Since(start), err)
		}
		if s := b.Stats().Forwards[0]; s.Dropped+s.Failed != forwardQueue+3 || s.Waiting != 0 {
			b.Errorf("counted %+v at the end", s)
		}
	})
}

func TestForwardingEndsWithWhatIsQueued(t *testing.T) {
	slow := &target{}
	inBubble(t, Options{Store: &memory{}, Forward: []Target{parseTarget(t, "http://slow.test/")}}, func(b *bed) {
		b.forwarders[0].client.Transport = slow
		for i := range 5 {
			if status, _ := b.send(post(numbered("x", i))); status != 200 {
				b.Fatal(status)
			}
		}
		if err := b.stop(); err != nil || len(slow.bodies) != 5 {
			b.Errorf("%d sent on at the end: %v", len(slow.bodies), err)
		}
	})
}

func TestGivenUp(t *testing.T) {
	var told Forwarded
	o := Options{Store: &memory{}, Forward: []Target{parseTarget(t, "http://user:hush@no.test/?k=hush")}, OnForward: func(f Forwarded) { told = f }}
	inBubble(t, o, func(b *bed) {
		b.forwarders[0].client.Transport = &target{answer: func(int) int { return 500 }}
		if status, _ := b.send(post(event)); status != 200 {
			b.Fatal(status)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if told.Attempts != forwardAttempts || told.Status != 500 || told.Err == nil || b.Stats().Forwards[0].Failed != 1 {
			b.Errorf("told %+v, counted %+v", told, b.Stats().Forwards)
		}
		if said := fmt.Sprint(told); strings.Contains(said, "hush") {
			b.Errorf("told %s", said)
		}
	})
}

// What leads elsewhere is not followed: an event goes where somebody said, or nowhere. Nor is it tried again.
func TestForwardingFollowsNoRedirect(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		var asked []string
		o := Options{Store: &memory{}, Forward: []Target{parseTarget(t, "http://first.test/")}}
		inBubble(t, o, func(b *bed) {
			b.forwarders[0].client.Transport = transportFunc(func(r *http.Request) (*http.Response, error) {
				asked = append(asked, r.URL.Host)
				return &http.Response{StatusCode: status, Header: http.Header{"Location": {"http://elsewhere.test/"}}, Body: http.NoBody, Request: r}, nil
			})
			if got, _ := b.send(post(event)); got != 200 {
				b.Fatal(got)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			if !slices.Equal(asked, []string{"first.test"}) || b.Stats().Forwards[0].Failed != 1 {
				b.Errorf("%d: asked %v, counted %+v", status, asked, b.Stats().Forwards)
			}
		})
	}
}

// A certificate that is not trusted stays so: it is told at once, and nobody waits for three attempts.
func TestForwardingEndsAtAnUntrustedTarget(t *testing.T) {
	attempts := 0
	var told Forwarded
	o := Options{Store: &memory{}, Forward: []Target{parseTarget(t, "https://other.test/")}, OnForward: func(f Forwarded) { told = f }}
	inBubble(t, o, func(b *bed) {
		b.forwarders[0].client.Transport = transportFunc(func(*http.Request) (*http.Response, error) {
			attempts++
			return nil, &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
		})
		if got, _ := b.send(post(event)); got != 200 {
			b.Fatal(got)
		}
		synctest.Wait()
		if attempts != 1 || told.Attempts != 1 || told.Err == nil || !strings.Contains(told.Err.Error(), "certificate") {
			b.Errorf("%d attempts, told %+v", attempts, told)
		}
	})
}

// A target that never ends its answer is not read to the end.
func TestAnswersOfTargetsAreBounded(t *testing.T) {
	read := 0
	body := readerFunc(func(p []byte) (int, error) {
		if read += len(p); read > 1<<20 {
			t.Fatal("it is still read after a megabyte")
		}
		return len(p), nil
	})
	c := &http.Client{Transport: transportFunc(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(body), Request: r}, nil
	})}
	if r := Post(t.Context(), c, "http://endless.test/", nil, nil); r.Err != nil || len(r.Response) != shownResponse {
		t.Errorf("%d bytes: %v", len(r.Response), r.Err)
	}
}

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestPostKeepsURLsBack(t *testing.T) {
	for _, url := range []string{"http://127.0.0.1:1/hush", "http://hush host/", "ftp://hush/"} {
		r := Post(context.Background(), http.DefaultClient, url, nil, nil)
		if r.Err == nil || strings.Contains(r.Err.Error(), "/hush") {
			t.Errorf("%s: %v", url, r.Err)
		}
	}
}

func TestParseTarget(t *testing.T) {
	for s, want := range map[string]string{
		"127.0.0.1:3000":           "no URL",
		"ftp://a/":                 "no URL",
		"htp://me:hush@a/?t=hush":  "htp://a/ is no URL",
		"http://me:hu sh-hush@a/":  "no URL",
		"":                         "no URL",
		"http://a/,jq=.a |":        "jq=.a |: unexpected",
		"http://a/,jq=nonsense(.)": "function not defined",
	} {
		if _, err := ParseTarget(s); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v, want %s", s, err, want)
		}
	}
}

func TestMatchType(t *testing.T) {
	for _, x := range []struct {
		glob, kind string
		want       bool
	}{
		{"message.*", "message.sent", true}, {"message.*", "messages.sent", false}, {"*", "anything", true}, {"*.committed", "workflow.committed", true},
		{"*.committed", "workflow.updated", false}, {"message.sent", "message.sent", true}, {"message.sent", "message.sent2", false},
		{"m*.*en", "message.seen", true}, {"m*.*en", "message.sent", false}, {"a*a", "a", false}, {"a*b*b", "ab", false}, {"", "x", false}, {"**", "x", true},
	} {
		if got := MatchType(x.glob, x.kind); got != x.want {
			t.Errorf("%s against %s: %v", x.glob, x.kind, got)
		}
	}
}

func TestFilter(t *testing.T) {
	body := []byte(`{"type":"x","data":{"n":3,"s":"a"}}`)
	for expression, want := range map[string]bool{
		".data.n > 2": true, ".data.n > 3": false, ".missing": false, ".data.s": true, "empty": false, ".data.s.deeper": false, `error("x")`: false, "0": true,
	} {
		wanted, err := ParseFilter(expression)
		if err != nil {
			t.Fatal(err)
		}
		if got := wanted(t.Context(), body); got != want {
			t.Errorf("%s: %v", expression, got)
		}
		if wanted(t.Context(), bytes.TrimPrefix(body, []byte("{"))) {
			t.Errorf("%s: took what is no JSON", expression)
		}
	}
}

// What a target does not want takes no room from what it does, nor do bodies beyond what fits in memory.
func TestForwardingHoldsWhatIsWanted(t *testing.T) {
	r := NewReceiver(Options{Store: &memory{}, Forward: []Target{parseTarget(t, "http://some.test/,type=message.*")}})
	for range forwardQueue + 1 {
		r.forward(&Delivery{Type: "workflow.updated", Body: []byte("{}")})
	}
	large := &Delivery{Type: "message.sent", Body: make([]byte, forwardBytes/2)}
	for range 3 {
		r.forward(large)
	}
	if s := r.Stats().Forwards[0]; s.Waiting != 2 || s.Dropped != 1 {
		t.Errorf("%d wait, %d dropped; want 2 and 1", s.Waiting, s.Dropped)
	}
}
