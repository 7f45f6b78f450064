// Package events holds the commands that receive webhooks, and find and replay those in the journal.
package events

import (
	"context"
	"iter"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/webhook"
)

// Command holds the commands about events.
func Command(a *app.App) *cobra.Command {
	return input.Group("events", "Find, follow and replay the outbound webhooks in the journal",
		listCmd(a), showCmd(a), tailCmd(a), exportCmd(a), replayCmd(a), backfillCmd(a))
}

// filterFlags say which events are meant.
type filterFlags struct {
	filter           events.Filter
	to, since, until string
	jq               string
	verified         bool
}

func (f *filterFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringSliceVar(&f.filter.Types, "type", nil, "any of these types; * stands for anything, as in message.*")
	fs.StringVar(&f.filter.Workflow, "workflow", "", "the workflow's key")
	fs.StringVar(&f.filter.WorkflowRunID, "trigger", "", "the workflow run's id: all recipients of one trigger")
	fs.StringVar(&f.filter.RunID, "run", "", "the workflow recipient run's id")
	fs.StringVar(&f.to, "to", "", "the recipient: a user's id, or collection/id")
	fs.StringVar(&f.filter.Tenant, "tenant", "", "the tenant's id")
	fs.StringVar(&f.filter.MessageID, "message", "", "the message's id")
	fs.StringVar(&f.filter.ChannelID, "channel", "", "the channel's id")
	fs.StringVar(&f.filter.Key, "key", "", "the cancellation key, which runs tell and messages do not")
	fs.BoolVar(&f.filter.Failures, "failures", false, "those that tell of something that went wrong")
	fs.BoolVar(&f.verified, "verified", false, "those whose signature was checked; --verified=false for the others")
	fs.StringVar(&f.filter.Text, "text", "", `words of the body; "several in quotes" stand together, and begin* is how one begins`)
	fs.StringVar(&f.jq, "jq", "", "those of whose body this jq expression makes neither false nor null")
	input.TimeFlags(cmd, &f.since, &f.until)
}

// read is the filter that the flags stand for.
func (f *filterFlags) read(cmd *cobra.Command) (events.Filter, error) {
	out := f.filter
	if f.to != "" {
		to, err := client.ParseRef(f.to)
		if err != nil {
			return out, err
		}
		out.Recipient = to.String()
	}
	if err := journal.CheckText(out.Text); err != nil {
		return out, exit.Usage("--text: %w", err)
	}
	if cmd.Flags().Changed("verified") {
		out.Verified = &f.verified
	}
	var err error
	out.Since, out.Until, err = input.Span(f.since, f.until)
	if err != nil || f.jq == "" {
		return out, err
	}
	wanted, err := webhook.ParseFilter(f.jq)
	if err != nil {
		return out, exit.Usage("--jq: %w", err)
	}
	out.Match = func(e *events.Event) bool { return wanted(cmd.Context(), e.Body) }
	return out, nil
}

// given reports whether any of the flags was.
func (f *filterFlags) given(cmd *cobra.Command) bool {
	return slices.ContainsFunc([]string{
		"type", "workflow", "trigger", "run", "to", "tenant", "message", "channel", "key", "failures", "verified", "text", "jq", "since", "until",
	}, cmd.Flags().Changed)
}

// openJournal opens the current profile's journal and reads the filter. Events are read whole: all but a table prints bodies.
func openJournal(a *app.App, cmd *cobra.Command, f *filterFlags) (*journal.Journal, events.Filter, error) {
	filter, err := f.read(cmd)
	if err != nil {
		return nil, filter, err
	}
	p, err := a.JournalProfile()
	if err != nil {
		return nil, filter, err
	}
	filter.Whole = true
	j, err := a.OpenJournal(p.Name)
	return j, filter, err
}

// printedEvent is an event with the record that stands for it as JSON.
type printedEvent struct {
	events.Record
	event events.Event
}

func printed(e events.Event) printedEvent { return printedEvent{events.RecordOf(e), e} }

var columns = []output.Column[printedEvent]{
	output.Col("ID", func(e printedEvent) string { return strconv.FormatInt(e.ID, 10) }),
	output.Col("RECEIVED", func(e printedEvent) string { return output.Stamp(e.ReceivedAt) }),
	output.Col("TYPE", func(e printedEvent) string { return e.event.Type }),
	output.Col("WORKFLOW", func(e printedEvent) string { return output.OrDash(e.event.Workflow) }),
	output.Col("RECIPIENT", func(e printedEvent) string { return output.OrDash(e.event.Recipient) }),
	output.Col("CHANNEL", func(e printedEvent) string { return output.OrDash(e.event.ChannelType) }),
	output.Col("OUTCOME", func(e printedEvent) string { return output.OrDash(e.event.Outcome) }),
	output.Col("VERDICT", func(e printedEvent) string { return events.Verdict(e.event) }),
	output.Col("REPEATS", func(e printedEvent) string { return strconv.Itoa(e.Repeats) }),
}

func listCmd(a *app.App) *cobra.Command {
	var f filterFlags
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "List events, the newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			j, filter, err := openJournal(a, cmd, &f)
			if err != nil {
				return err
			}
			return output.List(a.Printer, newestFirst(cmd.Context(), j, filter), limit, "event", columns...)
		},
	}
	f.add(cmd)
	input.LimitFlag(cmd, &limit)
	return cmd
}

// newestFirst reads all events that match, a page at a time.
func newestFirst(ctx context.Context, j *journal.Journal, f events.Filter) iter.Seq2[printedEvent, error] {
	return pages(func(before int64) ([]events.Event, error) { return j.Events(ctx, f, pageSize, before) })
}

// oldestFirst is newestFirst in the order they were stored.
func oldestFirst(ctx context.Context, j *journal.Journal, f events.Filter) iter.Seq2[printedEvent, error] {
	return pages(func(after int64) ([]events.Event, error) { return j.EventsAfter(ctx, f, after, pageSize) })
}

// pageSize is how many events are read at once: few, because bodies may be large.
const pageSize = 100

// pages gives the events of all pages; read gets the last event of the page before.
func pages(read func(last int64) ([]events.Event, error)) iter.Seq2[printedEvent, error] {
	return func(yield func(printedEvent, error) bool) {
		for last := int64(0); ; {
			page, err := read(last)
			if err != nil {
				yield(printedEvent{}, err)
				return
			}
			for _, e := range page {
				if !yield(printed(e), nil) {
					return
				}
				last = e.ID
			}
			if len(page) < pageSize {
				return
			}
		}
	}
}
