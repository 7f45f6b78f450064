package ops

import (
	"testing"

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
		got := ""
		for _, s := range StepsAfter(steps, at) {
			got += " " + s.Ref
		}
		if got != want && got != " "+want {
			t.Errorf("behind %q come %q, want %q", at, got, want)
		}
	}
}
