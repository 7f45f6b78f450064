package recipients

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/runner"
)

// ChannelData holds the commands about where recipients can be reached.
func ChannelData(a *app.App) *cobra.Command {
	return input.Group("channel-data", "Read and set push tokens and chat connections of users and objects",
		channelDataGet(a),
		setCmd(a, &cobra.Command{
			Use: "set RECIPIENT CHANNEL", Short: "Replace what a channel knows of a user or an object", Args: cobra.ExactArgs(2),
			Long:    "What the data must look like depends on the channel: {\"tokens\": [\"…\"]} for push, connections for chat. From a file\nor stdin it does not stand in your shell's history. The journal keeps none of it.",
			Example: "  knockops channel-data set user_1 apns --json @tokens.json",
		}, func(ctx context.Context, c *client.Client, args []string, data map[string]any) (client.Edit, error) {
			r, channel, err := place(ctx, c, args)
			return client.SetChannelData(r, channel, data), err
		}),
		editCmd(a, &cobra.Command{
			Use: "unset RECIPIENT CHANNEL", Short: "Make a channel forget a user or an object", Args: cobra.ExactArgs(2),
			Example: "  knockops channel-data unset user_1 apns",
		}, func(ctx context.Context, c *client.Client, args []string, _ map[string]any) (client.Edit, error) {
			r, channel, err := place(ctx, c, args)
			return client.UnsetChannelData(r, channel), err
		}),
	)
}

// place is a recipient, and the id of a channel that is given by its id or its key.
func place(ctx context.Context, c *client.Client, args []string) (client.Ref, string, error) {
	r, err := ref(args[0])
	if err != nil {
		return r, "", err
	}
	channel, err := ops.ChannelID(ctx, c, args[1])
	return r, channel, err
}

func channelDataGet(a *app.App) *cobra.Command {
	var tokens bool
	cmd := &cobra.Command{
		Use: "get RECIPIENT CHANNEL", Short: "Show what a channel knows of a user or an object", Args: cobra.ExactArgs(2),
		Long:    "A token opens a device or a chat to whoever has it, so tokens are left out unless --show-tokens is given.",
		Example: "  knockops channel-data get user_1 apns",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.Reading(cmd)
			if err != nil {
				return err
			}
			r, channel, err := place(cmd.Context(), c, args)
			if err != nil {
				return err
			}
			d, err := c.ChannelData(cmd.Context(), r, channel)
			if err != nil {
				return err
			}
			data := d.Data
			if !tokens {
				data, _ = runner.WithoutTokens(data, true)
			}
			shown := client.ChannelData{ChannelID: d.ChannelID, Provider: d.Provider, Data: data}
			return a.Item(shown, output.Fact{"channel_id", d.ChannelID}, output.Fact{"provider", d.Provider}, output.Fact{"data", string(data)})
		},
	}
	cmd.Flags().BoolVar(&tokens, "show-tokens", false, "print tokens as they are")
	return cmd
}
