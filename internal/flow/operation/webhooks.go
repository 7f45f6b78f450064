package operation

// webhooks are the channels of Knock's outbound webhooks with their events.
var webhooks = []Channel{
	{ID: "receiveMessageEvent", Name: "webhooks/messages", Types: []string{
		"message.sent", "message.delivered", "message.delivery_attempted", "message.undelivered", "message.bounced", "message.seen", "message.unseen",
		"message.read", "message.unread", "message.archived", "message.unarchived", "message.interacted", "message.link_clicked",
	}},
	{ID: "receiveWorkflowRecipientRunEvent", Name: "webhooks/workflow_recipient_runs", Types: []string{
		"workflow_recipient_run.started", "workflow_recipient_run.completed", "workflow_recipient_run.error",
	}},
	{ID: "receiveWorkflowEvent", Name: "webhooks/workflows", Types: []string{"workflow.updated", "workflow.committed"}},
	{ID: "receiveEmailLayoutEvent", Name: "webhooks/email_layouts", Types: []string{"email_layout.updated", "email_layout.committed"}},
	{ID: "receiveTranslationEvent", Name: "webhooks/translations", Types: []string{"translation.updated", "translation.committed"}},
	{ID: "receivePartialEvent", Name: "webhooks/partials", Types: []string{"partial.updated", "partial.committed"}},
	{ID: "receiveSourceEventActionEvent", Name: "webhooks/source_event_actions", Types: []string{"source_event_action.updated", "source_event_action.committed"}},
}
