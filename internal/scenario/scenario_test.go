// Package scenario runs the whole program on an emulated screen.
package scenario

import (
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/views/lookup"
	"github.com/knockops/knockops/views/runs"
)

// console is the whole console on the emulator, on the page that most stories begin with.
var console = world.Options{Pages: app.Pages, LookUp: lookup.In, Start: runs.Name, Stage: tuitest.Options{Width: 120, Height: 40}}

// The main job by keys alone: identify the recipient, trigger a workflow for it
// under a cancellation key, and cancel that key for that recipient.
func TestIdentifyTriggerCancelByKeysAlone(t *testing.T) {
	const (
		userID, email = "user_4821", "dana@example.com"
		workflow, key = "invite-reminder", "invite-99121"
		data          = `{"id": "99121", "project": "Atlas"}`
	)
	world.Play(t, console, func(w *world.World) {
		s := w.Stage
		s.Press("2").Until("dana", time.Minute).Press("i").See("Identify")
		s.Type(userID).Press("tab").Type(email).See("PUT /v1/users/" + userID)
		s.Press("ctrl+s").Until("dana@example.com", time.Minute).See("User")
		w.SentTimes(1, "PUT", "/v1/users/"+userID)

		s.Press("t").Until("Compose", time.Minute).See(userID)
		s.Press("ctrl+o").Until("invoice-due", time.Minute).Type(workflow).Press("enter").See("Invite reminder")
		for !strings.Contains(line(s, "▌"), "Data") {
			s.Press("tab")
		}
		s.Type(data).Press("tab")
		for !strings.Contains(line(s, "▌"), "typed") {
			s.Press("right")
		}
		s.Press("tab").Type(key).See(`"cancellation_key": "`+key+`"`, `"project": "Atlas"`, `"`+userID+`"`)
		s.Press("ctrl+s").Wait(time.Second).See("Send invite-reminder to 1 recipient in development", key)
		s.Press("tab", "right", "enter").Until("paused", time.Minute).See("delay_1")
		w.SentTimes(1, "POST", "/v1/workflows/invite-reminder/trigger")

		s.Wait(10*time.Second).Press("4").Until(key, time.Minute).See(userID)
		s.Press("c").Wait(time.Second).See("Cancel 1 run in development", key, userID).Press("tab", "right", "enter")
		s.Until("confirmed", time.Minute)
		sent := w.SentTimes(1, "POST", "/v1/workflows/invite-reminder/cancel").Sent("POST", "/cancel")
		if body := string(sent[0].Body); !strings.Contains(body, `"`+key+`"`) || !strings.Contains(body, `["`+userID+`"]`) {
			t.Fatalf("the cancel says %s", body)
		}
	})
}

// line is the line of the screen with a sign on it.
func line(s *tuitest.Stage, sign string) string {
	for _, l := range s.Lines() {
		if strings.Contains(l, sign) {
			return l
		}
	}
	return ""
}

// Every view at the sizes and on the backgrounds that people have.
func TestGoldenScreens(t *testing.T) {
	fullscale.Unraced(t)
	sizes := []tuitest.Options{{Width: 80, Height: 24}, {Width: 120, Height: 40}, {Width: 200, Height: 60}}
	for _, view := range []string{"pulse", "workflows", "history", "sweep", "runs", "users", "compose", "requests"} {
		for _, size := range sizes {
			for _, background := range fullscale.First(1, []string{"dark", "light"}) {
				o := console
				o.Stage = size
				o.Stage.Light = background == "light"
				o.Start, o.Preview = view, true
				o.Emulator = emulator.Options{Seed: 7, Lively: true}
				name := view + "-" + sizeName(size) + "-" + background
				t.Run(name, func(t *testing.T) {
					world.Play(t, o, func(w *world.World) {
						w.Stage.Wait(3250 * time.Millisecond).Press("ctrl+l").Golden(name) // drawn anew: what earlier frames left between the cells is no part of it
					})
				})
			}
		}
	}
}

func sizeName(o tuitest.Options) string {
	return map[int]string{80: "80x24", 120: "120x40", 200: "200x60"}[o.Width]
}
