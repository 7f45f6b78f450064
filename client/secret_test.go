package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

func TestSecretIsNeverPrinted(t *testing.T) {
	holder := struct {
		Key Secret
		In  []Secret
	}{testKey, []Secret{testKey}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T %v"} {
		args := []any{holder}
		if strings.HasPrefix(verb, "%T") {
			args = []any{holder.Key, holder.Key}
		}
		if s := fmt.Sprintf(verb, args...); strings.Contains(s, "0123456789") || strings.Contains(s, fmt.Sprintf("%x", "0123456789")) {
			t.Errorf("%s prints the key: %s", verb, s)
		}
	}
	b, err := json.Marshal(holder)
	if err != nil || bytes.Contains(b, []byte("0123456789")) || !bytes.Contains(b, []byte(redacted)) {
		t.Errorf("JSON: %s, %v", b, err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", testKey, "holder", holder)
	if strings.Contains(log.String(), "0123456789") {
		t.Errorf("slog: %s", log.String())
	}
	if testKey.Reveal() != "sk_test_0123456789" || Secret("").String() != "" {
		t.Error("Reveal or the empty secret is wrong")
	}
}

// A key must show up in no error, no exchange and no printed client, whatever goes wrong.
func TestKeysLeaveOnlyInAuthorization(t *testing.T) {
	for name, serve := range map[string]roundTripper{
		"401":  func(*http.Request) (*http.Response, error) { return respond(401, `{"code":"api_key_missing"}`), nil },
		"html": func(*http.Request) (*http.Response, error) { return respond(200, `<html>`), nil },
		"lost": func(*http.Request) (*http.Response, error) { return nil, errors.New("connection reset by peer") },
		"moved": func(*http.Request) (*http.Response, error) {
			return respond(302, "", "Location", "http://elsewhere.example/"), nil
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			t.Log(name)
			var seen []any
			c := newClient(t, serve, func(o *Options) {
				o.Observe = func(x Exchange) { seen = append(seen, x, x.Err) }
				seen = append(seen, *o)
			})
			_, err := c.Trigger(context.Background(), Trigger{Workflow: "welcome", Recipients: []Recipient{{Ref: Ref{ID: "u"}}}})
			if err == nil {
				t.Fatal("no error")
			}
			_, err2 := c.WhoAmI(t.Context())
			seen = append(seen, err, err2, c, c.apis[public].http, c.apis[public].http.GetClient().Transport)
			for _, v := range seen {
				for _, verb := range []string{"%v", "%+v", "%#v"} {
					checkNoKey(t, fmt.Sprintf(verb, v))
				}
				if b, err := json.Marshal(v); err == nil {
					checkNoKey(t, string(b))
				}
			}
		})
	}
}

func checkNoKey(t *testing.T, s string) {
	t.Helper()
	if strings.Contains(s, testKey.Reveal()) || strings.Contains(s, testToken.Reveal()) {
		t.Errorf("a key is in %s", s)
	}
}

func TestEachAPIGetsItsOwnKey(t *testing.T) {
	got := map[string]string{}
	c := newClient(t, func(r *http.Request) (*http.Response, error) {
		got[r.URL.Host] = strings.Join(r.Header["Authorization"], ",")
		if r.Header.Get("User-Agent") != "knockops/test" {
			t.Errorf("User-Agent is %q", r.Header.Get("User-Agent"))
		}
		return respond(200, `{}`), nil
	})
	_, err1 := c.GetUser(t.Context(), "u")
	_, err2 := c.WhoAmI(t.Context())
	err3 := c.Track(t.Context(), "https://in.example/x", TrackEvent{Event: "e"})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"api.knock.app": "Bearer " + testKey.Reveal(), "control.knock.app": "Bearer " + testToken.Reveal(), "in.example": ""}
	for host, key := range want {
		if got[host] != key {
			t.Errorf("%s got %q, want %q", host, got[host], key)
		}
	}
}
