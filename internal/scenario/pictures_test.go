package scenario

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/compose"
	"github.com/knockops/knockops/views/flows"
	"github.com/knockops/knockops/views/pulse"
	"github.com/knockops/knockops/views/runs"
	"github.com/knockops/knockops/views/sources"
	"github.com/knockops/knockops/views/users"
	"github.com/knockops/knockops/views/workflows"
)

// pictured is a demo on a Wednesday morning. What would go on at the same instant, which may come out in
// either order, is taken apart: webhooks are sent one by one, and answers arrive between two ticks of the clock.
func pictured(width, height int) world.Options {
	o := linked(console)
	o.Stage = tuitest.Options{Width: width, Height: height, At: time.Date(2026, 10, 14, 9, 41, 0, 0, time.UTC)}
	o.Profile, o.Webhooks, o.Preview = "demo", true, true
	o.Emulator = emulator.Options{Seed: 7, Lively: true, WebhooksAtOnce: 1, Latency: 130 * time.Millisecond}
	return o
}

// story is how the console came to show a picture.
type story func(*world.World)

// presses are the keys of a story, pressed with time to read what comes of each.
func presses(keys ...string) story {
	return func(w *world.World) {
		for _, k := range keys {
			w.Stage.Press(k).Wait(time.Second)
		}
	}
}

// pictures are those in docs/pictures, and the page that each begins on.
var pictures = []struct {
	name, title string
	start       string
	with        ui.Params
	story       story
}{
	{"pulse", "Pulse: what is pending by workflow, what arrives, and what was not delivered", pulse.Name, nil, waits(time.Minute)},
	{"users", "The list of users, with what is known of the one selected", users.Name, nil, presses("down", "down")},
	{"user", "A user: who they are, and what became of what was sent to them", users.Profile, ui.Params{"id": "dana"}, presses()},
	{"why", "Why a message did not arrive, in one sentence, with the records that prove it", "why", ui.Params{"recipient": "jonas"}, presses()},
	{"compose", "A trigger with its workflow, recipients, data and cancellation key, beside the exact request", compose.Name, nil, composed},
	{"runs", "Pending runs, three of them marked, with the steps of the one selected", runs.Name, nil, presses("down", "space", "space", "space")},
	{"cancel", "The question before three runs are cancelled", runs.Name, nil, presses("down", "space", "space", "space", "c")},
	{"events", "The events pane under the list of runs", runs.Name, nil, docked},
	{"workflows", "Workflows, with what is pending in each and the steps of the one selected", workflows.Name, nil, presses("down", "down", "down", "down")},
	{"sweep", "The plan of a sweep: what it can cancel and what it cannot, before anything is sent", pulse.Name, nil, presses("S")},
	{"history", "What was done from this machine, and what came of it", runs.Name, nil, done},
	{"objects", "An object and what it is subscribed to", "object", ui.Params{"id": "projects/atlas"}, presses()},
	{"sources", "Sources, and what came of the events they received", sources.Name, nil, presses()},
	{"flows", "Flows: Arazzo documents that run step by step", flows.Name, nil, presses()},
	{"palette", "The palette finds pages, actions, users and ids by a few letters", pulse.Name, nil, func(w *world.World) { w.Stage.Press(":").Type("dana").Wait(time.Second) }},
	{"help", "The keys that work on this page", runs.Name, nil, presses("?")},
}

// The pictures in README.md and docs show what the console shows.
func TestPictures(t *testing.T) {
	fullscale.Unraced(t)
	for _, p := range fullscale.First(1, pictures) {
		t.Run(p.name, func(t *testing.T) {
			o := pictured(120, 36)
			o.Start, o.With = p.start, p.with
			world.Play(t, o, func(w *world.World) {
				w.Stage.Wait(5 * time.Second)
				p.story(w)
				w.Stage.Wait(2*time.Second).Picture(p.name, p.title)
			})
		})
	}
}

// Every picture is shown somewhere, on dark and on light, and weighs little.
func TestPicturesAreShown(t *testing.T) {
	most := map[string]int64{"runaway": 150_000}
	for _, p := range pictures {
		most[p.name] = 40_000
	}
	documents, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, path := range append(documents, "../../README.md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`pictures/([\w-]+\.svg)`).FindAllSubmatch(text, -1) {
			shown[string(m[1])] = true
		}
	}
	files, err := os.ReadDir("../../docs/pictures")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(f.Name(), ".svg"), "-dark"), "-light")
		if info.Size() > most[name] {
			t.Errorf("%s has %d bytes, at most %d were meant", f.Name(), info.Size(), most[name])
		}
		if !shown[f.Name()] {
			t.Errorf("no document shows %s", f.Name())
		}
		delete(shown, f.Name())
	}
	for name := range shown {
		t.Errorf("a document shows %s, which there is not", name)
	}
}

func waits(d time.Duration) story { return func(w *world.World) { w.Stage.Wait(d) } }

func docked(w *world.World) { w.Stage.Press("E").Wait(20 * time.Second) }

func composed(w *world.World) {
	s := w.Stage.Type("invite-reminder").Press("tab").Type("dana").Press("enter").Type("projects/atlas").Press("tab", "tab", "tab")
	s.Type(`{"id": "99121", "project": "Atlas"}`).Press("tab")
	for !strings.Contains(line(s, "▌"), "typed") {
		s.Press("right")
	}
	s.Press("tab").Type("invite-99121").Wait(time.Second)
}

// done cancels a run and freezes a workflow, and opens the history of it.
func done(w *world.World) {
	s := w.Stage.Press("down", "space", "space", "c").Wait(time.Second)
	s.Type("ticket 8812").Press("tab", "right", "enter").Until("confirmed", time.Minute).Press("6").Wait(time.Second)
	s.Press("down", "z").Wait(time.Second).Type("ticket 8812").Press("tab", "right", "enter").Wait(5 * time.Second)
	s.Press("7", `\`, "|").Type("who").Press("enter", "esc").Wait(10 * time.Second) // who it was is of the machine
}

// How a runaway is stopped, as a film.
func TestPictureOfARunaway(t *testing.T) {
	fullscale.Only(t)
	o := pictured(120, 36)
	o.Start = pulse.Name
	o.Emulator.RunawayRate = 20
	world.Play(t, o, func(w *world.World) {
		s := w.Stage.Wait(10 * time.Second)
		film := s.Film()
		film.Frame(3*time.Second, "", "Pulse on a calm morning.")
		s.Wait(7 * time.Millisecond) // what arrives does so between two looks at it
		if err := w.Knock.RunAway("invoice-due"); err != nil {
			t.Fatal(err)
		}
		s.Until("RUNAWAY  invoice-due", 3*time.Minute)
		film.Frame(4*time.Second, "", "A workflow runs away: Pulse raises a banner.")
		s.Press("z").Wait(time.Second).See("Freeze and sweep invoice-due in development")
		film.Frame(4*time.Second, "z", "freezes it and cancels what is pending, after one question.")
		s.Type("incident 42")
		film.Frame(2*time.Second, "", "A reason, for the report …")
		s.Press("tab").Type("invoice-due").Press("tab", "right")
		film.Frame(3*time.Second, "", "… and the workflow's key, so that it is the right one.")
		s.Press("enter")
		for range 3 {
			film.Frame(time.Second, "enter", "Nothing more arrives. One request cancels all runs of a key …")
			s.Wait(time.Second)
		}
		for range 3 {
			film.Frame(time.Second, "", "… and runs are read until it is proven that all are cancelled.")
			s.Wait(2 * time.Second)
		}
		s.Until("✓ done", 10*time.Minute)
		film.Frame(4*time.Second, "", "Nothing is pending, and what became of each run is known.")
		s.Press("esc").Until("frozen  invoice-due", time.Minute)
		film.Frame(5*time.Second, "esc", "It stays frozen until somebody thaws it. History has the report.")
		film.Picture("runaway", "A runaway workflow is frozen, and what is pending is cancelled and proven", 1)
	})
}
