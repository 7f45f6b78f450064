package ops_test

import (
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
)

func TestTimelineTellsValuesAsTheyCame(t *testing.T) {
	const url = "https://billing.example/cards/user_1?a_b=c_d"
	run := client.Run{Events: []client.RunEvent{{StepRef: "fetch_1", Event: "fetch_succeeded", Data: map[string]any{"url": url, "status_code": 200.0}}}}
	if got := ops.Timeline(run, nil, time.Now())[0].Text; !strings.Contains(got, url) || !strings.Contains(got, "fetch succeeded") || !strings.Contains(got, "status code 200") {
		t.Errorf("told as %q", got)
	}
}
