package client

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
)

// Somebody else's certificate, or none: nothing was sent, nothing is tried again, and it is said why.
func TestAnUntrustedConnectionIsNotTriedAgain(t *testing.T) {
	other, plain := httptest.NewUnstartedServer(nil), httptest.NewServer(nil)
	other.Config.ErrorLog = log.New(io.Discard, "", 0)
	other.StartTLS()
	defer other.Close()
	defer plain.Close()
	for name, base := range map[string]string{"no trust": other.URL, "no TLS": strings.Replace(plain.URL, "http:", "https:", 1)} {
		attempts := 0
		c, err := New(Options{BaseURL: base, APIKey: testKey, Observe: func(Exchange) { attempts++ }})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, err = c.Trigger(t.Context(), fullTrigger)
		var e *Error
		if !errors.As(err, &e) || attempts != 1 || e.Uncertain || !Permanent(err) || !strings.Contains(err.Error(), "not to be trusted") || !strings.Contains(err.Error(), "this machine's clock") {
			t.Errorf("%s: %d attempts: %v", name, attempts, err)
		}
	}
}

func TestPermanent(t *testing.T) {
	page := func() (*http.Response, error) { return respond(200, "<html>"), nil }
	for name, x := range map[string]struct {
		answer func() (*http.Response, error)
		want   bool
	}{
		"400": {status(400), true}, "401": {status(401), true}, "403": {status(403), true}, "404": {status(404), true}, "422": {status(422), true},
		"redirect": {status(307), true}, "501": {status(501), true}, "a page": {page, true},
		"408": {status(408), false}, "425": {status(425), false}, "429": {status(429), false}, "500": {status(500), false}, "503": {status(503), false},
		"lost": {lost, false}, "refused": {refused, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			if err := cancelOne(Once(t.Context()), newClient(t, play(x.answer).serve)); Permanent(err) != x.want {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	c := newClient(t, play(fine).serve)
	for _, err := range []error{nil, context.Canceled, cancelOne(stopped, c), cancelOne(BeforeEach(t.Context(), func() error { return errPaused }), c)} {
		if Permanent(err) {
			t.Errorf("%v", err)
		}
	}
	for _, err := range []error{ErrEmptyCancellation, invalid("x", "y"), cancelOne(t.Context(), newClient(t, nil, func(o *Options) { o.APIKey = "" }))} {
		if !Permanent(err) {
			t.Errorf("%v", err)
		}
	}
}
