package world

import "github.com/knockops/knockops/internal/ops/consent"

// Prompt is a question that both front ends are tried with.
type Prompt struct {
	Name      string
	Protected bool
	consent.Prompt
}

// Prompts are what every act asks: about one of something, about many, and on a protected profile.
func Prompts() []Prompt {
	var all []Prompt
	for _, act := range consent.Acts() {
		one := consent.Facts{Profile: "prod", Environment: "production", Workflows: []string{"welcome"}, Subject: "user_1", Count: 1}
		many, protected := one, one
		many.Count, protected.Protected = consent.Threshold, true
		for name, facts := range map[string]consent.Facts{"one": one, "many": many, "protected": protected} {
			all = append(all, Prompt{string(act) + ", " + name, facts.Protected, consent.Prompt{
				Question: consent.For(act, facts), Title: "To " + string(act), Lines: []string{"this is what happens"}, Yes: "Do it", No: "No, leave it",
			}})
		}
	}
	return all
}
