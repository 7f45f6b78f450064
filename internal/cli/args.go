package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/knockops/knockops/internal/termtext"
)

// group is a command that only holds others.
func group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("%s needs one of its commands\n\n%s", cmd.CommandPath(), cmd.UsageString())
			}
			msg := "unknown command " + strconv.Quote(args[0]) + " for " + cmd.CommandPath()
			var names []string
			for _, c := range cmd.Commands() {
				names = append(names, c.Name())
			}
			if near := termtext.Nearest(args[0], names); near != "" {
				msg += "; did you mean " + near + "?"
			}
			return usage("%s\nRun `%s --help` for usage.", msg, cmd.CommandPath())
		},
	}
	c.AddCommand(commands...)
	return c
}

// helpCmd is cobra's, except that it fails when there is no such command.
func helpCmd() *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND ...]", Short: "Help about any command", Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || about.HasSubCommands() && len(rest) > 0 {
				return usage("there is no command %s; `knockops --help` lists them", strconv.Quote(strings.Join(args, " ")))
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

// mayBeEmpty marks a flag of text that may be given as "".
const mayBeEmpty = "knockops_may_be_empty"

// noEmptyFlag refuses flags of text that were given and hold nothing: in a
// script that is a variable nobody set, and would widen what the command is about.
func noEmptyFlag(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		} else if f.Value.Type() != "string" {
			return
		}
		if (len(values) == 0 || slices.Contains(values, "")) && f.Annotations[mayBeEmpty] == nil {
			err = usage("--%s is empty: give it a value, or leave it out", f.Name)
		}
	})
	return err
}
