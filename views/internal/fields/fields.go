// Package fields are what pages tell of what is selected on them, to programs of the operator's own, under Knock's
// names where Knock has one.
package fields

import (
	"strconv"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/ui"
)

// Run is what a page tells of a run.
func Run[V any](selected func(V) (*client.Run, string)) ui.Fields {
	return ui.FieldsOf(selected, map[string]func(*client.Run) string{
		"id":               func(r *client.Run) string { return r.ID },
		"workflow":         func(r *client.Run) string { return r.Workflow },
		"workflow_run_id":  func(r *client.Run) string { return r.WorkflowRunID },
		"recipient":        func(r *client.Run) string { return r.Recipient.String() },
		"tenant":           func(r *client.Run) string { return r.Tenant },
		"status":           func(r *client.Run) string { return string(r.Status) },
		"cancellation_key": func(r *client.Run) string { return r.TriggerSource.CancellationKey },
	})
}

// User is what a page tells of a user.
func User[V any](selected func(V) (*client.User, string)) ui.Fields {
	return ui.FieldsOf(selected, map[string]func(*client.User) string{
		"id":           func(u *client.User) string { return u.ID },
		"name":         func(u *client.User) string { return u.Name },
		"email":        func(u *client.User) string { return u.Email },
		"phone_number": func(u *client.User) string { return u.PhoneNumber },
		"locale":       func(u *client.User) string { return u.Locale },
		"timezone":     func(u *client.User) string { return u.Timezone },
	})
}

// Ref is what a page tells of an object.
func Ref[V any](selected func(V) (client.Ref, string)) ui.Fields {
	return ui.FieldsOf(selected, map[string]func(client.Ref) string{
		"id":         func(r client.Ref) string { return r.ID },
		"collection": func(r client.Ref) string { return r.Collection },
	})
}

// Message is what a page tells of a message.
func Message[V any](selected func(V) (client.Message, string)) ui.Fields {
	type message = client.Message
	return ui.FieldsOf(selected, map[string]func(message) string{
		"id":                        func(m message) string { return m.ID },
		"workflow":                  func(m message) string { return m.Source.Key },
		"workflow_recipient_run_id": func(m message) string { return m.Source.WorkflowRecipientRunID },
		"recipient":                 func(m message) string { return m.Recipient.String() },
		"tenant":                    func(m message) string { return m.Tenant },
		"status":                    func(m message) string { return string(m.Status) },
		"channel_id":                func(m message) string { return m.ChannelID },
		"provider":                  func(m message) string { return m.Channel.Provider },
	})
}

// Key is what a page tells of what has a key, such as a workflow or a source.
func Key[V any](selected func(V) (string, string)) ui.Fields {
	return ui.FieldsOf(selected, map[string]func(string) string{"key": func(key string) string { return key }})
}

// Tenant is what a page tells of a tenant.
func Tenant[V any](selected func(V) (client.TenantEntity, string)) ui.Fields {
	return ui.FieldsOf(selected, map[string]func(client.TenantEntity) string{
		"id":   func(t client.TenantEntity) string { return t.ID },
		"name": func(t client.TenantEntity) string { return t.Name },
	})
}

// Schedule is what a page tells of a schedule.
func Schedule[V any](selected func(V) (client.Schedule, string)) ui.Fields {
	type schedule = client.Schedule
	return ui.FieldsOf(selected, map[string]func(schedule) string{
		"id":        func(s schedule) string { return s.ID },
		"workflow":  func(s schedule) string { return s.Workflow },
		"recipient": func(s schedule) string { return s.Recipient.String() },
		"tenant":    func(s schedule) string { return s.Tenant },
	})
}

// Event is what a page tells of an event; id is its number in the journal.
func Event[V any](selected func(V) (events.Event, string)) ui.Fields {
	type event = events.Event
	return ui.FieldsOf(selected, map[string]func(event) string{
		"id":               func(e event) string { return strconv.FormatInt(e.ID, 10) },
		"type":             func(e event) string { return e.Type },
		"workflow":         func(e event) string { return e.Workflow },
		"workflow_run_id":  func(e event) string { return e.WorkflowRunID },
		"run_id":           func(e event) string { return e.RunID },
		"message_id":       func(e event) string { return e.MessageID },
		"recipient":        func(e event) string { return e.Recipient },
		"tenant":           func(e event) string { return e.Tenant },
		"channel_id":       func(e event) string { return e.ChannelID },
		"cancellation_key": func(e event) string { return e.CancellationKey },
	})
}
