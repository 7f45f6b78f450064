package client

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "LocalHost": true, "127.0.0.1": true, "127.1.2.3": true, "::1": true, "::1%lo": true, "::ffff:127.0.0.1": true,
		"": false, "localhost.example": false, "0.0.0.0": false, "10.0.0.1": false, "128.0.0.1": false,
	} {
		if got := Loopback(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}

// What goes to this machine in the clear, key and all, never goes through a proxy, however the address is written.
func TestNoProxyForThisMachine(t *testing.T) {
	defer func(before func(*http.Request) (*url.URL, error)) { fromEnvironment = before }(fromEnvironment)
	through := &url.URL{Scheme: "http", Host: "proxy.example"}
	fromEnvironment = func(*http.Request) (*url.URL, error) { return through, nil }
	if by, err := Proxy(&http.Request{URL: &url.URL{Scheme: "https", Host: "api.knock.app"}}); by != through || err != nil {
		t.Errorf("elsewhere goes by %v, %v", by, err)
	}
	for _, host := range []string{"LOCALHOST:1", "[::1%lo]:1"} { // as an ingestion URL may have it
		if by, err := Proxy(&http.Request{URL: &url.URL{Scheme: "http", Host: host}}); by != nil || err != nil {
			t.Errorf("%s goes by %v, %v", host, by, err)
		}
	}
	for _, base := range []string{"http://localhost:1", "http://LOCALHOST:1", "http://127.0.0.1:1", "http://[::1]:1"} {
		c, err := New(Options{BaseURL: base, APIKey: testKey})
		if err != nil {
			t.Fatal(err)
		}
		u, _ := url.Parse(base)
		if by, err := c.transport.(*http.Transport).Proxy(&http.Request{URL: u}); by != nil || err != nil {
			t.Errorf("%s goes by %v, %v", base, by, err)
		}
	}
}

func TestShownURL(t *testing.T) {
	for address, want := range map[string]string{
		"https://api.knock.app/v1":                                         "https://api.knock.app/v1",
		"http://127.0.0.1:3000/hook":                                       "http://127.0.0.1:3000/hook",
		"https://me:hush@host.example/a-hook?token=hush#hush":              "https://host.example/a-hook",
		"https://hooks.example/services/T0000/B0000/hush0hush1hush2hush":   "https://hooks.example/services/T0000/B0000/…",
		"https://api.knock.app/integrations/receive/hushhushhushhushhush-": "https://api.knock.app/integrations/receive/…",
		"htp://me:hush@host/x":                                             "htp://host/x",
		"me:hush@host":                                                     "…",
		"http://me:hu sh@host":                                             "…",
		"":                                                                 "…",
	} {
		if got := ShownURL(address); got != want || strings.Contains(got, "hush") {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
}
