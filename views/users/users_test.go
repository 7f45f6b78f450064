package users_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/compose"
	"github.com/knockops/knockops/views/jsonpage"
	"github.com/knockops/knockops/views/runs"
	"github.com/knockops/knockops/views/users"
)

func pages(s *ops.Session) []ui.Page {
	var all []ui.Page
	for _, p := range [][]ui.Page{users.Pages(s), compose.Pages(s), runs.Pages(s), jsonpage.Pages()} {
		all = append(all, p...)
	}
	return all
}

func play(t *testing.T, start string, with ui.Params, story func(*world.World)) {
	t.Helper()
	world.Play(t, world.Options{Pages: pages, Start: start, With: with}, story)
}

func TestNoKeyMeansTwoThings(t *testing.T) {
	keys := keymap.New()
	ui.Register(keys, pages(nil))
	for _, c := range keys.Conflicts() {
		t.Error(c)
	}
}

func TestListFindsWhatIsThereAndLooksUpWhatIsNot(t *testing.T) {
	play(t, users.Name, nil, func(w *world.World) {
		w.Stage.See("dana@acme.test", "Dana Whitfield", "America/New_York", "李伟")
		w.Stage.Press("/").Type("DANA").See("Dana Whitfield").Miss("Emeka Obi")
		w.Stage.Press("enter", "enter").See("User  ›  dana", "Dana Whitfield")
		w.Stage.Press("esc", "/", "esc").See("Emeka Obi")

		w.Stage.Press("/").Type("nobody-7").See("has nobody-7 in it")
		w.Stage.Press("enter").See("There is no user nobody-7 in development")
		w.Stage.Press("i").See("Identify nobody-7", "a new user")
	})
}

func TestListReadsOnAsTheOperatorMovesDown(t *testing.T) {
	many := emulator.DefaultWorld()
	big := *many
	big.Users = nil
	for i := range 400 {
		big.Users = append(big.Users, emulator.Entity{"id": fmt.Sprintf("u%04d", i), "name": "User"})
	}
	big.Objects, big.Schedules, big.Traffic, big.Sources = nil, nil, nil, nil
	o := world.Options{Pages: pages, Start: users.Name, Emulator: emulator.Options{World: &big}}
	world.Play(t, o, func(w *world.World) {
		w.SentTimes(3, "GET", "/v1/users").Stage.See("1 of 150", "more below")
		w.Stage.Press("end").See("150 of 200")
		w.SentTimes(4, "GET", "/v1/users")
		w.Stage.Press("up").See("149 of 200")
		for range 6 {
			w.Stage.Press("end")
		}
		w.SentTimes(8, "GET", "/v1/users").Stage.See("400 of 400").Miss("more below")
		w.Network.Cut()
		w.Stage.Press("r").Wait(2*time.Minute).See("u0000", "reading failed: r tries again")
		w.Network.Mend()
		w.Stage.Press("r").See("of 150").Miss("reading failed")
	})
}

func TestListThatCannotBeReadSaysWhyAndTriesAgain(t *testing.T) {
	play(t, users.Name, nil, func(w *world.World) {
		w.Network.Cut()
		w.Stage.Press(":").Type("users dana").Press("enter").See("dana")
		w.Stage.Wait(2 * time.Minute)
		w.Network.Mend()
		w.Stage.Press("r").See("dana@acme.test").Miss("Emeka Obi")
	})
}

func TestProfileAnswersWhatWasSentAndWhyNot(t *testing.T) {
	play(t, users.Name, nil, func(w *world.World) {
		w.Trigger("welcome", "w-1", "", "dana", "jonas")
		w.Trigger("invite-reminder", "i-1", "", "dana")
		w.Stage.Wait(20*time.Second).Press("/").Type("jonas").Press("enter", "enter")
		w.Stage.See("jonas@bounced.test", "! bounced", "✓ delivered", "0 pending, 1 over", "key w-1", "No push token")
		w.Stage.Press("tab", "down").Press("enter")
		w.Stage.See("Message", "hard_bounce", "DELIVERY LOGS", "✓ 200", "Welcome to Acme, Jonas Lind", "jonas@bounced.test")
		w.Stage.Press("down", "down", "J").Miss("no such page").See("is not a thing of its own")
		w.Stage.Press("tab", "down", "J").See("JSON", `"type"`, "message.bounced")
		w.Stage.Press("esc", "p").See("Run")

		w.Stage.Press("esc", "u").See("User  ›  jonas")
	})
}

func TestProfileShowsEveryPart(t *testing.T) {
	play(t, users.Profile, ui.Params{"id": "dana"}, func(w *world.World) {
		w.Stage.See("plan", `"pro"`, "apns", "1 token", "slack", "1 connection", "weekly-digest", "every Monday at 09:00", "projects/atlas", "Nothing was sent")
		w.Stage.Press("shift+tab", "down").See("▌ teams/support").Press("enter").See("Object", "teams/support", "SUBSCRIBERS")
		w.Stage.Press("esc", "t").See("Compose", "dana", "Send to 1 recipient in development")
		w.Stage.Press("esc", "esc").See("User  ›  dana")
		w.Stage.Press("p").See("pending · to dana")
	})
}

func TestProfilePartsFailOnTheirOwn(t *testing.T) {
	play(t, users.Profile, ui.Params{"id": "sofia"}, func(w *world.World) {
		w.Stage.See("email off")
		w.Network.Cut()
		w.Stage.Press("r").Wait(3*time.Minute).See("sofia@acme.test", "email off", "network is unreachable")
		w.Network.Mend()
		w.Stage.Press("r").See("sofia@acme.test").Miss("unreachable")
	})
}

func TestProfileWithoutServiceTokenKnowsTheChannelsOfItsMessages(t *testing.T) {
	o := world.Options{Pages: pages, Start: users.Profile, With: ui.Params{"id": "dana"}, NoServiceToken: true}
	world.Play(t, o, func(w *world.World) {
		w.Stage.See("no service token").Miss("1 token")
		w.Trigger("order-shipped", "", `{"order_id":"o-1"}`, "dana")
		w.Stage.Wait(10*time.Second).Press("r").See("order-shipped", "1 token")
	})
}

func TestProfileOfNobody(t *testing.T) {
	play(t, users.Profile, ui.Params{"id": "a/b ?#%ü"}, func(w *world.World) {
		w.Stage.See("There is no user a/b ?#%ü in development").Press("I").See("Identify a/b ?#%ü in development: a new user")
	})
}

func TestPagesFitAnyWindow(t *testing.T) {
	for _, size := range []tuitest.Options{{Width: 60, Height: 12}, {Width: 80, Height: 24}, {Width: 200, Height: 60}} {
		o := world.Options{Pages: pages, Start: users.Name, Stage: size}
		world.Play(t, o, func(w *world.World) {
			w.Trigger("welcome", "w-1", "", "user_2")
			shrink := func() { w.Stage.Resize(20, 12).Resize(1, 1).Resize(20, 200).Resize(size.Width, size.Height) }
			shrink()
			w.Stage.Wait(10*time.Second).Press("enter", "tab", "down").See("welcome", "10s", "email postm")
			shrink()
			w.Stage.Press("enter").See("MESSAGE", "welcome")
			shrink()
			w.Stage.Press("esc", "I").See("ctrl+s", "Identify user_2")
			shrink()
			w.Stage.Press("ctrl+t", "ctrl+o").See("ctrl+s", "Identify user_2")
			if size.Width < 100 {
				w.Stage.See("PUT /v1/users/user_2").Press("esc", "i").Miss("PUT /v1/users/user_2")
			}
		})
	}
}
