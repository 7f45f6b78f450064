// Package world gives scenario tests a Knock of their own: the emulator on a
// network in memory, and a session with it, all inside a synctest bubble.
package world

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/google/uuid"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/stage"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
)

// Options say how the world is.
type Options struct {
	Stage    stage.Options
	Emulator emulator.Options
	// Protected makes the profile a protected one: it starts read-only.
	Protected bool
	// NoServiceToken leaves the management API out of reach.
	NoServiceToken bool
	// Pages of the console, and the one it starts on.
	Pages func(*ops.Session) []ui.Page
	Start string
	With  ui.Params
}

// World is what a scenario acts on.
type World struct {
	t       *testing.T
	Stage   *stage.Stage
	Knock   *emulator.Emulator
	Network *Network
	Session *ops.Session
}

// Session starts an emulator and ties a session to it. cleanup gets what ends both.
func Session(t *testing.T, o Options, cleanup func(func())) *World {
	t.Helper()
	if o.Emulator.Seed == 0 {
		o.Emulator.Seed = 1
	}
	knock, err := emulator.New(o.Emulator)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	network := NewNetwork()
	served := make(chan error, 1)
	knock.Start(ctx)
	go func() { served <- knock.Serve(ctx, network) }()
	guard := client.NewGuard(o.Protected)
	token := client.Secret(emulator.DemoServiceToken)
	if o.NoServiceToken {
		token = ""
	}
	transport := network.Transport()
	log := &ops.RequestLog{}
	c, err := client.New(client.Options{
		BaseURL: "http://127.0.0.1", ManagementBaseURL: "http://127.0.0.1",
		APIKey: emulator.DemoAPIKey, ServiceToken: token, Environment: emulator.DemoEnvironment,
		Guard: guard, Transport: transport, UserAgent: "knockops/test", Observe: log.Observe,
	})
	if err != nil {
		t.Fatal(err)
	}
	j, err := journal.OpenMemory()
	if err != nil {
		t.Fatal(err)
	}
	s := ops.NewSession("test", emulator.DemoEnvironment, o.Protected, c, guard, j)
	s.Requests = log
	cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the session: %v", err)
		}
		transport.CloseIdleConnections()
		stop()
		network.Close()
		<-served
		knock.Close()
	})
	return &World{t: t, Knock: knock, Network: network, Session: s}
}

// Play runs a story in a console on the emulator.
func Play(t *testing.T, o Options, story func(*World)) {
	t.Helper()
	uuid.SetRand(rand.NewChaCha8([32]byte{})) // the keys that the program makes up are the same every time
	defer uuid.SetRand(nil)
	if o.Stage.Width == 0 {
		o.Stage.Width, o.Stage.Height = 120, 40
	}
	var w *World
	stage.Run(t, o.Stage, func(cleanup func(func())) tea.Model {
		w = Session(t, o, cleanup)
		pages := o.Pages(w.Session)
		keys := keymap.New()
		ui.Register(keys, pages)
		app := ui.New(ui.Config{
			Pages: pages, Keys: keys, Status: w.status, Arm: func() {}, Disarm: func() {},
			Theme: theme.Options{Dark: true}, Start: o.Start, StartWith: o.With,
		})
		cleanup(app.Close)
		return app
	}, func(s *stage.Stage) {
		w.Stage = s
		story(w)
	})
}

func (w *World) status() ui.Status {
	return ui.Status{
		Profile: w.Session.Profile, Environment: w.Session.Environment, Protected: w.Session.Protected,
		ReadOnly: w.Session.Guard.ReadOnly(), InHand: w.Session.Cancels.InHand(),
	}
}

// Trigger sends a trigger past the console, as somebody else's program would.
func (w *World) Trigger(workflow, key, data string, to ...string) client.Triggered {
	w.t.Helper()
	t := client.Trigger{Workflow: workflow, CancellationKey: key, Data: []byte(data)}
	if data == "" {
		t.Data = nil
	}
	for _, s := range to {
		r, err := client.ParseRecipient(s)
		if err != nil {
			w.t.Fatal(err)
		}
		t.Recipients = append(t.Recipients, r)
	}
	done, err := w.Session.Client.Trigger(context.Background(), t)
	if err != nil {
		w.t.Fatal(err)
	}
	return done
}

// Sent returns the requests that Knock received so far with this method, and a
// path that ends so.
func (w *World) Sent(method, suffix string) []emulator.Request {
	return slices.DeleteFunc(w.Knock.Requests(), func(r emulator.Request) bool {
		return r.Method != method || !strings.HasSuffix(r.Path, suffix)
	})
}

// SentTimes fails unless that many such requests were received.
func (w *World) SentTimes(n int, method, suffix string) *World {
	w.t.Helper()
	if got := w.Sent(method, suffix); len(got) != n {
		w.t.Fatalf("%d requests %s …%s were sent, want %d:\n%s", len(got), method, suffix, n, w.Stage.Text())
	}
	return w
}
