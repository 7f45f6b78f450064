package recipients

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
)

// Preferences holds the commands about what recipients want to be sent.
func Preferences(a *app.App) *cobra.Command {
	var set, unset string
	in := func(cmd *cobra.Command, id *string) *cobra.Command {
		cmd.Flags().StringVar(id, "id", "default", "the preference set: default, or a tenant's id for the one that applies there")
		return cmd
	}
	return input.Group("preferences", "Read and set what users and objects want to be sent",
		preferencesList(a),
		setCmd(a, in(&cobra.Command{
			Use: "set RECIPIENT", Short: "Set preferences of a user or an object; others stay as they are", Args: cobra.ExactArgs(1),
			Example: `  knockops preferences set user_1 --json '{"channel_types": {"email": false}}'
  knockops preferences set projects/atlas --id acme --json '{"workflows": {"welcome": false}}'`,
		}, &set), func(_ context.Context, _ *client.Client, args []string, settings map[string]any) (client.Edit, error) {
			r, err := ref(args[0])
			return client.SetPreferences(r, set, settings), err
		}),
		editCmd(a, in(&cobra.Command{
			Use: "unset RECIPIENT", Short: "Take a preference set of a user or an object away", Args: cobra.ExactArgs(1),
			Example: "  knockops preferences unset user_1 --id acme",
		}, &unset), func(_ context.Context, _ *client.Client, args []string, _ map[string]any) (client.Edit, error) {
			r, err := ref(args[0])
			return client.UnsetPreferences(r, unset), err
		}),
	)
}

func preferencesList(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "list RECIPIENT", Short: "List the preference sets of a user or an object", Args: cobra.ExactArgs(1), Example: "  knockops preferences list user_1",
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := ref(args[0])
			if err != nil {
				return err
			}
			c, err := a.Reading(cmd)
			if err != nil {
				return err
			}
			sets, err := c.Preferences(cmd.Context(), r)
			if err != nil {
				return err
			}
			l := output.NewLister(a.Printer,
				output.Col("ID", func(p client.PreferenceSet) string { return p.ID }),
				output.Col("SETTINGS", func(p client.PreferenceSet) string { return string(p.Raw) }),
			)
			return l.Rows(sets)
		},
	}
}
