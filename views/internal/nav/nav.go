// Package nav goes from one view to another. Views know no view but by the
// functions here: what a page needs is what its function takes.
package nav

import (
	"encoding/json"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui"
)

// Names of pages.
const (
	RunsPage      = "runs"
	RunPage       = "run"
	UserPage      = "user"
	ObjectPage    = "object"
	FeedPage      = "feed"
	IdentifyPage  = "identify"
	MessagePage   = "message"
	ComposePage   = "compose"
	EventsPage    = "events"
	EventPage     = "event"
	WorkflowPage  = "workflow"
	SchedulesPage = "schedules"
	HistoryPage   = "history"
	ActionPage    = "action"
	SweepPage     = "sweep"
	SweepsPage    = "sweeps"
	SweepingPage  = "sweeping"
	TenantPage    = "tenant"
	RequestPage   = "request"
	JSONPage      = "json"
)

// Params of pages, as their views read them.
const (
	ID          = "id"
	Workflow    = "workflow"
	Recipient   = "recipient"
	Collection  = "collection"
	Tenant      = "tenant"
	Key         = "key"
	WorkflowRun = "workflow_run"
	Status      = "status"
	Errors      = "errors"
	Since       = "since"
	Until       = "until"
	Freeze      = "freeze"
	Query       = "query"
	To          = "to"
	Title       = "title"
	ActOf       = "act"
	JSONText    = "json"
)

// RunsOf is what a list of runs is narrowed to, and a plan of a sweep: what is
// empty narrows nothing, and without a status a list shows what is pending.
type RunsOf struct {
	Workflow, Recipient, Tenant, Key, WorkflowRun, Status, Since, Until string
	Errors                                                              bool
}

// Params are what the list of runs is opened with.
func (o RunsOf) Params() ui.Params {
	p := ui.Params{}
	for name, value := range map[string]string{
		Workflow: o.Workflow, Recipient: o.Recipient, Tenant: o.Tenant, Key: o.Key, WorkflowRun: o.WorkflowRun, Status: o.Status, Since: o.Since, Until: o.Until, Errors: yes(o.Errors),
	} {
		if value != "" {
			p[name] = value
		}
	}
	return p
}

func yes(on bool) string {
	if on {
		return "yes"
	}
	return ""
}

// Runs lists runs.
func Runs(of RunsOf) tea.Cmd { return ui.Open(RunsPage, of.Params()) }

// Run shows a run.
func Run(id string) tea.Cmd { return ui.Open(RunPage, ui.Params{ID: id}) }

// Of goes to a recipient: to a user's profile, or to an object's.
func Of(r client.Ref) tea.Cmd {
	if r.Collection == "" {
		return User(r.ID)
	}
	return ui.Open(ObjectPage, ui.Params{Collection: r.Collection, ID: r.ID})
}

// User shows a user's profile.
func User(id string) tea.Cmd { return ui.Open(UserPage, ui.Params{ID: id}) }

// Feed shows a user's in-app feed as the user sees it.
func Feed(user string) tea.Cmd { return ui.Open(FeedPage, ui.Params{ID: user}) }

// Identify opens the form for a user; "" for a new one.
func Identify(id string) tea.Cmd { return ui.Open(IdentifyPage, ui.Params{ID: id}) }

// Message shows a message.
func Message(id string) tea.Cmd { return ui.Open(MessagePage, ui.Params{ID: id}) }

// Compose writes a trigger of a workflow to recipients, in the words of the form; both may be "".
func Compose(workflow, to string) tea.Cmd {
	return ui.Open(ComposePage, ui.Params{Workflow: workflow, To: to})
}

// Events lists the events that a query finds.
func Events(query string) tea.Cmd { return ui.Open(EventsPage, ui.Params{Query: query}) }

// Event shows an event of the journal.
func Event(id int64) tea.Cmd { return ui.Open(EventPage, number(id)) }

// WorkflowDetail shows a workflow.
func WorkflowDetail(key string) tea.Cmd { return ui.Open(WorkflowPage, ui.Params{Workflow: key}) }

// Schedules lists the schedules of a workflow.
func Schedules(workflow string) tea.Cmd { return ui.Open(SchedulesPage, ui.Params{Workflow: workflow}) }

// History lists what was done on this machine.
func History() tea.Cmd { return ui.Open(HistoryPage, nil) }

// Act lists the requests of an act, by the number of its first.
func Act(first int64) tea.Cmd {
	return ui.Open(HistoryPage, ui.Params{ActOf: strconv.FormatInt(first, 10)})
}

// Action shows an action of the history.
func Action(id int64) tea.Cmd { return ui.Open(ActionPage, number(id)) }

// Entry goes to the one request that an entry stands for, to those of an act, or to the sweep.
func Entry(e ops.AuditEntry) tea.Cmd {
	switch {
	case e.Swept != nil:
		return Sweeping(e.Sweep)
	case e.Together != nil:
		return Act(e.ID)
	}
	return Action(e.ID)
}

// Request shows one request of this session.
func Request(number int) tea.Cmd { return ui.Open(RequestPage, ui.Params{ID: strconv.Itoa(number)}) }

// Sweep plans a sweep; frozen has the plan begin with freezing the workflow.
func Sweep(of RunsOf, frozen bool) tea.Cmd {
	p := of.Params()
	delete(p, Status) // a sweep is about what is pending
	if frozen {
		p[Freeze] = yes(true)
	}
	return ui.Open(SweepPage, p)
}

// Sweeps lists the sweeps of this machine.
func Sweeps() tea.Cmd { return ui.Open(SweepsPage, nil) }

// Sweeping shows a sweep as it goes.
func Sweeping(id int64) tea.Cmd { return ui.Open(SweepingPage, number(id)) }

// TenantDetail shows a tenant.
func TenantDetail(id string) tea.Cmd { return ui.Open(TenantPage, ui.Params{ID: id}) }

// JSON shows a document whole.
func JSON(title string, raw json.RawMessage) tea.Cmd {
	return ui.Open(JSONPage, ui.Params{Title: title, JSONText: string(raw)})
}

func number(id int64) ui.Params { return ui.Params{ID: strconv.FormatInt(id, 10)} }
