// Package runs holds the commands that list, read and watch runs.
package runs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/ops/lookup"
	"github.com/knockops/knockops/internal/ops/origins"
	"github.com/knockops/knockops/internal/termtext"
)

// Command holds the commands about runs.
func Command(a *app.App) *cobra.Command {
	return input.Group("runs", "List, read and watch workflow recipient runs", listCmd(a), getCmd(a), watchCmd(a))
}

// filterFlags narrow a list of runs.
type filterFlags struct {
	words  ops.RunWords
	errors bool
}

func (f *filterFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringSliceVar(&f.words.Statuses, "status", []string{"pending"}, "pending, all, or any of queued, processing, paused, completed, cancelled")
	fs.StringVar(&f.words.Workflow, "workflow", "", "the workflow's key")
	fs.StringVar(&f.words.Recipient, "to", "", "the recipient: a user's id, or collection/id")
	fs.StringVar(&f.words.Key, "key", "", "the cancellation key; * stands for anything and ? for one character")
	fs.StringVar(&f.words.WorkflowRun, "workflow-run", "", "the trigger's id, a workflow_run_id")
	fs.StringVar(&f.words.Tenant, "tenant", "", "the tenant's id")
	fs.BoolVar(&f.errors, "errors", false, "runs with errors; --errors=false for those without")
	input.TimeFlags(cmd, &f.words.Since, &f.words.Until)
}

// filter is what the flags say, and as much of it as Knock filters by.
func (f *filterFlags) filter(cmd *cobra.Command, c *client.Client) (ops.RunFilter, client.RunFilter, error) {
	if cmd.Flags().Changed("errors") {
		f.words.HasErrors = &f.errors
	}
	filter, err := ops.ParseRunFilter(f.words)
	var wrong *ops.WordError
	if errors.As(err, &wrong) {
		return filter, client.RunFilter{}, exit.Usage("--%s: %w", wrong.Flag, err)
	}
	if filter.Counted() {
		if err := c.SyncClock(cmd.Context()); err != nil {
			return filter, client.RunFilter{}, fmt.Errorf("--since and --until count by Knock's clock: %w", err)
		}
	}
	return filter, filter.Query(c.ServerNow()), nil
}

func listCmd(a *app.App) *cobra.Command {
	var f filterFlags
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "List runs, the newest first; pending ones unless --status says otherwise", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, s, err := f.open(cmd, a)
			if err != nil {
				return err
			}
			filter, query, err := f.filter(cmd, c)
			if err != nil {
				return err
			}
			if s != nil {
				if err := around(cmd.Context(), a, s, f.words.WorkflowRun, &query); err != nil {
					return err
				}
			}
			return output.List(a.Printer, ofKey(c.Runs(cmd.Context(), query), filter), limit, "run", columns(c)...)
		},
	}
	f.add(cmd)
	input.LimitFlag(cmd, &limit)
	return cmd
}

// open is what the filter reads with. Where a trigger is asked for that is a session: the journal may know when it was sent.
func (f *filterFlags) open(cmd *cobra.Command, a *app.App) (*client.Client, *ops.Session, error) {
	if f.words.WorkflowRun == "" {
		c, err := a.Reading(cmd)
		return c, nil, err
	}
	s, _, err := a.Session(cmd.Context())
	if err != nil {
		return nil, nil, err
	}
	return s.Client, s, nil
}

// around narrows what is read to the workflow of a trigger and the time that it was sent at, where that is known:
// Knock does not filter by it, and the runs of a trigger begin together.
func around(ctx context.Context, a *app.App, s *ops.Session, trigger string, query *client.RunFilter) error {
	things, err := lookup.Find(ctx, s, trigger)
	for _, t := range things {
		switch {
		case t.Kind == lookup.Run:
			return exit.Usage("%s is a run's own id: `knockops runs get %[1]s` shows it, and the trigger's beside it", trigger)
		case t.Kind == lookup.Trigger:
			query.Workflow = cmp.Or(query.Workflow, t.Workflow)
			if query.StartingAt.IsZero() {
				query.StartingAt = t.After
			}
			return nil
		}
	}
	if err != nil {
		return err
	}
	a.Say("nothing tells when %s was sent: all runs are read for it", trigger)
	return nil
}

// ofKey are the runs of the filter's key.
func ofKey(all iter.Seq2[client.Run, error], f ops.RunFilter) iter.Seq2[client.Run, error] {
	return func(yield func(client.Run, error) bool) {
		for r, err := range all {
			if (err != nil || f.Matches(&r)) && !yield(r, err) {
				return
			}
		}
	}
}

func columns(c *client.Client) []output.Column[client.Run] {
	return []output.Column[client.Run]{
		output.Col("ID", func(r client.Run) string { return r.ID }),
		output.Col("STATUS", func(r client.Run) string { return string(r.Status) }),
		output.Col("WORKFLOW", func(r client.Run) string { return r.Workflow }),
		output.Col("RECIPIENT", func(r client.Run) string { return r.Recipient.String() }),
		output.Col("KEY", func(r client.Run) string { return output.OrDash(r.TriggerSource.CancellationKey) }),
		output.Col("SOURCE", func(r client.Run) string { return r.TriggerSource.Type }),
		output.Col("ERRORS", func(r client.Run) string { return strconv.Itoa(r.ErrorCount) }),
		output.Col("AGE", func(r client.Run) string { return termtext.Age(c.ServerNow().Sub(r.InsertedAt)) }),
	}
}

func getCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "get ID", Short: "Show a run, what happened to it, and its messages", Args: cobra.ExactArgs(1),
		Long: "Show a run, what happened to it, and its messages; where there are, the activities of its batch and their actors,\n" +
			"what fetches and updates made of its data, and the source's event or the schedule that triggered it. As JSON it is\n" +
			"the run as Knock has it, with these as background beside it.",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, _, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			return get(cmd.Context(), a, s, args[0])
		},
	}
}

func get(ctx context.Context, a *app.App, s *ops.Session, id string) error {
	run, err := s.Client.GetRun(ctx, id)
	if err != nil {
		return err
	}
	page, err := s.Client.ListMessages(ctx, client.MessageFilter{WorkflowRecipientRunID: run.ID}, client.Cursor{})
	var more origins.Run
	if err == nil {
		more = origins.OfRun(ctx, s, run, page.Items)
	}
	switch {
	case a.Format == output.Table:
		return errors.Join(printRun(ctx, a, s, run, page.Items, more), err)
	case origins.Asks(run, page.Items):
		return errors.Join(a.Object(output.Beside{Of: run, Name: "background", More: more}), err)
	}
	return errors.Join(a.Object(run), err)
}

func printRun(ctx context.Context, a *app.App, s *ops.Session, r client.Run, messages []client.Message, more origins.Run) error {
	actor := ""
	if r.Actor != nil {
		actor = r.Actor.String()
	}
	key := r.TriggerSource.CancellationKey
	if key == "" {
		key = "none; " + cancel.Uncancellable(&r)
	}
	facts := []output.Fact{
		{"id", r.ID}, {"status", string(r.Status)}, {"outcome", ops.SentNothingWords(r, messages)}, {"workflow", r.Workflow}, {"workflow_run_id", r.WorkflowRunID},
		{"recipient", r.Recipient.String()}, {"actor", actor}, {"tenant", r.Tenant},
		{"source", strings.TrimSpace(r.TriggerSource.Type + " " + r.TriggerSource.ScheduleID + r.TriggerSource.AudienceKey)},
		{"data", s.TriggerData(ctx, r, messages)}, {"cancellation_key", key}, {"errors", strconv.Itoa(r.ErrorCount)},
		{"inserted_at", output.Stamp(r.InsertedAt)}, {"updated_at", output.Stamp(r.UpdatedAt)},
	}
	for _, words := range more.Words() {
		facts = append(facts, output.Fact{"background", words})
	}
	if err := a.Item(nil, facts...); err != nil {
		return err
	}
	events := output.NewLister(a.Printer,
		output.Col("TIME", func(m ops.TimelineEntry) string { return output.Stamp(m.At) }),
		output.Col("", momentMark),
		output.Col("WHAT", func(m ops.TimelineEntry) string { return m.Title }),
		output.Col("DETAILS", func(m ops.TimelineEntry) string { return m.Text }),
	)
	if err := output.Section(a.Printer, "events", events, ops.Timeline(r, messages, s.Client.ServerNow())); err != nil {
		return err
	}
	return output.Section(a.Printer, "messages", output.NewLister(a.Printer, output.MessageColumns...), messages)
}

func momentMark(m ops.TimelineEntry) string {
	switch {
	case m.Failed:
		return "error"
	case m.Waiting:
		return "waits"
	case m.Skipped:
		return "skipped"
	}
	return "ok"
}
