package sweep_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// worldsVariable sets how many worlds TestWhatASweepSaysIsWhatIs plays; worldVariable plays one.
const (
	worldsVariable = "KNOCKOPS_TEST_WORLDS"
	worldVariable  = "KNOCKOPS_TEST_WORLD"
)

// Whatever the world, the scope and the plan, and whatever happens meanwhile, what a sweep says of
// each run is what Knock tells of it, and nothing is cancelled but what is in scope or began too
// late for anybody to know of it.
func TestWhatASweepSaysIsWhatIs(t *testing.T) {
	first, worlds := 0, 1000
	switch {
	case os.Getenv(worldVariable) != "":
		first, worlds = mustInt(t, worldVariable), 1
	case os.Getenv(worldsVariable) != "":
		worlds = mustInt(t, worldsVariable)
	case testing.Short(), sweep.Scaled:
		worlds = 100
	}
	const lanes = 2
	for lane := range min(lanes, worlds) {
		t.Run(fmt.Sprint("lane ", lane), func(t *testing.T) {
			t.Parallel()
			for seed := first + lane; seed < first+worlds; seed += lanes {
				playWorld(t, seed)
				if t.Failed() {
					t.Fatalf("play it again with %s=%d", worldVariable, seed)
				}
			}
		})
	}
}

func mustInt(t *testing.T, variable string) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv(variable))
	if err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
	return n
}

// player is one world and what is done in it.
type player struct {
	t     *testing.T
	w     *world.World
	draw  *rand.Rand
	other *client.Client
	scope sweep.Scope
	path  string // of the journal
	s     *ops.Session
	calm  func() // ends what happens to the sweep
}

func playWorld(t *testing.T, seed int) {
	draw := rand.New(rand.NewPCG(uint64(seed), 7))
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	on(t, world.Options{Emulator: emulator.Options{Seed: uint64(seed + 1), Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world.World) {
		p := &player{t: t, w: w, draw: draw, other: w.Client(), path: filepath.Join(dir, "journal.db"), calm: func() {}}
		p.s = reopened(t, w, p.path)
		defer func() { p.s.Close() }()
		p.populate()
		p.play()
	})
}

func (p *player) chance(percent int) bool { return p.draw.IntN(100) < percent }

func (p *player) within(d time.Duration) time.Duration { return time.Duration(p.draw.Int64N(int64(d))) }

func pick[T any](p *player, from ...T) T { return from[p.draw.IntN(len(from))] }

// trigger triggers something that may be in scope or not.
func (p *player) trigger() {
	t := client.Trigger{
		Workflow: pick(p, "invite-reminder", "invite-reminder", "invite-reminder", "comment-created", "invoice-due"), Data: []byte(`{"invoice_id":"i","page_id":"p"}`),
		CancellationKey: pick(p, "a-1", "a-2", "a-3", "b-1", "b-2", ""),
	}
	if tenant := pick(p, "", "", "acme", "globex"); tenant != "" {
		t.Tenant = &client.Tenant{ID: tenant}
	}
	for range 1 + p.draw.IntN(4) {
		to := client.Recipient{Ref: client.Ref{ID: pick(p, "u1", "u2", "u3", "u4", "u5, u6", "ü 7")}}
		if !slices.ContainsFunc(t.Recipients, func(r client.Recipient) bool { return r.Ref == to.Ref }) {
			t.Recipients = append(t.Recipients, to)
		}
	}
	_, _ = p.other.Trigger(context.Background(), t) // it may be refused: the workflow may be frozen
}

// populate makes what is pending before anybody looks: some of it wakes while the sweep goes on.
func (p *player) populate() {
	for range p.draw.IntN(12) {
		p.trigger()
		time.Sleep(p.within(3 * time.Second))
	}
	if p.chance(50) { // the first of them wake soon: the delay of invite-reminder is an hour
		time.Sleep(time.Hour - p.within(90*time.Second))
	}
	for range p.draw.IntN(12) {
		p.trigger()
		time.Sleep(p.within(time.Second))
	}
	p.scope = p.anyScope()
}

func (p *player) anyScope() sweep.Scope {
	s := sweep.Scope{Workflow: "invite-reminder"}
	if p.chance(10) {
		s.Workflow = "comment-created"
	}
	if p.chance(25) {
		s.KeyGlob = "a-*"
	}
	if p.chance(20) {
		s.Keys = []string{"a-1", "b-2", "nobody's"}
	}
	if p.chance(20) {
		s.Recipients = []client.Ref{{ID: "u1"}, {ID: "u5, u6"}}
	}
	if p.chance(25) {
		s.Tenant = "acme"
	}
	if p.chance(15) {
		s.Since = time.Now().Add(-p.within(10 * time.Second))
	}
	if p.chance(10) {
		s.Until = time.Now().Add(p.within(10 * time.Second))
	}
	if p.chance(10) {
		s.Sources = []string{"api"}
	}
	return s
}

// plan makes a plan that is complete, cut off, or never begun.
func (p *player) plan() sweep.Plan {
	ctx := context.Background()
	switch p.draw.IntN(3) {
	case 0:
		return sweep.Plan{Scope: p.scope}
	case 1:
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, p.within(400*time.Millisecond))
		defer stop()
	}
	plan, _ := p.s.Sweeps.Plan(ctx, p.scope, nil)
	plan.Scope = p.scope
	return plan
}

func (p *player) play() {
	plan := p.plan()
	if p.chance(50) {
		p.trigger()
		time.Sleep(p.within(20 * time.Second))
	}
	if p.chance(30) {
		p.w.Knock.SetChaos(mustChaos(p.t, "429=8%,500=8%,reset=4%,lost=8%"))
	}
	arrived := make(chan struct{})
	arrivals, gap := 0, time.Millisecond
	if p.chance(60) {
		arrivals, gap = p.draw.IntN(25), time.Millisecond+p.within(2*time.Second)
	}
	going, err := p.s.Sweeps.Start(p.t.Context(), plan, sweep.Options{Follow: true, Freeze: p.chance(15), Beyond: -1, ReadAll: p.chance(10)})
	if err != nil {
		p.t.Error(err)
		return
	}
	hinder := p.hindrances(going)
	other := *p
	other.draw = rand.New(rand.NewPCG(p.draw.Uint64(), 8))
	go func() {
		defer close(arrived)
		for range arrivals {
			time.Sleep(gap)
			other.trigger()
		}
	}()
	going = hinder()
	said, err := going.Wait(context.Background())
	p.calm()
	p.w.Knock.SetChaos(emulator.Chaos{})
	if !said.Done {
		p.t.Errorf("%v: %+v", err, said)
		return
	}
	p.judge(going.ID(), said)
	<-arrived
}

// hindrances draws what happens to the sweep, and returns what does it, once, and gives the sweep
// that goes on.
func (p *player) hindrances(going *sweep.Sweep) func() *sweep.Sweep {
	kind, after, lasts := p.draw.IntN(8), p.within(20*time.Second), p.within(2*time.Minute)
	switch kind {
	case 0: // paused
		time.AfterFunc(after, going.Pause)
		time.AfterFunc(after+lasts, going.Resume)
	case 1: // the network is gone
		cut := time.AfterFunc(after, p.w.Network.Cut)
		time.AfterFunc(after+lasts/4, p.w.Network.Mend)
		p.calm = func() { cut.Stop(); p.w.Network.Mend() }
	case 2, 3: // killed, or quit, and resumed
		return func() *sweep.Sweep {
			time.Sleep(after)
			if kind == 2 {
				p.path = killed(p.t, p.w, p.path, p.s)
			} else if err := p.s.Close(); err != nil {
				p.t.Error(err)
			}
			p.s = reopened(p.t, p.w, p.path)
			again, err := p.s.Sweeps.Resume(context.Background(), going.ID())
			if err != nil {
				p.t.Fatal(err)
			}
			return again
		}
	}
	return func() *sweep.Sweep { return going }
}

// truth is what Knock tells of all runs, asked by somebody else.
func (p *player) truth() []client.Run {
	var out []client.Run
	for r, err := range p.other.Runs(context.Background(), client.RunFilter{}) {
		if err != nil {
			p.t.Fatal(err)
		}
		out = append(out, r)
	}
	return out
}

// cancels are the requests that Knock received.
type received struct {
	at       time.Time
	workflow string
	key      string
	to       []string // none for everyone
}

func (p *player) cancels() []received {
	var out []received
	for _, r := range p.w.Sent("POST", "/cancel") {
		var body struct {
			Key        string   `json:"cancellation_key"`
			Recipients []string `json:"recipients"`
		}
		if err := json.Unmarshal(r.Body, &body); err != nil {
			p.t.Fatalf("%s: %v", r.Body, err)
		}
		parts := strings.Split(r.Path, "/")
		out = append(out, received{r.At, parts[len(parts)-2], body.Key, body.Recipients})
	}
	return out
}

// judge holds what the sweep says against what is.
func (p *player) judge(id int64, said sweep.Progress) {
	rows := map[string]journal.SweepRun{}
	err := sweep.Runs(context.Background(), p.s.Journal, id, nil, func(r journal.SweepRun) error {
		rows[r.Run] = r
		return nil
	})
	record, rerr := p.s.Sweeps.Record(context.Background(), id)
	if err != nil || rerr != nil {
		p.t.Fatal(err, rerr)
	}
	quiet := record.StepAt
	for _, step := range record.Steps {
		if step.Progress.Phase == sweep.PhaseProving {
			quiet = step.At
		}
	}
	counted := map[string]int{}
	for _, r := range rows {
		counted[r.Outcome]++
	}
	if counted["confirmed"] != said.Confirmed || counted["finished first"] != said.FinishedFirst || counted["unconfirmed"] != said.Unconfirmed || counted["pending"] != 0 {
		p.t.Errorf("it says %+v, and its runs are %v", said, counted)
	}
	cancels := p.cancels()
	for _, r := range p.truth() {
		p.judgeRun(r, rows[r.ID], said, quiet, cancels)
		delete(rows, r.ID)
	}
	for _, r := range rows {
		p.t.Errorf("the sweep tells of %s, which does not exist", r.Run)
	}
	if n := said.Planned + said.Beyond + said.Repeated; len(cancels) > n || said.Planned > said.Promised {
		p.t.Errorf("%d cancels arrived, and it counts %d; %d planned of %d promised", len(cancels), n, said.Planned, said.Promised)
	}
	everyone := p.scope.Everyone()
	for _, c := range cancels {
		if (len(c.to) == 0) != everyone {
			p.t.Errorf("a cancel under %s names %q, and the scope is %s", c.key, c.to, p.scope)
		}
	}
}

func (p *player) judgeRun(r client.Run, row journal.SweepRun, said sweep.Progress, quiet time.Time, cancels []received) {
	key := r.TriggerSource.CancellationKey
	text := fmt.Sprintf("run %s of %s under %q, tenant %q, of %s, %s at %s: the sweep of %s, begun %s, quiet %s, says %q (%s)", r.ID, r.Recipient, key, r.Tenant,
		r.InsertedAt.Format(time.TimeOnly), r.Status, r.UpdatedAt.Format("15:04:05.000"), p.scope, said.Began.Format("15:04:05.000"), quiet.Format("15:04:05.000"), row.Outcome, row.Evidence)
	in := inScope(p.scope, r)
	lived := r.Status.Pending() || !r.UpdatedAt.Before(said.Began) // it was pending at some time of the sweep
	surely := r.InsertedAt.Before(quiet.Add(-3 * time.Second))
	switch {
	case !in:
		hit := r.Status == client.RunCancelled && !said.Frozen // a freeze ends what wakes
		if (row.Outcome == "out of scope") != hit && !said.Frozen || row.Outcome != "" && row.Outcome != "out of scope" {
			p.t.Error(text)
		}
		if hit && !began(r, cancels) {
			p.t.Errorf("out of scope, and old enough to be known: %s", text)
		}
	case key == "":
		if row.Outcome != "" && row.Outcome != "no key" {
			p.t.Error(text)
		}
	case row.Outcome == "confirmed" && r.Status != client.RunCancelled,
		row.Outcome == "finished first" && r.Status != client.RunCompleted,
		row.Outcome == "unconfirmed" && !r.Status.Pending():
		p.t.Error(text)
	case row.Outcome == "shared" && r.Status != client.RunCancelled:
	case lived && surely && row.Outcome == "":
		p.t.Errorf("unknown to the sweep: %s", text)
	case row.Outcome != "" && !slices.Contains([]string{"confirmed", "finished first", "unconfirmed"}, row.Outcome):
		p.t.Error(text)
	case row.Outcome == "" && r.Status == client.RunCancelled:
		p.t.Errorf("cancelled and not counted: %s", text)
	}
}

// began reports whether a run began when a cancel that hit it had arrived.
func began(r client.Run, cancels []received) bool {
	for _, c := range cancels {
		if c.workflow == r.Workflow && c.key == r.TriggerSource.CancellationKey && (len(c.to) == 0 || slices.Contains(c.to, r.Recipient.ID)) &&
			r.InsertedAt.After(c.at.Add(-time.Second)) && r.InsertedAt.Before(c.at.Add(3*time.Second)) {
			return true
		}
	}
	return false
}

// inScope is written apart from the product's own matcher.
func inScope(s sweep.Scope, r client.Run) bool {
	key := r.TriggerSource.CancellationKey
	if r.Workflow != s.Workflow || s.Tenant != "" && r.Tenant != s.Tenant {
		return false
	}
	if s.KeyGlob != "" && !strings.HasPrefix(key, "a-") {
		return false
	}
	if s.Keys != nil && !slices.Contains(s.Keys, key) {
		return false
	}
	if s.Recipients != nil && !slices.Contains(s.Recipients, r.Recipient) {
		return false
	}
	if s.Sources != nil && r.TriggerSource.Type != "api" {
		return false
	}
	at := r.InsertedAt
	return (s.Since.IsZero() || at.Equal(s.Since) || at.After(s.Since)) && (s.Until.IsZero() || at.Equal(s.Until) || at.Before(s.Until))
}
