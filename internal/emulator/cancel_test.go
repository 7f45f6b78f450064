package emulator

import (
	"slices"
	"testing"
	"time"
)

// states are the statuses of runs, in the order of ids.
func (b *bed) states(ids ...string) []string {
	var states []string
	b.look(func() {
		for _, id := range ids {
			states = append(states, b.runs.all[b.runs.byID[uuidOf(id)]].status.String())
		}
	})
	return states
}

func (b *bed) expect(ids []string, want ...string) {
	b.Helper()
	if got := b.states(ids...); !slices.Equal(got, want) {
		b.Errorf("the runs are %v, want %v", got, want)
	}
}

func (b *bed) cancelKey(workflow, key string, recipients any) {
	b.Helper()
	body := m{"cancellation_key": key}
	if recipients != omitted {
		body["recipients"] = recipients
	}
	if r := b.ask("POST", "/v1/workflows/"+workflow+"/cancel", body); r.Code != 204 || r.Body.Len() > 0 {
		b.Errorf("cancel: %d %q", r.Code, r.Body)
	}
}

// omitted stands for leaving recipients out.
const omitted = "omitted"

func invite(key string, who ...any) m {
	return m{"recipients": who, "cancellation_key": key}
}

func TestCancelIsAnOrder(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		ids := b.trigger("invite-reminder", invite("k", "dana", "rosa"))
		other := b.trigger("invoice-due", m{"recipients": list("dana"), "cancellation_key": "k", "data": m{"invoice_id": "1"}})
		b.pass(6 * time.Second)
		b.cancelKey("invite-reminder", "k", list("dana"))
		b.expect(ids, "paused", "paused") // accepted is not done
		b.pass(2 * time.Second)
		b.expect(ids, "cancelled", "paused")
		b.expect(other, "paused") // the key belongs to its workflow

		b.cancelKey("invite-reminder", "unheard of", omitted)
		b.cancelKey("no-such-workflow", "k", omitted)
		b.pass(2 * time.Second)
		b.expect(ids, "cancelled", "paused")

		if got := b.run(ids[0]).events(); got[len(got)-1] != "run_cancelled" {
			b.Errorf("the cancelled run's events are %v", got)
		}
		b.pass(2 * time.Hour)
		b.cancelKey("invite-reminder", "k", omitted)
		b.pass(2 * time.Second)
		b.expect(ids, "cancelled", "completed") // what has finished stays so
	})
}

func TestCancelWithoutRecipientsMeansEveryone(t *testing.T) {
	for name, recipients := range map[string]any{"left out": omitted, "empty": list(), "null": nil} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, Options{}, func(b *bed) {
				first := b.trigger("invite-reminder", invite("k", "dana", "rosa", m{"collection": "projects", "id": "atlas"}))
				again := b.trigger("invite-reminder", invite("k", "kenji"))
				b.pass(6 * time.Second)
				b.cancelKey("invite-reminder", "k", recipients)
				b.pass(2 * time.Second)
				b.expect(first, slices.Repeat([]string{"cancelled"}, len(first))...)
				b.expect(again, "cancelled")
			})
		})
	}
}

func TestCancelOfAnObjectLeavesItsSubscribers(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		ids := b.trigger("invite-reminder", invite("k", m{"collection": "teams", "id": "support"}))
		b.pass(6 * time.Second)
		b.cancelKey("invite-reminder", "k", list(m{"collection": "teams", "id": "support"}))
		b.pass(2 * time.Second)
		b.expect(ids, "cancelled", "paused", "paused")
	})
}

func TestCancelMissesWhatHasNotSettled(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		early := b.trigger("invite-reminder", invite("early", "dana"))
		late := b.trigger("invite-reminder", invite("late", "dana"))
		b.pass(4900 * time.Millisecond)
		b.cancelKey("invite-reminder", "early", omitted)
		b.pass(100 * time.Millisecond)
		b.cancelKey("invite-reminder", "late", omitted)
		b.pass(3 * time.Second)
		b.expect(early, "paused")
		b.expect(late, "cancelled")
	})
}

func TestCancelKillsTheTriggerItOvertook(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		b.cancelKey("welcome", "k", list("dana"))
		b.pass(500 * time.Millisecond)
		killed := b.trigger("welcome", invite("k", "dana", "rosa"))
		b.pass(3 * time.Second)
		spared := b.trigger("welcome", invite("k", "dana"))
		b.pass(10 * time.Second)
		b.expect(killed, "cancelled", "completed")
		b.expect(spared, "completed")
		if n := len(b.must("GET", "/v1/users/dana/messages", nil).items("items")); n != 2 {
			b.Errorf("dana got %d messages, want the 2 of the spared run", n)
		}
	})
}

func TestRunsWithoutKeyCannotBeCancelled(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		ids := b.trigger("invite-reminder", m{"recipients": list("dana")})
		b.pass(6 * time.Second)
		if r := b.ask("POST", "/v1/workflows/invite-reminder/cancel", m{"cancellation_key": ""}); r.Code != 422 {
			b.Errorf("an empty key is answered with %d", r.Code)
		}
		b.pass(2 * time.Second)
		b.expect(ids, "paused")
	})
}

func comment(key, page string) m {
	return m{"recipients": list("dana"), "actor": "rosa", "cancellation_key": key, "data": m{"page_id": page, "page": page, "text": key}}
}

func (b *bed) subjects(user string) []string {
	var subjects []string
	b.look(func() {
		for _, msg := range b.messages.all {
			if msg.who.id == user && msg.step.channel.Type == "email" {
				subjects = append(subjects, msg.title)
			}
		}
	})
	return subjects
}

func TestBatchGathers(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		first := b.trigger("comment-created", comment("a", "Plan"))
		b.pass(time.Minute)
		second := b.trigger("comment-created", comment("b", "Plan"))
		other := b.trigger("comment-created", comment("c", "Else"))
		b.pass(2 * time.Second)
		b.expect(slices.Concat(first, second, other), "paused", "paused", "paused")
		b.pass(3*time.Minute + 57*time.Second)
		b.expect(second, "paused")
		b.pass(10 * time.Second) // five minutes after the first
		b.expect(slices.Concat(first, second, other), "completed", "completed", "paused")
		if got := b.subjects("dana"); !slices.Equal(got, []string{"2 new comments on Plan"}) {
			b.Errorf("dana was told %q", got)
		}
		msg := b.must("GET", "/v1/messages?source=comment-created", nil)
		if n := len(b.must("GET", "/v1/messages/"+msg.text("items", 0, "id")+"/activities", nil).items("items")); n != 2 {
			b.Errorf("the message has %d activities, want 2", n)
		}
	})
}

func TestCancelTakesOneActivityOutOfAnOpenBatch(t *testing.T) {
	for _, gone := range []string{"a", "b"} { // the opener's, and one that joined
		t.Run(gone, func(t *testing.T) {
			inBubble(t, Options{}, func(b *bed) {
				var ids []string
				for _, key := range []string{"a", "b", "c"} {
					ids = append(ids, b.trigger("comment-created", comment(key, "Plan"))...)
					b.pass(6 * time.Second)
				}
				b.cancelKey("comment-created", gone, list("dana"))
				b.pass(5*time.Minute - 30*time.Second)
				want := []string{"paused", "paused", "paused"}
				want[slices.Index([]string{"a", "b", "c"}, gone)] = "cancelled"
				b.expect(ids, want...)
				b.pass(30 * time.Second) // the window is where it was
				if got := b.subjects("dana"); !slices.Equal(got, []string{"2 new comments on Plan"}) {
					b.Errorf("dana was told %q", got)
				}
			})
		})
	}
}

func TestCancelOfTheOnlyActivityLeavesTheWindowOpen(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		b.trigger("comment-created", comment("a", "Plan"))
		b.pass(6 * time.Second)
		b.cancelKey("comment-created", "a", omitted)
		b.pass(4 * time.Minute)
		late := b.trigger("comment-created", comment("b", "Plan"))
		b.pass(70 * time.Second) // less than a window of its own
		b.expect(late, "completed")
		if got := b.subjects("dana"); !slices.Equal(got, []string{"1 new comments on Plan"}) {
			b.Errorf("dana was told %q", got)
		}
	})
}

// batchThenDelay is a workflow that can still be cancelled after its window.
const batchThenDelay = `
environment: test
channels: [ { key: feed, type: in_app_feed, provider: knock } ]
workflows:
  - key: slow
    steps:
      - { ref: batch_1, type: batch, window: 1m }
      - { ref: delay_1, type: delay, for: 1h }
      - { ref: feed_1, type: channel, channel: feed, body: "{{ total_activities }}" }
`

func worldOf(t *testing.T, text string) *World {
	t.Helper()
	w, err := parseWorld([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestAfterTheWindowOnlyTheOpenersKeyWorks(t *testing.T) {
	inBubble(t, Options{World: worldOf(t, batchThenDelay)}, func(b *bed) {
		ids := slices.Concat(b.trigger("slow", invite("opener", "u")), b.trigger("slow", invite("joined", "u")))
		b.pass(2 * time.Minute)
		b.expect(ids, "paused", "completed")
		b.cancelKey("slow", "joined", omitted)
		b.pass(2 * time.Second)
		b.expect(ids, "paused", "completed")
		b.cancelKey("slow", "opener", omitted)
		b.pass(2 * time.Second)
		b.expect(ids, "cancelled", "completed")
	})
}

func TestTheOpenersKeyOutlivesItsActivity(t *testing.T) {
	inBubble(t, Options{World: worldOf(t, batchThenDelay)}, func(b *bed) {
		ids := slices.Concat(b.trigger("slow", invite("opener", "u")), b.trigger("slow", invite("joined", "u")))
		b.pass(10 * time.Second)
		b.cancelKey("slow", "opener", omitted)
		b.pass(2 * time.Minute)
		b.expect(ids, "cancelled", "paused") // the other one carries the batch on
		b.cancelKey("slow", "joined", omitted)
		b.pass(2 * time.Second)
		b.expect(ids, "cancelled", "paused")
		b.cancelKey("slow", "opener", list("u"))
		b.pass(2 * time.Second)
		b.expect(ids, "cancelled", "cancelled")
	})
}

func (b *bed) freeze(workflow string, frozen bool) {
	b.Helper()
	b.must("PUT", "/v1/workflows/"+workflow+"/activate?environment="+b.Environment(), m{"status": !frozen})
}

func TestKillSwitch(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		ended := b.trigger("invite-reminder", invite("k1", "dana"))
		b.pass(30 * time.Minute)
		spared := b.trigger("invite-reminder", invite("k2", "dana"))
		b.pass(time.Minute)
		b.freeze("invite-reminder", true)
		if r := b.ask("POST", "/v1/workflows/invite-reminder/trigger", invite("k3", "dana")); r.text("code") != "workflow_inactive" {
			b.Errorf("a frozen workflow answers %d %s", r.Code, r.Body)
		}
		b.pass(time.Second)
		b.expect(slices.Concat(ended, spared), "paused", "paused") // paused runs stay so
		b.pass(35 * time.Minute)
		b.expect(slices.Concat(ended, spared), "cancelled", "paused")
		b.freeze("invite-reminder", false)
		b.pass(time.Hour)
		b.expect(spared, "completed")
		if got := b.subjects("dana"); len(got) != 1 {
			b.Errorf("dana was told %q", got)
		}
	})
}

func TestKillSwitchEndsWhatIsBeingProcessed(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		ids := b.trigger("welcome", invite("k", "dana"))
		b.freeze("welcome", true)
		b.pass(10 * time.Second)
		b.expect(ids, "cancelled")
	})
}
