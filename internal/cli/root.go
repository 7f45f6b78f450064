// Package cli holds the commands, and is the one place that builds and wires
// what they and the console need.
//
// Results go to the standard output, words to the standard error. The exit
// codes are those of [exitCode].
package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// Main runs the program with its process's arguments and returns the exit code.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // the second ctrl+c ends what the first does not
	// A reader that went away fails the write instead of ending the process: what was begun still gets into the journal.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	return Run(ctx, os.Args[1:], Env{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Interactive: isTerminal(os.Stdin) && isTerminal(os.Stderr),
	})
}

// Run runs one command and returns the exit code. It ends when ctx does. The
// configuration is read from the process's environment.
func Run(ctx context.Context, args []string, env Env) int {
	a := newApp(env)
	defer a.close()
	running := false // the command line was understood
	root := a.root(&running)
	root.SetArgs(append([]string{}, args...))
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil && !running {
		err = usage("%w\nRun `%s --help` for usage.", err, cmd.CommandPath())
	}
	return report(a, err)
}

// report says what went wrong and returns the exit code.
func report(a *app, err error) int {
	code := exitCode(err)
	switch {
	case code == exitDone, code == exitPipe, err.Error() == "":
	case err == context.Canceled:
		a.Say("stopped")
	case err == context.DeadlineExceeded:
		a.Say("stopped: the time of --timeout is up")
	default:
		a.Say("%v", err)
	}
	return code
}

func (a *app) root(running *bool) *cobra.Command {
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
			return a.prepare(cmd)
		},
	}
	root.SetIn(a.Stdin)
	root.SetOut(a.Stdout)
	root.SetErr(a.Stderr)
	f := root.PersistentFlags()
	f.StringVar(&a.flags.profile, "profile", "", "the profile to use")
	f.StringVar(&a.flags.config, "config", "", "the configuration file")
	f.StringVar(&a.flags.environment, "environment", "", "slug of the key's environment, where the profile does not name it")
	f.BoolVar(&a.ReadOnly, "read-only", false, "refuse everything that would change something in Knock")
	f.VarP(&a.Format, "output", "o", "how to print data: table, json or ndjson")
	f.BoolVar(&a.flags.noColor, "no-color", false, "draw without colours, as with NO_COLOR")
	f.StringVar(&a.flags.logFile, "log-file", "", "append every exchange with Knock to this file")
	f.DurationVar(&a.flags.timeout, "timeout", 0, "end after this long, such as 30s (default: no limit on the whole)")
	a.complete(root)
	a.console(root)
	root.AddCommand(
		a.demoCmd(), a.emulatorCmd(),
		a.usersCmd(), a.triggerCmd(), a.runsCmd(), a.cancelCmd(), a.sweepCmd(), a.messagesCmd(), a.workflowsCmd(), a.schedulesCmd(), a.trackCmd(), a.flowCmd(),
		a.listenCmd(), a.eventsCmd(),
		a.historyCmd(), a.configCmd(), a.profilesCmd(), a.doctorCmd(), a.versionCmd(),
	)
	root.SetHelpCommand(helpCmd())
	root.InitDefaultHelpCmd()
	wordArgs(root)
	addExamples(root)
	return root
}
