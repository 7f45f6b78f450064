package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/termtext"
)

// helpCmd is cobra's, except that it fails when there is no such command.
func helpCmd() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND ...]", Short: "Help about any command", Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || about.HasSubCommands() && len(rest) > 0 {
				return exit.Usage("there is no command %s; `knockops --help` lists them", strconv.Quote(strings.Join(args, " ")))
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// wordArgs has all commands say how they are written when their arguments are too few or too many.
func wordArgs(cmd *cobra.Command) {
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if check(cmd, args) == nil {
				return nil
			}
			return fmt.Errorf("%s is not understood with %s: write it as `%s`", cmd.CommandPath(), termtext.Plural(len(args), "argument"), cmd.UseLine())
		}
	}
	for _, c := range cmd.Commands() {
		wordArgs(c)
	}
}
