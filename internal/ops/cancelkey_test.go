package ops_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/knockops/knockops/internal/ops"

	"github.com/knockops/knockops/client"
)

func TestHashCancellationKeyKnowsTheSameDataAgain(t *testing.T) {
	key := func(workflow, data string) string {
		t.Helper()
		k, err := ops.HashCancellationKey(workflow, json.RawMessage(data))
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	want := key("invite", `{"a":1,"b":{"c":"<x>","d":[1,2]}}`)
	if len(want) != 16 {
		t.Errorf("the key %q does not have 16 digits", want)
	}
	if got := key("invite", "{ \"b\": {\"d\":[1, 2], \"c\":\"\\u003cx>\"},\n \"a\": 1 }"); got != want {
		t.Errorf("the same data in another order gave %s, want %s", got, want)
	}
	for _, other := range []string{`{"a":2,"b":{"c":"<x>","d":[1,2]}}`, `{"a":1,"b":{"c":"<x>","d":[2,1]}}`, `{}`, ``} {
		if key("invite", other) == want {
			t.Errorf("%s gave the key of other data", other)
		}
	}
	if key("welcome", `{"a":1,"b":{"c":"<x>","d":[1,2]}}`) == want {
		t.Error("another workflow gave the same key")
	}
	if key("invite", "") != key("invite", "{}") {
		t.Error("no data and empty data are not the same")
	}
	if _, err := ops.HashCancellationKey("invite", json.RawMessage(`[1]`)); err == nil {
		t.Error("a list was taken for data")
	}
}

func TestPatternCancellationKey(t *testing.T) {
	const data = `{"id":99121,"name":"Dana","big":12345678901234567890,"ok":true,"none":null,"empty":"","order":{"lines":[{"sku":"a-1"}]}}`
	for _, c := range []struct{ pattern, want, problem string }{
		{pattern: "invite-{data.id}", want: "invite-99121"},
		{pattern: "{data.name}:{data.ok}:{data.big}", want: "Dana:true:12345678901234567890"},
		{pattern: "o-{data.order.lines.0.sku}", want: "o-a-1"},
		{pattern: "invite", problem: "no placeholder"},
		{pattern: " ", problem: "write a pattern"},
		{pattern: "x-{data.missing}", problem: "the data has no missing"},
		{pattern: "x-{data.none}", problem: "the data has no none"},
		{pattern: "x-{data.empty}", problem: "the data has no empty"},
		{pattern: "x-{data.order}", problem: "not one value"},
		{pattern: "x-{data.order.lines.1.sku}", problem: "the data has no order.lines.1.sku"},
		{pattern: "x-{data.name.first}", problem: "the data has no name.first"},
		{pattern: "x-{recipient.id}", problem: "begin with data"},
		{pattern: "x-{data}", problem: "begin with data"},
	} {
		got, err := ops.PatternCancellationKey(c.pattern, json.RawMessage(data))
		switch {
		case c.problem == "" && (err != nil || got != c.want):
			t.Errorf("%s: got %q, %v; want %q", c.pattern, got, err, c.want)
		case c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)):
			t.Errorf("%s: got %q, %v; want an error with %q", c.pattern, got, err, c.problem)
		}
	}
}

func TestPatternTakesAnyTextAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.StringMatching(`[^{}]*`).Draw(t, "before")
		id := rapid.StringN(1, 40, -1).Draw(t, "id")
		data, err := json.Marshal(map[string]string{"id": id})
		if err != nil {
			t.Fatal(err)
		}
		got, err := ops.PatternCancellationKey(before+"{data.id}", data)
		if err != nil || got != before+id {
			t.Fatalf("got %q, %v; want %q", got, err, before+id)
		}
	})
}

func TestNewCancellationKeyIsNew(t *testing.T) {
	if first, second := ops.NewCancellationKey(), ops.NewCancellationKey(); first == second {
		t.Errorf("two keys are the same: %s", first)
	}
}

func TestKeyWarnings(t *testing.T) {
	to := func(ids ...string) (all []client.Recipient) {
		for _, id := range ids {
			all = append(all, client.Recipient{Ref: client.Ref{ID: id}})
		}
		return all
	}
	for _, c := range []struct {
		key, data string
		to        []client.Recipient
		want      int
	}{
		{"", "", to("dana"), 1},
		{"invite", "", to("dana"), 1},
		{"invite-99", "", to("dana"), 0},
		{"invite-dana", "", to("dana"), 0},
		{"invite-atlas", `{"project":"atlas"}`, to("dana"), 0},
		{"invite", `{"project":"atlas"}`, to("dana", "rosa"), 2},
		{"invite-99", "", to("dana", "rosa"), 1},
		{ops.NewCancellationKey(), "", to("dana"), 0},
		{ops.NewCancellationKey(), "", to("dana", "rosa"), 0},
	} {
		if got := ops.KeyWarnings(client.Trigger{CancellationKey: c.key, Data: []byte(c.data), Recipients: c.to}); len(got) != c.want {
			t.Errorf("%q for %d: %q, want %d", c.key, len(c.to), got, c.want)
		}
	}
}
