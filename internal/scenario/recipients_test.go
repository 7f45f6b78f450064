package scenario

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// An object is found, opened, subscribed to, and a subscriber taken out again, by keys alone.
func TestAnObjectsSubscribers(t *testing.T) {
	world.Play(t, console, func(w *world.World) {
		s := w.Stage
		s.Press(":").Type("objects").Press("enter").Until("Which collection?", time.Minute)
		s.Press("f").Press("ctrl+u").Type("projects").Press("enter").Until("atlas", time.Minute).See("borealis")
		s.Press("/").Type("atlas").Press("enter", "enter").Until("SUBSCRIBERS", time.Minute).See("Object", "projects/atlas", "Atlas")
		s.Press("i").See("Subscribe somebody to projects/atlas").Type("kenji").Press("enter")
		w.Yes("").Until("kenji", time.Minute)
		w.SentTimes(1, "POST", "/v1/objects/projects/atlas/subscriptions")
		cursorTo(s, "kenji")
		s.Press("D")
		w.Yes("").Until("done: unsubscribe kenji from projects/atlas", time.Minute)
		w.SentTimes(1, "DELETE", "/v1/objects/projects/atlas/subscriptions")
	})
}

// What somebody wants to be sent is set from their page, and taken back.
func TestPreferencesAreSetAndUnset(t *testing.T) {
	world.Play(t, console, func(w *world.World) {
		s := w.Stage
		s.Press(":").Type("users user_1").Press("enter").Until("Ada", time.Minute).Press("enter").Until("None: everything is sent.", time.Minute)
		for range 10 {
			if strings.Contains(line(s, "▌"), "PREFERENCES") {
				break
			}
			s.Press("tab")
		}
		s.Press("I").See("Preferences default of user_1").Press("ctrl+s").See("nothing is changed").Press("ctrl+u").Type(`{"channel_types": 1`).Press("ctrl+s").See("Preferences default of user_1")
		s.Press("ctrl+u").Type(`{"channel_types": {"email": false}}`).Press("ctrl+s").See("Set preferences default of user user_1 in development").Miss("nothing is changed")
		w.Yes("").Until("email off", time.Minute)
		s.Press("down", "D")
		w.Yes("").Until("None: everything is sent.", time.Minute)
	})
}

// A feed shows what its user sees, and narrows to a tenant.
func TestAFeedAsItsUserSeesIt(t *testing.T) {
	world.Play(t, console, func(w *world.World) {
		w.Trigger("welcome", "", "", "dana")
		s := w.Stage.Wait(10 * time.Second)
		s.Press(":").Type("users dana").Press("enter").Until("dana@acme.test", time.Minute).Press("enter").Until("The in-app feed", time.Minute)
		cursorTo(s, "The in-app feed")
		s.Press("enter").Until("unseen", time.Minute).See("Feed", "welcome")
		s.Press("f").Type("globex").Press("enter").Until("The feed of dana is empty", time.Minute).Press("U").Until("unseen", time.Minute)
		s.Press("enter").Until("CONTENT", time.Minute)
	})
}

// An object's properties are edited as they are: only what differs is sent, numbers as they were written.
func TestOnlyWhatDiffersOfAnObjectIsSent(t *testing.T) {
	world.Play(t, console, func(w *world.World) {
		s := w.Stage
		object := map[string]any{"name": "Zenith", "number": json.Number("12345678901234567890"), "gone": true, "nested": map[string]any{"a": 1}}
		if _, err := w.Session.Client.Edit(context.Background(), client.SetObject(client.Ref{Collection: "projects", ID: "zenith"}, object)); err != nil {
			t.Fatal(err)
		}
		s.Press(":").Type("projects/zenith").Press("enter").Until("SUBSCRIBERS", time.Minute).Press("I").See("12345678901234567890", "gone")
		s.Press("ctrl+s").See("nothing is changed")
		s.Press("pgup", "down", "home", "ctrl+k", "ctrl+s").See("Set object projects/zenith")
		before := len(w.Sent("PUT", "/v1/objects/projects/zenith"))
		w.Yes("").Until("done: set object", time.Minute)
		if sent := w.Sent("PUT", "/v1/objects/projects/zenith")[before:]; len(sent) != 1 || strings.TrimSpace(string(sent[0].Body)) != `{"gone":null}` {
			t.Errorf("sent was %+v", sent)
		}
	})
}
