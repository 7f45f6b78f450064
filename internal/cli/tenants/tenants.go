// Package tenants holds the commands about tenants.
package tenants

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
)

// Command holds the commands about tenants, with more that belong there.
func Command(a *app.App, more ...*cobra.Command) *cobra.Command {
	return input.Group("tenants", "Read, list and set tenants", append(more, getCmd(a), listCmd(a))...)
}

func getCmd(a *app.App) *cobra.Command {
	cmd := app.Get(a, "get ID", "Show a tenant with its settings", (*client.Client).GetTenant, func(_ context.Context, _ *client.Client, t client.TenantEntity) error {
		return a.Item(t, output.Fact{"id", t.ID}, output.Fact{"name", t.Name}, output.Fact{"settings", string(t.Settings)})
	})
	cmd.Example = "  knockops tenants get acme -o json"
	return cmd
}

func listCmd(a *app.App) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "List the environment's tenants", Args: cobra.NoArgs, Example: "  knockops tenants list --limit 0 -o ndjson",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.Reading(cmd)
			if err != nil {
				return err
			}
			return output.List(a.Printer, client.All(cmd.Context(), c.ListTenants), limit, "tenant",
				output.Col("ID", func(t client.TenantEntity) string { return t.ID }),
				output.Col("NAME", func(t client.TenantEntity) string { return t.Name }),
			)
		},
	}
	input.LimitFlag(cmd, &limit)
	return cmd
}
