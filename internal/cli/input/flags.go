package input

import (
	"slices"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/termtext"
)

// Group is a command that only holds others.
func Group(use, short string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return exit.Usage("%s needs one of its commands\n\n%s", cmd.CommandPath(), cmd.UsageString())
			}
			msg := "unknown command " + strconv.Quote(args[0]) + " for " + cmd.CommandPath()
			var names []string
			for _, c := range cmd.Commands() {
				names = append(names, c.Name())
			}
			return exit.Usage("%s%s\nRun `%s --help` for usage.", msg, termtext.DidYouMean(args[0], names), cmd.CommandPath())
		},
	}
	c.AddCommand(commands...)
	return c
}

// MayBeEmpty marks a flag of text that may be given as "".
const MayBeEmpty = "knockops_may_be_empty"

// NoEmptyFlag refuses flags of text that were given and hold nothing: in a
// script that is a variable nobody set, and would widen what the command is about.
func NoEmptyFlag(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		} else if f.Value.Type() != "string" {
			return
		}
		if (len(values) == 0 || slices.Contains(values, "")) && f.Annotations[MayBeEmpty] == nil {
			err = exit.Usage("--%s is empty: give it a value, or leave it out", f.Name)
		}
	})
	return err
}

// OneOf reads words of which each has to be one of those there are.
func OneOf[S ~string](flag string, words []string, all []S) ([]S, error) {
	var out []S
	for _, word := range words {
		if !slices.Contains(all, S(word)) {
			return nil, exit.Usage("%s %s: it is one of %s", flag, strconv.Quote(word), output.Joined(all))
		}
		out = append(out, S(word))
	}
	return out, nil
}

// TimeFlags adds --since and --until.
func TimeFlags(cmd *cobra.Command, since, until *string) {
	cmd.Flags().StringVar(since, "since", "", "from then on: an age such as 15m, 2h, 3d, or a time such as 2026-11-21 14:02")
	cmd.Flags().StringVar(until, "until", "", "until then, written like --since")
}

// Number reads an id of the journal.
func Number(what, s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 0, exit.Usage("%s %s: give a number, as the list shows it", what, strconv.Quote(s))
	}
	return n, nil
}

// LimitFlag adds --limit to a command that lists.
func LimitFlag(cmd *cobra.Command, limit *int) {
	cmd.Flags().IntVar(limit, "limit", 50, "list at most this many; 0 lists all")
}
