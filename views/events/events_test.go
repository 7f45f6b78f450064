package events_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/internal/webhook"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/compose"
	"github.com/knockops/knockops/views/events"
	"github.com/knockops/knockops/views/runs"
	"github.com/knockops/knockops/views/users"
)

func pages(s *ops.Session) []ui.Page {
	return slices.Concat(runs.Pages(s), users.Pages(s), compose.Pages(s), events.Pages(s))
}

var opts = world.Options{Pages: pages, Start: events.Name, Webhooks: true}

// seen is a webhook about a message, told from others by its number.
func seen(n int, to string) string {
	return fmt.Sprintf(`{"__typename":"Event","type":"message.seen","created_at":"2000-01-01T00:00:00Z","data":{"__typename":"Message","id":"msg_%d","recipient":%q,"source":{"key":"welcome"}},"event_data":null}`, n, to)
}

// bounced is a webhook about a message that did not arrive.
const bounced = `{"type":"message.bounced","data":{"id":"m9","recipient":"kenji"},"event_data":{"failure_details":"550 no such mailbox"}}`

// deliver sends that many webhooks about messages to somebody.
func deliver(w *world.World, from, n int, to string) {
	for i := range n {
		if status := w.Deliver(seen(from+i, to), world.Secret); status/100 != 2 {
			panic(fmt.Sprint("a webhook was answered ", status))
		}
	}
}

// line is the line of the screen with a text on it.
func line(s *tuitest.Stage, text string) string {
	for _, l := range s.Lines() {
		if strings.Contains(l, text) {
			return l
		}
	}
	return ""
}

func TestEventsArriveLive(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		s.Until("No webhook has come yet.", time.Minute).See("received at http://127.0.0.1/webhooks/knock", "webhooks 0/s")
		w.Trigger("welcome", "", "", "dana")
		s.Until("message.delivered", time.Minute).See("message.sent", "run.started", "dana", "welcome", "of deliveries failed").Miss("verified").Wait(2 * time.Second)
		if l := line(s, "webhooks"); strings.Contains(l, "webhooks 0/s") {
			t.Errorf("the header does not tell that webhooks come: %s", l)
		}
	})
}

func TestReadingFreezesAndCounts(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		deliver(w, 1, 5, "dana")
		s.Until("dana", 3*time.Second).Press("down", "down")
		at := line(s, "▌")
		deliver(w, 6, 12, "kenji")
		s.Until("12 new · home follows again", 3*time.Second).Miss("kenji")
		if now := line(s, "▌"); now[:len(now)-6] != at[:len(at)-6] { // the age grows
			t.Errorf("the cursor moved from %q to %q", at, now)
		}
		s.Press("home").See("kenji", "1 of 17").Miss("12 new")
		deliver(w, 18, 1, "fatima")
		s.Until("fatima", 3*time.Second).See("1 of 18")
	})
}

func TestPauseHoldsAndGoesOn(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		deliver(w, 1, 1, "dana")
		s.Until("dana", 3*time.Second).Press(".").See("paused · 0 new")
		deliver(w, 2, 3, "kenji")
		s.Until("paused · 3 new", 3*time.Second).Press("up", "home").Miss("kenji")
		s.Press(".").See("kenji", "1 of 4").Miss("paused")
	})
}

func TestFilters(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		deliver(w, 1, 2, "dana")
		w.Deliver(bounced, world.Secret)
		s.Until("bounced", 3*time.Second)
		s.Press("f").See("failed, or any text").Type("typ:x").See("there is no typ: to ask for; did you mean type:?")
		s.Press("enter").See("did you mean type:?") // it is not taken
		s.Press("ctrl+u").Type("to:").See("collection/id").Type("dana type:message.*").Press("enter")
		s.Until("1 of 2", 3*time.Second).See("to:dana", "type:message.*", "U clears").Miss("kenji")
		deliver(w, 3, 1, "dana")
		s.Until("1 of 3", 3*time.Second)
		deliver(w, 4, 1, "fatima")
		s.Wait(3*time.Second).Miss("fatima", "kenji")
		s.Press("U").Until("kenji", 3*time.Second)
		s.Press("!").Until("1 of 1", 3*time.Second).See("message.bounced", "failed").Press("!").Until("1 of 5", 3*time.Second)
		s.Press("f").Type(`"no such mailbox"`).Press("enter").Until("1 of 1", 3*time.Second).See("kenji")
		s.Press("U", "f").Type("to:nobody").Press("enter").Until("No event matches to:nobody.", 3*time.Second).See("U takes it away")
		s.Press("f").Type("zzz").Press("esc").See("No event matches to:nobody.")
	})
}

func TestGroups(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		deliver(w, 1, 3, "dana")
		deliver(w, 4, 1, "projects/atlas")
		w.Deliver(`{"type":"workflow.committed","data":{"key":"welcome"}}`, world.Secret)
		s.Until("workflow.committed", 3*time.Second).Press("b").See("by recipient", "GROUP", "none", "projects/atlas")
		if l := line(s, "dana"); len(strings.Fields(l)) < 2 || strings.Fields(l)[1] != "3" {
			t.Errorf("dana's group: %q", l)
		}
		s.Press("enter").See("they name none").Press("down", "down", "enter").Until("to:dana", 3*time.Second).Until("1 of 3", 3*time.Second).Miss("by recipient")
		s.Press("b", "b").See("by run").Press("b").Miss("by run")
	})
}

func TestUnverifiedAndForged(t *testing.T) {
	o := opts
	o.NoSecret = true
	world.Play(t, o, func(w *world.World) {
		w.Deliver(seen(1, "dana"), "")
		w.Stage.Until("! unverified", 3*time.Second).See("1 unverified").Press("enter").Until("no secret was set", 3*time.Second)
	})
	world.Play(t, opts, func(w *world.World) {
		deliver(w, 1, 1, "dana")
		deliver(w, 1, 1, "dana")
		for range 2 {
			if status := w.Deliver(seen(2, "mallory"), "another secret"); status/100 != 4 {
				t.Errorf("a forged webhook was answered %d", status)
			}
		}
		w.Stage.Until("2 refused", 3*time.Second).See("1 repeat", "1 of 1").Miss("mallory", "unverified")
	})
}

// Knock sends again what it had no answer to: the row that is there says so.
func TestARepeatIsCountedInItsRow(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		deliver(w, 1, 2, "dana")
		w.Stage.Until("of 2", 5*time.Second).Miss("×")
		deliver(w, 1, 1, "dana")
		deliver(w, 1, 1, "dana")
		w.Stage.Until("×3", 5*time.Second).See("of 2", "2 repeats")
	})
}

func TestDetail(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		w.Trigger("welcome", "", "", "dana")
		s.Until("message.delivered", time.Minute).Press("f").Type("type:message.sent").Press("enter").Until("1 of 2", 3*time.Second).Press("enter")
		s.Until("✓ verified", 3*time.Second).See("message.sent", "recipient    dana", "workflow     welcome", `"__typename": "Event"`)
		s.Press("/").Type("Welcome").Press("enter").See("match")
		s.Press("tab").See("Host: 127.0.0.1", "X-Knock-Signature:", `{"__typename":"Event"`).Press("/").See("that is for the body")
		s.Press("u").Until("dana@", time.Minute).See("User").Press("esc")
		s.Press("p").Until("run of trigger", time.Minute).Press("esc")
		s.Press("m").Until("Message", time.Minute).Press("esc")
		s.Press("w").Until("workflow welcome", time.Minute).Press("esc")
		s.Press("Y").See("copied the event's body").Press("C").See("copied the event as curl")
		s.Press("R").See("Replay message.sent").Type("http://example.com/").Press("enter").See("over plain http events are sent to this machine alone").Press("esc")
	})
}

// What is hostile in an event is made visible, in the list, in the pane and in
// the detail; the world holds every frame against what may reach a terminal.
func TestHostileEventsCannotDisturbTheScreen(t *testing.T) {
	fullscale.Unraced(t)
	hostile := []string{
		"\x1b[2J\x1b]0;owned\x07", "\u202egnp.exe\u202c", "a\u200bb\u2066c", strings.Repeat("W", 10_000), strings.Repeat("名", 5_000),
		"line\nbreak\r\ttab", "\u0301\u0301", "\x00\x7f\u0085",
	}
	for _, size := range fullscale.First(1, [][2]int{{80, 24}, {120, 40}}) {
		o := opts
		o.Stage = tuitest.Options{Width: size[0], Height: size[1]}
		world.Play(t, o, func(w *world.World) {
			s := w.Stage
			for i, h := range hostile {
				body := fmt.Sprintf(`{"type":%s,"data":{"id":%[1]s,"recipient":%[1]s,"n":%d,"workflow":%[1]s,"tenant":%[1]s,"channel":{"type":%[1]s}},"event_data":{%[1]s:%[1]s}}`, jsonString(h), i)
				if status := w.Deliver(body, world.Secret); status/100 != 2 {
					t.Fatalf("%q was answered %d", h, status)
				}
			}
			s.Until("␛[2J", 3*time.Second).See(`\u202egnp.exe`, "1 of 8").Golden(fmt.Sprintf("hostile-%dx%d", size[0], size[1]))
			for range hostile {
				s.Press("enter").Wait(time.Second).Press("tab", "end", "tab", "end", "esc", "down")
			}
			s.Press("b", "b", "b", "home", "enter").Wait(time.Second).Press("E", "W", "down").Wait(time.Second)
		})
	}
}

func jsonString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r < 0x20 || r == '"' || r == '\\' || r == 0x7f {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

func TestOtherProgramsWriteTheSameJournal(t *testing.T) {
	o := opts
	o.Webhooks = false
	world.Play(t, o, func(w *world.World) {
		s := w.Stage
		s.Until("this console receives none", time.Minute)
		d, err := webhook.Received(time.Now(), nil, []byte(seen(1, "dana")))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Session.Journal.AddDeliveries(context.Background(), []webhook.Delivery{d}); err != nil {
			t.Fatal(err)
		}
		s.Until("dana", 3*time.Second)
	})
}

// A stream reaches the program as one message per tick, however fast it comes.
func TestStreamsComeInBatches(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		s.Wait(2 * time.Second)
		const seconds, rate = 20, 41
		before := w.Updates()
		var senders sync.WaitGroup
		for i := range seconds * rate {
			senders.Go(func() { deliver(w, i, 1, fmt.Sprint("user_", i%7)) })
			time.Sleep(time.Second / rate)
		}
		senders.Wait()
		if n := w.Updates() - before; n > seconds*(4+1)+5 { // 4 batches and the shell's tick a second
			t.Errorf("%d events made %d messages", seconds*rate, n)
		}
		s.Until("1 of 820", 3*time.Second).See("webhooks 41/s")
	})
}

func TestOlderEventsAreReadFromTheJournal(t *testing.T) {
	o := opts
	world.Play(t, o, func(w *world.World) {
		var ds []webhook.Delivery
		for i := range 1200 {
			d, err := webhook.Received(time.Now(), nil, []byte(seen(i, "dana")))
			if err != nil {
				t.Fatal(err)
			}
			ds = append(ds, d)
		}
		if _, err := w.Session.Journal.AddDeliveries(context.Background(), ds); err != nil {
			t.Fatal(err)
		}
		s := w.Stage
		s.Press("f").Type("to:dana").Press("enter").Until("of 500 · more below", 3*time.Second)
		s.Press("end").Until("of 1,000 · more below", 3*time.Second).Press("end").Until("of 1,200", 3*time.Second).Miss("more below")
	})
}

func TestExportAsksBeforeItOverwrites(t *testing.T) {
	file := filepath.Join(t.TempDir(), "out.ndjson")
	lines := func() int {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(string(raw), "\n")
	}
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage
		deliver(w, 1, 3, "dana")
		deliver(w, 4, 2, "kenji")
		s.Until("kenji", 3*time.Second)
		export := func() { s.Press("X", "ctrl+u").Type(file).Press("enter") }
		s.Press("X").See("Export all events of the journal").Press("ctrl+u").Type("out.txt").Press("enter").See("let the name end in").Press("esc")
		export()
		s.Until("5 events written", 3*time.Second)
		s.Press("f").Type("to:dana").Press("enter").Until("1 of 3", 3*time.Second)
		export()
		s.Until("already exists", 3*time.Second).Wait(time.Second).Press("enter").Miss("already exists")
		if n := lines(); n != 5 {
			t.Fatalf("the file was overwritten: %d lines", n)
		}
		export()
		s.Until("already exists", 3*time.Second).Wait(time.Second).Press("right", "enter").Until("3 events written", 3*time.Second)
	})
	if n := lines(); n != 3 {
		t.Errorf("%d lines", n)
	}
}
