package app

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/atotto/clipboard"
	"github.com/charmbracelet/colorprofile"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/cli/prompt"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/commands"
	"github.com/knockops/knockops/views/compose"
	"github.com/knockops/knockops/views/events"
	"github.com/knockops/knockops/views/flows"
	"github.com/knockops/knockops/views/history"
	"github.com/knockops/knockops/views/jsonpage"
	"github.com/knockops/knockops/views/lookup"
	"github.com/knockops/knockops/views/objects"
	"github.com/knockops/knockops/views/pulse"
	"github.com/knockops/knockops/views/requests"
	"github.com/knockops/knockops/views/runs"
	"github.com/knockops/knockops/views/sources"
	"github.com/knockops/knockops/views/sweep"
	"github.com/knockops/knockops/views/tenants"
	"github.com/knockops/knockops/views/users"
	"github.com/knockops/knockops/views/why"
	"github.com/knockops/knockops/views/workflows"
)

// firstView is what the console opens on.
const firstView = pulse.Name

// Pages are all views of the console. A new view is one line here.
func Pages(s *ops.Session) []ui.Page {
	return slices.Concat(
		pulse.Pages(s),
		users.Pages(s),
		compose.Pages(s),
		runs.Pages(s),
		events.Pages(s),
		workflows.Pages(s),
		history.Pages(s),
		requests.Pages(s.Requests),
		sweep.Pages(s),
		why.Pages(s),
		objects.Pages(s),
		tenants.Pages(s),
		sources.Pages(s),
		flows.Pages(s),
		commands.Pages(s),
		jsonpage.Pages(),
	)
}

// setUp is the one screen for somebody who has set up nothing.
const setUp = `nothing is set up yet.

  To try it without an account:    knockops demo

  To work on one environment, set its secret key, from Knock's dashboard
  under Platform > API keys:       export KNOCK_API_KEY=sk_...
  For the workflows (optional):    export KNOCK_SERVICE_TOKEN=knock_st_...

  To work on several, with names, colours and protection for production,
  write a configuration file:      knockops config init
  and see what is still missing:   knockops doctor`

// OpenConsole opens the console on the current profile, where it was left unless it begins afresh or on another
// view, and stays in it until it is quit.
func (a *App) OpenConsole(ctx context.Context, view string, fresh bool) error {
	cfg, err := a.LoadConfig()
	switch {
	case errors.Is(err, config.ErrNotConfigured):
		return exit.Usage(setUp)
	case err != nil:
		return err
	}
	if err := a.needTerminal(); err != nil {
		return err
	}
	d, err := a.openProfile(ctx, cfg, "")
	if err != nil {
		return err
	}
	d.view = view
	for {
		d.resumes, d.leaves = !fresh, true
		next, err := a.runConsole(ctx, d)
		if err != nil || next == "" {
			return err
		}
		if d, err = a.switchProfile(ctx, d, next); err != nil {
			return err
		}
	}
}

// unicodeLocale reports whether the locale can show more than ASCII. One that is not set says nothing.
func unicodeLocale(env func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(env(name)); locale != "" {
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
		}
	}
	return true
}

func (a *App) needTerminal() error {
	if os.Getenv("TERM") == "dumb" {
		return exit.Usage("the console needs a terminal that can place its cursor, and TERM is dumb; `knockops --help` lists the commands, which do not")
	}
	if !output.IsTerminal(a.Stdin) || !output.IsTerminal(a.Stdout) {
		return exit.Usage("the console needs a terminal, and this is none; `knockops --help` lists the commands, which do not")
	}
	return nil
}

// framesPerSecond bounds how often the screen is written. The renderer wakes that
// often whether or not there is something to write, so an idle console costs by it.
const framesPerSecond = 20

// runConsole runs the console to its end and closes the session. next is the
// profile that the operator switched to, "" when the console was quit.
func (a *App) runConsole(ctx context.Context, d OpenedProfile) (next string, err error) {
	defer a.closeProfile(d)
	all := Pages(d.Session)
	for i := range all {
		if all[i].Name == pulse.Name {
			all[i].Bindings = append(all[i].Bindings, d.extra...)
		}
	}
	start, with, err := d.startPage(all)
	if err != nil {
		return "", err
	}
	if d.view == "" && d.resumes {
		start, with = resume(all, d.Profile.Name)
	}
	keys := keymap.New()
	ui.Register(keys, all)
	if err := keys.Preset(d.cfg.Preset); err != nil {
		return "", err
	}
	for _, problem := range append(overrideKeys(keys, d.cfg), addCommands(d.Session, d.cfg, all, keys)...) {
		a.Say("configuration: %v", problem)
		if d.notice == "" {
			d.notice = "configuration: " + problem.Error()
		}
	}
	colours := a.Colours()
	inks := theme.Options{
		Dark: d.cfg.Theme.Mode != "light", Profile: themeColours(d.cfg.Theme.Name, colours), ASCII: d.cfg.Theme.ASCII || !unicodeLocale(os.Getenv),
		Plots: d.cfg.Theme.Plots, HighContrast: d.cfg.Theme.HighContrast, Accent: d.Profile.Color,
		DarkInks: d.cfg.Theme.Dark, LightInks: d.cfg.Theme.Light,
		Accessible: d.cfg.Theme.Accessible || os.Getenv("ACCESSIBLE") != "",
	}
	app := ui.New(ui.Config{
		Pages: all, Keys: keys, Status: d.Status,
		Arm: func() { d.Session.Guard.Arm(prompt.ArmFor) }, Disarm: d.Session.Guard.Disarm,
		Clipboard: nativeClipboard(), Browse: Browse,
		Theme:  inks,
		Others: others(d.cfg, d.Profile.Name), Notice: d.notice,
		Views: recall().Views[d.Profile.Name], KeepViews: func(views []ui.SavedView) {
			if d.leaves {
				keepViews(a.Log, d.Profile.Name, views)
			}
		},
		Start: start, StartWith: with, Preview: !recall().NoPreview, Find: lookup.In(d.Session),
		Remember: func(preview bool) {
			if d.leaves {
				change(a.Log, func(r *remembered) { r.NoPreview = !preview })
			}
		},
	})
	defer app.Close()
	d.Session.Pulse.Start()
	watched := &watched{model: app}
	if d.around != nil {
		watched.model = d.around(app, inks)
	}
	program := tea.NewProgram(watched,
		tea.WithInput(a.Stdin), tea.WithOutput(a.Stdout),
		tea.WithColorProfile(colours), tea.WithoutSignalHandler(), tea.WithFPS(framesPerSecond), tea.WithFilter(keepMode(d.cfg.Theme.Mode)),
	)
	// A signal quits as q does: a program that is killed closes its input while it is still read.
	defer context.AfterFunc(ctx, program.Quit)()
	restore := redirectStderr(a.Log)
	_, err = program.Run()
	restore()
	if page, with := app.Left(); d.leaves && page != "" {
		leave(a.Log, d.Profile.Name, page, with)
	}
	switch {
	case errors.Is(err, tea.ErrProgramPanic):
		return "", watched.report()
	case ctx.Err() != nil: // a signal, or --timeout
		return "", nil
	}
	return app.Next(), err
}

// startPage is the page that was asked for, by its name or that of a saved view.
func (d OpenedProfile) startPage(all []ui.Page) (string, ui.Params, error) {
	if d.leaves {
		for _, v := range recall().Views[d.Profile.Name] {
			if v.Name == d.view {
				return v.Page, v.With, nil
			}
		}
	}
	page, err := startPage(all, d.view)
	return page, nil, err
}

func startPage(all []ui.Page, view string) (string, error) {
	if view == "" {
		return firstView, nil
	}
	var names []string
	for _, p := range all {
		if p.Hidden {
			continue
		}
		if p.Name == view {
			return view, nil
		}
		names = append(names, p.Name)
	}
	return "", exit.Unknown("view", view, names)
}

// Colours is what the terminal can show. NO_COLOR counts with any value.
func (a *App) Colours() colorprofile.Profile {
	if a.Flags.NoColor || os.Getenv("NO_COLOR") != "" {
		return colorprofile.ASCII
	}
	return colorprofile.Detect(a.Stdout, os.Environ())
}

// keepMode drops the terminal's answer about its background where the
// configuration has decided.
func keepMode(mode string) func(tea.Model, tea.Msg) tea.Msg {
	return func(_ tea.Model, msg tea.Msg) tea.Msg {
		if _, answer := msg.(tea.BackgroundColorMsg); answer && (mode == "dark" || mode == "light") {
			return nil
		}
		return msg
	}
}

func nativeClipboard() func(string) error {
	if clipboard.Unsupported {
		return nil
	}
	return clipboard.WriteAll
}

// themeColours is what a theme draws with: the terminal's own palette is its 16 colours, however many more
// it can show.
func themeColours(theme string, shown colorprofile.Profile) colorprofile.Profile {
	if theme == config.TerminalTheme {
		return min(shown, colorprofile.ANSI)
	}
	return shown
}
