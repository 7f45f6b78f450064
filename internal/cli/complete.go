package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/termtext"
)

// complete lets shells complete what the configuration holds.
func (a *app) complete(root *cobra.Command) {
	words := func(words ...string) cobra.CompletionFunc {
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return words, cobra.ShellCompDirectiveNoFileComp
		}
	}
	for flag, f := range map[string]cobra.CompletionFunc{
		"profile": a.profileNames,
		"output":  words(string(table), string(asJSON), string(ndjson)),
	} {
		if err := root.RegisterFlagCompletionFunc(flag, f); err != nil {
			panic(err) // the flag is misspelt in this program
		}
	}
}

// profileNames completes the names of profiles, without a word about what else
// the configuration may be.
func (a *app) profileNames(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	cfg, _ := config.Load(config.Flags{ConfigPath: a.flags.config})
	if cfg == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return namesOf(cfg), cobra.ShellCompDirectiveNoFileComp
}

func namesOf(cfg *config.Config) []string {
	var names []string
	for _, p := range cfg.Profiles {
		names = append(names, p.Name)
	}
	return names
}

// unknown is the error for a name that is not one of those there are.
func unknown(kind, name string, known []string) error {
	known = slices.Clone(known)
	if best := termtext.Nearest(name, known); best != "" {
		return usage("there is no %s %s; did you mean %s?", kind, strconv.Quote(name), best)
	}
	return usage("there is no %s %s; there are: %s", kind, strconv.Quote(name), strings.Join(known, ", "))
}
