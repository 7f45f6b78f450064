package prompt

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/runner"
)

// promptWith is a prompter with somebody at its terminal who will type these words.
func promptWith(typed string) (*Prompter, *bytes.Buffer) {
	var said bytes.Buffer
	return &Prompter{Out: &output.Printer{Stdout: &bytes.Buffer{}, Stderr: &said}, In: strings.NewReader(typed), Interactive: true}, &said
}

func TestAllowOnATerminal(t *testing.T) {
	plain := config.Profile{Name: "dev", Environment: "development"}
	guarded := config.Profile{Name: "prod", Environment: "production", Protected: true}
	closed := config.Profile{Name: "audit", Environment: "production", Protected: true, ReadOnly: true}
	tests := []struct {
		name    string
		profile config.Profile
		consent Agreement
		asks    bool
		typed   bool
		answer  string
		code    int
		armed   bool
	}{
		{"nothing to ask", plain, Agreement{}, false, false, "", exit.CodeDone, false},
		{"yes", plain, Agreement{}, true, false, "y\n", exit.CodeDone, false},
		{"no is the default", plain, Agreement{}, true, false, "\n", exit.CodeRefused, false},
		{"an end of input is no answer", plain, Agreement{}, true, false, "", exit.CodeRefused, false},
		{"--yes asks nothing", plain, Agreement{Yes: true}, true, true, "", exit.CodeDone, false},
		{"much at stake wants the key", plain, Agreement{}, true, true, "y\n", exit.CodeRefused, false},
		{"the key", plain, Agreement{}, true, true, "welcome\n", exit.CodeDone, false},
		{"protected wants the key, and is armed by it", guarded, Agreement{}, false, false, "welcome\n", exit.CodeDone, true},
		{"protected takes no y", guarded, Agreement{}, true, false, "y\n", exit.CodeRefused, false},
		{"protected asks in spite of --yes", guarded, Agreement{Yes: true}, true, false, "no\n", exit.CodeRefused, false},
		{"protected with both", guarded, Agreement{Yes: true, arm: "prod"}, true, false, "", exit.CodeDone, true},
		{"the name of another", guarded, Agreement{Yes: true, arm: "dev"}, true, false, "welcome\n", exit.CodeRefused, false},
		{"protected asks for the reason, then for the key", guarded, Agreement{reasoned: true}, true, false, "ticket 5\nwelcome\n", exit.CodeDone, true},
		{"protected with a reason asks for the key alone", guarded, Agreement{reasoned: true, Reason: "ticket 5"}, true, false, "welcome\n", exit.CodeDone, true},
		{"protected takes no blank reason", guarded, Agreement{reasoned: true}, true, false, "  \nwelcome\n", exit.CodeRefused, false},
		{"protected takes no blank --reason", guarded, Agreement{Yes: true, arm: "prod", reasoned: true, Reason: " "}, true, false, "", exit.CodeRefused, false},
		{"protected with both and no reason asks for it", guarded, Agreement{Yes: true, arm: "prod", reasoned: true}, true, false, "ticket 5\n", exit.CodeDone, true},
		{"a plain profile needs no reason", plain, Agreement{reasoned: true}, true, false, "y\n", exit.CodeDone, false},
		{"read-only is never armed", closed, Agreement{Yes: true, arm: "audit"}, true, false, "welcome\n", exit.CodeRefused, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, _ := promptWith(tt.answer)
			s := &ops.Session{Runner: runner.Runner{Guard: client.NewGuard(tt.profile.Protected)}}
			q := consent.Prompt{Title: "Cancel 2 pending runs", Question: consent.Question{Word: "welcome", WordIs: "the workflow's key"}}
			switch {
			case tt.typed, tt.profile.Protected:
				q.Level = consent.Word
			case tt.asks:
				q.Level = consent.YesNo
			}
			err := a.Allow(t.Context(), s, tt.profile, &tt.consent, q)
			if got := exit.Of(err); got != tt.code {
				t.Errorf("exit code %d (%v), expected %d", got, err, tt.code)
			}
			if armed := !s.Guard.ArmedUntil().IsZero(); armed != tt.armed {
				t.Errorf("armed: %v, expected %v", armed, tt.armed)
			}
		})
	}
}

func TestAskNamesWhatItAsksFor(t *testing.T) {
	a, said := promptWith("welcome\n")
	s := &ops.Session{Runner: runner.Runner{Guard: client.NewGuard(true)}}
	p := config.Profile{Name: "prod", Environment: "production", Protected: true}
	q := consent.Prompt{
		Title: "Cancel 2 pending runs in production", Lines: []string{"key k\x1b[2J"},
		Question: consent.Question{Level: consent.Word, Word: "welcome", WordIs: "the workflow's key"},
	}
	if err := a.Allow(t.Context(), s, p, &Agreement{}, q); err != nil {
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
		a, _ := promptWith("")
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
