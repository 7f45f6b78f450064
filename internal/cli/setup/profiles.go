package setup

import (
	"github.com/spf13/cobra"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
)

// Profiles holds the commands about profiles.
func Profiles(a *app.App) *cobra.Command {
	return input.Group("profiles", "List the profiles, and choose the current one", profileListCmd(a), profileUseCmd(a))
}

func profileListCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the profiles", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.LoadConfig()
			if err != nil {
				return err
			}
			l := output.NewLister(a.Printer,
				output.Col("CURRENT", func(p shownProfile) string {
					if p.Current {
						return "yes"
					}
					return ""
				}),
				output.Col("NAME", func(p shownProfile) string { return p.Name }),
				output.Col("ENVIRONMENT", func(p shownProfile) string { return p.Environment }),
				output.Col("GUARD", guardOf),
				output.Col("API KEY FROM", func(p shownProfile) string { return p.APIKey }),
				output.Col("SERVICE TOKEN FROM", func(p shownProfile) string { return p.ServiceToken }),
			)
			return l.Rows(shown(cfg).Profiles)
		},
	}
}

func profileUseCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "use NAME", Short: "Make a profile of the configuration file the current one", Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return a.ProfileNames(cmd, args, word)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := config.Use(configPath(a), args[0]); err != nil {
				return exit.Usage("%w", err)
			}
			a.Say("%s is the current profile", args[0])
			return nil
		},
	}
}
