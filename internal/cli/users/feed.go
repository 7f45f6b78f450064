package users

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops"
)

func feedCmd(a *app.App) *cobra.Command {
	var channel string
	var f client.FeedFilter
	var limit int
	cmd := &cobra.Command{
		Use: "feed ID", Short: "Show a user's in-app feed, as the user sees it", Args: cobra.ExactArgs(1),
		Long:    "Without --channel it is the environment's only in-app channel, which a service token tells.",
		Example: "  knockops users feed user_1 --tenant acme",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.Reading(cmd)
			if err != nil {
				return err
			}
			if err := checkFeed(f); err != nil {
				return err
			}
			if channel, err = ops.FeedChannel(cmd.Context(), c, channel); err != nil {
				return fmt.Errorf("%w: give it with --channel", err)
			}
			page := func(ctx context.Context, at client.Cursor) (client.Page[client.FeedItem], error) {
				return c.Feed(ctx, args[0], channel, f, at)
			}
			return output.List(a.Printer, client.All(cmd.Context(), page), limit, "entry",
				output.Col("AT", func(i client.FeedItem) string { return output.Stamp(i.InsertedAt) }),
				output.Col("STATE", ops.FeedState),
				output.Col("WORKFLOW", func(i client.FeedItem) string { return i.Source.Key }),
				output.Col("TENANT", func(i client.FeedItem) string { return output.OrDash(i.Tenant) }),
				output.Col("SAYS", ops.FeedText),
			)
		},
	}
	cmd.Flags().StringVar(&channel, "channel", "", "id of the in-app feed channel")
	cmd.Flags().StringVar(&f.Tenant, "tenant", "", "only what is for this tenant")
	cmd.Flags().StringVar(&f.Status, "status", "", "unread, read, unseen, seen or all")
	cmd.Flags().StringVar(&f.Archived, "archived", "", "exclude, include or only")
	input.LimitFlag(cmd, &limit)
	return cmd
}

// checkFeed refuses words that a feed is not narrowed by.
func checkFeed(f client.FeedFilter) error {
	for flag, x := range map[string]struct {
		word string
		of   []string
	}{"--status": {f.Status, []string{"unread", "read", "unseen", "seen", "all"}}, "--archived": {f.Archived, []string{"exclude", "include", "only"}}} {
		if x.word == "" {
			continue
		}
		if _, err := input.OneOf(flag, []string{x.word}, x.of); err != nil {
			return err
		}
	}
	return nil
}
