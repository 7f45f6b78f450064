package scenario

import (
	"testing"
	"time"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/events"
	"github.com/knockops/knockops/views/pulse"
	"github.com/knockops/knockops/views/runs"
	"github.com/knockops/knockops/views/users"
)

// pressed counts the keys of support's way to the sentence, without those of the id.
type pressed struct {
	*tuitest.Stage
	keys int
}

func (p *pressed) press(keys ...string) *pressed {
	for _, k := range keys {
		p.keys++
		p.Press(k).Wait(time.Second)
	}
	return p
}

func (p *pressed) id(id string) *pressed {
	p.Type(id).Wait(time.Second)
	return p
}

// onWelcome is a console in which user_1 just got the mail of welcome, and has not seen it.
func onWelcome(t *testing.T, start string, with ui.Params, story func(w *world.World)) {
	t.Helper()
	o := console
	o.Start, o.With, o.Webhooks = start, with, true
	world.Play(t, o, func(w *world.World) {
		w.Trigger("welcome", "", "", "user_1")
		w.Stage.Wait(10 * time.Second)
		story(w)
	})
}

const sentence = "welcome for user_1, triggered 00:0"

// From the first screen to the sentence in at most eight keys besides the id.
func TestSupportsWayToTheSentence(t *testing.T) {
	for name, way := range map[string]func(*pressed){
		"by the palette": func(p *pressed) { p.press(":", "w", "h", "y", " ").id("user_1").press("enter") },
		"by the users":   func(p *pressed) { p.press("2", "/").id("user_1").press("enter", "a") },
	} {
		t.Run(name, func(t *testing.T) {
			onWelcome(t, pulse.Name, nil, func(w *world.World) {
				p := &pressed{Stage: w.Stage}
				way(p)
				p.Until(sentence, time.Minute).See("arrived", "delivered_unseen", "proven: a record of Knock's says so", "not seen yet")
				if p.keys > 8 {
					t.Errorf("it takes %d keys besides the id", p.keys)
				}
				t.Logf("%d keys besides the id", p.keys)
			})
		})
	}
}

// One key asks about whatever is selected, and nothing is asked about nothing.
func TestOneKeyAsksEverywhere(t *testing.T) {
	for name, o := range map[string]struct {
		start string
		with  ui.Params
		keys  []string
	}{
		"a user":            {users.Profile, ui.Params{"id": "user_1"}, nil},
		"a run of the list": {runs.Name, ui.Params{runs.Status: "all"}, nil},
		"a run":             {runs.Name, ui.Params{runs.Status: "all"}, []string{"enter"}},
		"an event":          {events.Name, nil, nil},
		"an event's page":   {events.Name, nil, []string{"enter"}},
	} {
		t.Run(name, func(t *testing.T) {
			onWelcome(t, o.start, o.with, func(w *world.World) {
				for _, k := range append(o.keys, "a") {
					w.Stage.Press(k).Wait(2 * time.Second)
				}
				w.Stage.Until(sentence, time.Minute).See("Why", "delivered_unseen")
			})
		})
	}
	onWelcome(t, "workflows", nil, func(w *world.World) { w.Stage.Press("a").See("select a user, a run, a message or an event first") })
}

// The page opens what the cursor is on, copies the sentence, compares, and asks again.
func TestWhyPage(t *testing.T) {
	onWelcome(t, "why", nil, func(w *world.World) { w.Stage.See("Nothing is asked.") })
	onWelcome(t, "why", ui.Params{"recipient": "user_1"}, func(w *world.World) {
		s := w.Stage.Until("nothing was triggered", time.Minute) // as it was when the page opened
		s.Press("r").Until(sentence, time.Minute)
		s.Press("y").See("copied the sentence")
		s.Press("j", "enter").Until("Run", time.Minute).See("message enqueued").Press("esc").See(sentence)
		s.Press("u").Until("User", time.Minute).Press("esc").See(sentence)
		s.Press("J").See(`"cause"`, `"delivered_unseen"`).Press("esc")
		s.Press("r").Wait(5 * time.Second).See(sentence)
		s.Press("=").See("Compare with").Type("user_2").Press("enter").Until("THEY PART", time.Minute).See("user_2: ", "was not triggered")
	})
}

// In a small window the route keeps its place, and an outage says so.
func TestWhyInASmallWindow(t *testing.T) {
	o := console
	o.Stage = tuitest.Options{Width: 80, Height: 24}
	o.Start, o.With = "why", ui.Params{"id": "kenji"}
	o.Emulator = emulator.Options{Seed: 7, Lively: true}
	world.Play(t, o, func(w *world.World) {
		s := w.Stage.Until("proven", time.Minute).See("trigger", "run")
		s.Press("G").Wait(time.Second).See("other run")
		for _, size := range [][2]int{{60, 12}, {200, 60}, {80, 24}} {
			s.Resize(size[0], size[1]).Wait(time.Second).See("Why")
		}
	})
	o.With = ui.Params{"id": "projects/"}
	world.Play(t, o, func(w *world.World) { w.Stage.Until("has no id after the slash", time.Minute) })
}
