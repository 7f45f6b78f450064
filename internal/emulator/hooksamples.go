package emulator

import "strings"

// sampleFor is what a webhook of the type would speak of: the newest of its
// kind.
func (e *Emulator) sampleFor(kind string) any {
	what, _, _ := strings.Cut(kind, ".")
	switch what {
	case "message":
		if n := len(e.messages.all); n > 0 {
			return e.messages.all[n-1]
		}
	case "workflow_recipient_run":
		if n := len(e.runs.all); n > 0 {
			return e.runs.all[n-1].json()
		}
	case "workflow":
		if len(e.order) > 0 {
			return e.order[0].json(e.Environment())
		}
	}
	return fields{"key": "default", "name": "Default", "environment": e.Environment(), "updated_at": e.at}
}

func sampleEventData(kind string) fields {
	what, did, _ := strings.Cut(kind, ".")
	if did == "committed" {
		return fields{"commit_id": "3f2f5a8e-0d0b-4c53-9f3b-2f0b8f6c7a11"}
	}
	if what != "message" {
		return nil
	}
	switch did {
	case "delivery_attempted":
		return fields{"attempt": 1, "max_attempts": maxAttempts, "retryable": true}
	case "undelivered":
		return fields{"failure_reason": "provider_error", "failure_details": "the provider answered 503 three times"}
	case "bounced":
		return fields{"failure_reason": "hard_bounce", "failure_details": "550 5.1.1 no such mailbox", "token": nil}
	case "link_clicked":
		return fields{"url": "https://example.com/"}
	case "interacted":
		return fields{"button": "primary"}
	}
	return nil
}
