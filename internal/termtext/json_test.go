package termtext

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestIndentJSONIsAsTheStandardLibraryHasIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, err := json.Marshal(anyJSON(3).Draw(t, "value"))
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		if err := json.Indent(&want, b, "> ", "  "); err != nil {
			t.Fatal(err)
		}
		got, ok := IndentJSON(b, "> ")
		if !ok || string(got) != want.String() {
			t.Fatalf("%s\n got %s\nwant %s", b, got, &want)
		}
	})
}

func anyJSON(depth int) *rapid.Generator[any] {
	leaf := rapid.OneOf(rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.Float64Range(-1e9, 1e9).AsAny(), rapid.String().AsAny(), rapid.SampledFrom([]string{`"`, `\`, `{,:}`, ""}).AsAny())
	if depth == 0 {
		return leaf
	}
	below := rapid.Deferred(func() *rapid.Generator[any] { return anyJSON(depth - 1) })
	return rapid.OneOf(leaf, rapid.SliceOfN(below, 0, 3).AsAny(), rapid.MapOfN(rapid.StringN(0, 5, -1), below, 0, 3).AsAny())
}

// A few kilobytes of brackets stay a few kilobytes, and the same JSON.
func TestIndentJSONOfDeepNesting(t *testing.T) {
	deep := strings.Repeat(`[{"a":`, 4000) + `1` + strings.Repeat(`}]`, 4000)
	got, ok := IndentJSON([]byte(deep), "")
	var back bytes.Buffer
	if !ok || len(got) > 2*len(deep) || json.Compact(&back, got) != nil || back.String() != deep {
		t.Errorf("%d bytes became %d", len(deep), len(got))
	}
	if levels := strings.Count(string(got), "\n"); levels != 2*deepest+1 && levels != 2*deepest {
		t.Errorf("%d lines", levels)
	}
	for _, bad := range []string{"", "{", "[1,]", deep[1:]} {
		if _, ok := IndentJSON([]byte(bad), ""); ok {
			t.Errorf("%.20s was taken", bad)
		}
	}
}
