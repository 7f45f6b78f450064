package users_test

import (
	"context"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/users"
)

func TestMessageShowsTheContentOfEveryChannel(t *testing.T) {
	fullscale.Unraced(t)
	play(t, users.Name, nil, func(w *world.World) {
		w.Trigger("welcome", "", "", "dana")
		w.Trigger("order-shipped", "", `{"order_id":"o-1"}`, "dana")
		w.Trigger("payment-failed", "", `{"amount":900}`, "dana")
		w.Stage.Wait(20 * time.Minute)
		page, err := w.Session.Client.RecipientMessages(context.Background(), client.Ref{ID: "dana"}, client.MessageFilter{}, client.Cursor{})
		if err != nil {
			t.Fatal(err)
		}
		says := map[string][]string{
			"email": {"subject", "Welcome to Acme, Dana Whitfield"}, "sms": {"+15550100"}, "push": {"On its way", "o-1"},
			"chat": {"owes 900"}, "in_app_feed": {"Dana Whitfield", "have a look around"},
		}
		seen := map[string]bool{}
		for _, m := range page.Items {
			w.Stage.Send(ui.Open(users.Message, ui.Params{"id": m.ID})()).Press("shift+tab").See(says[m.Channel.Type]...)
			seen[m.Channel.Type] = true
			w.Stage.Press("esc")
		}
		if len(seen) != len(says) {
			t.Errorf("messages were made on %v only", seen)
		}
	})
}

func TestMessageThatIsNotThereSaysSoInEveryPart(t *testing.T) {
	play(t, users.Message, ui.Params{"id": "no such"}, func(w *world.World) {
		w.Stage.See("MESSAGE", "EVENTS", "DELIVERY LOGS", "CONTENT", "answered 404", "request id")
		w.Stage.Press("p").See("Knock names no run").Press("u").See("is still loading")
	})
}
