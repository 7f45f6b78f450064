package workflows

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops/runner"
)

func openCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "open KEY", Short: "Open a workflow in Knock's dashboard", Args: cobra.ExactArgs(1),
		Long: "Open a workflow in Knock's dashboard, and print its address. Where there is no browser, as behind ssh, it is only\n" +
			"printed. The address holds the account's slug, which comes from the profile or, with a service token, from Knock.",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, _, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			url, err := s.DashboardURL(cmd.Context(), args[0])
			if refusal := (*runner.Refusal)(nil); errors.As(err, &refusal) {
				return exit.Usage("%w", err)
			}
			if err != nil {
				return err
			}
			if err := app.Browse(url); err != nil && !errors.Is(err, app.ErrNoBrowser) {
				a.Say("the browser did not open: %v", err)
			}
			return a.Item(map[string]string{"url": url}, output.Fact{"url", url})
		},
	}
}
