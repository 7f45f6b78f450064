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
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/runner"
)

// appWithInput is an app with somebody at its terminal who will type these words.
func appWithInput(typed string) (*app, *bytes.Buffer) {
	var said bytes.Buffer
	return newApp(Env{Stdin: strings.NewReader(typed), Stdout: &bytes.Buffer{}, Stderr: &said, Interactive: true}), &said
}

func TestAllowOnATerminal(t *testing.T) {
	plain := config.Profile{Name: "dev", Environment: "development"}
	guarded := config.Profile{Name: "prod", Environment: "production", Protected: true}
	closed := config.Profile{Name: "audit", Environment: "production", Protected: true, ReadOnly: true}
	tests := []struct {
		name    string
		profile config.Profile
		consent agreement
		asks    bool
		typed   bool
		answer  string
		code    int
		armed   bool
	}{
		{"nothing to ask", plain, agreement{}, false, false, "", exitDone, false},
		{"yes", plain, agreement{}, true, false, "y\n", exitDone, false},
		{"no is the default", plain, agreement{}, true, false, "\n", exitRefused, false},
		{"an end of input is no answer", plain, agreement{}, true, false, "", exitRefused, false},
		{"--yes asks nothing", plain, agreement{yes: true}, true, true, "", exitDone, false},
		{"much at stake wants the key", plain, agreement{}, true, true, "y\n", exitRefused, false},
		{"the key", plain, agreement{}, true, true, "welcome\n", exitDone, false},
		{"protected wants the key, and is armed by it", guarded, agreement{}, false, false, "welcome\n", exitDone, true},
		{"protected takes no y", guarded, agreement{}, true, false, "y\n", exitRefused, false},
		{"protected asks in spite of --yes", guarded, agreement{yes: true}, true, false, "no\n", exitRefused, false},
		{"protected with both", guarded, agreement{yes: true, arm: "prod"}, true, false, "", exitDone, true},
		{"the name of another", guarded, agreement{yes: true, arm: "dev"}, true, false, "welcome\n", exitRefused, false},
		{"protected asks for the reason, then for the key", guarded, agreement{reasoned: true}, true, false, "ticket 5\nwelcome\n", exitDone, true},
		{"protected with a reason asks for the key alone", guarded, agreement{reasoned: true, reason: "ticket 5"}, true, false, "welcome\n", exitDone, true},
		{"protected takes no blank reason", guarded, agreement{reasoned: true}, true, false, "  \nwelcome\n", exitRefused, false},
		{"protected takes no blank --reason", guarded, agreement{yes: true, arm: "prod", reasoned: true, reason: " "}, true, false, "", exitRefused, false},
		{"protected with both and no reason asks for it", guarded, agreement{yes: true, arm: "prod", reasoned: true}, true, false, "ticket 5\n", exitDone, true},
		{"a plain profile needs no reason", plain, agreement{reasoned: true}, true, false, "y\n", exitDone, false},
		{"read-only is never armed", closed, agreement{yes: true, arm: "audit"}, true, false, "welcome\n", exitRefused, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, _ := appWithInput(tt.answer)
			s := &ops.Session{Runner: runner.Runner{Guard: client.NewGuard(tt.profile.Protected)}}
			q := consent.Prompt{Title: "Cancel 2 pending runs", Question: consent.Question{Word: "welcome", WordIs: "the workflow's key"}}
			switch {
			case tt.typed, tt.profile.Protected:
				q.Level = consent.Word
			case tt.asks:
				q.Level = consent.YesNo
			}
			err := a.Allow(t.Context(), s, tt.profile, &tt.consent, q)
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
	q := consent.Prompt{
		Title: "Cancel 2 pending runs in production", Lines: []string{"key k\x1b[2J"},
		Question: consent.Question{Level: consent.Word, Word: "welcome", WordIs: "the workflow's key"},
	}
	if err := a.Allow(t.Context(), s, p, &agreement{}, q); err != nil {
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
		a.In = quiet
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			_, err := a.Ask(ctx, "Go on? ")
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
