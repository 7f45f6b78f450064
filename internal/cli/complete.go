package cli

import (
	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/output"
)

// complete lets shells complete what the configuration holds.
func complete(a *app.App, root *cobra.Command) {
	words := func(words ...string) cobra.CompletionFunc {
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return words, cobra.ShellCompDirectiveNoFileComp
		}
	}
	for flag, f := range map[string]cobra.CompletionFunc{
		"profile": a.ProfileNames,
		"output":  words(string(output.Table), string(output.JSON), string(output.NDJSON)),
	} {
		if err := root.RegisterFlagCompletionFunc(flag, f); err != nil {
			panic(err) // the flag is misspelt in this program
		}
	}
}
