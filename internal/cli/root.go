// Package cli holds the commands, and is the one place that builds and wires
// what they and the console need.
//
// Results go to the standard output, words to the standard error. The exit
// codes are those of [exitCode].
package cli

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/config"
)

// Env is what a command runs in.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Interactive says that somebody sits there who can be asked: stdin and
	// stderr are a terminal.
	Interactive bool
}

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
	a := &app{env: env, log: slog.New(slog.DiscardHandler), format: table}
	defer a.close()
	root := a.root()
	root.SetArgs(append([]string{}, args...))
	cmd, err := root.ExecuteContextC(ctx)
	if err != nil && !a.running {
		err = usage("%w\nRun `%s --help` for usage.", err, cmd.CommandPath())
	}
	return a.report(err)
}

// app is one run of the program.
type app struct {
	env    Env
	format format
	flags  struct {
		profile, config, environment, logFile string
		readOnly, noColor                     bool
		timeout                               time.Duration
	}

	running bool            // the command line was understood
	ctx     context.Context // of the command, for what is read from stdin
	cfg     *config.Config
	log     *slog.Logger
	closers []func()
}

func (a *app) root() *cobra.Command {
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
			a.running = true
			return a.prepare(cmd)
		},
	}
	root.SetIn(a.env.Stdin)
	root.SetOut(a.env.Stdout)
	root.SetErr(a.env.Stderr)
	f := root.PersistentFlags()
	f.StringVar(&a.flags.profile, "profile", "", "the profile to use")
	f.StringVar(&a.flags.config, "config", "", "the configuration file")
	f.StringVar(&a.flags.environment, "environment", "", "slug of the key's environment, where the profile does not name it")
	f.BoolVar(&a.flags.readOnly, "read-only", false, "refuse everything that would change something in Knock")
	f.VarP(&a.format, "output", "o", "how to print data: table, json or ndjson")
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

// prepare applies the flags that all commands share.
func (a *app) prepare(cmd *cobra.Command) error {
	if err := noEmptyFlag(cmd); err != nil {
		return err
	}
	if a.flags.timeout < 0 {
		return usage("--timeout is %s: give a positive time, such as 30s", a.flags.timeout)
	}
	if a.flags.timeout > 0 {
		ctx, cancel := context.WithTimeout(cmd.Context(), a.flags.timeout)
		a.closers = append(a.closers, cancel)
		cmd.SetContext(ctx)
	}
	a.ctx = cmd.Context()
	if a.flags.logFile == "" {
		return nil
	}
	f, err := os.OpenFile(a.flags.logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return usage("the log file cannot be written: %w", err)
	}
	a.closers = append(a.closers, func() { _ = f.Close() })
	a.log = slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return nil
}

func (a *app) close() {
	for i := len(a.closers) - 1; i >= 0; i-- {
		a.closers[i]()
	}
}
