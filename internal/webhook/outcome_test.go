package webhook

import (
	"testing"
	"time"
)

func TestOutcomeSaysWhatHappened(t *testing.T) {
	for body, want := range map[string]string{
		`{"type":"message.bounced","event_data":{"failure_reason":"hard_bounce","failure_details":"550 no such mailbox","token":"SECRET"}}`: "550 no such mailbox (hard bounce)",
		`{"type":"message.undelivered","event_data":{"failure_reason":"provider_error"}}`:                                                   "provider error",
		`{"type":"message.delivery_attempted","event_data":{"attempt":2,"max_attempts":3,"retryable":true}}`:                                "attempt 2 of 3, will retry",
		`{"type":"message.delivery_attempted","event_data":{"attempt":3,"max_attempts":3,"retryable":true}}`:                                "attempt 3 of 3, will not retry",
		`{"type":"message.delivery_attempted","event_data":{"attempt":1,"max_attempts":3,"retryable":false}}`:                               "attempt 1 of 3, will not retry",
		`{"type":"message.delivery_attempted","event_data":{"attempt":1}}`:                                                                  "attempt 1",
		`{"type":"message.link_clicked","event_data":{"url":"https://example.com/a_b"}}`:                                                    "https://example.com/a_b",
		`{"type":"workflow.committed","data":{"key":"welcome"},"event_data":{"commit_id":"c1"}}`:                                            "welcome commit c1",
		`{"type":"partial.updated","data":{"key":"signature"}}`:                                                                             "signature",
		`{"type":"workflow_recipient_run.error","data":{"error_count":2}}`:                                                                  "2 errors",
		// What a run carries is not what it counts.
		`{"type":"workflow_recipient_run.error","data":{"error_count" : 2}}`:                                                "2 errors",
		`{"type":"workflow_recipient_run.error","data":{"data":{"error_count":0},"error_count":2}}`:                         "2 errors",
		`{"type":"workflow_recipient_run.error","data":{"error_count":2,"steps":[{"error_count":0}]}}`:                      "2 errors",
		`{"error_count":0,"type":"workflow_recipient_run.error","data":{"error_count":2}}`:                                  "2 errors",
		`{"type":"workflow_recipient_run.error","data":{"note":"a \"error_count\":0 b","error_count":2}}`:                   "2 errors",
		`{"type":"workflow_recipient_run.error","data":{"error_count":2,"n":"\\"},"x":"\"","y":{"error_count":0}}`:          "2 errors",
		`{"type":"workflow_recipient_run.error","data":{"\u0065rror_count":2},"y":{"error_count":0}}`:                       "2 errors",
		`{"type":"workflow_recipient_run.error","data":{"error_count":0,"error_count":2}}`:                                  "2 errors",
		`{"type":"workflow_recipient_run.error","data":{"error_count":0},"event_data":{"failure_reason":"provider_error"}}`: "provider error",
		`{"type":"workflow_recipient_run.completed","data":{"error_count":0,"data":{"error_count":3}},"event_data":null}`:   "",
		`{"type":"message.sent","data":{"key":"x"},"event_data":null}`:                                                      "",
		`{"type":"message.novel","event_data":"free form"}`:                                                                 "",
		`{"type":"message.bounced","event_data":{"failure_details":"\u001b[31mred"}}`:                                       "␛[31mred",
		`no event`: "",
	} {
		d, _ := Received(time.Time{}, nil, []byte(body)) // what is no event has no outcome
		if got := Outcome(d); got != want {
			t.Errorf("%s: %q, not %q", body, got, want)
		}
	}
}
