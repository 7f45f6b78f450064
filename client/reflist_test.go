package client

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func TestParseRefs(t *testing.T) {
	for s, want := range map[string][]Ref{
		"":                                  nil,
		" , ":                               nil,
		"user_1":                            {{ID: "user_1"}},
		"user_1, projects/atlas user_2":     {{ID: "user_1"}, {"projects", "atlas"}, {ID: "user_2"}},
		`"Dana Scully, MD",user_1`:          {{ID: "Dana Scully, MD"}, {ID: "user_1"}},
		`{"collection":"a b","id":"c,d"} x`: {{"a b", "c,d"}, {ID: "x"}},
		`"a/b"`:                             {{ID: "a/b"}},
	} {
		if got, err := ParseRefs(s); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{`"a"b`, `"a`, `{"id":"a","name":"b"}`, "/x", `[1]`} {
		if got, err := ParseRefs(s); err == nil {
			t.Errorf("%s: %v", s, got)
		}
	}
}

// Whoever is written into a list is who is read out of it: nobody more, nobody less.
func TestRefsComeBackFromAList(t *testing.T) {
	id := rapid.OneOf(rapid.StringMatching(`[a-z ,"{}\[\]/\\]{1,8}`), rapid.StringN(1, 20, 60)).Filter(func(s string) bool { return CheckID("id", s) == nil })
	rapid.Check(t, func(t *rapid.T) {
		var refs []Ref
		for range rapid.IntRange(0, 4).Draw(t, "n") {
			r := Ref{ID: id.Draw(t, "id")}
			if rapid.Bool().Draw(t, "object") {
				r.Collection = id.Draw(t, "collection")
			}
			refs = append(refs, r)
		}
		list := JoinRefs(refs)
		got, err := ParseRefs(list)
		if err != nil || !reflect.DeepEqual(got, refs) {
			t.Fatalf("%+v became %s, and that %+v: %v", refs, list, got, err)
		}
	})
}
