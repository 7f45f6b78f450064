package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/tour"
	"github.com/knockops/knockops/internal/webhook"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/pulse"
)

// Demo is what a demo shows.
type Demo struct {
	View string
	Seed uint64
	// Runaway is a workflow that runs away from the start; "" for none.
	Runaway string
	// Scenes are a tour's, which nothing else happens besides; nil for a world that moves. Auto
	// plays them without the space bar.
	Scenes []tour.Scene
	Auto   bool
}

// OpenDemo listens before there is anybody to answer: the world is built while the
// first frame is drawn, and the first requests wait that long.
func (a *App) OpenDemo(ctx context.Context, demo Demo) error {
	if err := a.needTerminal(); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("the demo's emulator cannot listen on this machine: %w", err)
	}
	hooks, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(fmt.Errorf("the demo cannot listen for webhooks on this machine: %w", err), l.Close())
	}
	defer hooks.Close() // where the console has not done so
	secret := rand.Text()
	ctx, stop := context.WithCancel(ctx)
	served, made := make(chan error, 1), make(chan *emulator.Emulator, 1)
	go func() {
		served <- serveDemo(ctx, stop, l, made, emulator.Options{
			Seed: demo.Seed, Runaway: demo.Runaway, Lively: demo.Scenes == nil, WebhookURL: "http://" + hooks.Addr().String() + webhook.DefaultPath, WebhookSecret: secret,
		})
	}()
	err = a.demoConsole(ctx, "http://"+l.Addr().String(), demo, hooks, secret, made)
	stop()
	if failed := <-served; failed != nil {
		return failed
	}
	return err
}

func (a *App) demoConsole(ctx context.Context, base string, demo Demo, hooks net.Listener, secret string, made chan *emulator.Emulator) error {
	link := &Link{}
	p := config.Profile{Name: "demo", Environment: emulator.DemoEnvironment, BaseURL: base, ManagementBaseURL: base, ReadOnly: a.ReadOnly}
	conn, err := a.Dial(p, emulator.DemoAPIKey, emulator.DemoServiceToken, link.Observe)
	if err != nil {
		return err
	}
	j, err := journal.OpenMemory()
	if err != nil {
		return err
	}
	d := conn.opened(j, link, &config.Config{}, demo.View, a.Log)
	d.receive(ctx, hooks, config.DefaultWebhook, []string{secret})
	if demo.Scenes == nil {
		d.extra = pulse.Rehearsal(func(ctx context.Context, workflow string) error { return runAway(ctx, made, workflow) })
	} else {
		d.around = func(console tea.Model, o theme.Options) tea.Model {
			return tour.New(console, o, demo.Scenes, demo.Auto)
		}
	}
	_, err = a.runConsole(ctx, d)
	return err
}

// runAway has a workflow run away, once the world is made.
func runAway(ctx context.Context, made chan *emulator.Emulator, workflow string) error {
	select {
	case e := <-made:
		made <- e
		return e.RunAway(workflow)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// serveDemo builds the demo's world and serves it until ctx ends. Where that
// fails, the console has nothing to talk to and ends as well.
func serveDemo(ctx context.Context, stop func(), l net.Listener, made chan<- *emulator.Emulator, o emulator.Options) error {
	e, err := emulator.New(o)
	if err == nil {
		made <- e
		err = e.Serve(ctx, l)
	} else {
		_ = l.Close()
	}
	if err != nil {
		stop()
		return fmt.Errorf("the demo's emulator: %w", err)
	}
	return nil
}
