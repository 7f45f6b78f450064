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
		Use: "list", Short: "List the account's sources", Args: cobra.NoArgs,
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

// logged is an event of a source with what came of it.
type logged struct {
	client.SourceLog
	result ops.SourceResult
}

func logCmd(a *app.App) *cobra.Command {
	var event, since, until string
	var limit int
	cmd := &cobra.Command{
		Use: "log KEY", Short: "List what a source received, the newest first, and what came of it", Args: cobra.ExactArgs(1),
		Example: "  knockops sources log shop --event 'Order Shipped' --since 1h",
		RunE: func(cmd *cobra.Command, args []string) error {
			filter := client.SourceLogFilter{Event: event}
			var err error
			if filter.StartingAt, filter.EndingAt, err = input.Span(since, until); err != nil {
				return err
			}
			c, err := a.Reading(cmd)
			if err != nil {
				return err
			}
			return output.List(a.Printer, events(cmd.Context(), c, args[0], filter), limit, "event",
				output.Col("RECEIVED", func(l logged) string { return output.Stamp(l.InsertedAt) }),
				output.Col("EVENT", func(l logged) string { return l.Event }),
				output.Col("USER", func(l logged) string { return output.OrDash(ops.SourceUser(l.SourceLog)) }),
				output.Col("OUTCOME", func(l logged) string { return l.result.Words }),
				output.Col("TRIGGER", func(l logged) string { return output.OrDash(triggers(l.result)) }),
			)
		},
	}
	cmd.Flags().StringVar(&event, "event", "", "the event's name")
	input.TimeFlags(cmd, &since, &until)
	input.LimitFlag(cmd, &limit)
	return cmd
}

func events(ctx context.Context, c *client.Client, key string, f client.SourceLogFilter) iter.Seq2[logged, error] {
	return func(yield func(logged, error) bool) {
		pages := func(ctx context.Context, at client.Cursor) (client.Page[client.SourceLog], error) {
			return c.SourceLogs(ctx, key, f, at)
		}
		for l, err := range client.All(ctx, pages) {
			if !yield(logged{l, ops.ResultOf(l)}, err) {
				return
			}
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
