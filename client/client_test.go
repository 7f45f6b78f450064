package client

import (
	"errors"
	"net/http"
	"testing"
)

func TestNewRefuses(t *testing.T) {
	for name, x := range map[string]struct {
		o  Options
		is error
	}{
		"public key":                  {Options{APIKey: "pk_test_1"}, ErrPublicKey},
		"public key with space":       {Options{APIKey: " pk_test_1\n"}, ErrPublicKey},
		"key over plain http":         {Options{APIKey: testKey, BaseURL: "http://api.example"}, ErrPlainHTTP},
		"token over plain http":       {Options{ServiceToken: testToken, ManagementBaseURL: "http://10.0.0.1"}, ErrPlainHTTP},
		"looks like this machine":     {Options{APIKey: testKey, BaseURL: "http://localhost.example"}, ErrPlainHTTP},
		"any address of this machine": {Options{APIKey: testKey, BaseURL: "http://0.0.0.0"}, ErrPlainHTTP},
		"/v1":                         {Options{BaseURL: "https://api.knock.app/v1"}, nil},
		"/v1/":                        {Options{BaseURL: "https://api.knock.app/v1/"}, nil},
		"/v1 of management":           {Options{ManagementBaseURL: "https://control.knock.app/v1"}, nil},
		"no scheme":                   {Options{BaseURL: "api.knock.app"}, nil},
		"other scheme":                {Options{BaseURL: "ftp://api.knock.app"}, nil},
		"no host":                     {Options{BaseURL: "https://"}, nil},
		"password":                    {Options{BaseURL: "https://me:secret@api.knock.app"}, nil},
		"query":                       {Options{BaseURL: "https://api.knock.app?x=1"}, nil},
		"key of two lines":            {Options{APIKey: "sk_1\nsk_2"}, nil},
	} {
		c, err := New(x.o)
		if err == nil || c != nil || x.is != nil && !errors.Is(err, x.is) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNewAccepts(t *testing.T) {
	for base, want := range map[string]string{
		"":                         "https://api.knock.app/v1/users/u",
		"https://proxy.example/k/": "https://proxy.example/k/v1/users/u",
		"http://localhost:8080//":  "http://localhost:8080/v1/users/u",
		"http://127.0.0.1:1":       "http://127.0.0.1:1/v1/users/u",
		"http://127.9.9.9":         "http://127.9.9.9/v1/users/u",
		"http://[::1]:8080":        "http://[::1]:8080/v1/users/u",
		" https://api.knock.app\n": "https://api.knock.app/v1/users/u",
		"http://LOCALHOST:8080":    "http://localhost:8080/v1/users/u",
	} {
		var got string
		c := newClient(t, func(r *http.Request) (*http.Response, error) { got = r.URL.String(); return fine() }, func(o *Options) {
			o.BaseURL, o.APIKey = base, testKey+"\n"
		})
		if _, err := c.GetUser(t.Context(), "u"); err != nil || got != want {
			t.Errorf("%q: %s, %v", base, got, err)
		}
	}
	if _, err := New(Options{BaseURL: "http://api.example"}); err != nil {
		t.Errorf("without a key there is nothing to protect: %v", err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		sent := 0
		c := newClient(t, func(*http.Request) (*http.Response, error) {
			sent++
			return respond(status, "", "Location", "https://elsewhere.example/v1/users/u"), nil
		})
		if _, err := c.GetUser(t.Context(), "u"); err == nil || sent != 1 {
			t.Errorf("%d: %v, %d requests", status, err, sent)
		}
	}
}

func TestBudgetOfUnknownEndpoint(t *testing.T) {
	c := newClient(t, func(*http.Request) (*http.Response, error) { return fine() })
	if used, limit := c.Budget("nothing"); used != 0 || limit != 0 {
		t.Error(used, limit)
	}
	_, err := c.GetRun(t.Context(), "r")
	if used, limit := c.Budget("run"); used != 1 || limit != 5 || err != nil {
		t.Error(used, limit, err)
	}
}
