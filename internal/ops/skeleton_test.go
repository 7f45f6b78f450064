package ops

import (
	"encoding/json"
	"testing"

	"github.com/knockops/knockops/client"
)

func TestDataSkeleton(t *testing.T) {
	for _, c := range []struct{ schema, raw, want string }{
		{``, `{"steps":[]}`, ``},
		{``, `{"steps":[{"template":{"body":"Hi {{ data.name }}, {{data.order.total | currency}} {{ data.order.id }}, {{ metadata.x }}"}}]}`, `{"name":"","order":{"id":"","total":""}}`},
		{`{"type":"object","properties":{"id":{"type":"integer"},"tags":{"type":"array"},"plan":{"enum":["pro","free"]},"on":{"type":["boolean","null"]},"at":{"type":"string","default":"now"},"who":{"properties":{"name":{"type":"string"}}}}}`,
			`{"b":"{{ data.id }} {{ data.tags.first }} {{ data.who.mail }} {{ data.more }}"}`, `{"at":"now","id":0,"more":"","on":false,"plan":"pro","tags":[],"who":{"mail":"","name":""}}`},
		{`{"$ref":"#/x"}`, ``, ``},
		{`no JSON`, ``, ``},
	} {
		got := DataSkeleton(client.Workflow{TriggerDataSchema: json.RawMessage(c.schema), Raw: json.RawMessage(c.raw)})
		var compact any
		if json.Unmarshal(got, &compact) == nil {
			got, _ = json.Marshal(compact)
		}
		if string(got) != c.want {
			t.Errorf("%s %s: %s, want %s", c.schema, c.raw, got, c.want)
		}
	}
}
