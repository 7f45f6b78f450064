package dashboard_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/events"
	"github.com/knockops/knockops/views/runs"
	"github.com/knockops/knockops/views/workflows"
)

const address = "https://dashboard.example/acme/development/workflows/invite-reminder"

// event is a webhook about a message of the workflow.
const event = `{"type":"message.seen","data":{"id":"m1","recipient":"dana","source":{"key":"invite-reminder"}},"event_data":null}`

func play(t *testing.T, browse func(string) error, story func(*world.World)) {
	world.Play(t, world.Options{
		Pages: func(s *ops.Session) []ui.Page {
			return slices.Concat(workflows.Pages(s), runs.Pages(s), events.Pages(s))
		},
		Start: workflows.Name, Browse: browse, Webhooks: true,
	}, func(w *world.World) {
		w.Session.Dashboard = ops.Dashboard{URL: "https://dashboard.example", Account: "acme", Environment: w.Session.Environment}
		story(w)
	})
}

// toInviteReminder narrows the list to the workflow that the test is about.
func toInviteReminder(w *world.World) {
	w.Stage.Until("invite-reminder", time.Minute).Press("/").Type("invite-rem").Press("enter")
}

func TestOpensTheWorkflowFromEveryPage(t *testing.T) {
	var opened []string
	browse := func(url string) error {
		opened = append(opened, url)
		return nil
	}
	play(t, browse, func(w *world.World) {
		s, pages := w.Stage, 0
		opens := func(page string) {
			t.Helper()
			pages++
			s.Press("o").Until("opened "+address, time.Minute)
			if len(opened) != pages || opened[pages-1] != address {
				t.Fatalf("from %s the browser was given %q", page, opened)
			}
			s.Wait(6 * time.Second).Miss("opened")
		}
		w.Trigger("invite-reminder", "k-1", "", "dana")
		w.Deliver(event, world.Secret)
		toInviteReminder(w)
		opens("the workflows")
		s.Press("d").Until("Schema", time.Minute)
		opens("a workflow")
		s.Press("enter").Until("dana", time.Minute)
		opens("the runs")
		s.Press("enter").Until("triggered", time.Minute)
		opens("a run")
		s.Press("3").Until("message.seen", time.Minute)
		opens("the events")
		s.Press("enter").Until("received", time.Minute)
		opens("an event")
	})
}

func TestCopiesTheAddressWhereNoBrowserOpens(t *testing.T) {
	for why, browse := range map[string]func(string) error{
		"no browser available": nil,
		"it would not start":   func(string) error { return errors.New("it would not start") },
	} {
		play(t, browse, func(w *world.World) {
			toInviteReminder(w)
			w.Stage.Press("o").Until("copied the address ("+why+"): "+address, time.Minute)
		})
	}
}

func TestSaysThatThereIsNoDashboard(t *testing.T) {
	play(t, nil, func(w *world.World) {
		w.Session.Dashboard = ops.Dashboard{}
		toInviteReminder(w)
		w.Stage.Press("o").Until("has no dashboard", time.Minute)
	})
}
