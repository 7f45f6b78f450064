package ops

import (
	"errors"
	"testing"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/runner"
)

func TestDashboardURL(t *testing.T) {
	c, err := client.New(client.Options{APIKey: "sk_test"})
	if err != nil {
		t.Fatal(err)
	}
	s := &Session{Runner: runner.Runner{Profile: "prod", Client: c}, Dashboard: Dashboard{"https://dashboard.example/", "acme", "Production"}}
	at, err := s.DashboardURL(t.Context(), "a/b?c")
	if want := "https://dashboard.example/acme/production/workflows/a%2Fb%3Fc"; err != nil || at != want {
		t.Errorf("%s, %v; want %s", at, err, want)
	}
	s.Dashboard.Account = ""
	if _, err := s.DashboardURL(t.Context(), "a"); !errors.Is(err, client.ErrNoServiceToken) {
		t.Errorf("with neither a slug nor a token: %v", err)
	}
	var refusal *runner.Refusal
	for _, s := range []*Session{{Runner: runner.Runner{Profile: "demo"}}, {Dashboard: Dashboard{URL: "https://dashboard.example"}}} {
		if _, err := s.DashboardURL(t.Context(), "a"); !errors.As(err, &refusal) {
			t.Errorf("%+v: %v", s.Dashboard, err)
		}
	}
}
