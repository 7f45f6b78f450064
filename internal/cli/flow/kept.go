package flow

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/flows"
	"github.com/knockops/knockops/internal/termtext"
)

func replayCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "replay [RUN]", Short: "Show a run again from the journal, or list the runs; nothing is sent", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			j, err := a.CurrentJournal()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return listRuns(a, cmd, j)
			}
			id, err := input.Number("run", args[0])
			if err != nil {
				return err
			}
			kept, err := flows.Load(cmd.Context(), j, id)
			if err != nil {
				return a.Absent(err, "run", id, "flow replay")
			}
			return printKept(a, kept)
		},
	}
}

// keptRun is a run of the journal as JSON.
type keptRun struct {
	ID       int64         `json:"run"`
	At       time.Time     `json:"at"`
	Who      string        `json:"who"`
	Profile  string        `json:"profile"`
	Document string        `json:"document"`
	Workflow string        `json:"workflow"`
	Outcome  string        `json:"outcome"`
	Error    string        `json:"error,omitempty"`
	Inputs   any           `json:"inputs,omitempty"`
	Result   any           `json:"result,omitempty"`
	Steps    []flow.Record `json:"steps,omitempty"`
	Dropped  int           `json:"dropped,omitempty"`
}

func keptRunOf(r journal.FlowRun) keptRun {
	return keptRun{ID: r.ID, At: r.At.UTC(), Who: r.Who, Profile: r.Profile, Document: r.Document, Workflow: r.Workflow, Outcome: outcomeWord(r), Error: r.Error}
}

// outcomeWord tells a run that was cut off from one that ended.
func outcomeWord(r journal.FlowRun) string {
	if r.Outcome == "" {
		return "not ended"
	}
	return r.Outcome
}

const runsListed = 50

func listRuns(a *app.App, cmd *cobra.Command, j *journal.Journal) error {
	runs, err := j.FlowRuns(cmd.Context(), runsListed)
	if err != nil {
		return err
	}
	l := output.NewLister(a.Printer,
		output.Col("RUN", func(r keptRun) string { return fmt.Sprint(r.ID) }),
		output.Col("TIME", func(r keptRun) string { return output.Stamp(r.At) }),
		output.Col("WHO", func(r keptRun) string { return r.Who }),
		output.Col("WORKFLOW", func(r keptRun) string { return r.Workflow }),
		output.Col("OUTCOME", func(r keptRun) string { return r.Outcome }),
		output.Col("DOCUMENT", func(r keptRun) string { return r.Document }),
	)
	for _, r := range runs {
		if err := l.Add(keptRunOf(r)); err != nil {
			return err
		}
	}
	return l.End()
}

func printKept(a *app.App, k flows.Kept) error {
	out := keptRunOf(k.FlowRun)
	out.Inputs, out.Result, out.Steps, out.Dropped = k.Inputs, k.Result, k.Records, k.Dropped
	if a.Format != output.Table {
		return a.Object(out)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "run %d of %s, %s, by %s in profile %s: %s\n", k.ID, k.Workflow, output.Stamp(k.At), k.Who, k.Profile, out.Outcome)
	last := 0
	for _, r := range k.Records {
		if r.Seq > last+1 {
			fmt.Fprintf(&b, "  … %s between are not kept\n", termtext.Plural(r.Seq-last-1, "step"))
		}
		last = r.Seq
		pad := strings.Repeat("  ", r.Depth+1)
		fmt.Fprintf(&b, "%s%s  %s\n", pad, r.Started.Local().Format(time.TimeOnly), strings.ReplaceAll(recordWords(r), "\n", "\n"+pad))
		for _, line := range strings.Split(strings.TrimSpace(criteriaWords(r.Criteria)), "\n") {
			if line != "" {
				fmt.Fprintf(&b, "%s  %s\n", pad, line)
			}
		}
	}
	if k.Error != "" {
		fmt.Fprintf(&b, "%s\n", k.Error)
	}
	_, err := fmt.Fprint(a.Stdout, termtext.CleanLines(b.String()))
	return err
}

func newCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "new FILE", Short: "Write a flow to begin with, commented", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			name := strings.TrimSuffix(filepath.Base(args[0]), filepath.Ext(args[0]))
			return writeFlow(a, args[0], flow.Beginning(name))
		},
	}
}

// writeFlow writes a document to a file that is not there yet.
func writeFlow(a *app.App, file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return exit.Usage("the flow cannot be written: %w", err)
	}
	if _, err = f.Write(text); err == nil {
		err = f.Close()
	}
	if err != nil {
		return fmt.Errorf("the flow was not written in full: %w", err)
	}
	a.Say("wrote %s; `knockops flow run %s --dry-run` shows what it would send", file, termtext.ShellWord(file))
	return nil
}

func recordCmd(a *app.App) *cobra.Command {
	var last int
	cmd := &cobra.Command{
		Use: "record FILE", Short: "Write a flow of what was just done, from the journal", Args: cobra.ExactArgs(1),
		Long: "The last changes that were made from this machine become the steps of a document, oldest first. Ids and keys\n" +
			"that several of them share become inputs.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if last < 1 {
				return exit.Usage("--last is %d: give a number of changes", last)
			}
			j, err := a.CurrentJournal()
			if err != nil {
				return err
			}
			actions, err := j.Actions(cmd.Context(), journal.Filter{State: journal.Done}, last, 0)
			if err != nil {
				return err
			}
			name := strings.TrimSuffix(filepath.Base(args[0]), filepath.Ext(args[0]))
			text, err := flows.Record(name, actions)
			if err != nil {
				return exit.Usage("%w", err)
			}
			return writeFlow(a, args[0], text)
		},
	}
	cmd.Flags().IntVar(&last, "last", 10, "how many changes, the latest that there are")
	return cmd
}
