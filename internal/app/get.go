package app

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
)

// Get is a command that reads one thing of Knock by its id and shows it.
func Get[T any](a *App, use, short string, read func(*client.Client, context.Context, string) (T, error), show func(context.Context, *client.Client, T) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.Reading(cmd)
			if err != nil {
				return err
			}
			it, err := read(c, cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return show(cmd.Context(), c, it)
		},
	}
}
