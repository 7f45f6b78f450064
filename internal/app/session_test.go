package app

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
)

func TestThresholdsOfTheProfileReachThePulse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	file := "current: a\nprofiles:\n  a: {environment: a, api_key: sk_test_a, runaway: {least_per_minute: 30, factor: 2.5}}\n  b: {environment: b, api_key: sk_test_b}\n"
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KNOCK_API_KEY", "")
	for profile, want := range map[string]ops.RunawayOptions{"a": {Least: 30, Factor: 2.5}, "b": {}} {
		a := New(Env{Stderr: io.Discard})
		a.Flags.Config, a.Flags.Profile = path, profile
		conn, err := a.connect(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		j, err := journal.OpenMemory()
		if err != nil {
			t.Fatal(err)
		}
		s := conn.Session(j)
		if got := s.Pulse.Thresholds; got != want {
			t.Errorf("%s has %+v, want %+v", profile, got, want)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
