package sweep

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/cli/prompt"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
)

const (
	// drawEvery is how often progress is drawn on a terminal, tellEvery how often
	// it is told elsewhere.
	drawEvery = 100 * time.Millisecond
	tellEvery = 5 * time.Second
)

// ticker tells of something long: on one line of a terminal, in lines elsewhere.
type ticker struct {
	App   *app.App
	width int
	told  time.Time
	last  string
	drawn bool
}

func newTicker(a *app.App) *ticker { return &ticker{App: a, width: output.TerminalWidth(a.Stderr)} }

// tell shows where it is, unless it did a moment ago.
func (t *ticker) tell(s string) {
	every := tellEvery
	if t.width > 0 {
		every = drawEvery
	}
	if time.Since(t.told) < every {
		return
	}
	t.now(s)
}

// now shows where it is.
func (t *ticker) now(s string) {
	t.told = time.Now()
	if s == t.last {
		return
	}
	t.last = s
	if t.width > 0 {
		t.drawn = true
		fmt.Fprint(t.App.Stderr, "\r\x1b[K"+termtext.Truncate(termtext.Clean(s), t.width-1))
		return
	}
	fmt.Fprintln(t.App.Stderr, termtext.Clean(s))
}

func (t *ticker) end() {
	if t.drawn {
		fmt.Fprintln(t.App.Stderr)
	}
}

// sweepResult is what a sweep came to.
type sweepResult struct {
	ID       int64          `json:"id"`
	Scope    sweep.Scope    `json:"scope"`
	State    string         `json:"state"`
	Error    string         `json:"error,omitempty"`
	Progress sweep.Progress `json:"progress"`
}

// watchSweep shows a sweep until it ends. Ending ctx aborts it: what was sent
// stays sent, and it can be resumed.
func watchSweep(ctx context.Context, a *app.App, s *ops.Session, profile config.Profile, w *sweep.Sweep) error {
	show := newTicker(a)
	a.Say("sweep %d started; every step is in the journal", w.ID())
	defer context.AfterFunc(ctx, w.Abort)()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = w.Wait(context.Background()) // the progress tells
	}()
	phase := ""
	for over := false; !over; {
		changed := w.Changed()
		p := w.Progress()
		switch {
		case p.Phase != phase:
			phase = p.Phase
			show.now(sweepWords(p))
		case phase != "":
			show.tell(sweepWords(p))
		}
		if held, why := w.Held(); held && why != nil {
			show.end()
			askHeld(ctx, a, s, profile, w, why)
		}
		select {
		case <-ended:
			over = true
		case <-changed:
		}
	}
	p := w.Progress()
	show.now(sweepWords(p))
	show.end()
	result := sweepResult{ID: w.ID(), Scope: w.Scope(), State: p.Phase, Progress: p}
	if p.Err != nil {
		result.Error = p.Err.Error()
	}
	if err := printSweep(a, result); err != nil {
		return err
	}
	return judgeSweep(a, s, w.ID(), p)
}

// askHeld asks whether a sweep that is held up goes on; without a terminal it does not.
func askHeld(ctx context.Context, a *app.App, s *ops.Session, p config.Profile, w *sweep.Sweep, why error) {
	if a.Allow(ctx, s, p, &prompt.Agreement{}, s.MorePrompt(w, why)) == nil {
		w.Resume()
		return
	}
	w.AbortFor(why)
}

// sweepWords is a sweep's progress on one line.
func sweepWords(p sweep.Progress) string {
	parts := []string{p.Phase, fmt.Sprintf("accepted %s/%s", termtext.Count(p.Accepted), termtext.Count(p.Requests))}
	for _, c := range []struct {
		n    int
		what string
	}{
		{p.Pending, "pending"}, {p.Confirmed, "confirmed"}, {p.FinishedFirst, "finished first"}, {p.Unconfirmed, "unconfirmed"},
		{p.NoKey, "without a key"}, {p.Inseparable, "left alone"}, {p.Late, "late"}, {p.Recalled, "recalled"}, {p.RateLimited, "answers of 429"}, {p.Errors, "errors"},
	} {
		if c.n > 0 {
			parts = append(parts, termtext.Count(c.n)+" "+c.what)
		}
	}
	if p.ETA >= time.Second && !p.Done {
		parts = append(parts, "about "+roughly(p.ETA)+" left")
	}
	return strings.Join(parts, " · ")
}

func printSweep(a *app.App, r sweepResult) error {
	p := r.Progress
	frozen := ""
	if p.Frozen {
		frozen = "by this sweep; `" + a.Suggest("workflows thaw "+termtext.ShellWord(r.Scope.Workflow)) + "` ends that"
	}
	facts := []output.Fact{
		{"sweep", fmt.Sprint(r.ID)}, {"scope", r.Scope.String()}, {"state", r.State}, {"error", r.Error},
		{"runs", termtext.Count(p.Runs)}, {"frozen", frozen},
	}
	for _, n := range p.Numbers() {
		facts = append(facts, output.Fact{strings.ToLower(n.Label), termtext.Count(n.N) + "  " + n.Words})
	}
	return a.Item(r, facts...)
}

// judgeSweep says in a sentence what was reached, and makes the exit code of it.
func judgeSweep(a *app.App, s *ops.Session, id int64, p sweep.Progress) error {
	again := "to go on: " + s.Command(fmt.Sprintf("sweep resume %d", id))
	switch {
	case !p.Done && p.Accepted == 0 && p.Phase == sweep.PhaseFailed:
		return fmt.Errorf("%w\n  %s", p.Err, again)
	case !p.Done:
		return exit.Part("%w\n  %s", p.Err, again)
	}
	switch p.Verdict(p.Quiet) {
	case sweep.VerdictUnconfirmed:
		a.Say("requested; that is not proof: `%s` shows what is still pending", s.Command("runs list --status pending"))
		return nil
	case sweep.VerdictPart:
		if p.Err != nil {
			return exit.Part("done in part: %w; %s", p.Err, p.Summary())
		}
		return exit.Part("done in part: %s\n  which: %s", p.Summary(), s.Command(fmt.Sprintf("sweep show %d --runs", id)))
	case sweep.VerdictNothing:
		a.Say("nothing was cancelled: %s", p.Summary())
		return nil
	}
	a.Say("nothing in scope is pending; %s", p.Summary())
	return nil
}

func resumeCmd(a *app.App) *cobra.Command {
	var agreed prompt.Agreement
	cmd := &cobra.Command{
		Use: "resume ID", Short: "Resume an interrupted sweep", Args: cobra.ExactArgs(1),
		Long: "What Knock accepted is not sent again unless its runs are still pending; resuming twice does no harm.",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := input.Number("ID", args[0])
			if err != nil {
				return err
			}
			s, p, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			if err := a.Refuse(p, agreed, true); err != nil {
				return err
			}
			r, err := s.Sweeps.Record(cmd.Context(), id)
			if err != nil {
				return a.Absent(err, "sweep", id, "sweep list")
			}
			if err := r.HeldElsewhere(); err != nil {
				return exit.Guarded(err)
			}
			if r.Progress.Done {
				a.Say("sweep %d is done: nothing is left to do", id)
				return printSweep(a, sweepResult{ID: id, Scope: r.Scope, State: r.State(), Progress: r.Progress})
			}
			if err := a.Allow(cmd.Context(), s, p, &agreed, s.ResumePrompt(r)); err != nil {
				return err
			}
			w, err := s.Sweeps.Resume(cmd.Context(), id)
			if err != nil {
				return exit.Guarded(err)
			}
			return watchSweep(cmd.Context(), a, s, p, w)
		},
	}
	prompt.Flags(cmd, &agreed)
	return cmd
}
