package client

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseRef(t *testing.T) {
	for in, want := range map[string]Ref{
		"user_1":                               {ID: "user_1"},
		"  user_1\t":                           {ID: "user_1"},
		"user 1?#%ü":                           {ID: "user 1?#%ü"},
		"projects/atlas":                       {"projects", "atlas"},
		"a/b/c":                                {"a", "b/c"},
		`"a/b"`:                                {ID: "a/b"},
		`" spaced "`:                           {ID: " spaced "},
		`{"collection":"projects","id":"a/b"}`: {"projects", "a/b"},
		strings.Repeat("ü", 255):               {ID: strings.Repeat("ü", 255)},
	} {
		if got, err := ParseRef(in); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", in, got, err, want)
		}
	}
	for _, in := range []string{
		"", "  ", "/id", "collection/", "/", `""`, `"a`, `{"id":5}`, `{"collection":"projects"}`, `{"collection":null,"id":"x"}`, `{"id":"u","name":"x"}`, `{"id":"u"}`, `[]`, `["u"]`,
		strings.Repeat("x", 256), "a\x1b[31m", "a\xffb", `"a" b`,
	} {
		if got, err := ParseRef(in); err == nil {
			t.Errorf("%q is read as %+v", in, got)
		}
	}
}

func TestParseRecipient(t *testing.T) {
	for in, want := range map[string]Recipient{
		"user_1": {Ref: Ref{ID: "user_1"}},
		`{"id":"user_1","plan":"pro","n":12345678901234567890,"$trigger_data":{"seat":"4"}}`: {
			Ref{ID: "user_1"}, map[string]any{"plan": "pro", "n": json.Number("12345678901234567890"), "$trigger_data": map[string]any{"seat": "4"}}},
		`{"id":"user_1"}`:                                     {Ref{ID: "user_1"}, map[string]any{}},
		`{"collection":"projects","id":"atlas"}`:              {Ref: Ref{"projects", "atlas"}},
		` {"collection":"projects","id":"atlas","name":"A"} `: {Ref{"projects", "atlas"}, map[string]any{"name": "A"}},
	} {
		if got, err := ParseRecipient(in); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v; want %+v", in, got, err, want)
		}
	}
	for _, in := range []string{`{"name":"x"}`, `{"id":"u","$trigger_data":[]}`, `{"id":"u",}`, `{"id":"u"} {}`} {
		if got, err := ParseRecipient(in); err == nil {
			t.Errorf("%q is read as %+v", in, got)
		}
	}
}

func TestParseTenant(t *testing.T) {
	for in, want := range map[string]Tenant{
		"acme":                        {ID: "acme"},
		`"acme"`:                      {ID: "acme"},
		"a/b":                         {ID: "a/b"},
		`{"id":"acme","name":"Acme"}`: {"acme", map[string]any{"name": "Acme"}},
	} {
		got, err := ParseTenant(in)
		if err != nil || !reflect.DeepEqual(*got, want) {
			t.Errorf("%s: %+v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", " ", `{"name":"x"}`, `{"id":`, `["acme"]`, strings.Repeat("x", 256)} {
		if got, err := ParseTenant(in); err == nil {
			t.Errorf("%q is read as %+v", in, got)
		}
	}
}

func TestBrokenJSONNamesThePlace(t *testing.T) {
	for in, want := range map[string][2]int{
		"{\n  \"ü\": x}":   {2, 8},
		"{\"id\":\"u\",}":  {1, 11},
		"{\n":              {2, 1},
		"":                 {1, 1},
		"{} {}":            {1, 4},
		"{\"a\":1}\n\n\"b": {3, 1},
	} {
		var e *JSONError
		if err := CheckJSON("data", []byte(in)); !errors.As(err, &e) || e.Line != want[0] || e.Column != want[1] {
			t.Errorf("%q: %v, want line %d, column %d", in, err, want[0], want[1])
		}
	}
}

// anyID draws what may be an id: any characters at all but control characters.
func anyID() *rapid.Generator[string] {
	awkward := rapid.SampledFrom([]string{".", "..", "/", "a/b", "?", "#", "%", "%2F", " ", " a ", "ü", `"`, `"a"`, "{", "{}", "[", "[]", "+", "&=", "a:b", "<>", "\\"})
	return rapid.OneOf(awkward, rapid.StringMatching(`[a-z/.%"{} ]{1,12}`), rapid.StringOfN(rapid.Rune(), 1, 40, -1)).
		Filter(func(s string) bool { return CheckID("id", s) == nil })
}

func anyRef() *rapid.Generator[Ref] {
	return rapid.Custom(func(t *rapid.T) Ref {
		r := Ref{ID: anyID().Draw(t, "id")}
		if rapid.Bool().Draw(t, "object") {
			r.Collection = anyID().Draw(t, "collection")
		}
		return r
	})
}

func TestRefRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyRef().Draw(t, "ref")
		if back, err := ParseRef(r.String()); err != nil || back != r {
			t.Fatalf("%+v is written %s and read as %+v, %v", r, r, back, err)
		}
		b, err := json.Marshal(r)
		var back Ref
		if err != nil || json.Unmarshal(b, &back) != nil || back != r {
			t.Fatalf("%+v is %s in JSON and read as %+v, %v", r, b, back, err)
		}
	})
}

func TestRecipientRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Recipient{Ref: anyRef().Draw(t, "ref")}
		if rapid.Bool().Draw(t, "inline") {
			r.Properties = map[string]any{"x": rapid.String().Draw(t, "x"), "n": json.Number("1.50"), "none": nil}
		}
		back, err := ParseRecipient(r.String())
		if err != nil || !reflect.DeepEqual(back, r) {
			t.Fatalf("%+v is written %s and read as %+v, %v", r, r, back, err)
		}
	})
}

func FuzzParseRecipient(f *testing.F) {
	for _, s := range []string{"user_1", "a/b", `"a/b"`, `{"id":"u","$trigger_data":{}}`, `{"id":"u","collection":"c"}`, "{", `"\u0000"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if ref, err := ParseRef(s); err == nil {
			if back, err := ParseRef(ref.String()); err != nil || back != ref {
				t.Errorf("%q: %+v is written %s and read as %+v, %v", s, ref, ref, back, err)
			}
		}
		if r, err := ParseRecipient(s); err == nil {
			if back, err := ParseRecipient(r.String()); err != nil || !reflect.DeepEqual(back, r) {
				t.Errorf("%q: %+v is written %s and read as %+v, %v", s, r, r, back, err)
			}
		}
	})
}
