package ops

import (
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/sweep"
)

func TestReport(t *testing.T) {
	at := time.Date(2026, 11, 21, 3, 0, 0, 0, time.UTC)
	action := func(id int64, kind journal.Kind, sweep int64, state journal.State, request string) AuditEntry {
		return AuditEntry{Action: journal.Action{
			ID: id, At: at.Add(time.Duration(id) * time.Second), Who: "dana@desk", Profile: "prod", Environment: "production", Kind: kind,
			Workflow: "invite-reminder", Reason: "incident 42", Sweep: sweep, State: state, Status: 204, RequestID: request,
		}}
	}
	one := action(5, journal.Cancel, 0, journal.Failed, "req_5")
	one.Key, one.Recipients, one.Outcome = "a|b", []string{"user_1"}, "it is `gone`\x1b[31m"
	late := action(6, journal.Cancel, 0, journal.Done, "req_6")
	late.Key, late.Verdicts = "k", map[string]int{"confirmed": 2, "unconfirmed": 1}
	got := Report([]AuditEntry{
		late,
		one,
		action(4, journal.Cancel, 7, journal.Unknown, ""),
		action(3, journal.Cancel, 7, journal.Done, "req_3"),
		action(2, journal.Cancel, 7, journal.Done, "req_2"),
		action(1, journal.Freeze, 7, journal.Done, "req_1"),
	}, []sweep.Record{{
		ID: 7, At: at, Who: "dana@desk", Scope: sweep.Scope{Workflow: "invite-reminder", KeyGlob: "invite-*"},
		Progress: sweep.Progress{Phase: sweep.PhaseDone, Requests: 3, Accepted: 3, Runs: 1500, Confirmed: 1498, FinishedFirst: 2, NoKey: 41},
		Steps:    []sweep.Step{{At: at.Add(9 * time.Second), Progress: sweep.Progress{Phase: sweep.PhaseAborted}}, {At: at.Add(10 * time.Second), Progress: sweep.Progress{Phase: sweep.PhaseDone}}},
	}, {ID: 8, At: at, Scope: sweep.Scope{Workflow: "invite-reminder"}, Progress: sweep.Progress{Phase: sweep.PhaseCancelling, Oldest: at.Add(-2 * time.Minute), Youngest: at}}}, "--profile prod")
	thawed := Report([]AuditEntry{action(1, journal.Freeze, 0, journal.Done, ""), action(2, journal.Thaw, 0, journal.Done, "")}, nil, "")
	if !strings.Contains(thawed, "- Thawed at 2026-11-21 03:00:02: invite-reminder in production\n") || strings.Contains(thawed, "To go on with") {
		t.Errorf("what was thawed again:\n%s", thawed)
	}
	for _, want := range []string{
		"- From 2026-11-21 03:00:01 to 2026-11-21 03:00:10 (UTC)\n",
		"- Reason: incident 42\n",
		"- It began at 2026-11-21 02:58:00, when the oldest of the swept runs was triggered\n",
		"- Interrupted at 2026-11-21 03:00:09: sweep 7 aborted\n",
		"- Interrupted: sweep 8 is cut off while cancelling\n",
		"- Requests: 4 accepted, 1 failed, 1 unknown\n",
		"- Runs: 1,500 confirmed, 2 finished first, 41 left, 1 unconfirmed\n",
		"- Frozen since 2026-11-21 03:00:01, and not thawed from here: invite-reminder in production\n",
		"\n## To go on with\n\n- sweep 8 is cut off while cancelling: `knockops sweep resume 8 --profile prod`\n- invite-reminder is frozen: once its sender is mended, thaw it: `knockops workflows thaw invite-reminder --profile prod`\n",
		"- Its runs were triggered from 2026-11-21 02:58:00 to 2026-11-21 03:00:00\n",
		"## Sweep 7 of invite-reminder\n",
		"- Scope: invite-reminder; key invite-\\*\n- State: done\n",
		"- Confirmed cancelled: 1,498 of 1,500 runs\n",
		"- Without a cancellation key, and so beyond any cancel: 41\n",
		"| 2026-11-21 03:00:01 | dana@desk | freeze invite-reminder | accepted (204) | req\\_1 |\n" +
			"| 2026-11-21 03:00:02 | dana@desk | sweep 7: 3 cancel requests for invite-reminder | 2 accepted, 1 unknown | req\\_2 |\n" +
			"| 2026-11-21 03:00:05 | dana@desk | cancel invite-reminder, key a\\|b, to user\\_1 | failed (204): it is \\`gone\\`",
		"accepted (204); runs: 2 confirmed, 1 unconfirmed | req\\_6 |\n",
		"## Outcome unknown\n\nNo answer came to these requests: they may have reached Knock.\n\n" +
			"- 2026-11-21 03:00:04 cancel invite-reminder: `knockops sweep show 7 --profile prod` tells\n",
		"| 2026-11-21 03:00:10 | dana@desk | sweep 7: done |  |  |\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not hold %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "\x1b") || strings.Contains(got, "Unconfirmed,") {
		t.Errorf("%q", got)
	}
	if got := Report(nil, nil, ""); !strings.Contains(got, "Nothing was done") {
		t.Errorf("%q", got)
	}
}

func TestSweepRecordState(t *testing.T) {
	for want, r := range map[string]sweep.Record{
		"cut off before it began":  {},
		"cut off while cancelling": {Progress: sweep.Progress{Phase: sweep.PhaseCancelling}},
		"verifying":                {Running: true, Progress: sweep.Progress{Phase: sweep.PhaseVerifying}},
		"paused":                   {Running: true, Progress: sweep.Progress{Phase: sweep.PhaseVerifying, Paused: true}},
		"aborted":                  {Progress: sweep.Progress{Phase: sweep.PhaseAborted}},
	} {
		if got := r.State(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestActionWordsNameWhatIsInTheRequest(t *testing.T) {
	for want, a := range map[string]journal.Action{
		"track Order Shipped, to dana": {Kind: journal.Track, Recipients: []string{"dana"}, Request: []byte(`{"type":"track","event":"Order Shipped"}`)},
		"archive message m1":           {Kind: journal.Archive, Request: []byte(`{"message_ids":["m1"]}`)},
		"archive 2 messages, m1 first": {Kind: journal.Archive, Workflow: "w", Request: []byte(`{"message_ids":["m1","m2"]}`)},
		"archive w":                    {Kind: journal.Archive, Workflow: "w"},
		"trigger w":                    {Kind: journal.Trigger, Workflow: "w", Request: []byte(`{"event":"e"}`)},
	} {
		if got := ActionWords(a); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
