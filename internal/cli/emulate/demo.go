package emulate

import (
	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/app"
)

// Demo opens the console on an emulator of its own.
func Demo(a *app.App) *cobra.Command {
	var view string
	var seed uint64
	cmd := &cobra.Command{
		Use: "demo", Short: "Open the console on a built-in emulator with live traffic", Args: cobra.NoArgs,
		Long: "The demo needs no account and no setup, reads no configuration, and leaves nothing behind.",
		RunE: func(cmd *cobra.Command, _ []string) error { return a.Demo(cmd.Context(), view, seed) },
	}
	cmd.Flags().StringVar(&view, "view", "", "the view to open first")
	cmd.Flags().Uint64Var(&seed, "seed", 1, "seed for the demo's data")
	return cmd
}
