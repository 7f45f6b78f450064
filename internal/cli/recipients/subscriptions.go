package recipients

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
)

// Subscriptions holds the commands about who is triggered with an object.
func Subscriptions(a *app.App) *cobra.Command {
	since := output.Col("SINCE", func(s client.Subscription) string { return output.Stamp(s.InsertedAt) })
	change := func(use, short string, of func(client.Ref, []client.Ref) client.Edit) *cobra.Command {
		var to []string
		cmd := &cobra.Command{
			Use: use + " COLLECTION/ID", Short: short, Args: cobra.ExactArgs(1),
			Example: "  knockops subscriptions " + use + " projects/atlas --to user_1 --to teams/support",
		}
		cmd.Flags().StringArrayVar(&to, "to", nil, "a user's id, or collection/id; may be repeated, 100 at most")
		return editCmd(a, cmd, func(_ context.Context, _ *client.Client, args []string, _ map[string]any) (client.Edit, error) {
			r, err := object(args[0])
			if err != nil {
				return client.Edit{}, err
			}
			recipients, err := input.Refs(to)
			return of(r, recipients), err
		})
	}
	return input.Group("subscriptions", "List and change who is triggered with an object",
		subscriptionList(a, "list RECIPIENT", "List the objects that a user or an object is subscribed to", "  knockops subscriptions list user_1", (*client.Client).Subscriptions,
			output.Col("OBJECT", func(s client.Subscription) string {
				return client.Ref{Collection: s.Object.Collection, ID: s.Object.ID}.String()
			}), since),
		subscriptionList(a, "subscribers COLLECTION/ID", "List who is subscribed to an object", "  knockops subscriptions subscribers projects/atlas", (*client.Client).Subscribers,
			output.Col("RECIPIENT", func(s client.Subscription) string { return s.Recipient.String() }), since),
		change("add", "Subscribe users and objects to an object", client.Subscribe),
		change("remove", "Take users and objects out of an object's subscribers", client.Unsubscribe),
	)
}

func subscriptionList(a *app.App, use, short, example string, read func(*client.Client, context.Context, client.Ref, client.Cursor) (client.Page[client.Subscription], error), columns ...output.Column[client.Subscription]) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(1), Example: example,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := ref(args[0])
			if err != nil {
				return err
			}
			c, err := a.Reading(cmd)
			if err != nil {
				return err
			}
			page := func(ctx context.Context, at client.Cursor) (client.Page[client.Subscription], error) {
				return read(c, ctx, r, at)
			}
			return output.List(a.Printer, client.All(cmd.Context(), page), limit, "subscription", columns...)
		},
	}
	input.LimitFlag(cmd, &limit)
	return cmd
}
