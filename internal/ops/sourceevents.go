package ops

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
)

// SourceEvent is an event that a source received, with what came of it.
type SourceEvent struct {
	Log client.SourceLog `json:"event"`
	SourceResult
}

// SourceOutcome is what became of an event, for scripts.
type SourceOutcome string

// The outcomes of an event.
const (
	SourceActed     SourceOutcome = "acted"     // every action was carried out
	SourceRefused   SourceOutcome = "refused"   // Knock refused one at least
	SourceUnmatched SourceOutcome = "unmatched" // nothing is mapped to it
	SourceInactive  SourceOutcome = "inactive"  // what is mapped to it is inactive
	SourceDuplicate SourceOutcome = "duplicate" // its message id was taken before
	SourceIdle      SourceOutcome = "idle"      // nothing was done, and the log does not say why
)

// SourceResult is what came of an event that a source received.
type SourceResult struct {
	Outcome SourceOutcome `json:"outcome"`
	// Words say it: "matched nothing", "triggered order-shipped", "workflow_inactive: trigger …".
	Words string `json:"words"`
	// Triggers are the workflow runs that began, by their workflow_run_id.
	Triggers []SourceTrigger `json:"triggers,omitempty"`
}

// SourceTrigger is a workflow run that an event began, and for whom.
type SourceTrigger struct {
	Workflow      string             `json:"workflow"`
	WorkflowRunID string             `json:"workflow_run_id"`
	Recipients    []client.Recipient `json:"-"`
}

// SourceEvents says what came of events of a source, which are given newest first as its log has them. That an event
// repeats another one is known where both are among them.
func SourceEvents(source client.Source, logs []client.SourceLog) []SourceEvent {
	first := map[string]int{}
	for i, l := range logs {
		if id := sourceText(l, "messageId"); id != "" {
			first[id] = i
		}
	}
	events := make([]SourceEvent, len(logs))
	for i, l := range logs {
		events[i] = SourceEvent{l, resultOf(l)}
		if len(l.Actions) > 0 {
			continue
		}
		if at, ok := first[sourceText(l, "messageId")]; ok && at > i {
			events[i].SourceResult = duplicateOf(logs[at])
			continue
		}
		events[i].SourceResult = nothingDone(source, l)
	}
	return events
}

// duplicateOf is what came of an event whose message id another one had.
func duplicateOf(earlier client.SourceLog) SourceResult {
	return SourceResult{Outcome: SourceDuplicate, Words: "duplicate of " + earlier.InsertedAt.Local().Format(time.DateTime)}
}

// nothingDone says why an event had no actions, by what is mapped now.
func nothingDone(source client.Source, l client.SourceLog) SourceResult {
	mapped := slices.DeleteFunc(slices.Clone(source.Mappings), func(m client.SourceMapping) bool { return m.Event != l.Event })
	switch {
	case source.Key == "":
		return SourceResult{Outcome: SourceIdle, Words: "did nothing"}
	case len(mapped) == 0:
		return SourceResult{Outcome: SourceUnmatched, Words: "matched nothing"}
	case !slices.ContainsFunc(mapped, func(m client.SourceMapping) bool { return m.Active }):
		return SourceResult{Outcome: SourceInactive, Words: "its mapping is inactive"}
	}
	return SourceResult{Outcome: SourceIdle, Words: "did nothing: a duplicate, or mapped since"}
}

// resultOf says what came of an event that had actions.
func resultOf(l client.SourceLog) SourceResult {
	r := SourceResult{Outcome: SourceActed}
	var words []string
	for _, a := range l.Actions {
		key, _ := a.Parameters["key"].(string)
		code, _ := a.Result["code"].(string)
		message, _ := a.Result["message"].(string)
		what := actionWords(a.Type)
		if a.Type == "workflows_trigger" {
			what = "trigger " + key
		}
		switch id := a.WorkflowRun(); {
		case id != "":
			r.Triggers = append(r.Triggers, SourceTrigger{key, id, triggeredFor(a)})
			words = append(words, "triggered "+key)
		case a.Status == "error" || code != "":
			r.Outcome = SourceRefused
			words = append(words, refusalWords(what, code, message))
		default:
			words = append(words, strings.TrimSpace(what+" "+a.Status))
		}
	}
	r.Words = termtext.Clean(strings.Join(words, "; "))
	return r
}

// refusalWords say what Knock refused and why, with the code first: "workflow_inactive: trigger order-shipped (it is off)".
func refusalWords(what, code, message string) string {
	if message != "" {
		what += " (" + message + ")"
	}
	return cmp.Or(code, "refused") + ": " + what
}

// usersCollection is what Knock calls the collection that users are in.
const usersCollection = "$users"

// triggeredFor are the recipients that Knock read out of an event.
func triggeredFor(a client.SourceLogAction) (all []client.Recipient) {
	list, _ := a.Payload["recipients"].([]any)
	for _, v := range list {
		r := client.Ref{}
		switch v := v.(type) {
		case string:
			r.ID = v
		case map[string]any:
			r.ID, _ = v["id"].(string)
			if collection, _ := v["collection"].(string); collection != usersCollection {
				r.Collection = collection
			}
		}
		if r.ID != "" {
			all = append(all, client.Recipient{Ref: r})
		}
	}
	return all
}

// sourceText is a field of an event, "" where it has none.
func sourceText(l client.SourceLog, name string) string {
	text, _ := l.Data[name].(string)
	return text
}

// SourceUser is whom an event of a source is about, "" for nobody.
func SourceUser(l client.SourceLog) string { return sourceText(l, "userId") }

// errNotLogged says that an event is no longer in its source's log.
var errNotLogged = errors.New("the log of the source no longer tells of this event")

// SourceEvent reads an event of a source by its id in the log.
func (s *Session) SourceEvent(ctx context.Context, key, id string) (SourceEvent, error) {
	source, err := s.Source(ctx, key)
	if err != nil {
		return SourceEvent{}, err
	}
	page, err := s.Client.SourceLogs(ctx, key, client.SourceLogFilter{ID: id}, client.Cursor{})
	if err == nil && len(page.Items) == 0 {
		err = errNotLogged
	}
	if err != nil {
		return SourceEvent{}, err
	}
	logs := page.Items
	if len(logs[0].Actions) == 0 { // what it may repeat is among those of its name
		page, err = s.Client.SourceLogs(ctx, key, client.SourceLogFilter{Event: logs[0].Event, EndingAt: logs[0].InsertedAt}, client.Cursor{})
		if err != nil {
			return SourceEvent{}, err
		}
		if i := slices.IndexFunc(page.Items, func(l client.SourceLog) bool { return l.ID == id }); i >= 0 {
			logs = page.Items[i:]
		}
	}
	return SourceEvents(source, logs)[0], nil
}
