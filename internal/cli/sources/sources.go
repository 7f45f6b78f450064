// Package sources holds the commands about sources: what they map, and what they received.
package sources

import (
	"context"
	"iter"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops"
)

// Command holds the commands about sources.
func Command(a *app.App) *cobra.Command {
	return input.Group("sources", "See what sources map to workflows, and what came of the events they received", listCmd(a), getCmd(a), logCmd(a))
}

func listCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the account's sources", Args: cobra.NoArgs, Example: "  knockops sources list -o json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.Reading(cmd)
			if err != nil {
				return err
			}
			all, err := c.Sources(cmd.Context())
			if err != nil {
				return err
			}
			return output.NewLister(a.Printer,
				output.Col("KEY", func(s client.Source) string { return s.Key }),
				output.Col("NAME", func(s client.Source) string { return s.Name }),
				output.Col("MAPPINGS", func(s client.Source) string { return strconv.Itoa(len(s.Mappings)) }),
			).Rows(all)
		},
	}
}

func getCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "get KEY", Short: "Show a source, and what it does with which event", Args: cobra.ExactArgs(1), Example: "  knockops sources get shop",
		Long: "Where the source takes events is a secret, and not printed: `knockops track --source KEY` uses it.",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, _, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			source, err := s.Source(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			err = a.Item(source, output.Fact{"key", source.Key}, output.Fact{"name", source.Name}, output.Fact{"description", source.Description})
			if err != nil || a.Format != output.Table {
				return err
			}
			return output.Section(a.Printer, "mappings", output.NewLister(a.Printer,
				output.Col("EVENT", func(m client.SourceMapping) string { return m.Event }),
				output.Col("DOES", ops.MappingWords),
			), source.Mappings)
		},
	}
}

func logCmd(a *app.App) *cobra.Command {
	var name, since, until string
	var limit int
	cmd := &cobra.Command{
		Use: "log KEY", Short: "List what a source received, the newest first, and what came of it", Args: cobra.ExactArgs(1),
		Example: "  knockops sources log shop --event 'Order Shipped' --since 1h",
		RunE: func(cmd *cobra.Command, args []string) error {
			filter := client.SourceLogFilter{Event: name}
			var err error
			if filter.StartingAt, filter.EndingAt, err = input.Span(since, until); err != nil {
				return err
			}
			s, _, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			source, err := s.Source(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return output.List(a.Printer, events(cmd.Context(), s.Client, source, filter, limit), limit, "event",
				output.Col("RECEIVED", func(e ops.SourceEvent) string { return output.Stamp(e.Log.InsertedAt) }),
				output.Col("EVENT", func(e ops.SourceEvent) string { return e.Log.Event }),
				output.Col("USER", func(e ops.SourceEvent) string { return output.OrDash(ops.SourceUser(e.Log)) }),
				output.Col("OUTCOME", func(e ops.SourceEvent) string { return e.Words }),
				output.Col("TRIGGER", func(e ops.SourceEvent) string { return output.OrDash(triggers(e.SourceResult)) }),
			)
		},
	}
	cmd.Flags().StringVar(&name, "event", "", "the event's name")
	input.TimeFlags(cmd, &since, &until)
	input.LimitFlag(cmd, &limit)
	return cmd
}

// events reads a log, one event more than are listed. They are told of when all are read: that an event is a duplicate
// is known by an older one.
func events(ctx context.Context, c *client.Client, source client.Source, f client.SourceLogFilter, limit int) iter.Seq2[ops.SourceEvent, error] {
	return func(yield func(ops.SourceEvent, error) bool) {
		pages := func(ctx context.Context, at client.Cursor) (client.Page[client.SourceLog], error) {
			return c.SourceLogs(ctx, source.Key, f, at)
		}
		var logs []client.SourceLog
		var failed error
		for l, err := range client.All(ctx, pages) {
			if failed = err; err != nil {
				break
			}
			if logs = append(logs, l); limit > 0 && len(logs) > limit {
				break
			}
		}
		for _, e := range ops.SourceEvents(source, logs) {
			if !yield(e, nil) {
				return
			}
		}
		if failed != nil {
			yield(ops.SourceEvent{}, failed)
		}
	}
}

func triggers(r ops.SourceResult) string {
	ids := make([]string, len(r.Triggers))
	for i, t := range r.Triggers {
		ids[i] = t.WorkflowRunID
	}
	return output.Names(ids)
}
