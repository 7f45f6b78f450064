package webhook

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTroublesAreToldPlainly(t *testing.T) {
	full := errors.New("the disk is full")
	var log bytes.Buffer
	r := NewReceiver(Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Store: storeFunc(func(context.Context, []Delivery) ([]bool, error) { return nil, full })})
	ask := func(method, path string) {
		q := httptest.NewRequest(method, path, strings.NewReader(event))
		q.Header.Set("Content-Type", "application/json")
		r.Handler().ServeHTTP(httptest.NewRecorder(), q)
	}
	ask(http.MethodPost, "/elsewhere")
	if s := log.String(); !strings.Contains(s, "reason=path") || strings.Contains(s, "why") {
		t.Errorf("logged %s", s)
	}
	if s := r.Stats(); s.Problem != nil {
		t.Errorf("%v", s.Problem)
	}
	ask(http.MethodPost, DefaultPath)
	if s := r.Stats(); s.Unavailable != 1 || !errors.Is(s.Problem, full) {
		t.Errorf("%+v", s)
	}
}
