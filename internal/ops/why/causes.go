package why

import "github.com/knockops/knockops/client"

// Cause is one reason why something did or did not arrive. A new one is a value in Causes and nothing elsewhere.
type Cause struct {
	// ID is stable: scripts compare it.
	ID   string
	Kind Kind
	// find looks for the cause in the facts, for a channel or, where that is nil, for the whole run, and words it. The
	// words go on from "workflow for recipient:" or from "channel".
	find func(*facts, *channel) *Finding
}

// Causes are all of them. What is found first counts, and what is proven before what is likely.
var Causes = []Cause{
	// The question.
	{"other_environment", Wrong, whole(otherEnvironment)},
	{"no_such_recipient", Wrong, whole(noSuchRecipient)},
	{"wrong_tenant", Wrong, beside(wrongTenant)},
	// The trigger.
	{"data_invalid", Wrong, whole(dataInvalid)},
	{"workflow_missing", Wrong, whole(workflowMissing)},
	{"workflow_inactive", Wrong, whole(workflowInactive)},
	{"trigger_refused", Wrong, whole(triggerRefused)},
	{"replayed", Nothing, beside(replayed)},
	{"beyond_retention", Unknown, whole(beyondRetention)},
	{"never_triggered", Wrong, whole(neverTriggered)},
	// The run.
	{"cancelled", Nothing, whole(cancelled)},
	{"waiting_delay", Waiting, waiting("delay", "waits")},
	{"waiting_batch", Waiting, waiting("batch", "gathers a batch")},
	{"waiting_event", Waiting, waiting("wait_for_event", "waits for an event")},
	{"retrying", Waiting, retrying},
	{"still_running", Waiting, stillRunning},
	{"fetch_failed", Wrong, whole(fetchFailed)},
	{"step_failed", Wrong, stepFailed},
	{"run_halted", Wrong, whole(runHalted)},
	{"throttled", Nothing, whole(throttled)},
	{"batched_into_other", Nothing, whole(batchedIntoOther)},
	{"wait_ended", Nothing, whole(waitEnded)},
	// The channel's step.
	{"preference_tenant", Nothing, preference(ofTenant)},
	{"preference_workflow", Nothing, preference(ofWorkflows)},
	{"preference_category", Nothing, preference(ofCategories)},
	{"preference_channel", Nothing, preference(ofChannels)},
	{"preference_commercial", Nothing, preference(ofCommercial)},
	{"no_address", Wrong, each(noAddress)},
	{"condition_not_met", Nothing, conditionNotMet},
	// The message.
	{"sandbox", Nothing, fate(client.MessageNotSent, "was made and not sent, in sandbox mode,")},
	{"bounced", Wrong, fate(client.MessageBounced, "bounced")},
	{"provider_rejected", Wrong, delivery(providerRejected)},
	{"undelivered", Wrong, fate(client.MessageUndelivered, "could not be delivered, and Knock gave up")},
	{"archived", Arrived, delivery(archived)},
	{"delivered_seen", Arrived, delivery(deliveredSeen)},
	{"delivered_unseen", Arrived, delivery(deliveredUnseen)},
	{"sent_unconfirmed", Waiting, fate(client.MessageSent, "is with the provider, and unconfirmed: handed over")},
	{"unknown", Unknown, each(untold)},
}

// whole is for a cause of the whole run.
func whole(find func(*facts) *Finding) func(*facts, *channel) *Finding {
	return func(f *facts, c *channel) *Finding {
		if c != nil {
			return nil
		}
		return find(f)
	}
}

// beside is for a cause of the whole run that another one is told beside.
func beside(find func(*facts) *Finding) func(*facts, *channel) *Finding {
	return whole(func(f *facts) *Finding {
		found := find(f)
		if found != nil {
			found.beside = true
		}
		return found
	})
}

// each is for a cause of one channel of a run that is over.
func each(find func(*facts, *channel) *Finding) func(*facts, *channel) *Finding {
	return func(f *facts, c *channel) *Finding {
		if c == nil || c.mail != nil || !f.ended() {
			return nil
		}
		return find(f, c)
	}
}

// delivery is for a cause that is in what became of a message.
func delivery(find func(*facts, *mail) *Finding) func(*facts, *channel) *Finding {
	return func(f *facts, c *channel) *Finding {
		if c == nil || c.mail == nil {
			return nil
		}
		return find(f, c.mail)
	}
}

func proven(text string, evidence ...Evidence) *Finding {
	return &Finding{Proven: true, Text: text, Evidence: evidence}
}

func likely(text string, evidence ...Evidence) *Finding {
	return &Finding{Text: text, Evidence: evidence}
}

// only leaves a finding proven only where it is exact.
func (f *Finding) only(exact bool) *Finding {
	f.Proven = f.Proven && exact
	return f
}

func (f *Finding) next(commands ...string) *Finding {
	f.Next = append(f.Next, commands...)
	return f
}
