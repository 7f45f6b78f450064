// Package emulator is a stand-in for Knock that runs in this process: it keeps
// users, runs and messages, carries workflows out in its own time, and answers
// the public and the management API, source ingestion and outbound webhooks
// the way Knock does, including what is awkward about it.
//
// One emulator is one environment. Everything it does is decided by the seed,
// the order of the requests and its clock, so a test can expect exact ids.
//
// What goes wrong is decided by names: mail to the domains bounced.test,
// undelivered.test, retried.test and rejected.test (by the provider) meets that
// fate, as do text messages to numbers that end in 0001 (undelivered). A cancel is carried out a second after
// it was accepted and misses runs younger than five.
//
// Paths that Knock does not have begin with /_emulator and need no key: GET
// /_emulator/stats tells the Stats, POST /_emulator/webhooks/{type} sends a
// webhook of any of the 26 types, with {"data": …, "event_data": …} if given.
package emulator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"sync"
	"time"
)

// Keys that the default world's emulator is addressed with. Any other secret
// key (sk_…) and any other token that is neither sk_… nor pk_… is accepted too,
// unless the world lists its own.
const (
	DemoAPIKey       = "sk_test_demo0000000000000000"
	DemoServiceToken = "knock_st_demo0000000000000000"
	DemoEnvironment  = "development"
)

// Options configure an emulator. The zero value is a quiet default world that
// enforces Knock's rate limits.
type Options struct {
	// Seed decides every id and every outcome.
	Seed uint64
	// Speed is how many seconds pass in the emulator for each real one; 0 means 1.
	// Rate limits, latency and chaos stay in real time.
	Speed float64
	// World is what exists at the start; nil means DefaultWorld.
	World *World
	// APIKeys, when given, are the only secret keys accepted, whatever they look
	// like; they take the place of the world's.
	APIKeys []string
	// ClockOffset is how far the emulator's clock is ahead of this machine's at
	// the start; a negative one is behind.
	ClockOffset time.Duration
	// Environment overrides the world's environment slug.
	Environment string
	// NoRateLimit lifts the limits of the endpoint tiers.
	NoRateLimit bool
	// Latency delays every answer.
	Latency time.Duration
	// Chaos spoils a share of the answers.
	Chaos Chaos
	// Runaway names a workflow that is triggered without end, RunawayRate times
	// a second (0 means 50).
	Runaway     string
	RunawayRate float64
	// WebhookURL receives outbound webhooks, signed with WebhookSecret.
	WebhookURL    string
	WebhookSecret string
	// WebhooksAtOnce is how many webhooks are on their way at a time; 0 means 8.
	WebhooksAtOnce int
	// HTTPClient delivers webhooks; nil means a client with a 10 s timeout that
	// follows no redirects.
	HTTPClient *http.Client
	// Lively plays the world's traffic: hours of it before now, so that there is
	// something to see, and then a trickle.
	Lively bool
	// Backlog creates this many pending runs per workflow before the start. Each
	// workflow needs a delay step.
	Backlog map[string]int
	// Log receives one record per request; nil means none.
	Log *slog.Logger
}

// Emulator is one emulated Knock environment. It is safe for concurrent use.
type Emulator struct {
	opts    Options
	world   *World
	client  *http.Client
	log     *slog.Logger
	mux     *http.ServeMux
	limits  limits
	chaos   chaos
	faults  faults
	journal journal
	hooks   hooks

	kick chan struct{}      // tells the agenda's goroutine that something earlier was added
	stop context.CancelFunc // ends what Start began; nil while nothing runs
	wg   sync.WaitGroup

	mu sync.Mutex
	state
}

// state is all that changes under the lock.
type state struct {
	clock     clock
	ids       generator
	at        stamp // the instant being worked on; never goes back
	rehearsal bool  // history is being made: no webhooks
	agenda    agenda

	workflows  map[string]*workflow
	order      []*workflow
	channels   map[string]*channel // by key
	recipients map[ref]*recipient
	listed     map[string]*register // users under "", objects under their collection
	tenants    map[string]*tenant
	tenantList []*tenant
	runs       runStore
	messages   messageStore
	batches    map[batchKey]*batch
	throttles  map[throttleKey][]stamp
	waiting    map[waitKey][]*run
	keys       map[cancelKey]*trigger
	cancels    map[cancelKey][]*cancelOrder
	replays    map[string]*replay
	schedules  []*schedule
	subs       []*subscription
	audiences  map[string]*audience
	// audienceOrder are the audiences as they were made.
	audienceOrder []*audience
	sourceOrder   []*source
	resources     []*resource
	commits       []*commit
	branches      []*branchRecord
	guides        []*guide
	guideMessages map[guideKey]*guideMessage
	sources       map[string]*source
	bulk          map[string]*bulkOperation
	stats         Stats
}

func newState(o Options) state {
	now := time.Now()
	return state{
		clock:      clock{real: now, epoch: stampOf(now.Add(o.ClockOffset)), speed: o.Speed},
		ids:        newGenerator(o.Seed),
		workflows:  map[string]*workflow{},
		channels:   map[string]*channel{},
		recipients: map[ref]*recipient{},
		listed:     map[string]*register{},
		tenants:    map[string]*tenant{},
		runs:       newRunStore(),
		messages:   newMessageStore(),
		batches:    map[batchKey]*batch{},
		throttles:  map[throttleKey][]stamp{},
		waiting:    map[waitKey][]*run{},
		keys:       map[cancelKey]*trigger{},
		cancels:    map[cancelKey][]*cancelOrder{},
		replays:    map[string]*replay{},
		sources:    map[string]*source{},
		bulk:       map[string]*bulkOperation{},
		audiences:  map[string]*audience{},

		guideMessages: map[guideKey]*guideMessage{},
	}
}

// New builds an emulator from the options. It fails when the world is not
// sound, or when an option names a workflow that the world does not have.
func New(opts Options) (*Emulator, error) {
	if opts.World == nil {
		opts.World = DefaultWorld()
	}
	if opts.Speed < 0 {
		return nil, fmt.Errorf("speed %g: time cannot run backwards; give a positive number", opts.Speed)
	}
	if opts.Speed == 0 {
		opts.Speed = 1
	}
	if opts.RunawayRate == 0 {
		opts.RunawayRate = 50
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.HTTPClient == nil {
		opts.HTTPClient = &http.Client{
			Timeout:       10 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}
	}
	e := newEmulator(opts, newState(opts))
	if f := opts.World.check(); f != nil {
		return nil, fmt.Errorf("world: %w", f)
	}
	if err := e.rehearse(); err != nil {
		return nil, err
	}
	if opts.Runaway != "" {
		if err := e.runAway(opts.Runaway, opts.RunawayRate); err != nil {
			return nil, err
		}
	}
	return e, nil
}

func newEmulator(o Options, s state) *Emulator {
	e := &Emulator{
		opts: o, world: o.World, client: o.HTTPClient, log: o.Log, chaos: newChaos(o.Chaos, o.Seed), hooks: newHooks(o),
		kick: make(chan struct{}, 1), state: s,
	}
	e.mux = e.newMux()
	return e
}

// Start runs what happens without being asked for: timers, traffic, webhooks.
// It returns at once; the goroutines end with ctx or with Close. A second call
// does nothing, unless Close came between: then the emulator goes on with all
// that it had, and what fell due in the meantime is done now.
func (e *Emulator) Start(ctx context.Context) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stop != nil {
		return
	}
	ctx, e.stop = context.WithCancel(ctx)
	e.wg.Go(func() { e.keepTime(ctx) })
	for range cmp.Or(e.opts.WebhooksAtOnce, hookWorkers) {
		e.wg.Go(func() { e.deliverHooks(ctx) })
	}
}

// Close stops what Start began and waits until it has ended.
func (e *Emulator) Close() {
	e.mu.Lock()
	stop := e.stop
	e.stop = nil
	e.mu.Unlock()
	if stop != nil {
		stop()
	}
	e.wg.Wait()
}

// Serve starts the emulator and answers on l until ctx ends; then it closes
// both and returns nil.
func (e *Emulator) Serve(ctx context.Context, l net.Listener) error {
	e.Start(ctx)
	defer e.Close()
	srv := &http.Server{Handler: e.Handler(), ReadHeaderTimeout: 10 * time.Second}
	stopped := make(chan struct{})
	defer context.AfterFunc(ctx, func() {
		defer close(stopped)
		_ = srv.Close()
	})()
	err := srv.Serve(l)
	if errors.Is(err, http.ErrServerClosed) {
		<-stopped
		return nil
	}
	return err
}

// Now is the emulator's own time.
func (e *Emulator) Now() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.clock.now().time()
}

// Advance puts the emulator's clock forward by d, as if so much time had passed,
// and does what falls due until then. It panics where d is negative.
func (e *Emulator) Advance(d time.Duration) {
	if d < 0 {
		panic("emulator: time cannot run backwards")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.clock.epoch += stamp(d.Microseconds())
	e.catchUp(e.clock.now(), math.MaxInt)
	select {
	case e.kick <- struct{}{}: // the timer was set by the old time
	default:
	}
}

// Environment is the slug of the environment that this emulator stands for.
func (e *Emulator) Environment() string {
	if e.opts.Environment != "" {
		return e.opts.Environment
	}
	return e.world.Environment
}
