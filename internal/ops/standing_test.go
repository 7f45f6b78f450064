package ops

import (
	"testing"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/ops/sweep"
)

func TestStanding(t *testing.T) {
	for i, c := range []struct {
		kind     journal.Kind
		state    journal.State
		verdicts map[string]int
		want     Standing
	}{
		{journal.Trigger, journal.Begun, nil, StandsInProgress},
		{journal.Trigger, journal.Done, nil, StandsDone},
		{journal.Trigger, journal.Failed, nil, StandsFailed},
		{journal.Trigger, journal.Unknown, nil, StandsUnknown},
		{journal.Cancel, journal.Done, nil, StandsRequested},
		{journal.Cancel, journal.Done, map[string]int{"confirmed": 3}, StandsConfirmed},
		{journal.Cancel, journal.Done, map[string]int{"confirmed": 3, "finished first": 1}, StandsFinishedFirst},
		{journal.Cancel, journal.Done, map[string]int{"confirmed": 3, "unconfirmed": 1}, StandsUnconfirmed},
		{journal.Cancel, journal.Done, map[string]int{"confirmed": 3, "requested": 1}, StandsRequested},
		{journal.Cancel, journal.Unknown, nil, StandsUnknown},
		{journal.Cancel, journal.Unknown, map[string]int{"confirmed": 3}, StandsConfirmed},
	} {
		if got := (AuditEntry{Action: journal.Action{Kind: c.kind, State: c.state}, Verdicts: c.verdicts}).Standing(); got != c.want {
			t.Errorf("%d: a %s that is %s with %v stands %s, want %s", i, c.kind, c.state, c.verdicts, got, c.want)
		}
	}
}

// A sweep that left runs, hit runs out of scope, or was not followed is nowhere in the history called confirmed.
func TestTheHistoryCallsNoSweepConfirmedThatIsNot(t *testing.T) {
	all := sweep.Progress{Phase: sweep.PhaseDone, Done: true, Runs: 9, Confirmed: 9}
	for name, x := range map[string]struct {
		change      func(*sweep.Record)
		want        Standing
		words, runs string
	}{
		"all of it":           {func(*sweep.Record) {}, StandsConfirmed, "done", "9 confirmed"},
		"some finished first": {func(r *sweep.Record) { r.Progress.FinishedFirst = 1 }, StandsFinishedFirst, "done", "9 confirmed, 1 finished first"},
		"left without a key":  {func(r *sweep.Record) { r.Progress.NoKey = 1 }, StandsUnconfirmed, "done in part", "9 confirmed, 1 left"},
		"left as shared":      {func(r *sweep.Record) { r.Progress.Inseparable = 1 }, StandsUnconfirmed, "done in part", "9 confirmed, 1 left"},
		"left as unnamed":     {func(r *sweep.Record) { r.Progress.Unnamed = 1 }, StandsUnconfirmed, "done in part", "9 confirmed, 1 left"},
		"out of scope":        {func(r *sweep.Record) { r.Progress.OutOfScope = 2 }, StandsUnconfirmed, "done in part", "9 confirmed, 2 out of scope"},
		"a refused request":   {func(r *sweep.Record) { r.Progress.Errors = 1 }, StandsUnconfirmed, "done in part", "9 confirmed"},
		"not followed":        {func(r *sweep.Record) { r.Options.Follow = false }, StandsRequested, "done, not followed", "9 confirmed"},
		"nothing was pending": {func(r *sweep.Record) { r.Progress.Confirmed = 0 }, StandsDone, "done, nothing cancelled", ""},
		"cut off":             {func(r *sweep.Record) { r.Progress.Phase, r.Progress.Done = sweep.PhaseProving, false }, StandsCutOff, "cut off while proving", "9 confirmed"},
		"carried out":         {func(r *sweep.Record) { r.Progress.Phase, r.Progress.Done, r.Running = sweep.PhaseProving, false, true }, StandsInProgress, "proving", "9 confirmed"},
	} {
		r := sweep.Record{Progress: all, Options: sweep.Options{Follow: true}}
		x.change(&r)
		e := sweepEntry(r)
		if e.Standing() != x.want || e.StateWords() != x.words || e.VerdictWords() != x.runs {
			t.Errorf("%s: %s, %q, %q; want %s, %q, %q", name, e.Standing(), e.StateWords(), e.VerdictWords(), x.want, x.words, x.runs)
		}
	}
}

func TestFindOut(t *testing.T) {
	at := time.Date(2026, 11, 21, 14, 2, 3, 9, time.UTC)
	for want, a := range map[string]journal.Action{
		"runs list --status all --workflow welcome --key 'k 1' --to dana --since 2026-11-21T14:02:03Z": {Kind: journal.Trigger, At: at, Workflow: "welcome", Key: "k 1", Recipients: []string{"dana"}},
		"runs list --status all --workflow welcome --key k":                                            {Kind: journal.Cancel, At: at, Workflow: "welcome", Key: "k", Everyone: true},
		"sweep show 7":                          {Kind: journal.Cancel, Workflow: "welcome", Key: "k", Sweep: 7},
		"workflows get welcome":                 {Kind: journal.Freeze, Workflow: "welcome"},
		"schedules list welcome":                {Kind: journal.DeleteSchedules, Workflow: "welcome"},
		"users get dana":                        {Kind: journal.Identify, Recipients: []string{"dana"}},
		"messages get m1":                       {Kind: journal.Archive, Request: []byte(`{"message_ids": ["m1", "m2"]}`)},
		"":                                      {Kind: journal.Track},
		"preferences list dana":                 {Kind: journal.Set, Path: "/v1/users/dana/preferences/default", Recipients: []string{"dana"}},
		"channel-data get projects/atlas 'a b'": {Kind: journal.Unset, Path: "/v1/objects/projects/atlas/channel_data/a%20b", Recipients: []string{"projects/atlas"}},
		"subscriptions subscribers projects/subscriptions": {Kind: journal.Set, Path: "/v1/objects/projects/subscriptions/subscriptions", Recipients: []string{"projects/subscriptions"}},
		"objects get subscriptions/atlas":                  {Kind: journal.Set, Path: "/v1/objects/subscriptions/atlas", Recipients: []string{"subscriptions/atlas"}},
		"tenants get globex":                               {Kind: journal.Set, Path: "/v1/tenants/globex", Recipients: []string{"globex"}},
	} {
		if got := FindOut(a); got != want {
			t.Errorf("%s: %q, want %q", a.Kind, got, want)
		}
	}
	if got, want := runner.Bound("runs list", runner.ProfileFlags("eu prod", "staging")), "knockops runs list --profile 'eu prod' --environment staging"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
