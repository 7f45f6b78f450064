// Package webhook takes Knock's outbound webhooks: it verifies their signatures, reads their envelopes, and receives
// them over HTTP so that none is acknowledged before it is stored.
package webhook

import (
	"slices"
	"strings"
)

// The headers that Knock sends with every webhook.
const (
	HeaderSignature   = "x-knock-signature"
	HeaderEvent       = "x-knock-event"
	HeaderEnvironment = "x-knock-environment-id"
)

// Types are the types of webhooks that Knock documents, in its order. Others may come, and are kept like these.
var Types = []string{
	"message.sent", "message.delivered", "message.delivery_attempted", "message.undelivered", "message.bounced",
	"message.seen", "message.unseen", "message.read", "message.unread", "message.archived", "message.unarchived",
	"message.interacted", "message.link_clicked",
	"workflow_recipient_run.started", "workflow_recipient_run.completed", "workflow_recipient_run.error",
	"workflow.updated", "workflow.committed", "email_layout.updated", "email_layout.committed",
	"translation.updated", "translation.committed", "partial.updated", "partial.committed",
	"source_event_action.updated", "source_event_action.committed",
}

// Failures are the types that tell of something that did not reach its recipient, or not at once.
var Failures = []string{"message.bounced", "message.delivery_attempted", "message.undelivered", "workflow_recipient_run.error"}

// Known reports whether Knock documents the type.
func Known(eventType string) bool { return slices.Contains(Types, eventType) }

// Group is what a type is about: the word before its dot, such as message.
func Group(eventType string) string {
	group, _, _ := strings.Cut(eventType, ".")
	return group
}
