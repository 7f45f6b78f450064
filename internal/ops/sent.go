package ops

import (
	"strings"

	"github.com/knockops/knockops/client"
)

// SentNothing reports whether a run, read with its events, has completed without making a message, and why. messages
// are those of the run that are known besides its events.
func SentNothing(run client.Run, messages []client.Message) (reason string, nothing bool) {
	if run.Status != client.RunCompleted || len(run.Events) == 0 || len(messages) > 0 {
		return "", false
	}
	// A later attempt of a step takes back what an earlier one said.
	said := map[string]string{}
	var order []string
	for _, e := range run.Events {
		if id, _ := e.Data["message_id"].(string); id != "" || e.StepType == "channel" && e.Status != "error" && !skipped(e) {
			return "", false
		}
		why := unsent(e)
		if _, known := said[e.StepRef]; why != "" && !known {
			order = append(order, e.StepRef)
		}
		if why != "" || e.StepRef != "" {
			said[e.StepRef] = why
		}
	}
	var reasons []string
	for _, step := range order {
		if why := said[step]; why != "" {
			reasons = append(reasons, strings.TrimPrefix(step+": "+why, ": "))
		}
	}
	if len(reasons) == 0 {
		return "no step of it sent a message", true
	}
	return strings.Join(reasons, "; "), true
}

// reasonWords say what a sign means, and which of the event's data tells more.
var reasonWords = map[Sign]struct{ text, detail string }{
	ByPreference: {"a preference switches it off", "setting"},
	ByAddress:    {"the recipient has no channel data or address", "missing"},
	ByCondition:  {"its conditions did not hold", "condition"},
	ByThrottle:   {"the recipient was throttled", "until"},
	ByBatch:      {"it went into another run's batch, which sends for both", "to"},
}

// unsent words what an event tells of a message that was not made, "" for nothing.
func unsent(e client.RunEvent) string {
	if e.Status == "error" {
		return failedWords(e)
	}
	sign, _ := SignOf(e)
	w, ok := reasonWords[sign]
	if !ok {
		return ""
	}
	if detail, _ := e.Data[w.detail].(string); detail != "" {
		return w.text + " (" + detail + ")"
	}
	return w.text
}

func failedWords(e client.RunEvent) string {
	if e.StepRef == "" {
		return ""
	}
	if text, _ := e.Data["error"].(string); text != "" {
		return "failed (" + text + ")"
	}
	return "failed"
}

// SentNothingWords is the sentence about a run that completed and sent nothing, "" for any other.
func SentNothingWords(run client.Run, messages []client.Message) string {
	reason, nothing := SentNothing(run, messages)
	if !nothing {
		return ""
	}
	return "completed and sent nothing: " + reason
}
