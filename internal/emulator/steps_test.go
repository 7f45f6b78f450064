package emulator

import (
	"slices"
	"testing"
	"time"
)

const steps = `
environment: test
channels:
  - { key: feed, type: in_app_feed, provider: knock }
  - { key: mail, type: email, provider: postmark }
  - { key: text, type: sms, provider: twilio }
  - { key: hook, type: http, provider: webhook }
users:
  - { id: ann, email: ann@acme.test, phone_number: "+15550001", plan: pro, preferences: { channel_types: { sms: false } } }
  - { id: bob, email: bob@bounced.test, phone_number: "+15550001" }
  - { id: cid, email: cid@retried.test, preferences: { categories: { news: { channel_types: { email: false } } } } }
tenants:
  - { id: quiet, settings: { preference_set: { workflows: { mail: false } } } }
sources: [ { key: shop, mappings: [ { event: Paid, workflow: mail, recipients: userId, data: data.order, tenant: data.shop } ] } ]
workflows:
  - { key: mail, categories: [news], steps: [ { ref: email_1, type: channel, channel: mail, subject: "Hi {{ recipient.id }}", body: "{{ data.x }}" } ] }
  - { key: text, steps: [ { ref: sms_1, type: channel, channel: text, body: hello } ] }
  - { key: always, override_preferences: true, steps: [ { ref: sms_1, type: channel, channel: text, body: hello } ] }
  - { key: until, steps: [ { ref: delay_1, type: delay, until: data.at }, { ref: feed_1, type: channel, channel: feed, body: x } ] }
  - key: fetch
    steps:
      - { ref: fetch_1, type: http_fetch, url: "https://x.test/{{ recipient.id }}", respond: [ { status: 500 }, { status: 502 }, { status: 200, body: { x: 7 } } ] }
      - { ref: feed_1, type: channel, channel: feed, body: "got {{ data.x }}" }
  - { key: broken, steps: [ { ref: http_1, type: channel, channel: hook, url: "https://x.test", fails: 3 }, { ref: feed_1, type: channel, channel: feed, body: x } ] }
  - { key: shaky, steps: [ { ref: http_1, type: channel, channel: hook, url: "https://x.test", fails: 2 } ] }
  - { key: throttle, steps: [ { ref: throttle_1, type: throttle, window: 1h, limit: 2, key: data.k }, { ref: feed_1, type: channel, channel: feed, body: x } ] }
  - key: branch
    steps:
      - ref: branch_1
        type: branch
        branches:
          - { name: pro, conditions: { all: [ { variable: recipient.plan, operator: equal_to, argument: pro } ] }, terminates: true, steps: [ { ref: feed_pro, type: channel, channel: feed, body: pro } ] }
          - { name: rest, steps: [ { ref: feed_rest, type: channel, channel: feed, body: rest } ] }
      - { ref: feed_last, type: channel, channel: feed, body: last }
  - { key: wait, steps: [ { ref: wait_1, type: wait_for_event, event: { source: shop, event: Paid, expires_after: 10m, halt_on_match: true } }, { ref: feed_1, type: channel, channel: feed, body: unpaid } ] }
  - { key: until-read, steps: [ { ref: wait_1, type: wait_for_event, event: { message: read, workflow: mail } }, { ref: feed_1, type: channel, channel: feed, body: "{{ data.event.message_id }}" } ] }
  - { key: picky, conditions: { any: [ { variable: data.go, operator: equal_to, argument: true } ] }, steps: [ { ref: feed_1, type: channel, channel: feed, body: x, conditions: { all: [ { variable: data.n, operator: greater_than, argument: 3 } ] } } ] }
`

// story triggers a workflow for one recipient, lets time pass and tells the
// names of the run's events.
func (b *bed) story(workflow, who string, data m, wait time.Duration) (events []string, detail *reply) {
	b.Helper()
	id := b.trigger(workflow, m{"recipients": list(who), "data": data})[0]
	b.pass(wait)
	detail = b.run(id)
	return detail.events(), detail
}

func TestSteps(t *testing.T) {
	tests := []struct {
		name, workflow, who string
		data                m
		wait                time.Duration
		status              string
		errors              float64
		events              []string
	}{
		{"a message", "mail", "ann", nil, time.Minute, "completed", 0, []string{"triggered", "message_enqueued", "run_completed"}},
		{"no address", "mail", "nobody", nil, time.Minute, "completed", 0, []string{"triggered", "step_skipped", "run_completed"}},
		{"not wanted", "text", "ann", nil, time.Minute, "completed", 0, []string{"triggered", "step_skipped", "run_completed"}},
		{"not wanted by category", "mail", "cid", nil, time.Minute, "completed", 0, []string{"triggered", "step_skipped", "run_completed"}},
		{"sent all the same", "always", "ann", nil, time.Minute, "completed", 0, []string{"triggered", "message_enqueued", "run_completed"}},
		{"until the past", "until", "ann", m{"at": "2000-01-01T00:00:00Z"}, time.Minute, "completed", 0, []string{"triggered", "step_skipped", "message_enqueued", "run_completed"}},
		{"until nonsense", "until", "ann", m{"at": "soon"}, time.Minute, "completed", 1, []string{"triggered", "step_failed", "run_halted"}},
		{"until later", "until", "ann", m{"at": "2000-01-01T12:00:00Z"}, time.Minute, "paused", 0, []string{"triggered", "delay_started"}},
		{"fetch retried", "fetch", "ann", nil, time.Minute, "completed", 2, []string{"triggered", "step_failed", "step_failed", "fetch_succeeded", "message_enqueued", "run_completed"}},
		{"fetch pauses", "fetch", "ann", nil, 3 * time.Second, "paused", 1, []string{"triggered", "step_failed"}},
		{"three failures", "broken", "ann", nil, time.Minute, "completed", 3, []string{"triggered", "step_failed", "step_failed", "step_failed", "run_halted"}},
		{"two failures", "shaky", "ann", nil, time.Minute, "completed", 2, []string{"triggered", "step_failed", "step_failed", "message_enqueued", "run_completed"}},
		{"branch that ends", "branch", "ann", nil, time.Minute, "completed", 0, []string{"triggered", "branch_taken", "message_enqueued", "run_completed"}},
		{"branch that comes back", "branch", "bob", nil, time.Minute, "completed", 0, []string{"triggered", "branch_taken", "message_enqueued", "message_enqueued", "run_completed"}},
		{"wait", "wait", "ann", nil, time.Minute, "paused", 0, []string{"triggered", "wait_started"}},
		{"wait expired", "wait", "ann", nil, 11 * time.Minute, "completed", 0, []string{"triggered", "wait_started", "wait_expired", "message_enqueued", "run_completed"}},
		{"workflow's conditions", "picky", "ann", m{"go": false}, time.Minute, "completed", 0, []string{"triggered", "conditions_not_met", "run_completed"}},
		{"step's conditions", "picky", "ann", m{"go": true, "n": 3}, time.Minute, "completed", 0, []string{"triggered", "step_skipped", "run_completed"}},
		{"conditions that hold", "picky", "ann", m{"go": true, "n": 4}, time.Minute, "completed", 0, []string{"triggered", "message_enqueued", "run_completed"}},
	}
	w := worldOf(t, steps)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, Options{World: w}, func(b *bed) {
				if test.name == "until later" {
					test.data = m{"at": b.Now().Add(time.Hour).Format(time.RFC3339)}
				}
				events, detail := b.story(test.workflow, test.who, test.data, test.wait)
				if !slices.Equal(events, test.events) {
					b.Errorf("events are %q, want %q\n%s", events, test.events, detail.Body)
				}
				if detail.text("status") != test.status || detail.at("error_count") != test.errors {
					b.Errorf("%s with %v errors, want %s with %v", detail.text("status"), detail.at("error_count"), test.status, test.errors)
				}
			})
		})
	}
}

func TestDelayTellsUntilWhen(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		began := b.Now()
		_, detail := b.story("invite-reminder", "dana", nil, 2*time.Second)
		data, _ := detail.at("events", 1, "data").(m)
		if d, _ := data["duration"].(m); d["unit"] != "hours" || d["value"] != 1.0 {
			b.Errorf("the delay's data are %v", data)
		}
		until, err := time.Parse(time.RFC3339, data["until"].(string))
		if err != nil || until.Before(began.Add(time.Hour)) || until.After(began.Add(time.Hour+time.Second)) {
			b.Errorf("the delay that began at %s goes on until %v", began, data["until"])
		}
		b.pass(until.Sub(b.Now()) + time.Minute)
		if got := b.run(detail.text("id")); got.at("events", 2, "inserted_at") != data["until"] {
			b.Errorf("it was to go on at %v and did at %v", data["until"], got.at("events", 2, "inserted_at"))
		}
	})
}

func TestThrottle(t *testing.T) {
	inBubble(t, Options{World: worldOf(t, steps)}, func(b *bed) {
		for i, want := range []string{"message_enqueued", "message_enqueued", "run_completed"} {
			events, _ := b.story("throttle", "ann", m{"k": "a"}, 5*time.Second)
			if events[2] != want {
				b.Errorf("run %d: %q", i, events)
			}
		}
		if events, _ := b.story("throttle", "ann", m{"k": "b"}, 5*time.Second); events[1] != "throttle_passed" {
			b.Errorf("another key is throttled too: %q", events)
		}
		b.pass(time.Hour)
		if events, _ := b.story("throttle", "ann", m{"k": "a"}, 5*time.Second); events[1] != "throttle_passed" {
			b.Errorf("the next window is throttled too: %q", events)
		}
	})
}

func TestWaitIsOverWhenTheEventComes(t *testing.T) {
	inBubble(t, Options{World: worldOf(t, steps)}, func(b *bed) {
		ann, bob := b.trigger("wait", m{"recipients": list("ann")}), b.trigger("wait", m{"recipients": list("bob")})
		b.pass(time.Minute)
		b.must("POST", ingestPath+"src_shop", m{"type": "track", "event": "Paid", "userId": "ann", "properties": m{"order": m{"x": 5}, "shop": "north"}})
		b.pass(time.Minute)
		b.expect(slices.Concat(ann, bob), "completed", "paused")
		if got := b.run(ann[0]).events(); !slices.Contains(got, "wait_matched") || slices.Contains(got, "message_enqueued") {
			b.Errorf("the run that was to halt on the event: %q", got)
		}
		messages := b.must("GET", "/v1/users/ann/messages", nil)
		if messages.at("items", 0, "data", "x") != 5.0 || messages.text("items", 0, "tenant") != "north" {
			b.Errorf("the mapped trigger sent %v", messages.json)
		}
		runs := b.must("GET", "/v1/workflow_recipient_runs?workflow=mail", nil)
		if runs.text("items", 0, "trigger_source", "type") != "integration" {
			b.Errorf("the source of the run is %v", runs.at("items", 0, "trigger_source"))
		}
	})
}

func TestWaitForAMessageToBeRead(t *testing.T) {
	inBubble(t, Options{World: worldOf(t, steps)}, func(b *bed) {
		b.trigger("mail", m{"recipients": list("ann")})
		waits := b.trigger("until-read", m{"recipients": list("ann")})
		b.pass(time.Minute)
		id := b.must("GET", "/v1/messages?source=mail", nil).text("items", 0, "id")
		b.must("PUT", "/v1/messages/"+id+"/read", m{})
		b.pass(time.Minute)
		b.expect(waits, "completed")
		content := b.must("GET", "/v1/messages/"+b.must("GET", "/v1/messages?source=until-read", nil).text("items", 0, "id")+"/content", nil)
		if got := content.text("data", "blocks", 0, "rendered"); got != "<p>"+id+"</p>" {
			b.Errorf("the message says %q", got)
		}
	})
}

func TestTenantCanRefuse(t *testing.T) {
	inBubble(t, Options{World: worldOf(t, steps)}, func(b *bed) {
		id := b.trigger("mail", m{"recipients": list("ann"), "tenant": "quiet"})[0]
		b.pass(time.Minute)
		if got := b.run(id).at("events", 1, "data"); got.(m)["setting"] != "tenant quiet: workflows.mail" {
			b.Errorf("the step was skipped for %v", got)
		}
	})
}

func TestDeliveryFollowsTheAddress(t *testing.T) {
	tests := map[string][]string{
		"ann@acme.test":        {"queued", "sent", "delivered"},
		"ann@bounced.test":     {"queued", "sent", "bounced"},
		"ann@retried.test":     {"queued", "delivery_attempted", "sent", "delivered"},
		"ann@undelivered.test": {"queued", "delivery_attempted", "delivery_attempted", "delivery_attempted", "undelivered"},
	}
	for address, want := range tests {
		t.Run(address, func(t *testing.T) {
			inBubble(t, Options{World: worldOf(t, steps)}, func(b *bed) {
				b.trigger("mail", m{"recipients": list(m{"id": "x", "email": address})})
				b.pass(time.Minute)
				id := b.must("GET", "/v1/messages", nil).text("items", 0, "id")
				var got []string
				for _, ev := range b.must("GET", "/v1/messages/"+id+"/events", nil).items("items") {
					got = append(got, ev.(m)["type"].(string)[len("message."):])
				}
				slices.Reverse(got)
				if !slices.Equal(got, want) {
					b.Errorf("events are %q, want %q", got, want)
				}
			})
		})
	}
}

func TestSettingsOfATrigger(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		id := b.trigger("invite-reminder", m{"recipients": list("dana"), "settings": m{"skip_delay": true, "sandbox_mode": true}})[0]
		b.pass(10 * time.Second)
		b.expect([]string{id}, "completed")
		if got := b.must("GET", "/v1/messages", nil).text("items", 0, "status"); got != "not_sent" {
			b.Errorf("in sandbox mode the message is %s", got)
		}
	})
}

func TestMessagesKeepWhatWasSent(t *testing.T) {
	inBubble(t, Options{}, func(b *bed) {
		b.trigger("welcome", m{"recipients": list("dana")})
		b.pass(10 * time.Second)
		b.must("PUT", "/v1/users/dana", m{"name": "Someone Else", "email": "else@acme.test"})
		msg := b.must("GET", "/v1/messages?channel_id="+b.channels["postmark"].id.String(), nil)
		content := b.must("GET", "/v1/messages/"+msg.text("items", 0, "id")+"/content", nil)
		if got := content.text("data", "subject_line"); got != "Welcome to Acme, Dana Whitfield" {
			b.Errorf("the subject is %q", got)
		}
		if got := content.text("data", "to"); got != "dana@acme.test" {
			b.Errorf("it went to %q", got)
		}
	})
}
