package sweep_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/ops/sweep"
)

// smallWorld has what tells runs apart: runs that wake soon and late, with errors and without, in
// batches, and triggered by another workflow.
func smallWorld(t *testing.T) *emulator.World {
	t.Helper()
	path := filepath.Join(t.TempDir(), "world.yml")
	if err := os.WriteFile(path, []byte(smallWorldText), 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := emulator.LoadWorld(path)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

const smallWorldText = `
environment: development
channels: [ { key: mail, type: email, provider: postmark } ]
users: [ { id: u1, email: u1@acme.test } ]
tenants: [ { id: acme }, { id: globex } ]
workflows:
  - key: invite-reminder
    steps:
      - { ref: fetch_1, type: http_fetch, url: "https://x.test", respond: [ { status: 503 }, { status: 200 } ], conditions: { all: [ { variable: data.fails, operator: equal_to, argument: true } ] } }
      - { ref: delay_1, type: delay, for: 1h }
      - { ref: email_1, type: channel, channel: mail, subject: x, body: x }
  - key: comment-created
    steps:
      - { ref: batch_1, type: batch, window: 1m, key: data.page_id }
      - { ref: delay_1, type: delay, for: 10m }
  - { key: invoice-due, steps: [ { ref: delay_1, type: delay, for: 30m } ] }
  - key: parent
    steps:
      - { ref: trigger_1, type: trigger_workflow, trigger: { workflow: invite-reminder, tenant: "{{ data.tenant }}", cancellation_key: "{{ data.key }}" } }
`

// trigger triggers something that may be in scope or not.
func (p *player) trigger() {
	t := client.Trigger{
		Workflow: pick(p, "invite-reminder", "invite-reminder", "invite-reminder", "comment-created", "invoice-due", "parent"),
		Data:     []byte(pick(p, `{"page_id":"p"}`, `{"page_id":"q","key":"a-1"}`, `{"fails":true,"key":"b-1","tenant":"acme"}`)),
	}
	t.CancellationKey = pick(p, "a-1", "a-2", "a-3", "b-1", "b-2", "")
	if tenant := pick(p, "", "", "acme", "globex"); tenant != "" {
		t.Tenant = &client.Tenant{ID: tenant}
	}
	if p.chance(30) {
		t.Actor = &client.Recipient{Ref: client.Ref{ID: pick(p, "u1", "u9")}}
	}
	for range 1 + p.draw.IntN(4) {
		to := client.Recipient{Ref: client.Ref{ID: pick(p, "u1", "u2", "u3", "u4", "u5, u6", "ü 7")}}
		if !slices.ContainsFunc(t.Recipients, func(r client.Recipient) bool { return r.Ref == to.Ref }) {
			t.Recipients = append(t.Recipients, to)
		}
	}
	_, _ = p.other.Trigger(context.Background(), t) // it may be refused: the workflow may be frozen
}

// triggers triggers some, one after the other, within a time.
func (p *player) triggers(n int, within time.Duration) {
	for range n {
		p.trigger()
		time.Sleep(p.within(within))
	}
}

// populate makes what is pending before anybody looks: some of it wakes while the sweep goes on.
func (p *player) populate() {
	p.triggers(p.draw.IntN(12), 3*time.Second)
	if p.chance(50) { // the first of them wake soon: the delay of invite-reminder is an hour
		time.Sleep(time.Hour - p.within(90*time.Second))
	}
	p.triggers(p.draw.IntN(12), time.Second)
}

// theirs is a recipient that somebody else's cancels name first, and no other.
var theirs = client.Ref{ID: "nobody"}

// arrivals triggers, and cancels as somebody else would, while the sweep goes on. The channel is
// closed once that is over.
func (p *player) arrivals() <-chan struct{} {
	over := make(chan struct{})
	n, gap := 0, time.Millisecond+p.within(2*time.Second)
	if p.chance(80) {
		n = p.draw.IntN(25)
	}
	everyone := p.scope.Everyone() // else nothing would tell their cancels from those of the sweep
	other := p.aside()
	go func() {
		defer close(over)
		for range n {
			time.Sleep(gap)
			other.trigger()
			if everyone && other.chance(5) {
				_, _ = other.other.Cancel(context.Background(), client.CancelRecipients(other.scope.Workflow, pick(other, "a-1", "b-1"), theirs, client.Ref{ID: "u1"}, client.Ref{ID: "u2"}))
			}
		}
	}()
	return over
}

// anyScope draws what a sweep is about: one condition or several.
func (p *player) anyScope() sweep.Scope {
	s := sweep.Scope{Workflow: "invite-reminder"}
	if p.chance(15) {
		s.Workflow = pick(p, "comment-created", "invoice-due")
	}
	if p.chance(25) {
		s.KeyGlob = "a-*"
	}
	if p.chance(10) {
		s.KeyRegex = "^[ab]-1$"
	}
	if p.chance(20) {
		s.Keys = []string{"a-1", "b-2", "nobody's"}
	}
	if p.chance(20) {
		s.Recipients = []client.Ref{{ID: "u1"}, {ID: "u5, u6"}}
	}
	if p.chance(20) {
		s.Tenant = "acme"
	}
	if p.chance(10) {
		s.Actor = &client.Ref{ID: "u9"}
	}
	if p.chance(15) {
		s.Since = time.Now().Add(-p.within(10 * time.Second))
	}
	if p.chance(10) {
		s.Until = time.Now().Add(p.within(10 * time.Second))
	}
	if p.chance(15) {
		s.Sources = pick(p, []string{"api"}, []string{"workflow_step"}, []string{"schedule", "workflow_step"})
	}
	if p.chance(10) {
		s.Errors = true
	}
	if p.chance(15) {
		s.Where = []sweep.Field{pick(p, sweep.Field{Path: "tenant", Value: "acme"}, sweep.Field{Path: "actor", Value: "u9"},
			sweep.Field{Path: "recipient", Value: "u1"}, sweep.Field{Path: "error_count", Value: "1"}, sweep.Field{Path: "trigger_source.type", Value: "api"})}
	}
	return s
}
