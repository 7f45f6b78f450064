package cli

import (
	"context"
	"io"
	"log/slog"
	"os"
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

// app is one run of the program.
type app struct {
	*Printer
	*Input
	*Prompter
	flags struct {
		profile, config, environment, logFile string
		noColor                               bool
		timeout                               time.Duration
	}

	cfg     *config.Config
	log     *slog.Logger
	closers []func()
}

// newApp is an app that has not read its configuration yet.
func newApp(env Env) *app {
	out := &Printer{Stdout: env.Stdout, Stderr: env.Stderr, Format: table}
	return &app{
		Printer: out, Input: &Input{Stdin: env.Stdin}, Prompter: &Prompter{Out: out, In: env.Stdin, Interactive: env.Interactive},
		log: slog.New(slog.DiscardHandler),
	}
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
	a.Ctx = cmd.Context()
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
