package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/spf13/cobra"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/backfill"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/ops/flows"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/webhook"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
)

// ProfileNames completes the names of profiles, without a word about what else
// the configuration may be.
func (a *App) ProfileNames(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	cfg, _ := config.Load(config.Flags{ConfigPath: a.Flags.Config})
	if cfg == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return namesOf(cfg), cobra.ShellCompDirectiveNoFileComp
}

func namesOf(cfg *config.Config) []string {
	var names []string
	for _, p := range cfg.Profiles {
		names = append(names, p.Name)
	}
	return names
}

// openProfile opens a profile for the console; "" is the current one. The keys are
// fetched before the screen is taken: a password manager may ask for something on it.
func (a *App) openProfile(ctx context.Context, cfg *config.Config, profile string) (OpenedProfile, error) {
	link := &Link{}
	conn, err := a.connectTo(ctx, profile, link.Observe)
	if err != nil {
		return OpenedProfile{}, err
	}
	j, err := journal.Open(JournalPath(conn.profile.Name))
	if err != nil {
		return OpenedProfile{}, err
	}
	d := conn.opened(j, link, cfg, "", a.Log)
	d.Session.Flags = a.ProfileFlags(conn.profile)
	d.Session.Elsewhere = a.elsewhere(conn.profile.Name)
	d.Session.FlowFolder = flowFolder()
	d.receiveFor(ctx, conn.profile)
	d.joinTeam(ctx, conn.profile)
	return d, nil
}

// switchProfile opens another profile, or the same one anew when the other cannot be
// opened, with the reason to show. The old profile is closed by then.
func (a *App) switchProfile(ctx context.Context, d OpenedProfile, profile string) (OpenedProfile, error) {
	next, failed := a.openProfile(ctx, d.cfg, profile)
	if failed == nil {
		return next, nil
	}
	again, err := a.openProfile(ctx, d.cfg, d.Profile.Name)
	again.notice = fmt.Sprintf("still on %s: %s cannot be opened: %v", d.Profile.Name, profile, failed)
	return again, err
}

// OpenedProfile is what a console works with.
type OpenedProfile struct {
	Session *ops.Session
	Profile config.Profile
	Link    *Link
	cfg     *config.Config
	log     *slog.Logger
	view    string
	resumes bool   // it opens where it was left
	leaves  bool   // where it is left is kept
	notice  string // shown when the console opens
	// extra is what pulse can do besides, nil for nothing.
	extra []ui.Binding
	// around is what the console is shown in, nil for nothing.
	around func(tea.Model, theme.Options) tea.Model

	stopReceiving func() // nil without a receiver
	leaveTeam     func() // nil without a team
}

// opened ties a connection to its journal, for the console. Its exchanges must go to link.
func (c connection) opened(j *journal.Journal, link *Link, cfg *config.Config, view string, log *slog.Logger) OpenedProfile {
	s := c.Session(j)
	s.Requests = &link.log
	s.Commands.Environment = commandEnvironment(cfg, c.profile, c.apiKey.Reveal(), c.token.Reveal())
	return OpenedProfile{Session: s, Profile: c.profile, Link: link, cfg: cfg, view: view, log: log}
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
func (a *App) closeProfile(d OpenedProfile) {
	cancels, sweeps := d.Session.Cancels.InProgress(), d.Session.Sweeps.Running()
	if d.stopReceiving != nil {
		d.stopReceiving()
	}
	if d.leaveTeam != nil {
		d.leaveTeam()
	}
	if changes := d.Session.Changes(); len(changes) > 0 {
		a.Say("waiting for Knock's answer, up to %s: %s", runner.DrainFor, strings.Join(changes, ", "))
	}
	if err := d.Session.Close(); err != nil {
		a.Say("the journal was not closed: %v", err)
	}
	if cancels > 0 {
		a.Say("left with %s not proven to the end: what was sent stays sent; `%s` shows what is still pending", termtext.Plural(cancels, "cancel"), d.Session.Command("runs list"))
	}
	for _, w := range sweeps {
		a.Say("sweep %d of %s was cut off: `%s` goes on with it", w.ID(), w.Scope().Workflow, d.Session.Command(fmt.Sprintf("sweep resume %d", w.ID())))
	}
}

// Status is what the console's header and confirms say.
func (d OpenedProfile) Status() ui.Status {
	s := d.Session
	used, perSecond := s.Client.Budget("runs")
	events := s.Events.State()
	d.Link.mu.Lock()
	defer d.Link.mu.Unlock()
	task, percent := "", -1
	if running := s.Sweeps.Running(); len(running) > 0 {
		task = "sweep"
		if p := running[0].Progress(); p.Runs > 0 {
			percent = 100 * p.Accounted() / p.Runs
		}
	}
	return ui.Status{
		Profile: s.Profile, Environment: s.Environment, Protected: s.Protected,
		ReadOnly: s.Guard.ReadOnly(), CanArm: d.Profile.Protected && !d.Profile.ReadOnly, ArmedUntil: s.Guard.ArmedUntil(),
		Link: d.Link.word, LinkBad: d.Link.misses >= lostAfter, LinkSince: d.Link.since,
		Reads: used, ReadLimit: perSecond, Task: task, TaskPercent: percent,
		InProgress: s.InProgress(), Unanswered: s.Changes(), Unsent: s.Sweeps.Unsent(), Frozen: len(s.Pulse.Now().Frozen),
		Events: events.String(), EventsBad: events.Err != nil || events.Team.Err != nil,
	}
}

// receiveFor starts the receiver of the profile, when it has a secret to
// check signatures with. That it cannot is no reason not to open the console:
// the events page and the header say so.
func (d *OpenedProfile) receiveFor(ctx context.Context, p config.Profile) {
	secrets, err := WebhookSecrets(ctx, p, nil)
	switch {
	case err != nil:
		d.cannotReceive(p, err)
		return
	case len(secrets) == 0:
		return
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", p.Webhook.Addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		d.cannotReceive(p, fmt.Errorf("another program listens on %s", p.Webhook.Addr))
	case err != nil:
		d.cannotReceive(p, err)
	default:
		d.receive(ctx, l, p.Webhook, secrets)
	}
}

func (d *OpenedProfile) cannotReceive(p config.Profile, err error) {
	d.Session.Events.Receive(events.Receiving{URL: "http://" + p.Webhook.Addr + p.Webhook.Path, Err: err})
	if d.notice == "" {
		d.notice = "webhooks are not received here: " + err.Error()
	}
}

// fill restores what gaps kept from arriving.
func (d *OpenedProfile) fill(ctx context.Context, gaps []journal.Gap, info func(string, ...any)) {
	if err := d.Session.Client.SyncClock(ctx); err != nil {
		info("gaps in what arrived are not filled: %v", err)
		return
	}
	for _, s := range backfill.ScopesOf(gaps, backfill.DefaultLookback, d.Session.Client) {
		p, err := backfill.Run(ctx, d.Session.Client, d.Session.Journal, s, nil)
		if err != nil {
			info("the gap from %s to %s is not filled: %v", s.Since, s.Until, err)
			return
		}
		info("the gap from %s to %s is filled: %d of %d events restored", s.Since, s.Until, p.Restored, p.Events)
	}
}

// receive takes webhooks on a listener into the profile's journal and drops what is too old, until the profile is closed.
func (d *OpenedProfile) receive(ctx context.Context, l net.Listener, w config.WebhookSettings, secrets []string) {
	r := webhook.NewReceiver(webhook.Options{Store: d.Session.Journal, Path: w.Path, Secrets: secrets, Tolerance: w.Tolerance, Log: d.log})
	at := events.Receiving{Receiver: r, URL: "http://" + l.Addr().String() + w.Path, Secrets: secrets}
	d.Session.Events.Receive(at)
	ctx, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() {
		if err := r.Serve(ctx, l); err != nil {
			at.Err = err
			d.Session.Events.Receive(at)
		}
	})
	info := func(format string, args ...any) { d.log.Info(fmt.Sprintf(format, args...)) }
	gaps, err := d.Session.Journal.Gaps(ctx, time.Now().AddDate(0, 0, -1))
	if err != nil {
		info("gaps in what arrived cannot be read: %v", err)
	}
	work.Go(func() { PruneLoop(ctx, d.Session.Journal, w, info) })
	work.Go(func() { StandReadyLoop(ctx, d.Session.Journal, info) })
	if w.Backfill {
		work.Go(func() { d.fill(ctx, gaps, info) })
	}
	d.stopReceiving = func() {
		stop()
		work.Wait()
	}
}

// flowFolder is where the operator's own flows are found by name.
func flowFolder() string {
	file, _ := config.Paths()
	return filepath.Join(filepath.Dir(file), "flows")
}

// Flows are the flows that are found by name.
func (a *App) Flows() flows.Library { return flows.Library{Folder: flowFolder()} }
