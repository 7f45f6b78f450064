package cli

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/runner"
)

// appWithInput is an app with somebody at its terminal who will type these words.
func appWithInput(typed string) (*app, *bytes.Buffer) {
	var said bytes.Buffer
	return &app{env: Env{Stdin: strings.NewReader(typed), Stdout: &bytes.Buffer{}, Stderr: &said, Interactive: true}, format: table}, &said
}

func TestAllowOnATerminal(t *testing.T) {
	plain := config.Profile{Name: "dev", Environment: "development"}
	guarded := config.Profile{Name: "prod", Environment: "production", Protected: true}
	closed := config.Profile{Name: "audit", Environment: "production", Protected: true, ReadOnly: true}
	tests := []struct {
		name    string
		profile config.Profile
		consent consent
		asks    bool
		typed   bool
		answer  string
		code    int
		armed   bool
	}{
		{"nothing to ask", plain, consent{}, false, false, "", exitDone, false},
		{"yes", plain, consent{}, true, false, "y\n", exitDone, false},
		{"no is the default", plain, consent{}, true, false, "\n", exitRefused, false},
		{"an end of input is no answer", plain, consent{}, true, false, "", exitRefused, false},
		{"--yes asks nothing", plain, consent{yes: true}, true, true, "", exitDone, false},
		{"much at stake wants the key", plain, consent{}, true, true, "y\n", exitRefused, false},
		{"the key", plain, consent{}, true, true, "welcome\n", exitDone, false},
		{"protected wants the key, and is armed by it", guarded, consent{}, false, false, "welcome\n", exitDone, true},
		{"protected takes no y", guarded, consent{}, true, false, "y\n", exitRefused, false},
		{"protected asks in spite of --yes", guarded, consent{yes: true}, true, false, "no\n", exitRefused, false},
		{"protected with both", guarded, consent{yes: true, arm: "prod"}, true, false, "", exitDone, true},
		{"the name of another", guarded, consent{yes: true, arm: "dev"}, true, false, "welcome\n", exitRefused, false},
		{"protected asks for the reason, then for the key", guarded, consent{reasoned: true}, true, false, "ticket 5\nwelcome\n", exitDone, true},
		{"protected with a reason asks for the key alone", guarded, consent{reasoned: true, reason: "ticket 5"}, true, false, "welcome\n", exitDone, true},
		{"protected takes no blank reason", guarded, consent{reasoned: true}, true, false, "  \nwelcome\n", exitRefused, false},
		{"protected takes no blank --reason", guarded, consent{yes: true, arm: "prod", reasoned: true, reason: " "}, true, false, "", exitRefused, false},
		{"protected with both and no reason asks for it", guarded, consent{yes: true, arm: "prod", reasoned: true}, true, false, "ticket 5\n", exitDone, true},
		{"a plain profile needs no reason", plain, consent{reasoned: true}, true, false, "y\n", exitDone, false},
		{"read-only is never armed", closed, consent{yes: true, arm: "audit"}, true, false, "welcome\n", exitRefused, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, _ := appWithInput(tt.answer)
			s := &ops.Session{Runner: runner.Runner{Guard: client.NewGuard(tt.profile.Protected)}}
			q := question{act: "Cancel 2 pending runs", word: "welcome", wordIs: "the workflow's key", asks: tt.asks, typed: tt.typed}
			err := a.allow(t.Context(), s, tt.profile, &tt.consent, q)
			if got := exitCode(err); got != tt.code {
				t.Errorf("exit code %d (%v), expected %d", got, err, tt.code)
			}
			if armed := !s.Guard.ArmedUntil().IsZero(); armed != tt.armed {
				t.Errorf("armed: %v, expected %v", armed, tt.armed)
			}
		})
	}
}

func TestAskNamesWhatItAsksFor(t *testing.T) {
	a, said := appWithInput("welcome\n")
	s := &ops.Session{Runner: runner.Runner{Guard: client.NewGuard(true)}}
	p := config.Profile{Name: "prod", Environment: "production", Protected: true}
	q := question{act: "Cancel 2 pending runs in production", lines: []string{"key k\x1b[2J"}, word: "welcome", wordIs: "the workflow's key"}
	if err := a.allow(t.Context(), s, p, &consent{}, q); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Cancel 2 pending runs in production", "Type the workflow's key to continue (welcome): ", "key k␛[2J"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("%q is not said in %q", want, said.String())
		}
	}
}

// silence is a terminal at which nobody types.
type silence chan struct{}

func (s silence) Read([]byte) (int, error) { <-s; return 0, errors.New("closed") }

func TestAskEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _ := appWithInput("")
		quiet := make(silence)
		a.env.Stdin = quiet
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			_, err := a.ask(ctx, "Go on? ")
			ended <- err
		}()
		synctest.Wait()
		stop()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
		close(quiet)
	})
}
