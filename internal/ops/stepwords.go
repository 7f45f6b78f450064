package ops

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/conditions"
	"github.com/knockops/knockops/internal/termtext"
)

// span is a length of time as Knock writes one.
type span struct {
	Unit  string  `json:"unit"`
	Value float64 `json:"value"`
}

func (s *span) String() string {
	if s == nil || s.Value == 0 {
		return ""
	}
	unit := strings.TrimSuffix(s.Unit, "s")
	if s.Value != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%g %s", s.Value, unit)
}

// spanUnits are the ones that Knock names and that are always as long.
var spanUnits = map[string]time.Duration{
	"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour, "week": 7 * 24 * time.Hour,
}

// duration is how long a span is, 0 where that is not fixed, as that of a month.
func (s span) duration() time.Duration {
	return time.Duration(s.Value * float64(spanUnits[strings.TrimSuffix(s.Unit, "s")]))
}

// StepWords say what the settings and the conditions of a step make of it: "waits 1 day", "only if data.total is
// greater than 3"; none where there are neither.
func StepWords(s client.Step) (words []string) {
	var set struct {
		For      *span  `json:"delay_for"`
		Until    string `json:"delay_until_field_path"`
		Window   *span  `json:"batch_window"`
		BatchKey string `json:"batch_key"`
		Limit    int    `json:"throttle_limit"`
		Throttle *span  `json:"throttle_window"`
		Key      string `json:"throttle_key"`
		Expires  *span  `json:"expires_after"`
		Method   string `json:"method"`
		URL      string `json:"url"`
		Workflow string `json:"workflow_key"`
	}
	_ = json.Unmarshal(s.Settings, &set) // what is not as documented is not told
	add := func(format, value string) {
		if value != "" {
			words = append(words, fmt.Sprintf(format, value))
		}
	}
	switch s.Type {
	case "delay":
		add("waits %s", set.For.String())
		add("waits until %s", set.Until)
	case "batch":
		add("gathers for %s", set.Window.String())
		add("by %s", set.BatchKey)
	case "throttle":
		if set.Throttle.String() != "" {
			add("lets %s", fmt.Sprintf("%d through in %s", max(1, set.Limit), set.Throttle))
		}
		add("by %s", set.Key)
	case "wait_for_event":
		add("waits %s at most", set.Expires.String())
	case "http_fetch":
		add("%s", strings.TrimSpace(strings.ToUpper(set.Method)+" "+set.URL))
	case "trigger_workflow":
		add("triggers %s", set.Workflow)
	}
	add("only if %s", conditions.Parse(s.Conditions).String())
	for i, w := range words {
		words[i] = termtext.Clean(w)
	}
	return words
}

// WorkflowSettings are what decides about a whole workflow, besides its steps.
type WorkflowSettings struct {
	Override   bool              // preferences do not count
	Commercial bool              // nothing goes to those who unsubscribed
	Conditions *conditions.Group // nil for none
}

// SettingsOf reads a workflow's settings and conditions.
func SettingsOf(w client.Workflow) WorkflowSettings {
	var raw struct {
		Conditions json.RawMessage `json:"conditions"`
		Settings   struct {
			Override   bool `json:"override_preferences"`
			Commercial bool `json:"is_commercial"`
		} `json:"settings"`
	}
	_ = json.Unmarshal(w.Raw, &raw) // without them there are none
	return WorkflowSettings{raw.Settings.Override, raw.Settings.Commercial, conditions.Parse(raw.Conditions)}
}

// WorkflowWords say what else a workflow's settings and conditions make of it.
func WorkflowWords(w client.Workflow) (words []string) {
	set := SettingsOf(w)
	if set.Conditions != nil {
		words = append(words, "Runs only if "+set.Conditions.String()+".")
	}
	switch w.TriggerFrequency {
	case "once_per_recipient":
		words = append(words, "Runs once for each recipient.")
	case "once_per_recipient_per_tenant":
		words = append(words, "Runs once for each recipient under each tenant.")
	}
	if set.Override {
		words = append(words, "Overrides the recipients' preferences.")
	}
	if set.Commercial {
		words = append(words, "Commercial: nothing goes to those who unsubscribed.")
	}
	return words
}
