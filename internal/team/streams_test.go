package team

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/config"
)

func TestNamesOfEnvironmentsNeverMeet(t *testing.T) {
	seen := map[string]string{}
	for _, p := range []config.Profile{
		{Environment: "production"}, {Environment: "Production"}, {Environment: "pro.duction"}, {Environment: "pro_duction"}, {Environment: "pro_2Eduction"},
		{Account: "acme", Environment: "production"}, {Account: "acme.eu", Environment: "production"}, {Account: "acme", Environment: "eu.production"},
		{Account: "acme", Environment: "eu__production"}, {Environment: "acme__production"}, {Account: "acme__eu", Environment: "production"},
	} {
		p.Team.Servers = []string{"nats://127.0.0.1"}
		n, err := namesOf(p)
		if err != nil {
			t.Fatal(err)
		}
		who := p.Account + " " + p.Environment
		for _, name := range []string{n.events, n.subject} {
			if other := seen[name]; other != "" {
				t.Errorf("%s and %s are both called %s", who, other, name)
			}
			seen[name] = who
		}
		if strings.ContainsAny(n.events, ".*> /\\") || strings.Count(n.subject, ".") > 3 {
			t.Errorf("%s is called %s, %s", who, n.events, n.subject)
		}
	}
	if _, err := namesOf(config.Profile{Environment: config.UnknownEnvironment, Team: config.TeamSettings{Servers: []string{"x"}}}); err == nil {
		t.Error("an environment that nobody knows has streams")
	}
}

func TestInit(t *testing.T) {
	p := profileAt(startServer(t, nil).ClientURL())
	init := func(p config.Profile, update bool) Made {
		t.Helper()
		made, err := connected(t, p).Init(t.Context(), update)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	if _, err := connected(t, p).Status(t.Context()); !errors.Is(err, ErrNotMade) {
		t.Errorf("before: %v", err)
	}
	if made := init(p, false); made.State != Created {
		t.Errorf("at first: %+v", made)
	}
	if made := init(p, false); made.State != Unchanged || len(made.Differences) > 0 {
		t.Errorf("again: %+v", made)
	}
	p.Team.Retain = 24 * time.Hour
	want := []Difference{{"retain", "168h0m0s", "24h0m0s"}}
	if made := init(p, false); made.State != Different || !slices.Equal(made.Differences, want) {
		t.Errorf("kept for less: %+v", made)
	}
	if made := init(p, true); made.State != Changed {
		t.Errorf("changed: %+v", made)
	}
	if s, err := connected(t, p).Status(t.Context()); err != nil || len(s.Events.Differences) > 0 || s.Events.Leader != "n1" {
		t.Errorf("afterwards: %+v, %v", s, err)
	}
}

// Two of Knock's accounts, or Knock and a stand-in, may have environments of one name.
func TestAnothersStreamIsNotTaken(t *testing.T) {
	p := profileAt(startServer(t, nil).ClientURL())
	if _, err := connected(t, p).Init(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	p.BaseURL = "http://127.0.0.1:4010"
	_, err := connected(t, p).Init(t.Context(), true)
	if !errors.Is(err, ErrForeign) {
		t.Errorf("init: %v", err)
	}
	if _, err := connected(t, p).Status(t.Context()); !errors.Is(err, ErrForeign) {
		t.Errorf("status: %v", err)
	}
	p.Account = "acme"
	if made, err := connected(t, p).Init(t.Context(), false); err != nil || made.State != Created {
		t.Errorf("with its account: %+v, %v", made, err)
	}
}
