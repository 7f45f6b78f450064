// Package app is one run of the program: it wires the profile's configuration,
// client and journal together, for the commands and for the console.
package app

import (
	"context"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/cli/prompt"
)

// Env is what a command runs in.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Interactive says that somebody sits there who can be asked: stdin and
	// stderr are a terminal.
	Interactive bool
}

// App is one run of the program.
type App struct {
	*output.Printer
	*input.Input
	*prompt.Prompter
	Flags struct {
		Profile, Config, Environment, LogFile string
		NoColor                               bool
		Timeout                               time.Duration
	}

	cfg     *config.Config
	Log     *slog.Logger
	closers []func()
}

// New is an app that has not read its configuration yet.
func New(env Env) *App {
	out := &output.Printer{Stdout: env.Stdout, Stderr: env.Stderr, Format: output.Table}
	return &App{
		Printer: out, Input: &input.Input{Stdin: env.Stdin}, Prompter: &prompt.Prompter{Out: out, In: env.Stdin, Interactive: env.Interactive},
		Log: slog.New(slog.DiscardHandler),
	}
}

// Prepare applies the flags that all commands share.
func (a *App) Prepare(cmd *cobra.Command) error {
	if err := input.NoEmptyFlag(cmd); err != nil {
		return err
	}
	if a.Flags.Timeout < 0 {
		return exit.Usage("--timeout is %s: give a positive time, such as 30s", a.Flags.Timeout)
	}
	if a.Flags.Timeout > 0 {
		ctx, cancel := context.WithTimeout(cmd.Context(), a.Flags.Timeout)
		a.closers = append(a.closers, cancel)
		cmd.SetContext(ctx)
	}
	a.Ctx = cmd.Context()
	if a.Flags.LogFile == "" {
		return nil
	}
	f, err := os.OpenFile(a.Flags.LogFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return exit.Usage("the log file cannot be written: %w", err)
	}
	a.closers = append(a.closers, func() { _ = f.Close() })
	a.Log = slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return nil
}

// Close undoes what was opened, the last first.
func (a *App) Close() {
	for i := len(a.closers) - 1; i >= 0; i-- {
		a.closers[i]()
	}
}
