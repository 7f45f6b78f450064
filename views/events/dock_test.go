package events_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/views/compose"
	"github.com/knockops/knockops/views/events"
	"github.com/knockops/knockops/views/runs"
	"github.com/knockops/knockops/views/users"
)

var docks = []tuitest.Options{{Width: 80, Height: 24}, {Width: 120, Height: 40}}

func docked(size tuitest.Options, start string) world.Options {
	o := opts
	o.Stage, o.Start = size, start
	return o
}

func name(o tuitest.Options) string { return fmt.Sprintf("%dx%d", o.Width, o.Height) }

func TestDockedScreens(t *testing.T) {
	fullscale.Unraced(t)
	for _, size := range docks {
		for _, page := range []string{runs.Name, users.Name, compose.Name} {
			o := docked(size, page)
			o.Emulator = emulator.Options{Seed: 7, Backlog: map[string]int{"invite-reminder": 40}}
			t.Run(page+"-"+name(size), func(t *testing.T) {
				world.Play(t, o, func(w *world.World) {
					deliver(w, 1, 4, "dana")
					w.Deliver(bounced, world.Secret)
					deliver(w, 5, 5, "amara")
					w.Stage.Wait(5 * time.Second).Press("f6").Wait(15 * time.Second).Press("ctrl+l").Golden("docked-" + page + "-" + name(size))
				})
			})
		}
	}
}

func TestPaneFollowsTheSelection(t *testing.T) {
	for _, size := range docks {
		world.Play(t, docked(size, runs.Name), func(w *world.World) {
			s := w.Stage
			w.Trigger("invite-reminder", "k-1", "", "dana")
			s.Until("dana", time.Minute)
			w.Trigger("invite-reminder", "k-2", "", "kenji")
			s.Until("kenji", time.Minute).Press("home")
			s.Press("F").Until("following user kenji", 3*time.Second).Until("run.started", 3*time.Second)
			s.Press("down").Until("following user dana", 3*time.Second)
			if got := line(s, "run.started"); !strings.Contains(got, "dana") {
				t.Errorf("the pane shows %q", got)
			}
			s.Press("enter").Until("following run", 3*time.Second).Press("esc").Until("following user dana", 3*time.Second)
			s.Press("F").Wait(time.Second).Miss("following").See("Events")
			s.Press("E").Miss("Events ──")
		})
	}
}

func TestPaneFollowsUsersAndTriggers(t *testing.T) {
	world.Play(t, docked(docks[1], users.Name), func(w *world.World) {
		s := w.Stage
		s.Until("dana", time.Minute).Press("F").Until("following user", 3*time.Second)
		s.Press("/").Type("dana").Press("enter").Until("following user dana", 3*time.Second)
		s.Press("enter").Until("USER", time.Minute).See("following user dana")
		w.Trigger("welcome", "", "", "dana")
		s.Until("message.delivered", time.Minute)
		s.Press(":").Type("compose welcome").Press("enter").Until("Compose", time.Minute).Type("kenji").Press("ctrl+s").Wait(time.Second)
		s.Press("tab", "right", "enter").Until("following trigger", time.Minute).Until("message.sent", time.Minute).Miss("dana  ")
	})
}

func TestFocusGoesToThePaneAndBack(t *testing.T) {
	world.Play(t, docked(docks[1], runs.Name), func(w *world.World) {
		s := w.Stage
		s.Press("W").See("the pane is not shown: E shows it").Wait(6 * time.Second)
		deliver(w, 1, 3, "dana")
		s.Press("E").Until("message.seen", 3*time.Second).See("find", "E events")
		s.Press("W").See(". pause").Press("down")
		deliver(w, 4, 2, "kenji")
		s.Until("2 new", 3*time.Second).Miss("kenji").Press("home").See("kenji")
		s.Press("f").Type("to:dana").Press("enter").Until("Events · to:dana", 3*time.Second).Until("dana", 3*time.Second).Miss("kenji")
		s.Press("enter").Until("✓ verified", 3*time.Second).See("Events · to:dana").Press("esc").See("/ find", "Events · to:dana")
		s.Press("W", "esc").Press("f").See("Filter").Press("esc")
		s.Press("B").See("│").Press("W", "U").Until("kenji", 3*time.Second)
		x, y := 100, 10
		s.Press("esc").Click(x, y).See(". pause").Click(2, y).See("find")
		s.Press("4").See("1 of 5").Miss("E events").Press("E").See("this page shows")
	})
}

func TestPaneNeedsRoom(t *testing.T) {
	world.Play(t, docked(docks[0], runs.Name), func(w *world.World) {
		s := w.Stage
		deliver(w, 1, 3, "dana")
		s.Press("E").Until("message.seen", 3*time.Second)
		for _, size := range [][2]int{{60, 12}, {20, 5}, {200, 12}, {1, 1}, {300, 100}, {61, 19}} {
			s.Resize(size[0], size[1]).Press("down", "B", "W", "up", "F", "F")
		}
		s.Resize(80, 14).See("events pane: no room").Press("E", "E").See("there is no room for the events pane").Wait(6 * time.Second)
		s.Resize(80, 24).See("message.seen").Miss("no room for")
	})
}

// Whatever is pressed, wherever the focus is, while events come and the window
// changes: no frame is broken, and nothing waits for ever.
func TestAnyKeysWhileEventsCome(t *testing.T) {
	t.Chdir(t.TempDir()) // they may export
	keys := strings.Fields("up down home end pgdown enter esc esc tab space E W F B b x / U u p m w R C y X | ? : 1 4 n N f6 f7 ctrl+u d a n : ! ctrl+l A P")
	for seed := range uint64(fullscale.N(6, 2)) {
		o := docked(docks[seed%2], events.Name)
		o.Stage.Stay = true
		world.Play(t, o, func(w *world.World) {
			random := rand.New(rand.NewPCG(seed, 1))
			for i := range 150 {
				if i%10 == 0 {
					deliver(w, i, 3, fmt.Sprint("user_", random.IntN(5)))
				}
				if i%30 == 29 {
					w.Stage.Resize(20+random.IntN(180), 5+random.IntN(50))
				}
				w.Stage.Press(keys[random.IntN(len(keys))])
			}
			w.Stage.Resize(120, 40).Press("esc", "esc", "esc", "esc", "esc").See("test · development")
		})
	}
}
