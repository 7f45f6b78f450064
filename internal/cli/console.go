package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/atotto/clipboard"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/compose"
	"github.com/knockops/knockops/views/events"
	"github.com/knockops/knockops/views/history"
	"github.com/knockops/knockops/views/jsonpage"
	"github.com/knockops/knockops/views/pulse"
	"github.com/knockops/knockops/views/requests"
	"github.com/knockops/knockops/views/runs"
	"github.com/knockops/knockops/views/sweep"
	"github.com/knockops/knockops/views/users"
	"github.com/knockops/knockops/views/workflows"
)

// firstView is what the console opens on.
const firstView = pulse.Name

// pages are all views of the console. A new view is one line here.
func pages(s *ops.Session) []ui.Page {
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
		jsonpage.Pages(),
	)
}

// console makes the root command open the console.
func (a *app) console(root *cobra.Command) {
	var view string
	root.Flags().StringVar(&view, "view", "", "the view to open first")
	root.RunE = func(cmd *cobra.Command, _ []string) error { return a.openConsole(cmd.Context(), view) }
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

func (a *app) openConsole(ctx context.Context, view string) error {
	cfg, err := a.loadConfig()
	switch {
	case errors.Is(err, config.ErrNotConfigured):
		return usage(setUp)
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
		next, err := a.runConsole(ctx, d)
		if err != nil || next == "" {
			return err
		}
		if d, err = a.switchProfile(ctx, d, next); err != nil {
			return err
		}
	}
}

// openProfile opens a profile for the console; "" is the current one. The keys are
// fetched before the screen is taken: a password manager may ask for something on it.
func (a *app) openProfile(ctx context.Context, cfg *config.Config, profile string) (openedProfile, error) {
	link := &link{}
	conn, err := a.connectTo(ctx, profile, link.observe)
	if err != nil {
		return openedProfile{}, err
	}
	j, err := journal.Open(journalPath(conn.profile.Name))
	if err != nil {
		return openedProfile{}, err
	}
	d := conn.opened(j, link, cfg, "", a.log)
	d.session.Flags = a.profileFlags(conn.profile)
	d.receiveFor(ctx, conn.profile)
	return d, nil
}

// switchProfile opens another profile, or the same one anew when the other cannot be
// opened, with the reason to show. The old profile is closed by then.
func (a *app) switchProfile(ctx context.Context, d openedProfile, profile string) (openedProfile, error) {
	next, failed := a.openProfile(ctx, d.cfg, profile)
	if failed == nil {
		return next, nil
	}
	again, err := a.openProfile(ctx, d.cfg, d.profile.Name)
	again.notice = fmt.Sprintf("still on %s: %s cannot be opened: %v", d.profile.Name, profile, failed)
	return again, err
}

func (a *app) needTerminal() error {
	if !isTerminal(a.Stdin) || !isTerminal(a.Stdout) {
		return usage("the console needs a terminal, and this is none; `knockops --help` lists the commands, which do not")
	}
	return nil
}

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// openedProfile is what a console works with.
type openedProfile struct {
	session *ops.Session
	profile config.Profile
	link    *link
	cfg     *config.Config
	log     *slog.Logger
	view    string
	notice  string // shown when the console opens

	stopReceiving func() // nil without a receiver
}

// opened ties a connection to its journal, for the console. Its exchanges must go to link.
func (c connection) opened(j *journal.Journal, link *link, cfg *config.Config, view string, log *slog.Logger) openedProfile {
	s := c.session(j)
	s.Requests = &link.log
	return openedProfile{session: s, profile: c.profile, link: link, cfg: cfg, view: view, log: log}
}

// framesPerSecond bounds how often the screen is written. The renderer wakes that
// often whether or not there is something to write, so an idle console costs by it.
const framesPerSecond = 20

// runConsole runs the console to its end and closes the session. next is the
// profile that the operator switched to, "" when the console was quit.
func (a *app) runConsole(ctx context.Context, d openedProfile) (next string, err error) {
	defer a.closeProfile(d)
	all := pages(d.session)
	start, err := startPage(all, d.view)
	if err != nil {
		return "", err
	}
	keys := keymap.New()
	ui.Register(keys, all)
	if err := keys.Preset(d.cfg.Preset); err != nil {
		return "", err
	}
	for _, problem := range overrideKeys(keys, d.cfg) {
		a.Say("key overrides: %v", problem)
		if d.notice == "" {
			d.notice = "key overrides: " + problem.Error()
		}
	}
	colours := a.colours()
	app := ui.New(ui.Config{
		Pages: all, Keys: keys, Status: d.status,
		Arm: func() { d.session.Guard.Arm(armFor) }, Disarm: d.session.Guard.Disarm,
		Clipboard: nativeClipboard(), Browse: browse,
		Theme: theme.Options{
			Dark: d.cfg.Theme.Mode != "light", Profile: colours, ASCII: d.cfg.Theme.ASCII,
			HighContrast: d.cfg.Theme.HighContrast, Accent: d.profile.Color,
			DarkInks: d.cfg.Theme.Dark, LightInks: d.cfg.Theme.Light,
			Accessible: d.cfg.Theme.Accessible || os.Getenv("ACCESSIBLE") != "",
		},
		Others: others(d.cfg, d.profile.Name), Notice: d.notice,
		Start: start,
	})
	defer app.Close()
	d.session.Pulse.Start()
	watched := &watched{model: app}
	program := tea.NewProgram(watched,
		tea.WithInput(a.Stdin), tea.WithOutput(a.Stdout),
		tea.WithColorProfile(colours), tea.WithoutSignalHandler(), tea.WithFPS(framesPerSecond), tea.WithFilter(keepMode(d.cfg.Theme.Mode)),
	)
	// A signal quits as q does: a program that is killed closes its input while it is still read.
	defer context.AfterFunc(ctx, program.Quit)()
	restore := redirectStderr(a.log)
	_, err = program.Run()
	restore()
	switch {
	case errors.Is(err, tea.ErrProgramPanic):
		return "", watched.report()
	case ctx.Err() != nil: // a signal, or --timeout
		return "", nil
	}
	return app.Next(), err
}

// others are the profiles that the console can be switched to.
func others(cfg *config.Config, current string) []ui.Other {
	var out []ui.Other
	for _, p := range cfg.Profiles {
		if p.Name == current {
			continue
		}
		about := p.Environment
		if p.Protected {
			about += ", protected"
		}
		out = append(out, ui.Other{Name: p.Name, About: about})
	}
	return out
}

// closeProfile ends what is under way. What was not proven is said, and stands in the journal.
func (a *app) closeProfile(d openedProfile) {
	cancels, sweeps := d.session.Cancels.InProgress(), d.session.Sweeps.Running()
	if d.stopReceiving != nil {
		d.stopReceiving()
	}
	if changes := d.session.Changes(); len(changes) > 0 {
		a.Say("waiting for Knock's answer, up to %s: %s", runner.DrainFor, strings.Join(changes, ", "))
	}
	if err := d.session.Close(); err != nil {
		a.Say("the journal was not closed: %v", err)
	}
	if cancels > 0 {
		a.Say("left with %s not proven to the end: what was sent stays sent; `%s` shows what is still pending", termtext.Plural(cancels, "cancel"), d.session.Command("runs list"))
	}
	for _, w := range sweeps {
		a.Say("sweep %d of %s was cut off: `%s` goes on with it", w.ID(), w.Scope().Workflow, d.session.Command(fmt.Sprintf("sweep resume %d", w.ID())))
	}
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
	return "", unknown("view", view, names)
}

// overrideKeys applies the configuration's keys; what is wrong with one leaves
// its action as it was.
func overrideKeys(keys *keymap.Registry, cfg *config.Config) []keymap.Problem {
	where := map[string]string{}
	for action := range cfg.Keys {
		where[action] = cfg.KeyPos(action).String()
	}
	return keys.Override(cfg.Keys, where)
}

// colours is what the terminal can show. NO_COLOR counts with any value.
func (a *app) colours() colorprofile.Profile {
	if a.flags.noColor || os.Getenv("NO_COLOR") != "" {
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
