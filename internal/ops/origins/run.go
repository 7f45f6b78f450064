package origins

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
)

// Run is what is known of a run besides its events: what went into it, and what it made of that.
type Run struct {
	// Activities are the triggers that its batch gathered, as a message of it tells them.
	Activities     []client.Activity `json:"activities,omitempty"`
	MoreActivities bool              `json:"more_activities,omitempty"`
	// Changed is what fetches and updates made of the data that it was triggered with.
	Changed []Change `json:"data_changed,omitempty"`
	// Event is what a source received and triggered it by.
	Event *Event `json:"source_event,omitempty"`
	// Schedule is the one that triggered it; NoSchedule says that it is there no longer.
	Schedule   *client.Schedule `json:"schedule,omitempty"`
	NoSchedule bool             `json:"schedule_gone,omitempty"`
	Unread     []string         `json:"unread,omitempty"`
}

// Change is a value of the data that is not what it was.
type Change struct {
	Path string `json:"path"`
	Was  any    `json:"was"` // nil where there was none
	Is   any    `json:"is"`
}

// Event is an event of a source.
type Event struct {
	Source string    `json:"source"`
	Event  string    `json:"event"`
	LogID  string    `json:"log_id"`
	At     time.Time `json:"inserted_at"`
}

// Bounds of what is read of one run: a request for its activities, one for the recipient's schedules or for the sources,
// and one for the log of each source that is mapped to its workflow.
const (
	mostLogs    = 3
	mostChanges = 50
	around      = time.Minute // of a run's beginning, in which its event was received
)

// Asks reports that there is something to read of a run besides it and its messages.
func Asks(r client.Run, messages []client.Message) bool {
	return len(messages) > 0 && (batched(r) || changing(r)) || r.TriggerSource.Type == "integration" || r.TriggerSource.ScheduleID != ""
}

func batched(r client.Run) bool {
	return slices.ContainsFunc(r.Events, func(e client.RunEvent) bool { return e.StepType == "batch" })
}

// changing are the steps that change a run's data.
func changing(r client.Run) bool {
	return slices.ContainsFunc(r.Events, func(e client.RunEvent) bool {
		return (e.StepType == "http_fetch" || e.StepType == "update_data") && e.Status != "error"
	})
}

// OfRun reads it, for a run that was read with its events.
func OfRun(ctx context.Context, s *ops.Session, r client.Run, messages []client.Message) (out Run) {
	if len(messages) > 0 && (batched(r) || changing(r)) {
		out.activities(ctx, s, r, messages[0])
	}
	if r.TriggerSource.Type == "integration" {
		out.sourceEvent(ctx, s, r)
	}
	if r.TriggerSource.ScheduleID != "" {
		out.schedule(ctx, s, r)
	}
	return out
}

func (o *Run) activities(ctx context.Context, s *ops.Session, r client.Run, m client.Message) {
	page, err := s.Client.MessageActivities(ctx, m.ID, "", client.Cursor{})
	if err != nil {
		o.Unread = append(o.Unread, "activities: "+err.Error())
		return
	}
	if batched(r) {
		o.Activities, o.MoreActivities = page.Items, page.After != ""
	}
	if changing(r) && len(page.Items) == 1 && page.After == "" { // of several, it is not known which one's data went on
		compare("", page.Items[0].Data, m.Data, &o.Changed)
	}
}

// compare tells what is other than it was, in the order of names.
func compare(path string, was, is map[string]any, changes *[]Change) {
	names := maps.Clone(was)
	if names == nil {
		names = map[string]any{}
	}
	maps.Copy(names, is)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		before, after := was[name], is[name]
		within, isObject := after.(map[string]any)
		of, wasObject := before.(map[string]any)
		switch {
		case len(*changes) >= mostChanges:
			return
		case isObject && wasObject:
			compare(path+name+".", of, within, changes)
		case !reflect.DeepEqual(before, after):
			*changes = append(*changes, Change{path + name, before, after})
		}
	}
}

// sourceEvent looks for the event in the logs of the sources that are mapped to the workflow.
func (o *Run) sourceEvent(ctx context.Context, s *ops.Session, r client.Run) {
	if why, help := ops.Unmanaged(s.Client.Unmanaged()); why != "" {
		o.Unread = append(o.Unread, "the source's event: "+why+". "+help)
		return
	}
	all, err := s.Client.Sources(ctx)
	logs := 0
	for _, source := range all {
		if len(sources([]client.Source{source}, r.Workflow)) == 0 || logs == mostLogs || err != nil {
			continue
		}
		logs++
		f := client.SourceLogFilter{StartingAt: r.InsertedAt.Add(-around), EndingAt: r.InsertedAt.Add(around)}
		var page client.Page[client.SourceLog]
		if page, err = s.Client.SourceLogs(ctx, source.Key, f, client.Cursor{}); err != nil {
			continue
		}
		for _, l := range page.Items {
			if slices.ContainsFunc(l.Actions, func(a client.SourceLogAction) bool { return a.WorkflowRun() == r.WorkflowRunID }) {
				o.Event = &Event{source.Key, l.Event, l.ID, l.InsertedAt}
				return
			}
		}
	}
	if err != nil {
		o.Unread = append(o.Unread, "the source's event: "+err.Error())
	}
}

// schedule looks for the run's schedule among its recipient's of the workflow.
func (o *Run) schedule(ctx context.Context, s *ops.Session, r client.Run) {
	page, err := s.Client.ListSchedules(ctx, client.ScheduleFilter{Workflow: r.Workflow, Recipients: []client.Ref{r.Recipient}}, client.Cursor{})
	if err != nil {
		o.Unread = append(o.Unread, "the schedule: "+err.Error())
		return
	}
	i := slices.IndexFunc(page.Items, func(s client.Schedule) bool { return s.ID == r.TriggerSource.ScheduleID })
	if i >= 0 {
		o.Schedule = &page.Items[i]
	}
	o.NoSchedule = i < 0 && page.After == ""
}

// Words say it, a line each.
func (o Run) Words() (lines []string) {
	add := func(format string, args ...any) { lines = append(lines, termtext.Clean(fmt.Sprintf(format, args...))) }
	if e := o.Event; e != nil {
		add("source event %s of %s at %s, %s", e.Event, e.Source, e.At.Local().Format("2006-01-02 15:04:05"), e.LogID)
	}
	switch {
	case o.NoSchedule:
		add("its schedule is there no longer")
	case o.Schedule != nil && len(o.Schedule.Repeats) > 0:
		next := ""
		if at := o.Schedule.NextOccurrenceAt; !at.IsZero() {
			next = ", next at " + at.Local().Format("2006-01-02 15:04")
		}
		add("its schedule comes round %s%s", ops.RepeatWords(o.Schedule.Repeats), next)
	case o.Schedule != nil:
		add("its schedule was for once")
	}
	if n := len(o.Activities); n > 0 {
		count := fmt.Sprintf("%d activities", n)
		if n == 1 {
			count = "1 activity"
		}
		if o.MoreActivities {
			count = "at least " + count
		}
		add("batch of %s%s", count, prefixed(" by ", strings.Join(o.actors(), ", ")))
	}
	for _, c := range o.Changed {
		add("data.%s: %s", c.Path, c.words())
	}
	for _, u := range o.Unread {
		add("not read: %s", u)
	}
	return lines
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

// actors are those of the activities, each once.
func (o Run) actors() (all []string) {
	for _, a := range o.Activities {
		if a.Actor != nil && !slices.Contains(all, a.Actor.String()) {
			all = append(all, a.Actor.String())
		}
	}
	return all
}

func (c Change) words() string {
	switch {
	case c.Was == nil:
		return "added, " + inline(c.Is)
	case c.Is == nil:
		return "gone, was " + inline(c.Was)
	}
	return inline(c.Was) + " became " + inline(c.Is)
}

// mostInline is how much is told of a value, in cells.
const mostInline = 60

func inline(v any) string {
	raw, _ := json.Marshal(v) // it came from JSON
	return termtext.Truncate(string(raw), mostInline)
}
