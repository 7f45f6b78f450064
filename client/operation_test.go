package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestCall(t *testing.T) {
	var got *http.Request
	var body []byte
	status, text := 200, `{"id":"x"}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.Header().Set("X-Request-Id", "req_1")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}))
	defer server.Close()
	guard := NewGuard(true)
	c, err := New(Options{BaseURL: server.URL, APIKey: "sk_test_0123456789", Guard: guard})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	call := Call{
		Method: http.MethodPut, Path: "/v1/objects/{collection}/{id}", Parameters: map[string]string{"id": "a/b", "collection": "c"}, Query: "x%5B%5D=1",
		Header: http.Header{"Idempotency-Key": {"k"}}, Body: json.RawMessage(`{"n":1}`), Tier: 3,
	}
	if _, err := c.Call(context.Background(), call); !errors.Is(err, ErrReadOnly) || got != nil {
		t.Fatalf("the guard: %v", err)
	}
	guard.Arm(1 << 40)
	a, err := c.Call(context.Background(), call)
	if err != nil || a.Status != 200 || a.RequestID != "req_1" || string(a.Body) != text {
		t.Fatalf("%+v, %v", a, err)
	}
	if got.URL.EscapedPath() != "/v1/objects/c/a%2Fb" || got.URL.RawQuery != "x%5B%5D=1" || string(body) != `{"n":1}` || got.Header.Get("Idempotency-Key") != "k" {
		t.Errorf("%s ? %s: %s", got.URL.EscapedPath(), got.URL.RawQuery, body)
	}
	if got.Header.Get("Authorization") != "Bearer sk_test_0123456789" {
		t.Error("it went without the key")
	}

	status, text = 404, `{"code":"resource_missing"}`
	a, err = c.Call(context.Background(), call)
	var failed *Error
	if !errors.As(err, &failed) || !failed.Answered() || a.Status != 404 || string(a.Body) != text {
		t.Errorf("a 404: %+v, %v", a, err)
	}
	status, text = 200, `<html>`
	if _, err = c.Call(context.Background(), call); !errors.As(err, &failed) || failed.Answered() {
		t.Errorf("a page of HTML: %v", err)
	}
	if !c.HasKey("sk_test_0123456789") || c.HasKey("sk_test_other") || c.HasKey("") {
		t.Error("it does not know its own key")
	}
}
