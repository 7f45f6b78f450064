package trigger

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
)

// follow shows the runs of a trigger until they end. Ending ctx ends the
// following alone: the runs go on.
func follow(ctx context.Context, a *app.App, s *ops.Session, t triggered, f ops.Followed) error {
	if a.Format == output.Table {
		if err := printTriggered(a, t); err != nil {
			return err
		}
	}
	show := newProgress(a.Stderr, s.Client)
	var last ops.Following
	var ended error
	for now, err := range s.Follow(ctx, f) {
		if err != nil {
			ended = err
			break
		}
		if now.Err == nil {
			last = now
		}
		show.update(now)
	}
	t.Runs = last.Runs
	if a.Format != output.Table {
		if err := a.Object(t); err != nil {
			return err
		}
	}
	switch {
	case last.Over:
		a.Say("%s ended: %s", termtext.Plural(len(last.Runs), "run"), statusCounts(last.Runs))
		sayNothingSent(a, last.Runs)
		return nil
	case errors.Is(ended, context.Canceled), errors.Is(ended, context.DeadlineExceeded):
		return exit.Part("following ended before the runs did: %s; they go on. To look again: %s", statusCounts(last.Runs), s.Command(lookAgain(t.Workflow, last.Runs)))
	}
	return exit.Part("%w", ended)
}

// sayNothingSent names the runs that sent nothing, with the reason. Runs that were read without their events say nothing.
func sayNothingSent(a *app.App, runs []client.Run) {
	for _, r := range runs {
		if words := ops.SentNothingWords(r, nil); words != "" {
			a.Say("%s %s", r.Recipient, words)
		}
	}
}

func lookAgain(workflow string, runs []client.Run) string {
	if len(runs) == 1 {
		return "runs get " + runs[0].ID
	}
	return "runs watch --workflow " + termtext.ShellWord(workflow)
}

// statusCounts words how many runs have which status.
func statusCounts(runs []client.Run) string {
	if len(runs) == 0 {
		return "none was seen yet"
	}
	n := map[client.RunStatus]int{}
	failed := 0
	for _, r := range runs {
		n[r.Status]++
		if r.ErrorCount > 0 {
			failed++
		}
	}
	var parts []string
	for _, status := range slices.Sorted(maps.Keys(n)) {
		parts = append(parts, termtext.Count(n[status])+" "+string(status))
	}
	if failed > 0 {
		parts = append(parts, termtext.Count(failed)+" with errors")
	}
	return strings.Join(parts, ", ")
}

// progress shows how runs get on: in place on a terminal, as lines elsewhere.
type progress struct {
	w      io.Writer
	client *client.Client
	width  int // of the terminal; 0 for lines
	drawn  int // lines on the terminal that the next drawing replaces

	told   map[string]int // by run: moments that were written as lines
	status map[string]client.RunStatus
	err    string
}

func newProgress(w io.Writer, c *client.Client) *progress {
	return &progress{w: w, client: c, width: output.TerminalWidth(w), told: map[string]int{}, status: map[string]client.RunStatus{}}
}

func (p *progress) update(now ops.Following) {
	if p.width > 0 {
		p.draw(now)
		return
	}
	for _, r := range now.Runs {
		moments := ops.Timeline(r, nil, p.client.ServerNow())
		for _, m := range moments[min(p.told[r.ID], len(moments)):] {
			p.line(m.At, r, m.Title, m.Text)
		}
		p.told[r.ID] = len(moments)
		if p.status[r.ID] != r.Status {
			p.status[r.ID] = r.Status
			p.line(r.UpdatedAt, r, cmp.Or(ops.SentNothingWords(r, nil), string(r.Status)), "")
		}
	}
	if now.Err != nil && now.Err.Error() != p.err {
		p.err = now.Err.Error()
		fmt.Fprintln(p.w, termtext.Clean("cannot read now, trying again: "+p.err))
	}
}

func (p *progress) line(at time.Time, r client.Run, title, rest string) {
	words := []string{at.Local().Format(time.TimeOnly), r.Recipient.String(), title}
	if rest != "" {
		words = append(words, rest)
	}
	fmt.Fprintln(p.w, termtext.Clean(strings.Join(words, "  ")))
}

// runsDrawn is how many runs are drawn in place; the others are counted.
const runsDrawn = 12

// draw replaces what was drawn before.
func (p *progress) draw(now ops.Following) {
	var lines []string
	for _, r := range now.Runs[:min(len(now.Runs), runsDrawn)] {
		line := termtext.Fit(string(r.Status), 10) + "  " + termtext.Clean(r.Recipient.String())
		if moments := ops.Timeline(r, nil, p.client.ServerNow()); len(moments) > 0 {
			m := moments[len(moments)-1]
			line += "  " + termtext.Clean(strings.TrimSuffix(m.Title+" · "+m.Text, " · "))
		}
		lines = append(lines, line)
	}
	lines = append(lines, termtext.Plural(len(now.Runs), "run")+": "+statusCounts(now.Runs))
	if now.Err != nil {
		lines = append(lines, "cannot read now, trying again: "+termtext.Clean(now.Err.Error()))
	}
	var b strings.Builder
	if p.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\x1b[J", p.drawn)
	}
	for _, l := range lines {
		b.WriteString(termtext.Truncate(l, p.width-1) + "\n")
	}
	p.drawn = len(lines)
	_, _ = io.WriteString(p.w, b.String())
}
