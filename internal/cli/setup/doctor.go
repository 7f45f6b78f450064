package setup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
)

// probeFor is how long the doctor waits for an answer of Knock's.
const probeFor = 10 * time.Second

// finding is one thing that the doctor looked at.
type finding struct {
	State string `json:"state"` // ok, warn or fail
	Check string `json:"check"`
	Found string `json:"found"`
	Do    string `json:"do,omitempty"` // what to do about it
}

func ok(check, format string, args ...any) finding {
	return finding{State: "ok", Check: check, Found: fmt.Sprintf(format, args...)}
}

func warn(check, do, format string, args ...any) finding {
	return finding{"warn", check, fmt.Sprintf(format, args...), do}
}

func fail(check, do, format string, args ...any) finding {
	return finding{"fail", check, fmt.Sprintf(format, args...), do}
}

// Doctor checks the setup.
func Doctor(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Check the setup and suggest fixes", Args: cobra.NoArgs,
		Long: "The doctor looks at the configuration, the keys, both of Knock's APIs, the clock, the terminal, and the files\n" +
			"that knockops keeps. It leaves everything as it is. It ends with 1 when something will not work.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return tell(a, examine(cmd.Context(), a))
		},
	}
}

// tell prints findings. The error says that something will not work.
func tell(a *app.App, findings []finding) error {
	l := output.NewLister(a.Printer,
		output.Col("", func(f finding) string { return f.State }),
		output.Col("CHECK", func(f finding) string { return f.Check }),
		output.Col("FOUND", func(f finding) string { return strings.TrimSuffix(f.Found+"; "+f.Do, "; ") }),
	)
	failed := 0
	for _, f := range findings {
		if f.State == "fail" {
			failed++
		}
		if err := l.Add(f); err != nil {
			return err
		}
	}
	if err := l.End(); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%s will not work as it is", termtext.Plural(failed, "thing"))
	}
	return nil
}

// examine looks at everything, from the configuration outwards.
func examine(ctx context.Context, a *app.App) []finding {
	out, p, usable := examineConfig(a)
	if usable {
		out = append(out, examineProfile(ctx, a, p)...)
	} else if _, err := a.LoadConfig(); errors.Is(err, config.ErrNotConfigured) {
		p, err = a.JournalProfile() // which takes webhooks all the same
		usable = err == nil
	}
	if usable {
		out = append(out, examineJournal(ctx, p.Name))
		out = append(out, examineWebhooks(ctx, p)...)
		if !p.Team.IsZero() {
			out = append(out, examineTeam(ctx, p)...)
		}
	}
	return append(out, examineTerminal(a), examineState())
}

func examineConfig(a *app.App) (out []finding, p config.Profile, usable bool) {
	cfg, err := config.Load(config.Flags{Profile: a.Flags.Profile, ConfigPath: a.Flags.Config, ReadOnly: a.ReadOnly})
	var file *config.FileError
	switch {
	case errors.As(err, &file):
		for _, problem := range file.Problems {
			out = append(out, fail("configuration", "correct the file: knockops config edit", "%s", problem))
		}
		return out, p, false
	case err != nil:
		out = append(out, fail("configuration", "", "%v", err))
	case cfg.Exists:
		out = append(out, ok("configuration", "%s, %s", cfg.Path, termtext.Plural(len(cfg.Profiles), "profile")))
	default:
		out = append(out, ok("configuration", "the environment alone: there is no file %s", cfg.Path))
	}
	if cfg != nil {
		for _, w := range cfg.Warnings {
			out = append(out, warn("configuration", "", "%s", w))
		}
		for _, problem := range app.ConsoleProblems(cfg) {
			out = append(out, warn("console", "", "%v", problem))
		}
	}
	if err != nil {
		return out, p, false
	}
	if p, err = cfg.Profile(""); err != nil {
		return append(out, fail("profile", "", "%v", err)), p, false
	}
	if p.Environment, err = a.Environment(p); err != nil {
		return append(out, fail("profile", "", "%v", err)), p, false
	}
	return append(out, examineProfileItself(p)), p, true
}

func examineProfileItself(p config.Profile) finding {
	switch {
	case !p.KnowsEnvironment():
		return warn("profile", "name it with --environment, or as `environment` in a profile", "%s; its environment is not known, so workflows and sources cannot be read", p.Name)
	case p.ReadOnly:
		return ok("profile", "%s, environment %s, read-only", p.Name, p.Environment)
	case p.Protected:
		return ok("profile", "%s, environment %s, protected: read-only until it is armed", p.Name, p.Environment)
	}
	return ok("profile", "%s, environment %s", p.Name, p.Environment)
}

func examineJournal(ctx context.Context, profile string) finding {
	const check = "journal"
	path := app.JournalPath(profile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return ok(check, "none yet; it is written at %s with the first change", path)
	}
	j, err := journal.Open(path)
	if err != nil {
		return fail(check, "", "%v", err)
	}
	if err := errors.Join(j.Check(ctx), j.Close()); err != nil {
		return fail(check, "", "%v", err)
	}
	return ok(check, "%s is sound", path)
}

// examineState looks at the directory of what this machine keeps.
func examineState() finding {
	const check = "state directory"
	_, state := config.Paths()
	if err := writable(state); err != nil {
		return fail(check, "make room in it or make it writable, or set XDG_STATE_HOME to another: what cannot be written down is not done",
			"%s cannot be written to: %v", state, cause(err))
	}
	info, err := os.Stat(state)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ok(check, "%s is made when it is needed", state)
	case err != nil:
		return fail(check, "make it readable, or set XDG_STATE_HOME", "%v", err)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return warn(check, "chmod 700 "+termtext.ShellWord(state), "other users of this machine can look into %s (mode %04o)", state, info.Mode().Perm())
	}
	return ok(check, "%s", state)
}

// writable tries to write to a directory, or to the one that it would be made in, and leaves nothing behind.
func writable(dir string) error {
	f, err := os.CreateTemp(dir, ".knockops-doctor-*")
	if parent := filepath.Dir(dir); errors.Is(err, fs.ErrNotExist) && parent != dir {
		if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
			return writable(parent)
		}
	}
	if err != nil {
		return err
	}
	_, err = f.Write(make([]byte, 64<<10))
	return cmp.Or(err, f.Close(), os.Remove(f.Name()))
}

// cause is an error without the name of the file that it is about.
func cause(err error) error {
	var about *fs.PathError
	if errors.As(err, &about) {
		return about.Err
	}
	return err
}

func examineTerminal(a *app.App) finding {
	const check = "terminal"
	if !output.IsTerminal(a.Stdout) {
		return ok(check, "none here; the commands need none, the console does")
	}
	name := os.Getenv("TERM")
	if name == "" || name == "dumb" {
		return fail(check, "set TERM to what it is, such as xterm-256color", "TERM is %s, which the console cannot draw on", strconv.Quote(name))
	}
	width, height, err := term.GetSize(a.Stdout.(*os.File).Fd())
	if err != nil {
		return warn(check, "the console may not lay itself out", "%s does not say its size: %v", name, err)
	}
	if width < ui.MinWidth || height < ui.MinHeight {
		return warn(check, fmt.Sprintf("make it %d×%d at least", ui.MinWidth, ui.MinHeight), "%s is %d×%d, too small for the console", name, width, height)
	}
	return ok(check, "%s, %d×%d, %s", name, width, height, colourWords(a.Colours()))
}

func colourWords(p colorprofile.Profile) string {
	switch p {
	case colorprofile.TrueColor:
		return "true colour"
	case colorprofile.ANSI256:
		return "256 colours"
	case colorprofile.ANSI:
		return "16 colours"
	}
	return "no colours"
}
