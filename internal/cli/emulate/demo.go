package emulate

import (
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/tour"
	"github.com/knockops/knockops/views/pulse"
)

// Demo opens the console on an emulator of its own.
func Demo(a *app.App) *cobra.Command {
	var demo app.Demo
	var show string
	var list bool
	cmd := &cobra.Command{
		Use: "demo", Short: "Open the console on a built-in emulator with live traffic", Args: cobra.MaximumNArgs(1),
		Long: "The demo needs no account and no setup, reads no configuration, and leaves nothing behind.\n\n" +
			"A tour plays one of the built-in flows in that console, scene by scene: a caption says what is about to happen\n" +
			"and why. The space bar goes on and backspace goes back, a plays it by itself, + and - change the speed. Nothing\n" +
			"else happens meanwhile, so it is the same every time.",
		Example: "  knockops demo\n  knockops demo --runaway\n  knockops demo --list\n  knockops demo --tour bounce --auto",
		RunE: func(cmd *cobra.Command, args []string) error {
			runaway := cmd.Flags().Changed("runaway")
			touring := cmd.Flags().Changed("tour")
			switch {
			case list:
				return listTours(a)
			case runaway && touring:
				return exit.Usage("nothing runs away in a tour: --runaway or --tour, not both")
			case len(args) > 0 && runaway:
				demo.Runaway = args[0]
			case len(args) > 0 && !touring:
				return exit.Usage("demo takes no argument %q; --tour %s plays a tour", args[0], args[0])
			case len(args) > 0:
				show = args[0]
			case demo.Auto && !touring:
				return exit.Usage("--auto is for a tour: add --tour")
			}
			if err := runsAway(demo.Runaway); err != nil {
				return err
			}
			if touring {
				scenes, err := tour.Load(show)
				if err != nil {
					return exit.Usage("%w", err)
				}
				demo.Scenes = scenes
			}
			return a.OpenDemo(cmd.Context(), demo)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&demo.View, "view", "", "the view to open first")
	fs.Uint64Var(&demo.Seed, "seed", 1, "seed for the demo's data")
	fs.StringVar(&show, "tour", "", "play a narrated tour; without a name, "+tour.Default)
	fs.Lookup("tour").NoOptDefVal = tour.Default
	fs.StringVar(&demo.Runaway, "runaway", "", "have a workflow run away, to try what stops it; without a key, "+pulse.Rehearsed)
	fs.Lookup("runaway").NoOptDefVal = pulse.Rehearsed
	fs.BoolVar(&demo.Auto, "auto", false, "play the tour by itself")
	fs.BoolVar(&list, "list", false, "list the tours")
	return cmd
}

// runsAway refuses a workflow that the demo does not have.
func runsAway(workflow string) error {
	var keys []string
	for _, w := range emulator.DefaultWorld().Workflows {
		keys = append(keys, w.Key)
	}
	if workflow == "" || slices.Contains(keys, workflow) {
		return nil
	}
	return exit.Unknown("workflow", workflow, keys)
}

func listTours(a *app.App) error {
	all, err := tour.List()
	if err != nil {
		return err
	}
	l := output.NewLister(a.Printer,
		output.Col("TOUR", func(t tour.About) string { return t.Name }),
		output.Col("SCENES", func(t tour.About) string { return strconv.Itoa(t.Scenes) }),
		output.Col("SUMMARY", func(t tour.About) string { return t.Summary }),
	)
	return l.Rows(all)
}
