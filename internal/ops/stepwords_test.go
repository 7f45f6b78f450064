package ops

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/knockops/knockops/client"
)

func TestStepWords(t *testing.T) {
	for raw, want := range map[string]string{
		`{"type":"delay","settings":{"delay_for":{"unit":"days","value":1}}}`:                                      "waits 1 day",
		`{"type":"delay","settings":{"delay_until_field_path":"data.at"}}`:                                         "waits until data.at",
		`{"type":"batch","settings":{"batch_window":{"unit":"minutes","value":5},"batch_key":"data.page_id"}}`:     "gathers for 5 minutes · by data.page_id",
		`{"type":"throttle","settings":{"throttle_limit":2,"throttle_window":{"unit":"hours","value":1}}}`:         "lets 2 through in 1 hour",
		`{"type":"wait_for_event","settings":{"expires_after":{"unit":"hours","value":3}}}`:                        "waits 3 hours at most",
		`{"type":"http_fetch","settings":{"method":"get","url":"https://x.test/\u001b[2J"}}`:                       "GET https://x.test/␛[2J",
		`{"type":"trigger_workflow","settings":{"workflow_key":"other"}}`:                                          "triggers other",
		`{"type":"channel","conditions":{"all":[{"variable":"data.n","operator":"greater_than","argument":"3"}]}}`: "only if data.n is greater than 3",
		`{"type":"delay","settings":{"delay_for":"soon"}}`:                                                         "", `{"type":"channel"}`: "", `{"type":"novel","settings":[]}`: "",
	} {
		var s client.Step
		if err := json.Unmarshal([]byte(raw), &s); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(StepWords(s), " · "); got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}
