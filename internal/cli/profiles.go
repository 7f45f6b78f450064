package cli

import (
	"github.com/spf13/cobra"

	"github.com/knockops/knockops/config"
)

func (a *app) profilesCmd() *cobra.Command {
	return group("profiles", "List the profiles, and choose the current one", a.profileListCmd(), a.profileUseCmd())
}

func (a *app) profileListCmd() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the profiles", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.loadConfig()
			if err != nil {
				return err
			}
			l := newLister(a.Printer,
				column[shownProfile]{"CURRENT", func(p shownProfile) string {
					if p.Current {
						return "yes"
					}
					return ""
				}},
				column[shownProfile]{"NAME", func(p shownProfile) string { return p.Name }},
				column[shownProfile]{"ENVIRONMENT", func(p shownProfile) string { return p.Environment }},
				column[shownProfile]{"GUARD", guardOf},
				column[shownProfile]{"API KEY FROM", func(p shownProfile) string { return p.APIKey }},
				column[shownProfile]{"SERVICE TOKEN FROM", func(p shownProfile) string { return p.ServiceToken }},
			)
			for _, p := range shown(cfg).Profiles {
				if err := l.add(p); err != nil {
					return err
				}
			}
			return l.end()
		},
	}
}

func (a *app) profileUseCmd() *cobra.Command {
	return &cobra.Command{
		Use: "use NAME", Short: "Make a profile of the configuration file the current one", Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return a.profileNames(cmd, args, word)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := config.Use(a.configPath(), args[0]); err != nil {
				return usage("%w", err)
			}
			a.Say("%s is the current profile", args[0])
			return nil
		},
	}
}
