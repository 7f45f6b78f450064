package team

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/knockops/knockops/config"

	"github.com/knockops/knockops/internal/webhook"
)

// synced is a profile whose operator vouches for the servers.
func synced(n *node) config.Profile {
	p := profileAt(n.ClientURL())
	p.Team.Synced = true
	return p
}

func TestMessagesHoldEventsByteForByte(t *testing.T) {
	for _, header := range [][]webhook.Header{nil, {{Name: "x-b", Value: "2"}, {Name: "X-A", Value: ""}, {Name: "x-b", Value: "1: \xfc"}}} {
		d, err := webhook.Received(time.Now().Truncate(time.Microsecond).UTC(), header, []byte("\n\n"+body(1)+"\n\n"))
		if err != nil {
			t.Fatal(err)
		}
		d.Verified = header != nil
		m := messageOf("x", &d)
		if back, err := deliveryOf(m.Header, m.Data); err != nil || !reflect.DeepEqual(back, d) {
			t.Errorf("%v: %+v is read as %+v", err, d, back)
		}
	}
	if _, err := deliveryOf(nil, []byte(body(1))); err == nil {
		t.Error("anything is an event")
	}
}

func TestStreamIsAnsweredWhenItsServersAgreed(t *testing.T) {
	n := startNode(t)
	team := made(t, synced(n))
	r := webhook.NewReceiver(webhook.Options{Store: NewStore(team)})
	for _, b := range []string{body(1), body(2), body(1)} { // the last as Knock sends it again
		if status := post(r, b); status != http.StatusOK {
			t.Fatalf("answered %d", status)
		}
	}
	if s := r.Stats(); s.Stored != 2 || s.Repeats != 1 || last(t, team) != 2 {
		t.Errorf("counted %+v, and the stream ends at %d", s, last(t, team))
	}

	n.stop()
	until(t, "the server is away", team.news.Next, func() bool { return !team.Connected() })
	if status := post(r, body(3)); status != http.StatusServiceUnavailable {
		t.Errorf("without a server it answered %d", status)
	}
	n.start(t)
	until(t, "the server is back", team.news.Next, team.Connected)
	if status := post(r, body(3)); status != http.StatusOK || last(t, team) != 3 {
		t.Errorf("sent again it answered %d, and the stream ends at %d", status, last(t, team))
	}

	// A stream that is gone was good a moment ago.
	if err := team.js.DeleteStream(t.Context(), team.names.events); err != nil {
		t.Fatal(err)
	}
	if status := post(r, body(4)); status != http.StatusServiceUnavailable {
		t.Errorf("without a stream it answered %d", status)
	}
}

func TestOnlyADurableStreamIsReliedUpon(t *testing.T) {
	n := startNode(t)
	p := synced(n)
	team := made(t, p)
	p.Team.Synced = false
	r := webhook.NewReceiver(webhook.Options{Store: NewStore(connected(t, p))})
	if status := post(r, body(1)); status != http.StatusServiceUnavailable || !errors.Is(r.Stats().Problem, ErrNotSynced) {
		t.Errorf("nobody vouches for it, and it answered %d: %v", status, r.Stats().Problem)
	}
	p.Team.Synced, p.Team.Replicas = true, 3
	if err := connected(t, p).Durable(t.Context()); err == nil {
		t.Error("one copy is as good as three")
	}
	config := team.eventStream()
	config.NoAck = true
	if _, err := team.js.UpdateStream(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	if err := team.Durable(t.Context()); err == nil {
		t.Error("a stream that acknowledges nothing is relied upon")
	}
}

// What is acknowledged while the team is away reaches it once, also when the program ended in between.
func TestTheJournalIsAnOutbox(t *testing.T) {
	n := startNode(t)
	p := synced(n)
	team := made(t, p)
	path := filepath.Join(t.TempDir(), "j.db")
	j := opened(t, path)
	post(webhook.NewReceiver(webhook.Options{Store: j}), body(0)) // before the team: it is owed to nobody
	relay := relayOf(t, team, j)
	n.stop()
	until(t, "the server is away", team.news.Next, func() bool { return !team.Connected() })
	stop := running(t, relay.Run)
	r := webhook.NewReceiver(webhook.Options{Store: NewLocal(relay)})
	for i := range 20 {
		if status := post(r, body(1+i)); status != http.StatusOK {
			t.Fatalf("answered %d", status)
		}
	}
	reaches(t, "the relay knows that it cannot", &relay.state, func(s RelayState) bool { return s.Err != nil })
	stop()
	if o, err := j.Outbox(t.Context(), team.Stream()); err != nil || o.Waiting != 20 || o.Omitted != 0 {
		t.Errorf("waiting: %+v, %v", o, err)
	}
	_ = j.Close()

	n.start(t)
	j = opened(t, path)
	for range 2 {
		team = connected(t, p)
		relay = relayOf(t, team, j)
		relay.state.Change(func(s *RelayState) { s.Through = 1 }) // the second does not know how far the first came
		stop = running(t, relay.Run)
		reaches(t, "all is relayed", &relay.state, func(s RelayState) bool { return s.Through == 21 })
		stop()
	}
	if got := last(t, team); got != 20 {
		t.Errorf("the stream got %d of 20 events", got)
	}
}

func TestBothIsOnThisDiskAndInTheStream(t *testing.T) {
	n := startNode(t)
	team := made(t, synced(n))
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	relay := relayOf(t, team, j)
	unrelayed(t, relay, body(0))
	running(t, relay.Run)
	r := webhook.NewReceiver(webhook.Options{Store: NewBoth(relay)})
	if status := post(r, body(1)); status != http.StatusOK || last(t, team) != 2 || len(kept(t, j)) != 2 {
		t.Fatalf("answered %d with %d in the stream", status, last(t, team))
	}
	n.stop()
	until(t, "the server is away", team.news.Next, func() bool { return !team.Connected() })
	if status := post(r, body(2)); status != http.StatusServiceUnavailable || len(kept(t, j)) != 3 {
		t.Errorf("without a server it answered %d and kept %d", status, len(kept(t, j)))
	}
	n.start(t)
	until(t, "the server is back", team.news.Next, team.Connected)
	if status := post(r, body(2)); status != http.StatusOK || last(t, team) != 3 {
		t.Errorf("sent again it answered %d, with %d in the stream", status, last(t, team))
	}
	if s := r.Stats(); s.Stored != 2 || s.Repeats != 1 || s.Unavailable != 1 {
		t.Errorf("counted %+v", s)
	}
}

// unrelayed wants an event to be unanswered as long as nobody brings it to the stream.
func unrelayed(t *testing.T, relay *Relay, body string) {
	t.Helper()
	d, err := webhook.Received(time.Now(), nil, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	ctx, giveUp := context.WithCancel(t.Context())
	answered := make(chan error, 1)
	go func() {
		_, err := NewBoth(relay).AddDeliveries(ctx, []webhook.Delivery{d})
		answered <- err
	}()
	select {
	case <-relay.nudge: // it is on this disk, and waited for
	case err := <-answered:
		t.Fatalf("answered without a relay: %v", err)
	}
	giveUp()
	if err := <-answered; !errors.Is(err, context.Canceled) {
		t.Errorf("answered before the stream had it: %v", err)
	}
}

func TestTooLargeForTheServers(t *testing.T) {
	s := startServer(t, func(o *server.Options) { o.MaxPayload = 2048 })
	team := made(t, profileAt(s.ClientURL()))
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	relay := relayOf(t, team, j)
	r := webhook.NewReceiver(webhook.Options{Store: NewLocal(relay)})
	large := `{"type":"message.sent","data":{"id":"` + strings.Repeat("x", 4096) + `"}}`
	for _, b := range []string{body(1), large, body(2)} {
		if status := post(r, b); status != http.StatusOK {
			t.Fatalf("answered %d", status)
		}
	}
	running(t, relay.Run)
	reaches(t, "all is relayed", &relay.state, func(s RelayState) bool { return s.Through == 3 })
	if o, err := j.Outbox(t.Context(), team.Stream()); err != nil || o.Waiting != 0 || o.Omitted != 1 || last(t, team) != 2 {
		t.Errorf("outbox %+v, %v; the stream ends at %d", o, err, last(t, team))
	}
}

// A console that was off takes over what two receivers got meanwhile, each event once.
func TestAConsoleCatchesUp(t *testing.T) {
	n := startNode(t)
	p := synced(n)
	team := made(t, p)
	var relays []*Relay
	var receivers []*webhook.Receiver
	for range 2 {
		r := relayOf(t, connected(t, p), opened(t, filepath.Join(t.TempDir(), "j.db")))
		running(t, r.Run)
		relays, receivers = append(relays, r), append(receivers, webhook.NewReceiver(webhook.Options{Store: NewLocal(r)}))
	}
	sent := 0
	send := func(count int) {
		for i := sent; i < sent+count; i++ {
			post(receivers[i%2], body(i))
			if i%3 == 0 {
				post(receivers[1-i%2], body(i)) // the answer was lost on its way, and the balancer chose the other
			}
		}
		sent += count
		for _, r := range relays {
			newest, err := r.journal.LastEvent(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			reaches(t, "all is relayed", &r.state, func(s RelayState) bool { return s.Through == newest })
		}
	}
	path := filepath.Join(t.TempDir(), "console.db")
	follow := func(want uint64) {
		t.Helper()
		j := opened(t, path)
		if _, err := j.BeginRelay(t.Context(), team.Stream()); err != nil { // it receives too, now and then
			t.Fatal(err)
		}
		f := NewFollower(connected(t, p), j, 0, quiet, nil)
		stop := running(t, f.Run)
		reaches(t, "all came", &f.state, func(s FollowState) bool { return s.Sequence >= want && s.Err == nil })
		stop()
		all := kept(t, j)
		once := slices.Compact(slices.Sorted(slices.Values(all)))
		if len(all) != sent || len(once) != sent {
			t.Errorf("%d events here, %d different, of %d", len(all), len(once), sent)
		}
		if o, err := j.Outbox(t.Context(), team.Stream()); err != nil || o.Waiting != 0 {
			t.Errorf("what came from the team waits for it: %+v, %v", o, err)
		}
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	}
	send(30)
	follow(30)
	send(50) // while the console is off
	n.stop()
	n.start(t)
	follow(80)
	follow(80)

	// A stream that is made anew is followed anew.
	again := connected(t, p)
	if err := again.js.DeleteStream(t.Context(), again.names.events); err != nil {
		t.Fatal(err)
	}
	if _, err := again.Init(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	send(10)
	follow(10)
}

func TestWhatTheStreamDroppedIsTold(t *testing.T) {
	team := made(t, profileAt(startServer(t, nil).ClientURL()))
	var ds []webhook.Delivery
	for i := range 10 {
		d, err := webhook.Received(time.Now(), nil, []byte(body(i)))
		if err != nil {
			t.Fatal(err)
		}
		ds = append(ds, d)
	}
	if _, err := team.publish(t.Context(), ds); err != nil {
		t.Fatal(err)
	}
	s, info, err := team.events(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	if _, err := j.AddFollowed(t.Context(), team.Stream(), info.Created, 2, ds[:2]); err != nil {
		t.Fatal(err)
	}
	if err := s.Purge(t.Context(), jetstream.WithPurgeSequence(6)); err != nil {
		t.Fatal(err)
	}
	f := NewFollower(team, j, 0, quiet, nil)
	running(t, f.Run)
	reaches(t, "the rest came", &f.state, func(s FollowState) bool { return s.Sequence == 10 })
	if s := f.State(); s.Missed != 3 || len(kept(t, j)) != 7 {
		t.Errorf("%+v with %d events", s, len(kept(t, j)))
	}
}
