// Package cli puts the commands together.
//
// Results go to the standard output, words to the standard error. The exit
// codes are those of package exit.
package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/cancel"
	"github.com/knockops/knockops/internal/cli/emulate"
	"github.com/knockops/knockops/internal/cli/events"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/flow"
	"github.com/knockops/knockops/internal/cli/history"
	"github.com/knockops/knockops/internal/cli/lookup"
	"github.com/knockops/knockops/internal/cli/messages"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/cli/recipients"
	"github.com/knockops/knockops/internal/cli/runs"
	"github.com/knockops/knockops/internal/cli/schedules"
	"github.com/knockops/knockops/internal/cli/setup"
	"github.com/knockops/knockops/internal/cli/sources"
	"github.com/knockops/knockops/internal/cli/sweep"
	"github.com/knockops/knockops/internal/cli/tenants"
	"github.com/knockops/knockops/internal/cli/track"
	"github.com/knockops/knockops/internal/cli/trigger"
	"github.com/knockops/knockops/internal/cli/users"
	"github.com/knockops/knockops/internal/cli/why"
	"github.com/knockops/knockops/internal/cli/workflows"
)

// console makes the root command open the console.
func console(a *app.App, root *cobra.Command) {
	var view string
	var fresh bool
	root.Flags().StringVar(&view, "view", "", "the view to open first, or the name of a saved one")
	root.Flags().BoolVar(&fresh, "fresh", false, "open the console on pulse, not where it was left")
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		if os.Getenv("TERM") == "dumb" {
			a.Say("TERM is dumb, and the console needs a terminal that can place its cursor; the commands do not:\n")
			return cmd.Help()
		}
		return a.OpenConsole(cmd.Context(), view, fresh)
	}
}

// Main runs the program with its process's arguments and returns the exit code.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // the second ctrl+c ends what the first does not
	// A reader that went away fails the write instead of ending the process: what was begun still gets into the journal.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	return Run(ctx, os.Args[1:], app.Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Interactive: output.IsTerminal(os.Stdin) && output.IsTerminal(os.Stderr),
	})
}

// Run runs one command and returns the exit code. It ends when ctx does. The
// configuration is read from the process's environment.
func Run(ctx context.Context, args []string, env app.Env) int {
	a := app.New(env)
	defer a.Close()
	running := false // the command line was understood
	root := root(a, &running)
	root.SetArgs(append([]string{}, args...))
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil && !running {
		err = exit.Usage("%w\nRun `%s --help` for usage.", err, cmd.CommandPath())
	}
	return report(a, err)
}

// report says what went wrong and returns the exit code.
func report(a *app.App, err error) int {
	code := exit.Of(err)
	switch {
	case code == exit.CodeDone, code == exit.CodePipe, err.Error() == "":
	case err == context.Canceled:
		a.Say("stopped")
	case err == context.DeadlineExceeded:
		a.Say("stopped: the time of --timeout is up")
	default:
		a.Say("%v", err)
	}
	return code
}

func root(a *app.App, running *bool) *cobra.Command {
	root := &cobra.Command{
		Use:   "knockops",
		Short: "Operate Knock: see who was notified and why, trigger, follow and cancel",
		Long: "knockops is a console for operating Knock. Without a command it opens the console on the current profile;\n" +
			"every view of it has a command of the same kind. `knockops demo` needs no account and no setup.\n\n" +
			"Exit codes: 0 done · 1 failed · 2 wrong usage or setup, nothing was tried · 3 done in part, or unconfirmed ·\n" +
			"4 refused by a guard, such as read-only.",
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			*running = true
			return a.Prepare(cmd)
		},
	}
	root.SetIn(a.Stdin)
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	f := root.PersistentFlags()
	f.StringVar(&a.Flags.Profile, "profile", "", "the profile to use")
	f.StringVar(&a.Flags.Config, "config", "", "the configuration file")
	f.StringVar(&a.Flags.Environment, "environment", "", "slug of the key's environment, where the profile does not name it")
	f.BoolVar(&a.ReadOnly, "read-only", false, "refuse everything that would change something in Knock")
	f.VarP(&a.Format, "output", "o", "how to print data: table, json or ndjson")
	f.BoolVar(&a.Flags.NoColor, "no-color", false, "draw without colours, as with NO_COLOR")
	f.StringVar(&a.Flags.LogFile, "log-file", "", "append every exchange with Knock to this file")
	f.DurationVar(&a.Flags.Timeout, "timeout", 0, "end after this long, such as 30s (default: no limit on the whole)")
	console(a, root)
	root.AddCommand(
		emulate.Demo(a), emulate.Emulator(a),
		users.Command(a), why.Command(a), lookup.Command(a), recipients.Objects(a), tenants.Command(a, recipients.TenantSet(a)), recipients.Preferences(a), recipients.ChannelData(a), recipients.Subscriptions(a), trigger.Command(a), trigger.Templates(a), runs.Command(a), cancel.Command(a), sweep.Command(a), messages.Command(a), workflows.Command(a), schedules.Command(a), sources.Command(a), track.Command(a), flow.Command(a),
		events.Listen(a), events.Command(a),
		history.Command(a), setup.Config(a), setup.Profiles(a), setup.Team(a), setup.Doctor(a), versionCmd(a),
	)
	root.SetHelpCommand(helpCmd())
	root.InitDefaultHelpCmd()
	complete(a, root)
	wordArgs(root)
	addExamples(root)
	return root
}
