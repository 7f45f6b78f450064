package team_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/adrg/xdg"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli"
)

// knockops runs a command and returns its exit code and all that it said.
func knockops(t *testing.T, args ...string) (int, string) {
	t.Helper()
	var out bytes.Buffer
	code := cli.Run(t.Context(), args, app.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out})
	return code, out.String()
}

// home is a place of its own for configuration and state.
func home(t *testing.T, config string) {
	t.Helper()
	dir := t.TempDir()
	for name, value := range map[string]string{"XDG_CONFIG_HOME": dir, "XDG_STATE_HOME": dir, "KNOCKOPS_CONFIG": filepath.Join(dir, "config.yaml"), "KNOCK_API_KEY": "", "KNOCKOPS_PROFILE": ""} {
		t.Setenv(name, value)
	}
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCommands(t *testing.T) {
	pair, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	public, _ := pair.PublicKey()
	seed, _ := pair.Seed()
	stranger, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	strangers, _ := stranger.Seed()
	s, err := server.NewServer(&server.Options{
		ServerName: "n1", Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true,
		Nkeys: []*server.NkeyUser{{Nkey: public}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	defer s.Shutdown()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	home(t, fmt.Sprintf("current: production\nprofiles:\n  production:\n    environment: production\n    team: {servers: [%q], nkey: {env: SEED}}\n  alone: {environment: alone}\n", s.ClientURL()))

	for _, c := range []struct {
		seed, command string
		code          int
		want          []string
	}{
		{string(seed), "team init --profile alone", 2, []string{"profile alone: it has no team"}},
		{"", "team status", 1, []string{"its nkey: environment variable SEED is not set"}},
		{"SUNONE", "team status", 1, []string{"its nkey from environment variable SEED is not the seed of one"}},
		{string(strangers), "team status", 1, []string{"cannot be reached: nats: Authorization Violation"}},
		{string(seed), "team status", 1, []string{"stream knockops__production__events: it is not there: `knockops team init` makes it"}},
		{string(seed), "team doctor", 1, []string{"ok", "connected to n1", "warn", "max_payload", "fail", "it is not there"}},
		{string(seed), "team init", 0, []string{"created"}},
		{string(seed), "team init", 0, []string{"as it should be"}},
		{string(seed), "team status", 0, []string{"server       n1", "events       0, 0.0 MB", "leader       n1"}},
		{string(seed), "team status -o json", 0, []string{`"leader": "n1"`, `"last_sequence": 0`}},
		{string(seed), "team doctor", 0, []string{"knockops__production__events is as the profile says", "one, on n1: what that disk loses is lost", "sync_interval: always"}},
	} {
		t.Setenv("SEED", c.seed)
		code, said := knockops(t, strings.Fields(c.command)...)
		if code != c.code {
			t.Errorf("%s: ended with %d", c.command, code)
		}
		for _, want := range c.want {
			if !strings.Contains(said, want) {
				t.Errorf("%s says\n%swithout %q", c.command, said, want)
			}
		}
		if c.seed != "" && strings.Contains(said, c.seed) {
			t.Errorf("%s shows the seed", c.command)
		}
	}
}

// A command stops waiting for servers when it is told to.
func TestConnectingIsCutShort(t *testing.T) {
	home(t, "profiles:\n  production:\n    environment: production\n    team: {servers: ['tls://192.0.2.1:4222', 'tls://192.0.2.2:4222']}\n")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	if code := cli.Run(ctx, []string{"team", "status"}, app.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out}); code != 1 || !strings.Contains(out.String(), "context canceled") {
		t.Errorf("ended with %d: %s", code, out.String())
	}
}
