package ops

import (
	"testing"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
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
		{journal.Cancel, journal.Unknown, nil, StandsUnknown},
		{journal.Cancel, journal.Unknown, map[string]int{"confirmed": 3}, StandsConfirmed},
	} {
		if got := (AuditEntry{Action: journal.Action{Kind: c.kind, State: c.state}, Verdicts: c.verdicts}).Standing(); got != c.want {
			t.Errorf("%d: a %s that is %s with %v stands %s, want %s", i, c.kind, c.state, c.verdicts, got, c.want)
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
