// Package world gives scenario tests a Knock of their own: the emulator on a
// network in memory, and a session with it, all inside a synctest bubble.
package world

import (
	"cmp"
	"context"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/google/uuid"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
)

// ArmedFor is how long an armed profile stays so here.
const ArmedFor = 10 * time.Minute

// Options say how the world is.
type Options struct {
	Stage    tuitest.Options
	Emulator emulator.Options
	// Profile is the name of the session's; "" for test.
	Profile string
	// Protected makes the profile a protected one: it starts read-only and can be armed.
	Protected bool
	// ReadOnly opens the profile read-only for good.
	ReadOnly bool
	// Status and Observe are what the program itself would have of the connection;
	// nil for a status without one.
	Status  func(*ops.Session) ui.Status
	Observe func(client.Exchange)
	// NoServiceToken leaves the management API out of reach.
	NoServiceToken bool
	// NoEnvironment leaves it unknown which environment the key belongs to.
	NoEnvironment bool
	// Webhooks makes the console receive the emulator's webhooks; with NoSecret
	// it has nothing to check their signatures with.
	Webhooks, NoSecret bool
	// Journal is the file of the session's journal; "" for one in memory.
	Journal string
	// Pages of the console, and the one it starts on.
	Pages func(*ops.Session) []ui.Page
	Start string
	With  ui.Params
	// LookUp finds what an id is of; nil for a console that cannot.
	LookUp func(*ops.Session) ui.Finder
	// Preview shows what is selected beside its list.
	Preview bool
	// Browse opens an address; nil for a machine without a browser.
	Browse func(url string) error
	// Accessible draws for screen readers.
	Accessible bool
	// Around is what the console is shown in; nil for nothing.
	Around func(tea.Model, theme.Options) tea.Model
}

// World is what a scenario acts on.
type World struct {
	t        *testing.T
	emulator emulator.Options
	Stage    *tuitest.Stage
	Knock    *emulator.Emulator
	Network  *Network
	Session  *ops.Session
	// Keys are the console's actions.
	Keys *keymap.Registry
	// Accepted are the confirms that were answered with yes.
	Accepted []ui.Confirm

	gate    *gate
	options client.Options // of the session's client
	others  *client.Client
	frames  *frames
	hooks   *hooks
	armed   bool // can be
}

// On runs a test with a session on the emulator, in a bubble of its own.
func On(t *testing.T, o Options, f func(*testing.T, *World)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var cleanups []func()
		w := session(t, o, func(f func()) { cleanups = append(cleanups, f) })
		defer func() {
			for i := len(cleanups) - 1; i >= 0; i-- {
				cleanups[i]()
			}
			time.Sleep(time.Hour) // timers that were under way run out
		}()
		f(t, w)
	})
}

// session starts an emulator and ties a session to it. cleanup gets what ends both.
func session(t *testing.T, o Options, cleanup func(func())) *World {
	t.Helper()
	if o.Emulator.Seed == 0 {
		o.Emulator.Seed = 1
	}
	o.Profile = cmp.Or(o.Profile, "test")
	var hooks *hooks
	if o.Webhooks {
		hooks = newHooks(&o.Emulator)
	}
	knock, err := emulator.New(o.Emulator)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	network := NewNetwork()
	served := make(chan error, 1)
	knock.Start(ctx)
	gate := &gate{next: knock.Handler()}
	server := &http.Server{Handler: gate, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { served <- server.Serve(network) }()
	guard := client.NewGuard(o.Protected || o.ReadOnly)
	token := client.Secret(emulator.DemoServiceToken)
	if o.NoServiceToken {
		token = ""
	}
	transport := network.Transport()
	requests := &ops.RequestLog{}
	environment := emulator.DemoEnvironment
	if o.NoEnvironment {
		environment = ""
	}
	options := client.Options{
		BaseURL: "http://127.0.0.1", ManagementBaseURL: "http://127.0.0.1",
		APIKey: emulator.DemoAPIKey, ServiceToken: token, Environment: environment,
		Guard: guard, Transport: transport, UserAgent: console,
		Observe: func(x client.Exchange) {
			requests.Observe(x)
			if o.Observe != nil {
				o.Observe(x)
			}
		},
	}
	c, err := client.New(options)
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := options
	elsewhere.Guard, elsewhere.UserAgent, elsewhere.Observe = nil, "somebody/else", nil
	others, err := client.New(elsewhere)
	if err != nil {
		t.Fatal(err)
	}
	open := journal.OpenMemory
	if o.Journal != "" {
		open = func() (*journal.Journal, error) { return journal.Open(o.Journal) }
	}
	j, err := open()
	if err != nil {
		t.Fatal(err)
	}
	s := ops.NewSession(o.Profile, emulator.DemoEnvironment, o.Protected, c, guard, j)
	s.Flags = runner.ProfileFlags(o.Profile, "")
	s.Requests = requests
	stopReceiving := func() {}
	if o.Webhooks {
		secrets := []string{Secret}
		if o.NoSecret {
			secrets = nil
		}
		stopReceiving = hooks.receive(t, s, j, secrets)
	}
	cleanup(func() {
		stopReceiving()
		if err := s.Close(); err != nil {
			t.Errorf("closing the session: %v", err)
		}
		transport.CloseIdleConnections()
		stop()
		_ = server.Close() // and with it the network
		<-served
		knock.Close()
	})
	return &World{t: t, emulator: o.Emulator, Knock: knock, Network: network, Session: s, gate: gate, options: options, others: others, hooks: hooks, armed: o.Protected && !o.ReadOnly}
}

// Client is a further client like the session's, as another process has: a session's own is closed with it.
func (w *World) Client() *client.Client {
	w.t.Helper()
	c, err := client.New(w.options)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(c.Close)
	return c
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
	tuitest.Run(t, o.Stage, func(cleanup func(func())) tea.Model {
		w = session(t, o, cleanup)
		pages := o.Pages(w.Session)
		status := w.status
		if o.Status != nil {
			status = func() ui.Status { return o.Status(w.Session) }
		}
		w.Keys = keymap.New()
		ui.Register(w.Keys, pages)
		inks := theme.Options{Dark: true, Accessible: o.Accessible}
		app := ui.New(ui.Config{
			Pages: pages, Keys: w.Keys, Status: status,
			Arm: func() { w.Session.Guard.Arm(ArmedFor) }, Disarm: w.Session.Guard.Disarm,
			Accepted: func(c ui.Confirm) { w.Accepted = append(w.Accepted, c) },
			Browse:   o.Browse,
			Theme:    inks, Start: o.Start, StartWith: o.With, Preview: o.Preview, Find: o.find(w.Session), KeepViews: func([]ui.SavedView) {},
		})
		cleanup(app.Close)
		w.frames = &frames{t: t, Model: app}
		if o.Around != nil {
			w.frames.Model = o.Around(app, inks)
		}
		return w.frames
	}, func(s *tuitest.Stage) {
		w.Stage = s
		story(w)
	})
}

func (o Options) find(s *ops.Session) ui.Finder {
	if o.LookUp == nil {
		return ui.Finder{}
	}
	return o.LookUp(s)
}

func (w *World) status() ui.Status {
	return ui.Status{
		Profile: w.Session.Profile, Environment: w.Session.Environment, Protected: w.Session.Protected,
		ReadOnly: w.Session.Guard.ReadOnly(), CanArm: w.armed, ArmedUntil: w.Session.Guard.ArmedUntil(),
		InProgress: w.Session.InProgress(), Unanswered: w.Session.Changes(), Unsent: w.Session.Sweeps.Unsent(), Frozen: len(w.Session.Pulse.Now().Frozen),
		Events: w.Session.Events.State().String(),
	}
}

// Trigger sends a trigger past the console, as somebody else's program would.
func (w *World) Trigger(workflow, key, data string, to ...string) client.Triggered {
	w.t.Helper()
	done, err := w.TryTrigger(workflow, key, data, to...)
	if err != nil {
		w.t.Fatal(err)
	}
	return done
}

// TryTrigger is Trigger where it may fail.
func (w *World) TryTrigger(workflow, key, data string, to ...string) (client.Triggered, error) {
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
	return w.others.Trigger(context.Background(), t)
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
