package rendering_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/rendering"
)

// answers are a Knock of fixed answers, by path.
type answers struct {
	of    map[string]string
	asked []string
}

func (a *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	a.asked = append(a.asked, r.Method+" "+r.URL.Path)
	body, known := a.of[r.URL.Path]
	code := http.StatusOK
	if !known {
		code, body = http.StatusNotFound, `{"code":"resource_missing","message":"no","status":404,"type":"api_error"}`
	}
	return &http.Response{StatusCode: code, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// render renders a workflow of the given steps.
func render(t *testing.T, a *answers, steps string, of rendering.Request) (rendering.Rendering, error) {
	t.Helper()
	a.of["/v1/workflows/w"] = fmt.Sprintf(`{"key":"w","name":"W","active":true,"steps":%s,"trigger_data_json_schema":{"type":"object","required":["total"]}}`, steps)
	c, err := client.New(client.Options{BaseURL: "http://127.0.0.1", ManagementBaseURL: "http://127.0.0.1", APIKey: "sk_test_1", ServiceToken: "knock_st_1", Environment: "development", Transport: a})
	if err != nil {
		t.Fatal(err)
	}
	j, err := journal.OpenMemory()
	if err != nil {
		t.Fatal(err)
	}
	s := ops.NewSession("test", "development", false, c, nil, j)
	defer s.Close()
	of.Workflow = "w"
	return rendering.Render(context.Background(), s, of)
}

const email = `{"ref":"mail","type":"channel","channel_type":"email","channel_key":"postmark","template":{
	"subject":"{{ workflow.name }}: {{ data.total }} for {{ recipient.name }}","settings":{"layout_key":"plain","pre_content":"{% assign a = actor.name %}{{ a }}"},
	"visual_blocks":[{"id":"1","type":"markdown","content":"Hi {{ data.who }}"},{"type":"partial","key":"footer","name":"Footer","attrs":{"year":"{{ vars.year }}"}},
		{"type":"button_set","buttons":[{"label":"Pay","action":"https://{{ tenant.id }}.test","variant":"solid"}]}]}}`

func TestStepsAreFilledInFromWhatKnockKnowsAndFromData(t *testing.T) {
	a := &answers{of: map[string]string{"/v1/users/dana": `{"id":"dana","name":"Dana","__typename":"User"}`, "/v1/tenants/acme": `{"id":"acme"}`}}
	steps := `[{"ref":"split","type":"branch","branches":[
		{"name":"Big","conditions":{"all":[{"variable":"data.total","operator":"greater_than","argument":"5"}]},"steps":[` + email + `]},
		{"name":"Small","steps":[{"ref":"hook","type":"channel","template":{"url":"https://x.test/{{ recipient.id }}","method":"post","headers":[{"key":"X-Total","value":"{{ data.total }}"}]}}]}]}]`
	got, err := render(t, a, steps, rendering.Request{
		To:     client.Recipient{Ref: client.Ref{ID: "dana"}, Properties: map[string]any{"$trigger_data": map[string]any{"who": "you"}}},
		Tenant: &client.Tenant{ID: "acme"}, Data: json.RawMessage(`{"total": 12.50, "who": "all"}`),
	})
	if err != nil || len(got.Steps) != 2 || len(got.Notes) > 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	mail, hook := got.Steps[0], got.Steps[1]
	want := []rendering.Field{
		{"subject", "W: 12.5 for Dana"}, {"visual_blocks.0.content", "Hi you"}, {"visual_blocks.1.attrs.year", "[vars.year: not known here]"},
		{"visual_blocks.2.buttons.0.label", "Pay"}, {"visual_blocks.2.buttons.0.action", "https://acme.test"}, {"settings.pre_content", "[actor.name: no value]"},
	}
	if !slices.Equal(mail.Template, want) || !slices.Equal(mail.Unfilled, []string{"actor.name"}) ||
		!slices.Equal(mail.NotRendered, []string{"layout plain", "partial footer", "vars.year"}) || mail.When != "only if data.total is greater than 5" {
		t.Errorf("%+v", mail)
	}
	if !slices.Equal(hook.Template, []rendering.Field{{"method", "post"}, {"url", "https://x.test/dana"}, {"headers.X-Total", "12.5"}}) || hook.When != "on the branch Small" {
		t.Errorf("%+v", hook)
	}
	if len(a.asked) != 3 || slices.ContainsFunc(a.asked, func(s string) bool { return !strings.HasPrefix(s, "GET ") }) {
		t.Errorf("asked %q", a.asked)
	}
}

func TestWhatIsNotKnownIsToldAndStopsNothing(t *testing.T) {
	a := &answers{of: map[string]string{}}
	got, err := render(t, a, "["+email+"]", rendering.Request{To: client.Recipient{Ref: client.Ref{Collection: "teams", ID: "red"}}, Step: "mail"})
	if err != nil || len(got.Notes) != 2 || !strings.Contains(got.Notes[0], "Knock does not know teams/red") || !strings.Contains(got.Notes[1], "breaks the workflow's schema") || got.Holes() != 5 {
		t.Errorf("%+v, %v", got, err)
	}
	for step, steps := range map[string]string{"other": "[" + email + "]", "": `[{"ref":"d","type":"delay"}]`} {
		if _, err := render(t, a, steps, rendering.Request{To: client.Recipient{Ref: client.Ref{ID: "dana"}}, Step: step}); err == nil || !strings.Contains(err.Error(), "no channel step") {
			t.Errorf("%q: %v", step, err)
		}
	}
}

// A workflow of hostile templates costs no more than its bounds, all steps together.
func TestHostileWorkflowsAreBounded(t *testing.T) {
	step := `{"ref":"s","type":"channel","template":{"text_body":"{% for i in (1..99999999) %}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}"}}`
	got, err := render(t, &answers{of: map[string]string{}}, "["+strings.Repeat(step+",", 999)+step+"]", rendering.Request{To: client.Recipient{Ref: client.Ref{ID: "dana"}}})
	if n := len(got.Text()); err != nil || n > 2<<20 || got.Steps[999].Stopped == "" || len(got.Steps[999].Template) > 0 {
		t.Errorf("%d bytes, %v", n, err)
	}
}
