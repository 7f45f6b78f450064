// Package prompt asks, at a terminal, before something is changed.
package prompt

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/termtext"
)

// ArmFor is how long a protected profile stays armed: for a command, more than
// it takes; for the console, what its header counts down.
const ArmFor = 10 * time.Minute

// Prompter asks before something is changed.
type Prompter struct {
	Out *output.Printer
	In  io.Reader
	// Interactive says that somebody sits there who can be asked: stdin and
	// stderr are a terminal.
	Interactive bool
	// ReadOnly refuses everything that would change something.
	ReadOnly bool
}

// Agreement is what the command line says about doing what changes something.
type Agreement struct {
	Yes         bool
	arm, Reason string
	reasoned    bool // the command takes a reason, and a protected profile insists on one
}

// Flags adds the flags of a command that changes something.
func Flags(cmd *cobra.Command, c *Agreement) {
	cmd.Flags().BoolVar(&c.Yes, "yes", false, "do not ask")
	cmd.Flags().StringVar(&c.arm, "arm", "", "name of the protected profile that this may change; goes with --yes")
}

// Reason adds --reason, which goes into the journal.
func Reason(cmd *cobra.Command, c *Agreement) {
	cmd.Flags().StringVar(&c.Reason, "reason", "", "why, such as a ticket; kept in this machine's journal, and needed on a protected profile")
	c.reasoned = true
}

// Refuse says what a guard forbids before anything is read or asked.
func (r *Prompter) Refuse(p config.Profile, c Agreement, asks bool) error {
	switch {
	case r.ReadOnly:
		return exit.Refused("this would change something in Knock, and --read-only forbids that: leave it out to go on")
	case p.ReadOnly:
		return exit.Refused("this would change something in Knock, and profile %s is read-only: its configuration says so, and nothing arms it", p.Name)
	case c.arm != "" && c.arm != p.Name:
		return exit.Refused("--arm names %s, and the profile in use is %s: nothing was done", strconv.Quote(c.arm), p.Name)
	case r.Interactive:
		return nil
	case p.Protected && (!c.Yes || c.arm == ""):
		return exit.Refused("profile %s is protected, and there is no terminal to ask on: it takes --yes and --arm %s", p.Name, termtext.ShellWord(p.Name))
	case asks && !c.Yes:
		return exit.Refused("this asks before it is done, and there is no terminal to ask on: it takes --yes")
	}
	return c.unreasoned(p)
}

// unreasoned refuses to change a protected profile without saying why.
func (c Agreement) unreasoned(p config.Profile) error {
	if !p.Protected || !c.reasoned || strings.TrimSpace(c.Reason) != "" {
		return nil
	}
	return exit.Refused("profile %s is protected: say why with --reason, it goes into the journal; nothing was done", p.Name)
}

// Allow asks what is to be asked, also for the reason that a protected profile
// insists on, and arms that profile once it was confirmed.
func (r *Prompter) Allow(ctx context.Context, s *ops.Session, p config.Profile, c *Agreement, q consent.Prompt) error {
	if err := r.Refuse(p, *c, q.Asks()); err != nil {
		return err
	}
	if !q.Asks() {
		return nil
	}
	r.Out.Say("%s", strings.Join(slices.Concat([]string{q.Title}, q.Totals, shortened(q.Lines)), "\n  "))
	if err := r.askReason(ctx, p, c); err != nil {
		return err
	}
	if !c.Yes || p.Protected && c.arm == "" {
		if err := r.confirm(ctx, q); err != nil {
			return err
		}
	}
	if p.Protected {
		s.Guard.Arm(ArmFor)
	}
	return nil
}

// mostLines is how many lines of a question are said at a prompt, which does not scroll back for
// ever; the totals stand above them.
const mostLines = 60

func shortened(lines []string) []string {
	more := len(lines) - mostLines
	if more <= 0 {
		return lines
	}
	half := mostLines / 2
	return slices.Concat(lines[:half], []string{"… " + termtext.Plural(more, "line") + " left out: --dry-run shows all"}, lines[half+more:])
}

// askReason asks for the reason that a protected profile insists on.
func (r *Prompter) askReason(ctx context.Context, p config.Profile, c *Agreement) (err error) {
	if c.unreasoned(p) == nil {
		return nil
	}
	if c.Reason, err = r.Ask(ctx, "Reason, such as a ticket: "); err != nil {
		return err
	}
	return c.unreasoned(p)
}

func (r *Prompter) confirm(ctx context.Context, q consent.Prompt) error {
	prompt, typed := "Continue? [y/N] ", q.Level == consent.Word
	if typed {
		prompt = fmt.Sprintf("Type %s to continue (%s): ", q.WordIs, q.Word)
	}
	answer, err := r.Ask(ctx, prompt)
	if err != nil {
		return err
	}
	if typed && answer == q.Word || !typed && (strings.EqualFold(answer, "y") || strings.EqualFold(answer, "yes")) {
		return nil
	}
	return exit.Refused("not confirmed: nothing was done")
}

// Ask puts a question and waits for a line, or for ctx to end.
func (r *Prompter) Ask(ctx context.Context, prompt string) (string, error) {
	fmt.Fprint(r.Out.Stderr, termtext.Clean(prompt))
	lines := make(chan string, 1)
	go func() {
		lines <- strings.TrimSpace(readLine(r.In))
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(r.Out.Stderr)
		return "", ctx.Err()
	case line := <-lines:
		return line, nil
	}
}

// readLine reads a line and nothing of the next one, which another question may
// be answered with. An end of input is no answer.
func readLine(r io.Reader) string {
	var line []byte
	for one := make([]byte, 1); ; {
		n, err := r.Read(one)
		if n == 1 && one[0] == '\n' {
			return string(line)
		}
		line = append(line, one[:n]...)
		if err != nil {
			return string(line)
		}
	}
}
