package sources_test

import (
	"context"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/jsonpage"
	"github.com/knockops/knockops/views/runs"
	"github.com/knockops/knockops/views/sources"
	"github.com/knockops/knockops/views/why"
)

var opts = world.Options{Start: sources.Name, Pages: func(s *ops.Session) []ui.Page {
	return append(append(sources.Pages(s), runs.Pages(s)...), jsonpage.Pages()...)
}}

// A source says what it maps; an event is sent to it, with its data checked, and says what came of it.
func TestAnEventIsSentAndSaysWhatCameOfIt(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage.Until("shop", time.Minute).Press("enter").Until("trigger order-shipped for userId", time.Minute).See("Source  ›  shop", "shop received no events.")
		s.Press("t").See("Send an event to shop", "Order Shipped").Press("tab").Type("dana").Press("tab", "tab").Press("ctrl+u").Type(`{"order_id": `).Press("ctrl+s").See("Send an event to shop", "dana")
		s.Type(`"o1"}`).Press("ctrl+s").Until("Order Shipped: triggered order-shipped: 1 run", time.Minute).See("triggered order-shipped", "dana")
		s.Press("enter").Until("Source event", time.Minute).See("workflows trigger", "success", `"order_id": "o1"`)
		s.Press("enter").Until("Runs", time.Minute).See("order-shipped", "dana").Press("esc", "esc")
		s.Press("J").Until(`"event": "Order Shipped"`, time.Minute)
	})
}

// What matched nothing, and what Knock refused, is told apart from what was done.
func TestTheLogTellsWhatMatchedNothing(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		ctx := context.Background()
		url, err := w.Session.IngestionURL(ctx, "shop")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Session.SetActive("payment-failed", false, "").Result(); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"Never Mapped", "Payment Failed"} {
			if _, err := w.Session.Track(url, client.TrackEvent{Event: name, UserID: "rosa"}).Result(); err != nil {
				t.Fatal(err)
			}
		}
		s := w.Stage.Until("shop", time.Minute).Press("enter").Until("matched nothing", time.Minute).See("workflow_inactive", "rosa")
		s.Press("down", "p").See("the event began no run")
		s.Press("t").See("Send an event to shop").Press("ctrl+u").Type("Never Mapped").Press("ctrl+s").Until("Never Mapped: matched nothing", time.Minute).Until("3 of 3", time.Minute)
		s.Press("t").See("Send an event to shop").Press("ctrl+u").Type("Account Created").Press("ctrl+s").Until("Account Created: its mapping is inactive", time.Minute)
		s.Miss(url)
	})
}

// What is entered is kept until Knock accepted it: left, refused by the form, or not agreed to.
func TestWhatIsEnteredIsKept(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage.Until("shop", time.Minute).Press("t").See("Send an event to shop").Press("tab").Type("dana").Press("tab", "tab").Press("ctrl+u").Type(`{"order_id": "o7"}`)
		s.Press("esc").Miss("Send an event to shop").Press("t").See("dana", `"o7"`).Press("ctrl+s").Until("Order Shipped: triggered order-shipped: 1 run", time.Minute)
		s.Press("t").See("Send an event to shop").Miss("dana", `"o7"`)
	})
	production := opts
	production.Protected = true
	world.Play(t, production, func(w *world.World) {
		w.Session.Guard.Arm(time.Hour)
		w.Stage.Wait(2 * time.Second)
		s := w.Stage.Until("shop", time.Minute).Press("t").See("Send an event to shop").Press("ctrl+u").Type("Account Created").Press("ctrl+s")
		s.Until("No, send nothing", time.Minute).See("It will do nothing: its mapping is inactive.").Wait(time.Second).Press("esc").Miss("No, send nothing")
		s.Press("t").See("Send an event to shop", "Account Created")
		w.SentTimes(0, "POST", "")
	})
}

// Of an event that two workflows are mapped to one chooses whose runs are listed; why asks about what it caused.
func TestTheRunsOfSeveralTriggers(t *testing.T) {
	o, w := opts, emulator.DefaultWorld()
	w.Sources[0].Mappings = append(w.Sources[0].Mappings, emulator.Mapping{Event: "Order Shipped", Workflow: "welcome", Recipients: "userId"})
	o.Emulator.World = w
	o.Pages = func(s *ops.Session) []ui.Page { return append(opts.Pages(s), why.Pages(s)...) }
	world.Play(t, o, func(w *world.World) {
		s := w.Stage.Until("shop", time.Minute).Press("enter").Until("trigger welcome for userId", time.Minute)
		s.Press("t").See("Send an event to shop").Press("tab").Type("dana").Press("ctrl+s").Until("triggered order-shipped; triggered welcome: 2 runs", time.Minute).Until("1 of 1", time.Minute)
		s.Press("p").See("Runs of which workflow").Type("welc").Press("enter").Until("Runs", time.Minute).See("workflow welcome", "dana", "1 of 1").Press("esc")
		s.Press("a").Until("Why", time.Minute).Until("order-shipped", time.Minute).See("dana").Press("esc")
		s.Press("t").See("Send an event to shop").Press("ctrl+u").Type("Newsletter Requested").Press("tab").Type("dana").Press("ctrl+s").Until("2 of 2", time.Minute)
		s.Press("g").See("workflow_inactive").Press("enter").Until("Source event", time.Minute).See("workflow_inactive: trigger old-newsletter").Press("a").Until("Why", time.Minute).See("dana")
	})
}

// A message id that Knock had is named before the event is sent, in the log, and on the event's page.
func TestARepeatIsADuplicate(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		url, err := w.Session.IngestionURL(context.Background(), "shop")
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := w.Session.Track(url, client.TrackEvent{Event: "Order Shipped", UserID: "rosa", MessageID: "m1"}).Result(); err != nil {
				t.Fatal(err)
			}
		}
		s := w.Stage.Until("shop", time.Minute).Press("enter").Until("duplicate of ", time.Minute).See("triggered order-shipped")
		s.Press("enter").Until("Source event", time.Minute).See("duplicate of ").Press("esc")
		s.Press("t").See("Send an event to shop").Press("tab", "tab").Press("ctrl+u").Type("m1").Press("ctrl+s").Until("Order Shipped: duplicate of ", time.Minute)
	})
}
