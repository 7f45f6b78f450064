package recipients

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
)

// Objects holds the commands about objects.
func Objects(a *app.App) *cobra.Command {
	return input.Group("objects", "Read, list and set objects", objectGet(a), objectList(a), setCmd(a, &cobra.Command{
		Use: "set COLLECTION/ID", Short: "Set properties of an object, and make the object when there is none", Args: cobra.ExactArgs(1),
		Example: "  knockops objects set projects/atlas --set name=Atlas --set seats=5",
	}, func(_ context.Context, _ *client.Client, args []string, properties map[string]any) (client.Edit, error) {
		r, err := object(args[0])
		return client.SetObject(r, properties), err
	}))
}

func objectGet(a *app.App) *cobra.Command {
	cmd := app.Get(a, "get COLLECTION/ID", "Show an object with all properties", func(c *client.Client, ctx context.Context, id string) (client.Object, error) {
		r, err := object(id)
		if err != nil {
			return client.Object{}, err
		}
		return c.GetObject(ctx, r.Collection, r.ID)
	}, func(_ context.Context, _ *client.Client, o client.Object) error { return show(a, o.Raw) })
	cmd.Example = "  knockops objects get projects/atlas"
	return cmd
}

func objectList(a *app.App) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: "list COLLECTION", Short: "List the objects of a collection", Args: cobra.ExactArgs(1), Example: "  knockops objects list projects",
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.Reading(cmd)
			if err != nil {
				return err
			}
			page := func(ctx context.Context, at client.Cursor) (client.Page[client.Object], error) {
				return c.ListObjects(ctx, args[0], at)
			}
			return output.List(a.Printer, client.All(cmd.Context(), page), limit, "object",
				output.Col("ID", func(o client.Object) string { return o.ID }),
				output.Col("PROPERTIES", func(o client.Object) string { return output.ValueText(o.Properties) }),
				output.Col("UPDATED", func(o client.Object) string { return output.Stamp(o.UpdatedAt) }),
			)
		},
	}
	input.LimitFlag(cmd, &limit)
	return cmd
}

// TenantSet is the command that sets a tenant.
func TenantSet(a *app.App) *cobra.Command {
	return setCmd(a, &cobra.Command{
		Use: "set ID", Short: "Set properties and settings of a tenant, and make the tenant when there is none", Args: cobra.ExactArgs(1),
		Example: `  knockops tenants set acme --set name=Acme --json '{"settings": {"branding": {"primary_color": "#33FF5B"}}}'`,
	}, func(_ context.Context, _ *client.Client, args []string, properties map[string]any) (client.Edit, error) {
		return client.SetTenant(args[0], properties), nil
	})
}
