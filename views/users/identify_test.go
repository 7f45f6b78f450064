package users_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/users"
)

// sentBody is the body of the only identify that was sent.
func sentBody(t *testing.T, w *world.World) map[string]any {
	t.Helper()
	var sent []string
	for _, r := range w.Knock.Requests() {
		if r.Method == http.MethodPut && strings.HasPrefix(r.Path, "/v1/users/") {
			sent = append(sent, string(r.Body))
		}
	}
	if len(sent) != 1 {
		t.Fatalf("%d users were identified, want 1: %s", len(sent), sent)
	}
	var body map[string]any
	if err := json.Unmarshal([]byte(sent[0]), &body); err != nil {
		t.Fatal(err)
	}
	return body
}

func same(t *testing.T, got map[string]any, want string) {
	t.Helper()
	have, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != want {
		t.Errorf("sent %s, want %s", have, want)
	}
}

func TestIdentifyANewUser(t *testing.T) {
	play(t, users.Name, nil, func(w *world.World) {
		w.Stage.Press("i").Type("user_77").Press("tab").Type("Grace").Press("tab").Type("grace@acme.test")
		w.Stage.Press("tab").Type("+15551234567").Press("tab").Type("Europe/Berlin").Press("tab").Type("de-DE").Press("tab").Type("https://acme.test/g.png")
		w.Stage.Press("tab").Type("plan").Press("tab").Type("pro").Press("tab").Type("seats").Press("tab").Type("3")
		w.Stage.See(`"seats": 3`, `"plan": "pro"`, "PUT /v1/users/user_77", "Identify user_77 in development")
		w.Stage.Press("ctrl+s").See("identified user_77 in development", "User  ›  user_77", "grace@acme.test")
		same(t, sentBody(t, w), `{"avatar":"https://acme.test/g.png","email":"grace@acme.test","locale":"de-DE","name":"Grace","phone_number":"+15551234567","plan":"pro","seats":3,"timezone":"Europe/Berlin"}`)
	})
}

func TestIdentifySendsOnlyWhatChangedAndNullForWhatWasEmptied(t *testing.T) {
	play(t, users.Profile, ui.Params{"id": "dana"}, func(w *world.World) {
		w.Stage.Press("I").See("Dana Whitfield", "+15550100")
		w.Stage.Press("tab", "tab", "ctrl+u").See("null removes 1 property", "1 change")
		w.Stage.Press("shift+tab", "ctrl+u").Type("d@acme.test").See("2 changes")
		w.Stage.Press("ctrl+s").See("identified dana", "d@acme.test")
		same(t, sentBody(t, w), `{"email":"d@acme.test","phone_number":null}`)
	})
}

func TestIdentifyKeepsWhatWasTypedBeforeTheUserWasRead(t *testing.T) {
	o := world.Options{Pages: pages, Start: users.Identify, With: ui.Params{"id": "dana"}, Emulator: emulator.Options{Latency: 5 * time.Second}}
	world.Play(t, o, func(w *world.World) {
		w.Stage.Type("Dana W.").Press("shift+tab", "shift+tab").Type("seats").Press("tab").Type("3").Press("ctrl+s").See("is being read")
		w.Stage.Wait(10*time.Second).See("Dana W.", "dana@acme.test", "seats", "plan", "2 changes")
		w.Stage.Press("ctrl+s").Until("identified dana", time.Minute)
		same(t, sentBody(t, w), `{"name":"Dana W.","seats":3}`)
	})
}

func TestIdentifyRefusesWhatKnockWouldNotUnderstand(t *testing.T) {
	play(t, users.Identify, nil, func(w *world.World) {
		w.Stage.Press("ctrl+s").See("not sent: Id: is empty").Press("a")
		for _, c := range []struct{ field, bad, says, good string }{
			{"Id", strings.Repeat("x", 256), "at most 255", "x"},
			{"Email", "dana at acme", "not an email address", "dana@acme.test"},
			{"Phone", "555 1234", "begins with +", "+4930123456"},
			{"Timezone", "Berlin", "no zone", "Europe/Berlin"},
			{"Locale", "german!", "a language", "de"},
			{"Avatar", "picture.png", "enter a full URL", "https://acme.test/p.png"},
		} {
			for !strings.Contains(w.Stage.Text(), "▌ "+c.field) {
				w.Stage.Press("tab")
			}
			w.Stage.Press("ctrl+u").Type(c.bad).Press("ctrl+s").See(c.says, "▌ "+c.field)
			w.Stage.Press("ctrl+u").Type(c.good)
		}
		w.Stage.Press("ctrl+s").See("identified x")
	})
}

func TestIdentifyTakesAnyIDThatKnockTakes(t *testing.T) {
	for _, id := range []string{"a/b", "what?", "no#1", "50%", "with space", "zoë-ü", strings.Repeat("y", 255)} {
		play(t, users.Identify, nil, func(w *world.World) {
			w.Stage.Type(id).Press("ctrl+s").See("identified ")
			sentBody(t, w)
			u, err := w.Session.Client.GetUser(context.Background(), id)
			if err != nil || u.ID != id {
				t.Errorf("%q: Knock has %q, %v", id, u.ID, err)
			}
		})
	}
}

func TestIdentifyCustomPropertiesAsJSON(t *testing.T) {
	play(t, users.Identify, nil, func(w *world.World) {
		w.Stage.Type("j1").Press("shift+tab").Type("plan").Press("tab").Type("pro").Press("ctrl+t").See(`"plan": "pro"`)
		w.Stage.Press("ctrl+end", "backspace").Type(`, "n": }`).See("! Custom: line 3, column 8").Press("ctrl+s").See("not sent: Custom", `, "n": }`)
		w.Stage.Press("ctrl+t").See("stay as they are shown", `, "n": }`)
		w.Stage.Press("backspace").Type(`12345678901234567890}`).See(`"n": 12345678901234567890`)
		w.Stage.Press("ctrl+t").See("plan", "12345678901234567890").Press("ctrl+s").See("identified j1")
		body := w.Sent("PUT", "/j1")[0].Body
		if !strings.Contains(string(body), `"n":12345678901234567890`) {
			t.Errorf("sent %s", body)
		}
	})
}

func TestIdentifyDoesNotTakeAPropertyTwice(t *testing.T) {
	play(t, users.Identify, nil, func(w *world.World) {
		w.Stage.Type("j1").Press("shift+tab").Type("email").Press("tab").Type("x@y.z").Press("ctrl+s").See("has a field of its own")
		w.SentTimes(0, "PUT", "/j1")
	})
}

func TestIdentifyKeepsEverythingWhenTheNetworkIsLost(t *testing.T) {
	play(t, users.Identify, nil, func(w *world.World) {
		w.Stage.Type("lost_1").Press("tab").Type("Grace")
		w.Network.Cut()
		w.Stage.Press("ctrl+s").See("sending: ").Wait(3*time.Minute).See("network is unreachable", "Grace", "lost_1", "not sent yet")
		w.Network.Mend()
		w.Stage.Press("ctrl+s").See("identified lost_1")
		same(t, sentBody(t, w), `{"name":"Grace"}`)
	})
}

func TestIdentifyDraftOutlivesThePage(t *testing.T) {
	play(t, users.Name, nil, func(w *world.World) {
		w.Stage.Press("i").Type("draft_1").Press("tab").Type("Grace").Press("esc", "esc").See("Dana Whitfield")
		w.Stage.Press("i").See("draft_1", "Grace", "still here")
		w.Stage.Press("ctrl+n").See("Empty the form").Wait(time.Second).Press("right", "enter").Miss("draft_1")
	})
}

func TestIdentifyOnAReadOnlyProfile(t *testing.T) {
	o := world.Options{Pages: pages, Start: users.Identify, Protected: true}
	world.Play(t, o, func(w *world.World) {
		w.Stage.Type("x").Press("ctrl+s").See("read-only", "x")
		w.SentTimes(0, "PUT", "/x")
	})
}

// answering is a Knock that answers every request in the same way.
type answering struct {
	status int
	body   string
}

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	rec.Header().Set("X-Request-Id", "req_9")
	status, body := a.status, a.body
	if r.Method == http.MethodGet {
		status, body = 404, `{"code":"resource_missing","message":"not found","status":404,"type":"invalid_request_error"}`
	}
	rec.WriteHeader(status)
	_, _ = rec.WriteString(body)
	return rec.Result(), nil
}

func TestIdentifyShowsWhatKnockRefusesAtItsField(t *testing.T) {
	refusal := answering{422, `{"code":"invalid_params","message":"nope","status":422,"type":"invalid_request_error","errors":[{"field":"email","message":"is taken","type":"value"}]}`}
	build := func(cleanup func(func())) tea.Model {
		c, err := client.New(client.Options{APIKey: "sk_test_1", Transport: refusal})
		if err != nil {
			t.Fatal(err)
		}
		j, err := journal.OpenMemory()
		if err != nil {
			t.Fatal(err)
		}
		s := ops.NewSession("test", "staging", false, c, nil, j)
		all, keys := users.Pages(s), keymap.New()
		ui.Register(keys, all)
		app := ui.New(ui.Config{Pages: all, Keys: keys, Status: func() ui.Status { return ui.Status{Environment: "staging"} }, Theme: theme.Options{Dark: true}, Start: users.Identify})
		cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		cleanup(app.Close)
		return app
	}
	tuitest.Run(t, tuitest.Options{Width: 120, Height: 40}, build, func(s *tuitest.Stage) {
		s.Type("u1").Press("tab", "tab").Type("d@acme.test").Press("shift+tab", "ctrl+s")
		s.See("▌ Email", "! is taken", "d@acme.test", "u1", "req_9")
		s.Type("x").Miss("! is taken")
	})
}
