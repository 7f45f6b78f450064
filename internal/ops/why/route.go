package why

import (
	"fmt"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
)

// Hop is one place on the route of what was sent, with the record that says so.
type Hop struct {
	Hop   string    `json:"hop"` // trigger, run, step, message, provider or engagement
	Title string    `json:"title"`
	Text  string    `json:"text"`
	At    time.Time `json:"at,omitzero"`
	ID    string    `json:"id,omitempty"`
	Kind  Kind      `json:"kind,omitempty"`  // how it went, where that is known here
	Cause string    `json:"cause,omitempty"` // what was found here
	// Outcome is what two routes are compared by: the same words for the same outcome, whenever and for whom.
	Outcome string `json:"-"`
	// Message is the message that a step made.
	Message string `json:"message_id,omitempty"`
}

// route tells the way of what was sent, each hop with its record.
func (f *facts) route(findings []Finding) []Hop {
	var hops []Hop
	f.addTrigger(&hops)
	if f.run != nil {
		hops = append(hops, Hop{Hop: "run", Title: "run", ID: f.run.ID, At: f.run.InsertedAt, Text: string(f.run.Status) + f.underTenant(), Outcome: string(f.run.Status)})
		for _, e := range ops.Timeline(*f.run, nil, f.now) {
			i := indexEvent(f.run.Events, e.ID)
			hop := Hop{Hop: "step", Title: e.Title, Text: e.Text, At: e.At, ID: e.ID, Message: e.MessageID, Outcome: outcome(f.run.Events[i])}
			switch {
			case e.Failed:
				hop.Kind = Wrong
			case e.Waiting:
				hop.Kind = Waiting
			}
			hops = append(hops, hop)
		}
	}
	for _, m := range f.mails {
		f.addMail(&hops, m)
	}
	for _, found := range findings {
		mark(hops, found)
	}
	return hops
}

func indexEvent(events []client.RunEvent, id string) int {
	for i, e := range events {
		if e.ID == id {
			return i
		}
	}
	return 0
}

// outcome is an event without what differs from run to run.
func outcome(e client.RunEvent) string {
	out := e.Event + " " + e.Status
	for _, k := range []string{"reason", "setting", "missing", "branch"} {
		if v := e.Data[k]; v != nil {
			out += fmt.Sprintf(" %v", v)
		}
	}
	return out
}

func (f *facts) underTenant() string {
	if f.run.Tenant == "" {
		return ""
	}
	return ", tenant " + f.run.Tenant
}

func (f *facts) addTrigger(hops *[]Hop) {
	for i := len(f.triggers) - 1; i >= 0; i-- {
		a := f.triggers[i]
		if f.run != nil && a.WorkflowRunID != f.run.WorkflowRunID {
			continue
		}
		text := fmt.Sprintf("sent by %s, %s", a.Who, a.State)
		if a.Status != 0 {
			text += fmt.Sprintf(" (%d)", a.Status)
		}
		*hops = append(*hops, Hop{Hop: "trigger", Title: "trigger", Text: text, At: a.At.Add(a.Skew), ID: firstOf(a.WorkflowRunID, a.RequestID), Outcome: string(a.State)})
	}
	if len(*hops) > 0 || f.run == nil {
		return
	}
	source := f.run.TriggerSource
	text := "by " + source.Type
	for what, value := range map[string]string{"schedule ": source.ScheduleID, "audience ": source.AudienceKey} {
		if value != "" {
			text += ", " + what + value
		}
	}
	if source.CancellationKey != "" {
		text += ", key " + source.CancellationKey
	}
	*hops = append(*hops, Hop{Hop: "trigger", Title: "trigger", Text: text, At: f.run.InsertedAt, ID: f.run.WorkflowRunID, Outcome: string(ops.ActionDone)})
}

func firstOf(s ...string) string {
	for _, v := range s {
		if v != "" {
			return v
		}
	}
	return ""
}

func (f *facts) addMail(hops *[]Hop, m *mail) {
	title := (&channel{kind: m.Channel.Type, step: m.Source.StepRef}).name()
	status := strings.ReplaceAll(string(m.Status), "_", " ")
	*hops = append(*hops, Hop{Hop: "message", Title: title, Text: "message " + status, At: m.InsertedAt, ID: m.ID, Message: m.ID, Outcome: string(m.Status)})
	for _, l := range m.logs {
		at, _ := time.Parse(time.RFC3339, l.InsertedAt) // text of no promised form
		hop := Hop{Hop: "provider", Title: title, Text: fmt.Sprintf("%s answered %d", l.ServiceName, l.Response.Status), At: at, ID: l.ID, Message: m.ID, Outcome: fmt.Sprint(l.Response.Status)}
		if l.Response.Status >= 400 {
			hop.Kind = Wrong
		}
		*hops = append(*hops, hop)
	}
	for _, e := range m.events {
		kind := strings.TrimPrefix(e.Type, "message.")
		if kind == "queued" {
			continue
		}
		hop := Hop{Hop: "provider", Title: title, Text: strings.TrimSpace(strings.ReplaceAll(kind, "_", " ") + " " + why(e)), At: e.InsertedAt, ID: firstOf(e.ID, m.ID), Message: m.ID, Outcome: kind}
		switch kind {
		case "seen", "read", "interacted", "link_clicked", "archived", "unseen", "unread", "unarchived":
			hop.Hop = "engagement"
		}
		*hops = append(*hops, hop)
	}
	if len(m.events) > 0 {
		return
	}
	for _, s := range m.EngagementStatuses {
		*hops = append(*hops, Hop{Hop: "engagement", Title: title, Text: strings.ReplaceAll(string(s), "_", " "), At: m.UpdatedAt, ID: m.ID, Message: m.ID, Outcome: string(s)})
	}
}

// mark puts a finding's cause on the hop that its evidence names: the last such, or else the run.
func mark(hops []Hop, found Finding) {
	for i := len(hops) - 1; i >= 0; i-- {
		for _, e := range found.Evidence {
			if hops[i].ID != "" && e.ID == hops[i].ID {
				hops[i].Cause, hops[i].Kind = found.Cause, found.Kind
				return
			}
		}
	}
}

// verdict is the answer in one sentence.
func (f *facts) verdict(findings []Finding) string {
	var parts []string
	for _, found := range findings {
		text := found.Text
		if found.Channel != "" {
			text = found.Channel + " " + text
		}
		if !found.Proven && found.Cause != "unknown" {
			text = "likely, " + text
		}
		parts = append(parts, text)
	}
	who := f.Recipient.String()
	if f.Recipient.IsZero() {
		who = firstOf(f.Message, f.Run, f.Trigger)
	}
	if f.Workflow != "" {
		who = f.Workflow + " for " + who
	}
	if f.run != nil {
		who += ", triggered " + f.clock(f.run.InsertedAt)
	}
	return who + ": " + strings.Join(parts, "; ") + "."
}

// clock is a time for a sentence, with its date where that is not today's.
func (f *facts) clock(t time.Time) string {
	layout := "15:04:05"
	if f.now.Sub(t).Abs() > 20*time.Hour {
		layout = "2006-01-02 15:04"
	}
	return t.Local().Format(layout)
}
