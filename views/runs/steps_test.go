package runs

import (
	"testing"
	"time"

	"github.com/knockops/knockops/client"
)

func TestStepsAfter(t *testing.T) {
	steps := []client.Step{
		{Ref: "feed"},
		{Ref: "branch", Branches: []client.Branch{
			{Steps: []client.Step{{Ref: "delay"}, {Ref: "sms"}}},
			{Terminates: true, Steps: []client.Step{{Ref: "push"}, {Ref: "chat"}}},
		}},
		{Ref: "email"},
	}
	for at, want := range map[string]string{
		"": "feed branch email", "feed": "branch email", "branch": "email", "delay": "sms email", "push": "chat", "email": "", "gone": "",
	} {
		now := time.Now()
		events := []client.RunEvent{
			{StepRef: at, InsertedAt: now},
			{Event: "triggered", InsertedAt: now.Add(-time.Minute)},
		}
		got := ""
		for _, s := range stepsAfter(steps, events) {
			got += " " + s.Ref
		}
		if got != want && got != " "+want {
			t.Errorf("behind %q come %q, want %q", at, got, want)
		}
	}
}
