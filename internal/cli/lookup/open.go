// Package lookup holds the command that finds out what an id is of.
package lookup

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops/lookup"
)

// Command is the command.
func Command(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "open ID", Short: "Find out what an id is of, and how to see it", Args: cobra.ExactArgs(1),
		Long: "An id from a ticket or a log may be of a run, a trigger (workflow_run_id), a message, a user, an object, a\n" +
			"cancellation key, a workflow or a sweep. This machine's journal is asked first, then Knock, with at most " + strconv.Itoa(lookup.Requests) + " requests.\n" +
			"Keys and triggers without a message are found among the newest runs alone.",
		Example: "  knockops open 02f85def-de65-43a8-8764-5586d2f0fbab\n  knockops open projects/atlas",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, _, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			things, err := lookup.Find(cmd.Context(), s, args[0])
			if len(things) == 0 && err == nil {
				return fmt.Errorf("nothing here has the id %s: in %s it is no run, trigger, message, recipient, workflow, or key of the newest runs", args[0], s.Where())
			}
			l := output.NewLister(a.Printer,
				output.Col("KIND", func(t lookup.Thing) string { return string(t.Kind) }),
				output.Col("SAYS", func(t lookup.Thing) string { return t.Says }),
				output.Col("SHOWN BY", func(t lookup.Thing) string { return a.Suggest(t.Command) }),
			)
			if rows := l.Rows(things); rows != nil {
				return rows
			}
			return err
		},
	}
}
