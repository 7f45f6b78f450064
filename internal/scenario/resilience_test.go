package scenario

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/compose"
)

// linked gives a world the status of the program itself.
func linked(o world.Options) world.Options {
	l := &app.Link{}
	o.Observe = l.Observe
	o.Status = func(s *ops.Session) ui.Status {
		return app.OpenedProfile{Session: s, Link: l, Profile: config.Profile{Protected: o.Protected, ReadOnly: o.ReadOnly}}.Status()
	}
	return o
}

// faults come between the console and Knock, and go again.
var faults = map[string]struct {
	come, go_ func(*world.World)
	says      string // in the header, while it lasts
}{
	"lost network": {func(w *world.World) { w.Network.Cut() }, func(w *world.World) { w.Network.Mend() }, "no answer since"},
	"revoked key":  {(*world.World).Revoke, (*world.World).Restore, "key refused since"},
	"429 storm":    {chaos(emulator.Chaos{TooMany: 1}), chaos(emulator.Chaos{}), "rate limited"},
	"500s":         {chaos(emulator.Chaos{Broken: 1}), chaos(emulator.Chaos{}), "api answers 500 since"},
	"no answers":   {chaos(emulator.Chaos{Slow: 1, SlowBy: time.Hour}), chaos(emulator.Chaos{}), "no answer since"},
}

func chaos(c emulator.Chaos) func(*world.World) {
	return func(w *world.World) { w.Knock.SetChaos(c) }
}

// places are pages with something on them that must stay, and the key that
// reads them again, where they do not do so by themselves.
var places = map[string]struct {
	prepare func(*world.World)
	shows   []string
	refresh string
}{
	"runs": {pendingRun, []string{"invite-1", "paused"}, ""},
	"run":  {pendingRunOpened, []string{"key invite-1", "delay_1"}, ""},
	"users": {func(w *world.World) {
		w.Stage.Press(":").Type("users").Press("enter").Until("dana@acme.test", time.Minute)
	}, []string{"dana@acme.test", "Emeka Obi"}, "r"},
	"user": {func(w *world.World) {
		w.Stage.Press(":").Type("users dana").Press("enter").Until("dana@acme.test", time.Minute).Press("enter").Until("teams/support", time.Minute)
	}, []string{"dana@acme.test", "1 token"}, "r"},
	"message": {func(w *world.World) {
		w.Trigger("welcome", "", "", "dana")
		w.Stage.Wait(10*time.Second).Press(":").Type("users dana").Press("enter").Until("dana@acme.test", time.Minute).Press("enter").Until("delivered", time.Minute)
		w.Stage.Press("tab", "down", "enter").Until("CONTENT", time.Minute)
	}, []string{"email_1", "welcome"}, "r"},
	"workflows": {func(w *world.World) {
		goTo(w.Stage, "workflows").Until("invite-reminder", time.Minute)
	}, []string{"invite-reminder", "active", "frozen"}, ""},
	"workflow": {func(w *world.World) {
		goTo(w.Stage, "workflows").Press("/").Type("welcome").Press("enter", "d").Until("steps", time.Minute)
	}, []string{"Workflow", "welcome", "email_1"}, ""},
	"schedules": {func(w *world.World) {
		goTo(w.Stage, "workflows").Press("/").Type("weekly").Press("enter", "s").Until("every Monday", time.Minute)
	}, []string{"Schedules", "every Monday"}, ""},
	"history": {func(w *world.World) { runCancelled(w); goTo(w.Stage, "history").Until("invite-1", time.Minute) },
		[]string{"cancel", "invite-1", "confirmed"}, ""},
	"compose": {func(w *world.World) {
		draftWritten(w)
		w.Stage.Press("ctrl+s")
		w.Yes("").Until("1 paused", time.Minute)
	}, []string{"invite-reminder", "1 paused", "dana"}, ""},
}

// runCancelled has a run cancelled, and proven to be.
func runCancelled(w *world.World) {
	pendingRun(w)
	w.Stage.Press("c")
	w.Yes("").Until("cancel: 1 confirmed", time.Minute)
}

// Whatever comes between, what was shown stays, the screen says what is wrong,
// and all is as before once it is over.
func TestEveryPageOutlivesEveryHindrance(t *testing.T) {
	for what, h := range faults {
		for where, p := range places {
			if (where != "run" || what != "lost network") && !fullscale.On() {
				continue
			}
			t.Run(what+" on "+where, func(t *testing.T) {
				world.Play(t, linked(console), func(w *world.World) {
					w.Session.Pulse.Start() // as the program does: it asks Knock whatever page is on top
					p.prepare(w)
					s := w.Stage.See(p.shows...)
					h.come(w)
					press(w, p.refresh)
					s.Until(h.says, 4*time.Minute).Wait(time.Minute).See(p.shows...)
					h.go_(w)
					press(w, p.refresh)
					s.Until("api ok", 2*time.Minute).Wait(3*time.Minute).See(p.shows...).Miss(h.says, "as of then", "unreachable", "expired")
				})
			})
		}
	}
}

func press(w *world.World, key string) {
	if key != "" {
		w.Stage.Press(key)
	}
}

// What is listed says how old it is while it cannot be read again.
func TestRunsSayHowOldTheyAre(t *testing.T) {
	fullscale.Unraced(t)
	for what, h := range faults {
		if what != "no answers" && !fullscale.On() {
			continue
		}
		t.Run(what, func(t *testing.T) {
			world.Play(t, linked(console), func(w *world.World) {
				pendingRun(w)
				h.come(w)
				w.Stage.Until(" ago", 10*time.Minute).See("invite-1")
				h.go_(w)
				w.Trigger("invite-reminder", "invite-2", "", "dana")
				w.Stage.Until("invite-2", 3*time.Minute).Miss(" ago")
			})
		})
	}
}

// A trigger whose answer is lost is repeated by the client under its
// idempotency key: however bad the line, it runs once.
func TestATriggerOnABadLineRunsOnce(t *testing.T) {
	for _, lost := range fullscale.First(1, []float64{.9, .5, 1}) {
		t.Run(fmt.Sprint(lost), func(t *testing.T) {
			world.Play(t, linked(console), func(w *world.World) {
				draftWritten(w)
				w.Knock.SetChaos(emulator.Chaos{Lost: lost})
				w.Stage.Press("ctrl+s")
				w.Yes("").Wait(3 * time.Minute)
				w.Knock.SetChaos(emulator.Chaos{})
				if strings.Contains(w.Stage.Text(), "The answer was lost") {
					w.Stage.Press("ctrl+s")
					w.Yes("")
				}
				w.Stage.Until("1 run · 1 paused", 2*time.Minute)
				if n := w.Knock.Stats().Runs["paused"]; n != 1 {
					t.Fatalf("there are %d runs", n)
				}
			})
		})
	}
}

func TestACancelOnABadLineIsProvenOrSaysThatItIsNot(t *testing.T) {
	world.Play(t, linked(console), func(w *world.World) {
		pendingRun(w)
		w.Knock.SetChaos(emulator.Chaos{TooMany: .2, Broken: .2, Reset: .2, Lost: .2})
		w.Stage.Press("c")
		w.Yes("").Until("cancel: 1 confirmed", 5*time.Minute)
	})
	world.Play(t, linked(console), func(w *world.World) {
		pendingRun(w)
		w.Network.Cut()
		w.Stage.Press("c")
		w.Yes("").Until("failed", 5*time.Minute).Miss("confirmed")
		w.SentTimes(0, "POST", "/cancel")
	})
}

// Answers that come after their page was closed change nothing.
func TestLateAnswersToClosedPagesAreDropped(t *testing.T) {
	fullscale.Unraced(t)
	world.Play(t, linked(console), func(w *world.World) {
		pendingRun(w)
		for _, open := range []func(){
			func() { w.Stage.Press("enter") }, func() { w.Stage.Press("u") },
			func() { goTo(w.Stage, "users").Press("/").Type("zz").Press("enter") },
			func() { goTo(w.Stage, "compose").Press("ctrl+o") },
		} {
			w.Knock.SetChaos(emulator.Chaos{Slow: 1, SlowBy: 10 * time.Second})
			open()
			goTo(w.Stage, "runs").See("Runs")
			w.Knock.SetChaos(emulator.Chaos{Broken: 1})
			w.Stage.Wait(15*time.Second).See("Runs", "invite-1").Miss("Users", "User  ›", "Compose  ›", "is no user")
			w.Knock.SetChaos(emulator.Chaos{})
			w.Stage.Wait(time.Minute)
		}
	})
}

// dialogs are all that can lie on top of a page, by a word of theirs.
var dialogs = map[string]func(*world.World){
	"Go to a page":    func(w *world.World) { w.Stage.Press(":") },
	"Keys on Runs":    func(w *world.World) { w.Stage.Press("?") },
	"Filter":          func(w *world.World) { w.Stage.Press("f") },
	"Columns":         func(w *world.World) { w.Stage.Press("|") },
	"Cancel 1 run":    func(w *world.World) { w.Stage.Press("c") },
	"Cancel EVERYONE": func(w *world.World) { w.Stage.Press("K") },
	"Trigger a workflow": func(w *world.World) {
		w.Stage.Press(":").Type("compose").Press("enter", "ctrl+o").Wait(time.Second).Press("esc", "ctrl+o")
	},
	"Send invite-reminder": func(w *world.World) {
		draftWritten(w)
		w.Stage.Press("ctrl+s")
	},
	"Empty the form": func(w *world.World) {
		w.Stage.Press(":").Type("users").Press("enter", "i").Type("x").Press("ctrl+n")
	},
}

func TestDialogsFitAnyWindow(t *testing.T) {
	fullscale.Only(t)
	for title, open := range dialogs {
		t.Run(title, func(t *testing.T) {
			world.Play(t, linked(console), func(w *world.World) {
				pendingRun(w)
				open(w)
				s := w.Stage.See(title)
				for _, size := range [][2]int{{60, 12}, {80, 24}, {1, 1}, {20, 50}, {250, 12}, {61, 13}, {200, 60}, {120, 40}} {
					s.Resize(size[0], size[1]).Press("down").Type("x").Press("backspace")
				}
				s.See(title).Press("esc").Miss(title)
				if sent := w.Changes(); len(sent) > 0 {
					t.Fatalf("sent %+v", sent)
				}
			})
		})
	}
}

// Every page can be opened on a Knock that is not there, and says so.
func TestEveryPageOpensWithoutKnock(t *testing.T) {
	for what, h := range faults {
		if what != "lost network" && !fullscale.On() {
			continue
		}
		for _, p := range app.Pages(&ops.Session{}) {
			if p.Hidden {
				continue
			}
			t.Run(p.Name+", "+what, func(t *testing.T) {
				world.Play(t, linked(console), func(w *world.World) {
					w.Session.Pulse.Start()
					h.come(w)
					w.Stage.Press("ctrl+p").Type(p.Name).Press("enter").Until(h.says, 5*time.Minute).See(p.Title)
					h.go_(w)
					w.Stage.Press("esc", "esc", "ctrl+p").Type(p.Name).Press("enter", "r").Until("api ok", 5*time.Minute).See(p.Title)
				})
			})
		}
	}
}

// Ids of any kind can be found, shown and filtered by.
func TestAwkwardIDsInTheWholeConsole(t *testing.T) {
	for _, id := range fullscale.First(1, []string{"a/b?c", "no#1", "50%", "with space", "zoë-ü", "..", "👩‍👩‍👧‍👦", "x" + strings.Repeat("y", 254)}) {
		t.Run(short(id), func(t *testing.T) {
			o := linked(console)
			o.Start, o.With = "user", ui.Params{"id": id}
			world.Play(t, o, func(w *world.World) {
				s := w.Stage.Until("There is no user", time.Minute)
				s.Press("I").Until("a new user", time.Minute).Press("ctrl+s").Until("identified", time.Minute)
				s.Until("User", time.Minute).Press("t").Until("Compose", time.Minute).Press("ctrl+o").Until("invite-reminder", time.Minute).Type("invite-reminder").Press("enter", "ctrl+s")
				w.Yes("").Until("1 paused", time.Minute).Wait(10 * time.Second).Press("c")
				w.Yes("").Until("cancel: 1 confirmed", time.Minute)
				sent := w.Changes()
				for i, method := range []string{"PUT", "POST", "POST"} {
					if len(sent) != 3 || sent[i].Method != method {
						t.Fatalf("sent %+v", sent)
					}
				}
			})
		})
	}
}

func short(id string) string { return id[:min(len(id), 12)] }

// A key that Knock refuses is said to be one, on whatever is opened first.
func TestARefusedKeyIsSaidToBeOne(t *testing.T) {
	for _, start := range []string{"runs", "users", compose.Name} {
		o := linked(console)
		theirs := *emulator.DefaultWorld()
		theirs.APIKeys, theirs.ServiceTokens = []string{"sk_another"}, []string{"another"}
		o.Emulator.World, o.Start = &theirs, start
		world.Play(t, o, func(w *world.World) {
			w.Stage.Until("key refused", time.Minute)
			if start != compose.Name {
				w.Stage.See("401")
			}
			w.Stage.Miss(emulator.DemoAPIKey, emulator.DemoServiceToken)
		})
	}
}

// What the program has to say of its requests never holds a key.
func TestNoKeyIsEverShown(t *testing.T) {
	world.Play(t, linked(console), func(w *world.World) {
		draftWritten(w)
		w.Stage.Press("ctrl+t").See("curl").Miss(emulator.DemoAPIKey)
		w.Stage.Press("ctrl+s")
		w.Yes("").Until("1 paused", time.Minute)
		w.Network.Cut()
		w.Stage.Press(":").Type("requests").Press("enter").Until("no answer", 2*time.Minute).Miss(emulator.DemoAPIKey, emulator.DemoServiceToken)
		logged, _ := w.Session.Requests.Since(0)
		if slices.ContainsFunc(logged, func(x ops.Logged) bool { return strings.Contains(fmt.Sprintf("%+v", x), emulator.DemoAPIKey) }) {
			t.Error("the request log holds the key")
		}
	})
}

// Somebody who only has a public key is told so before anything is sent.
func TestAPublicKeyIsRefusedAtOnce(t *testing.T) {
	if _, err := client.New(client.Options{APIKey: "pk_test_1"}); err == nil || !strings.Contains(err.Error(), "public key") || strings.Contains(err.Error(), "pk_test_1") {
		t.Errorf("a public key: %v", err)
	}
}
