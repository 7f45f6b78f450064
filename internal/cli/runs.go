package cli

import (
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/termtext"
)

func (a *app) runsCmd() *cobra.Command {
	return group("runs", "List, read and watch workflow recipient runs", a.runListCmd(), a.runGetCmd(), a.runWatchCmd())
}

// runFlags narrow a list of runs.
type runFlags struct {
	words  ops.RunWords
	errors bool
}

func (f *runFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringSliceVar(&f.words.Statuses, "status", []string{"pending"}, "pending, all, or any of queued, processing, paused, completed, cancelled")
	fs.StringVar(&f.words.Workflow, "workflow", "", "the workflow's key")
	fs.StringVar(&f.words.Recipient, "to", "", "the recipient: a user's id, or collection/id")
	fs.StringVar(&f.words.Key, "key", "", "the cancellation key; * stands for anything and ? for one character")
	fs.StringVar(&f.words.Tenant, "tenant", "", "the tenant's id")
	fs.BoolVar(&f.errors, "errors", false, "runs with errors; --errors=false for those without")
	timeFlags(cmd, &f.words.Since, &f.words.Until)
}

// timeFlags adds --since and --until.
func timeFlags(cmd *cobra.Command, since, until *string) {
	cmd.Flags().StringVar(since, "since", "", "from then on: an age such as 15m, 2h, 3d, or a time such as 2026-11-21 14:02")
	cmd.Flags().StringVar(until, "until", "", "until then, written like --since")
}

// filter is what the flags say, and as much of it as Knock filters by.
func (f *runFlags) filter(cmd *cobra.Command, c *client.Client) (ops.RunFilter, client.RunFilter, error) {
	if cmd.Flags().Changed("errors") {
		f.words.HasErrors = &f.errors
	}
	filter, err := ops.ParseRunFilter(f.words)
	var wrong *ops.WordError
	if errors.As(err, &wrong) {
		return filter, client.RunFilter{}, usage("--%s: %w", wrong.Flag, err)
	}
	if filter.Counted() {
		if err := c.SyncClock(cmd.Context()); err != nil {
			return filter, client.RunFilter{}, fmt.Errorf("--since and --until count by Knock's clock: %w", err)
		}
	}
	return filter, filter.Query(c.ServerNow()), nil
}

func (a *app) runListCmd() *cobra.Command {
	var f runFlags
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "List runs, the newest first; pending ones unless --status says otherwise", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.reading(cmd)
			if err != nil {
				return err
			}
			filter, query, err := f.filter(cmd, c)
			if err != nil {
				return err
			}
			return list(a.Printer, ofKey(c.Runs(cmd.Context(), query), filter), limit, "run", runColumns(c)...)
		},
	}
	f.add(cmd)
	limitFlag(cmd, &limit)
	return cmd
}

// ofKey are the runs of the filter's key.
func ofKey(all iter.Seq2[client.Run, error], f ops.RunFilter) iter.Seq2[client.Run, error] {
	return func(yield func(client.Run, error) bool) {
		for r, err := range all {
			if (err != nil || f.MatchesKey(&r)) && !yield(r, err) {
				return
			}
		}
	}
}

func runColumns(c *client.Client) []column[client.Run] {
	return []column[client.Run]{
		{"ID", func(r client.Run) string { return r.ID }},
		{"STATUS", func(r client.Run) string { return string(r.Status) }},
		{"WORKFLOW", func(r client.Run) string { return r.Workflow }},
		{"RECIPIENT", func(r client.Run) string { return r.Recipient.String() }},
		{"KEY", func(r client.Run) string { return orDash(r.TriggerSource.CancellationKey) }},
		{"SOURCE", func(r client.Run) string { return r.TriggerSource.Type }},
		{"ERRORS", func(r client.Run) string { return strconv.Itoa(r.ErrorCount) }},
		{"AGE", func(r client.Run) string { return termtext.Age(c.ServerNow().Sub(r.InsertedAt)) }},
	}
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func (a *app) runGetCmd() *cobra.Command {
	return &cobra.Command{
		Use: "get ID", Short: "Show a run, what happened to it, and its messages", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.reading(cmd)
			if err != nil {
				return err
			}
			run, err := c.GetRun(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if a.Format != table {
				return a.Object(run)
			}
			page, err := c.ListMessages(cmd.Context(), client.MessageFilter{WorkflowRecipientRunID: run.ID}, client.Cursor{})
			return errors.Join(a.printRun(c, run, page.Items), err)
		},
	}
}

func (a *app) printRun(c *client.Client, r client.Run, messages []client.Message) error {
	actor := ""
	if r.Actor != nil {
		actor = r.Actor.String()
	}
	key := r.TriggerSource.CancellationKey
	if key == "" {
		key = "none; " + cancel.Uncancellable(&r)
	}
	err := a.Item(nil,
		fact{"id", r.ID}, fact{"status", string(r.Status)}, fact{"workflow", r.Workflow}, fact{"workflow_run_id", r.WorkflowRunID},
		fact{"recipient", r.Recipient.String()}, fact{"actor", actor}, fact{"tenant", r.Tenant},
		fact{"source", strings.TrimSpace(r.TriggerSource.Type + " " + r.TriggerSource.ScheduleID + r.TriggerSource.AudienceKey)},
		fact{"cancellation_key", key}, fact{"errors", strconv.Itoa(r.ErrorCount)},
		fact{"inserted_at", stamp(r.InsertedAt)}, fact{"updated_at", stamp(r.UpdatedAt)},
	)
	if err != nil {
		return err
	}
	events := newLister(a.Printer,
		column[ops.TimelineEntry]{"TIME", func(m ops.TimelineEntry) string { return stamp(m.At) }},
		column[ops.TimelineEntry]{"", momentMark},
		column[ops.TimelineEntry]{"WHAT", func(m ops.TimelineEntry) string { return m.Title }},
		column[ops.TimelineEntry]{"DETAILS", func(m ops.TimelineEntry) string { return m.Text }},
	)
	if err := section(a.Printer, "events", events, ops.Timeline(r, messages, c.ServerNow())); err != nil {
		return err
	}
	return section(a.Printer, "messages", newLister(a.Printer, messageColumns...), messages)
}

func momentMark(m ops.TimelineEntry) string {
	switch {
	case m.Failed:
		return "error"
	case m.Waiting:
		return "waits"
	}
	return "ok"
}

// section prints a titled table under others.
func section[T any](p *Printer, title string, l *lister[T], rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	if _, err := fmt.Fprintf(p.Stdout, "\n%s\n", title); err != nil {
		return err
	}
	for _, r := range rows {
		if err := l.add(r); err != nil {
			return err
		}
	}
	return l.end()
}
