package client

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// Where a source takes events is kept, and in nothing that is shown.
func TestAnIngestionURLIsNotShown(t *testing.T) {
	const secret = "https://api.knock.app/integrations/receive/src_4711"
	body := `{"key": "shop", "environment_settings": {"development": {"mappings": [{"event_type": "e", "action_type": "workflows_trigger", "active": true, "is_deleted": true}], "settings": {"endpoint": "` +
		secret + `"}}, "production": {"settings": {"endpoint": "` + secret + `2"}}}}`
	var in sourceIn
	if err := json.Unmarshal([]byte(body), &in); err != nil {
		t.Fatal(err)
	}
	source := in.in("development")
	if source.Endpoint.Reveal() != secret || len(source.Mappings) != 1 || !source.Mappings[0].Deleted {
		t.Errorf("it takes events at %q, with %+v", source.Endpoint.Reveal(), source.Mappings)
	}
	out, err := json.Marshal(source)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{string(out), string(source.Raw), fmt.Sprintf("%v %+v", source.Endpoint, source.Mappings)} {
		if strings.Contains(shown, "src_4711") {
			t.Errorf("it is shown: %s", shown)
		}
	}
	if !strings.Contains(string(out), "is_deleted") {
		t.Errorf("what else Knock sent is gone: %s", out)
	}
}
