package emulator

import (
	"testing"
	"time"
)

func TestWhatIsWrittenTakesEffectWhenCommitted(t *testing.T) {
	inBubble(t, Options{NoRateLimit: true}, func(b *bed) {
		const env = "?environment=development"
		step := func(subject string) m {
			return m{"workflow": m{"name": "Own", "steps": list(
				m{"ref": "wait", "type": "delay", "settings": m{"delay_for": m{"unit": "minutes", "value": 5}}},
				m{"ref": "mail", "type": "channel", "channel_key": "postmark", "template": m{"subject": subject, "text_body": "x", "settings": m{"layout_key": "default"}}},
			)}}
		}
		b.must("PUT", "/v1/workflows/own"+env, step("one"))
		if r := b.ask("POST", "/v1/workflows/own/trigger", m{"recipients": list("dana")}); r.text("code") != "workflow_missing" {
			b.Errorf("a draft is triggered: %d %s", r.Code, r.Body)
		}
		if r := b.ask("GET", "/v1/workflows/own"+env+"&hide_uncommitted_changes=true", nil); r.Code != 404 {
			b.Errorf("a draft is shown as committed: %d", r.Code)
		}
		b.must("PUT", "/v1/commits"+env+"&commit_message=first", nil)
		b.trigger("own", m{"recipients": list("dana")})
		b.pass(time.Minute)
		b.must("PUT", "/v1/workflows/own"+env+"&commit=true&commit_message=second", step("two"))
		b.trigger("own", m{"recipients": list("dana")})
		b.pass(10 * time.Minute)
		got := b.must("GET", "/v1/messages?source=own", nil)
		subject := func(i int) string {
			return b.must("GET", "/v1/messages/"+got.text("items", i, "id")+"/content", nil).text("data", "subject_line")
		}
		if len(got.items("items")) != 2 || subject(1) != "one" || subject(0) != "two" {
			b.Errorf("a run goes on with another version than it began with: %s", got.Body)
		}
		commits := b.must("GET", "/v1/commits"+env+"&resource_id=own", nil)
		if len(commits.items("entries")) != 2 || commits.text("entries", 0, "commit_message") != "second" {
			b.Errorf("the commits: %s", commits.Body)
		}
	})
}

func TestWorkflowsAreValidated(t *testing.T) {
	b := newBed(t, Options{})
	for field, steps := range map[string]any{
		"workflow.steps": nil, "workflow.steps[0].type": list(m{"ref": "a", "type": "sleep"}), "workflow.steps[0].channel_key": list(m{"ref": "a", "type": "channel", "channel_key": "fax"}),
		"workflow.steps[1].ref":      list(m{"ref": "a", "type": "ai_agent"}, m{"ref": "a", "type": "ai_agent"}),
		"workflow.steps[0].settings": list(m{"ref": "a", "type": "delay"}),
		"workflow.steps[0].branches[0].steps[0].settings.event.event_type": list(m{"ref": "a", "type": "branch", "branches": list(m{"steps": list(m{"ref": "b", "type": "wait_for_event"})})}),
	} {
		r := b.ask("PUT", "/v1/workflows/x/validate?environment=development", m{"workflow": m{"name": "X", "steps": steps}})
		found := false
		for i := range r.items("errors") {
			found = found || r.text("errors", i, "field") == field
		}
		if r.Code != 422 || !found {
			t.Errorf("%s: %d %s", field, r.Code, r.Body)
		}
	}
}

func TestBranchesAndEnvironmentsMustExist(t *testing.T) {
	b := newBed(t, Options{})
	for target, want := range map[string]int{
		"/v1/workflows?environment=development&branch=none": 404, "/v1/workflows?environment=nowhere": 404, "/v1/workflows": 422,
		"/v1/workflows?environment=development&limit=101": 422, "/v1/workflows?environment=development&limit=100&annotate=true": 200,
		"/v1/workflows?environment=development&annotate=perhaps": 422,
	} {
		if r := b.ask("GET", target, nil); r.Code != want {
			t.Errorf("%s: %d, want %d", target, r.Code, want)
		}
	}
	b.must("POST", "/v1/branches/mine?environment=development", nil)
	b.must("GET", "/v1/workflows?environment=development&branch=mine", nil)
	b.must("DELETE", "/v1/branches/mine?environment=development", nil)
	if r := b.ask("GET", "/v1/workflows?environment=development&branch=mine", nil); r.Code != 404 {
		t.Errorf("a branch that was deleted: %d", r.Code)
	}
}

func TestATranslationIsReadAsBothClientsDo(t *testing.T) {
	b := newBed(t, Options{})
	r := b.must("GET", "/v1/translations/es?environment=development", nil)
	if r.text("locale_code") != "es" || r.text("translation", "locale_code") != "es" || r.text("content") != r.text("translation", "content") {
		t.Errorf("not flat and under its name: %s", r.Body)
	}
}

func TestStepsThatDoMore(t *testing.T) {
	inBubble(t, Options{NoRateLimit: true}, func(b *bed) {
		b.must("PUT", "/v1/workflows/more?environment=development&commit=true", m{"workflow": m{"name": "More", "steps": list(
			m{"ref": "data", "type": "update_data", "settings": m{"data": `{"word": "{{ data.n }} times"}`}},
			m{"ref": "user", "type": "update_user", "settings": m{"recipient_mode": "current", "update_properties": `{"plan": "{{ data.word }}"}`}},
			m{"ref": "pick", "type": "random_cohort", "cohort_branches": list(m{"name": "All", "percentage": "100", "steps": list(m{"ref": "ai", "type": "ai_agent", "settings": m{}})})},
			m{"ref": "go", "type": "trigger_workflow", "settings": m{"workflow_key": "invite-reminder", "cancellation_key": "of {{ recipient.id }}"}},
		)}})
		id := b.trigger("more", m{"recipients": list("sofia"), "data": m{"n": 2}, "tenant": "acme"})[0]
		b.pass(time.Minute)
		if r := b.must("GET", "/v1/users/sofia", nil); r.text("plan") != "2 times" {
			b.Errorf("the user: %s; the run: %s", r.Body, b.run(id).Body)
		}
		last := b.Runs()[1]
		if last.Workflow != "invite-reminder" || last.Source != "workflow_step" || last.CancellationKey != "of sofia" || last.Recipient != "sofia" || last.Tenant != "acme" {
			b.Errorf("triggered: %+v", last)
		}
	})
}
