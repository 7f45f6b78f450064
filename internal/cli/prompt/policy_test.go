package prompt

import (
	"strings"
	"testing"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// Every act asks at a prompt what the policy says, as it does in the console's dialogs.
func TestEveryActAsksAtAPrompt(t *testing.T) {
	for _, p := range world.Prompts() {
		t.Run(p.Name, func(t *testing.T) {
			atAPrompt(t, p.Prompt, p.Protected)
			withoutATerminal(t, p.Prompt, p.Protected)
		})
	}
}

// prompter is one on a terminal, or on none.
func prompter(answers string, interactive bool) *Prompter {
	a, _ := promptWith(answers)
	a.Interactive = interactive
	return a
}

func allowed(t *testing.T, a *Prompter, p consent.Prompt, protected bool, c Agreement) int {
	t.Helper()
	c.reasoned = p.Reason != consent.NoReason
	s := &ops.Session{Runner: runner.Runner{Guard: client.NewGuard(protected)}}
	return exit.Of(a.Allow(t.Context(), s, config.Profile{Name: "prod", Environment: "production", Protected: protected}, &c, p))
}

func atAPrompt(t *testing.T, p consent.Prompt, protected bool) {
	t.Helper()
	reason := ""
	if p.Reason == consent.ReasonRequired {
		reason = "ticket 5\n"
	}
	for answer, agrees := range map[string]bool{"": false, "n\n": false, "y\n": p.Level == consent.YesNo, p.Word + "\n": p.Level == consent.Word} {
		want := exit.CodeRefused
		if agrees || !p.Asks() {
			want = exit.CodeDone
		}
		if got := allowed(t, prompter(reason+answer, true), p, protected, Agreement{}); got != want {
			t.Errorf("answered %q at a prompt it ends with %d, want %d", answer, got, want)
		}
	}
	if p.Reason == consent.ReasonRequired {
		if got := allowed(t, prompter("\n"+p.Word+"\n", true), p, protected, Agreement{}); got != exit.CodeRefused {
			t.Errorf("without a reason it ends with %d", got)
		}
	}
}

func withoutATerminal(t *testing.T, p consent.Prompt, protected bool) {
	t.Helper()
	a, said := promptWith("")
	a.Interactive = false
	want := exit.CodeDone
	if p.Asks() {
		want = exit.CodeRefused
	}
	s := &ops.Session{Runner: runner.Runner{Guard: client.NewGuard(protected)}}
	c := Agreement{reasoned: p.Reason != consent.NoReason}
	err := a.Allow(t.Context(), s, config.Profile{Name: "prod", Environment: "production", Protected: protected}, &c, p)
	if got := exit.Of(err); got != want || want == exit.CodeRefused && !strings.Contains(err.Error(), "--yes") {
		t.Errorf("without a terminal it ends with %d, %v, and says %q; want %d and the flag", got, err, said, want)
	}
	yes := Agreement{Yes: true}
	if protected {
		yes.arm, yes.Reason = "prod", "ticket 5"
	}
	if got := allowed(t, prompter("", false), p, protected, yes); got != exit.CodeDone {
		t.Errorf("with its flags and without a terminal it ends with %d", got)
	}
}
