package ops

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
)

// TimelineEntry is one thing that happened to a run.
type TimelineEntry struct {
	ID string // of the event
	At time.Time
	// What it was: a step's reference, or the event where no step is named.
	Title string
	// Text says the rest: the event, its data, what became of its message.
	Text string
	// Failed is true for what went wrong, Waiting for what the run waits for now.
	// Skipped is true for what was not done.
	Failed, Waiting, Skipped bool
	// MessageID is the message that this made, if any.
	MessageID string
}

// Timeline tells a run's events in order, each message's state beside the step
// that made it. Knock's event data is free-form: what is not known here is told
// as it came.
func Timeline(run client.Run, messages []client.Message, now time.Time) []TimelineEntry {
	byID := map[string]client.Message{}
	for _, m := range messages {
		byID[m.ID] = m
	}
	events := slices.Clone(run.Events)
	slices.SortStableFunc(events, func(a, b client.RunEvent) int { return a.InsertedAt.Compare(b.InsertedAt) })
	var out []TimelineEntry
	for i, e := range events {
		m := TimelineEntry{ID: e.ID, At: e.InsertedAt, Title: e.StepRef, Failed: e.Status == "error", Skipped: skipped(e)}
		words := strings.ReplaceAll(e.Event, "_", " ")
		if m.Title == "" {
			m.Title, words = words, ""
		}
		m.Waiting = i == len(events)-1 && run.Status == client.RunPaused && !m.Failed
		m.MessageID, _ = e.Data["message_id"].(string)
		parts := slices.DeleteFunc([]string{words, attempt(e), details(e.Data, now)}, func(s string) bool { return s == "" })
		if msg, ok := byID[m.MessageID]; ok {
			parts = append(parts, messageState(msg))
		}
		m.Text = strings.Join(parts, " · ")
		out = append(out, m)
	}
	return out
}

func attempt(e client.RunEvent) string {
	if e.Attempt < 2 {
		return ""
	}
	return fmt.Sprintf("attempt %d", e.Attempt)
}

// details tells an event's data in a steady order; times are told by the clock and as what is left.
func details(data map[string]any, now time.Time) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(data)) {
		v := data[k]
		if v == nil || v == "" || k == "message_id" {
			continue
		}
		name := strings.ReplaceAll(k, "_", " ")
		if s, ok := v.(string); ok {
			if at, err := time.Parse(time.RFC3339, s); err == nil {
				parts = append(parts, name+" "+clock(at, now))
				continue
			}
			parts = append(parts, name+" "+s)
			continue
		}
		if span, ok := v.(map[string]any); ok && len(span) == 2 && span["unit"] != nil && span["value"] != nil {
			parts = append(parts, fmt.Sprintf("%s %v %s", name, span["value"], unit(span)))
			continue
		}
		raw, err := json.Marshal(v)
		if err != nil {
			continue
		}
		parts = append(parts, name+" "+string(raw))
	}
	return strings.Join(parts, ", ")
}

// unit is a span's unit, in the singular for one of it: "1 hour", "30 minutes".
func unit(span map[string]any) string {
	name := fmt.Sprint(span["unit"])
	if fmt.Sprint(span["value"]) == "1" {
		return strings.TrimSuffix(name, "s")
	}
	return name
}

func clock(at, now time.Time) string {
	layout := "15:04:05"
	if at.Sub(now).Abs() > 20*time.Hour {
		layout = "2006-01-02 15:04"
	}
	s := at.Local().Format(layout)
	if left := at.Sub(now); left > 0 {
		s += " (in " + termtext.Age(left) + ")"
	}
	return s
}

func messageState(m client.Message) string {
	s := "message " + termtext.Middle(m.ID, 9) + " " + strings.ReplaceAll(string(m.Status), "_", " ")
	for _, e := range m.EngagementStatuses {
		s += ", " + strings.ReplaceAll(string(e), "_", " ")
	}
	return s
}
