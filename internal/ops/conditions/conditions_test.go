package conditions

import (
	"encoding/json"
	"testing"
)

func TestConditions(t *testing.T) {
	vars := Variables{
		"data":      {"total": json.Number("3"), "tags": []any{"a", "b"}, "name": "Ann", "nothing": nil, "deep": map[string]any{"x": true}, "same": json.Number("3.0")},
		"recipient": {"plan": "pro", "id": "dana"},
	}
	words := map[Truth]string{Unknown: "unknown", Holds: "holds", Fails: "fails"}
	for _, c := range []struct{ raw, words, truth string }{
		{`null`, "", "holds"},
		{`{}`, "", "holds"},
		{`{"all":[]}`, "", "holds"},
		{`{"all":[{"variable":"recipient.plan","operator":"equal_to","argument":"pro"}]}`, "recipient.plan is pro", "holds"},
		{`{"all":[{"variable":"recipient.plan","operator":"equal_to","argument":"\"pro\""}]}`, `recipient.plan is "pro"`, "holds"},
		{`{"all":[{"variable":"recipient.plan","operator":"not_equal_to","argument":"pro"}]}`, "recipient.plan is not pro", "fails"},
		{`{"all":[{"variable":"data.total","operator":"greater_than","argument":"2.5"}]}`, "data.total is greater than 2.5", "holds"},
		{`{"all":[{"variable":"data.total","operator":"less_than_or_equal_to","argument":2}]}`, "data.total is at most 2", "fails"},
		{`{"all":[{"variable":"data.total","operator":"equal_to","argument":"data.same"}]}`, "data.total is data.same", "holds"},
		{`{"all":[{"variable":"recipient.plan","operator":"equal_to","argument":"3"}]}`, "recipient.plan is 3", "unknown"},
		{`{"all":[{"variable":"data.tags","operator":"contains","argument":"3"}]}`, "data.tags contains 3", "unknown"},
		{`{"all":[{"variable":"data.nothing","operator":"equal_to","argument":"3"}]}`, "data.nothing is 3", "fails"},
		{`{"all":[{"variable":"data.total","operator":"greater_than","argument":"Ann"}]}`, "data.total is greater than Ann", "unknown"},
		{`{"all":[{"variable":"data.tags","operator":"contains","argument":"a"}]}`, "data.tags contains a", "holds"},
		{`{"all":[{"variable":"data.tags","operator":"not_contains","argument":"a"}]}`, "data.tags does not contain a", "fails"},
		{`{"all":[{"variable":"data.name","operator":"contains","argument":"nn"}]}`, "data.name contains nn", "holds"},
		{`{"all":[{"variable":"data.gone","operator":"exists"}]}`, "data.gone exists", "fails"},
		{`{"all":[{"variable":"data.nothing","operator":"exists"}]}`, "data.nothing exists", "holds"},
		{`{"all":[{"variable":"data.nothing","operator":"empty"}]}`, "data.nothing is empty", "holds"},
		{`{"all":[{"variable":"data.deep.x","operator":"equal_to","argument":"true"}]}`, "data.deep.x is true", "holds"},
		{`{"all":[{"variable":"data.name.x","operator":"not_exists"}]}`, "data.name.x does not exist", "holds"},
		{`{"all":[{"variable":"tenant.plan","operator":"equal_to","argument":"pro"}]}`, "tenant.plan is pro", "unknown"},
		{`{"all":[{"variable":"recipient.plan","operator":"equal_to","argument":"vars.plan"}]}`, "recipient.plan is vars.plan", "unknown"},
		{`{"all":[{"variable":"recipient","operator":"is_audience_member","argument":"beta"}]}`, "recipient is in audience beta", "unknown"},
		{`{"all":[{"variable":"data.name","operator":"is_timestamp"}]}`, "data.name is timestamp", "unknown"},
		{`{"all":[{"variable":"tenant.x","operator":"exists"},{"variable":"data.gone","operator":"exists"}]}`, "tenant.x exists and data.gone exists", "fails"},
		{`{"any":[{"variable":"tenant.x","operator":"exists"},{"variable":"data.name","operator":"exists"}]}`, "tenant.x exists or data.name exists", "holds"},
		{`{"any":[{"variable":"tenant.x","operator":"exists"},{"variable":"data.gone","operator":"exists"}]}`, "tenant.x exists or data.gone exists", "unknown"},
		{`{"any":[{"all":[{"variable":"data.name","operator":"exists"},{"variable":"data.gone","operator":"exists"}]},{"variable":"data.gone","operator":"exists"}]}`,
			"(data.name exists and data.gone exists) or data.gone exists", "fails"},
		{`{"all":[{"variable":"data.\u001b[2Jx","operator":"exists"}]}`, "data.␛[2Jx exists", "fails"},
	} {
		g := Parse(json.RawMessage(c.raw))
		if got := g.String(); got != c.words {
			t.Errorf("%s: %q, want %q", c.raw, got, c.words)
		}
		if got := words[vars.Of(g)]; got != c.truth {
			t.Errorf("%s %s, want %s", c.raw, got, c.truth)
		}
	}
}
