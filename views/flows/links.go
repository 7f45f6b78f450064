package flows

import (
	"net/url"
	"regexp"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/value"
	"github.com/knockops/knockops/views/internal/nav"
)

// links are what a step was about.
type links struct {
	user, run, message string
	trigger            *nav.RunsOf // what the list of runs is narrowed to, where no single run is known
}

var (
	userPath    = regexp.MustCompile(`^/v1/users/([^/]+)`)
	runPath     = regexp.MustCompile(`^/v1/workflow_recipient_runs/([^/]+)$`)
	messagePath = regexp.MustCompile(`^/v1/messages/([^/]+)`)
	startedPath = regexp.MustCompile(`^/v1/workflows/([^/]+)/(?:trigger|cancel)$`)
)

// linksOf finds them in the request, the answer and the webhook.
func linksOf(r flow.Record) (l links) {
	if r.Request != nil {
		l.user = segment(userPath, r.Request.Path)
		l.run = segment(runPath, r.Request.Path)
		if id := segment(messagePath, r.Request.Path); id != "batch" {
			l.message = id
		}
		l.started(segment(startedPath, r.Request.Path), r.Request.Body)
	}
	if r.Response != nil {
		body, _ := value.Decode([]byte(r.Response.Body))
		l.named(body)
	}
	if r.Message != nil {
		payload, _ := value.Decode([]byte(r.Message.Payload))
		l.named(member(payload, "data"))
	}
	return l
}

// started is a trigger or a cancel: its runs are listed by workflow, key and recipient.
func (l *links) started(workflow, text string) {
	if workflow == "" {
		return
	}
	body, _ := value.Decode([]byte(text))
	l.trigger = &nav.RunsOf{Workflow: workflow, Status: "all"}
	l.trigger.Key = textOf(body, "cancellation_key")
	if to, _ := member(body, "recipients").([]any); len(to) > 0 {
		id, _ := to[0].(string)
		if id == "" {
			id = textOf(to[0], "id")
		}
		if len(to) == 1 && id != "" {
			l.trigger.Recipient = id
		}
		l.user = id
	}
}

// named looks at an object of Knock's, or at the first of a page.
func (l *links) named(v any) {
	if items, _ := member(v, "items").([]any); len(items) > 0 {
		v = items[0]
	}
	switch id := textOf(v, "id"); textOf(v, "__typename") {
	case "WorkflowRecipientRun":
		l.run, l.user = id, first(l.user, textOf(v, "recipient"))
	case "Message":
		l.message, l.user = id, first(l.user, textOf(v, "recipient"))
		l.run = first(l.run, textOf(member(v, "source"), "workflow_recipient_run_id"))
	case "User":
		l.user = id
	}
}

func segment(pattern *regexp.Regexp, path string) string {
	found := pattern.FindStringSubmatch(path)
	if found == nil {
		return ""
	}
	id, err := url.PathUnescape(found[1])
	if err != nil {
		return ""
	}
	return id
}

func member(v any, name string) any {
	object, _ := v.(map[string]any)
	return object[name]
}

func textOf(v any, name string) string {
	s, _ := member(v, name).(string)
	return s
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (v *run) links() links {
	r, _ := v.selected()
	return linksOf(r)
}

func (v *run) noUser() bool { return v.links().user == "" }

func (v *run) noRun() bool {
	l := v.links()
	return l.run == "" && l.trigger == nil
}

func (v *run) noMessage() bool { return v.links().message == "" }

func (v *run) openUser() tea.Cmd { return nav.User(v.links().user) }

func (v *run) openRun() tea.Cmd {
	l := v.links()
	if l.run != "" {
		return nav.Run(l.run)
	}
	return nav.Runs(*l.trigger)
}

func (v *run) openMessage() tea.Cmd { return nav.Message(v.links().message) }
