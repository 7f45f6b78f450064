package jsondoc

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/knockops/knockops/internal/termtext"
)

func TestErrorsSayWhereAndWhat(t *testing.T) {
	for _, c := range []struct {
		in        string
		line, col int
		says      string
	}{
		{"{\n  \"a\": 1,\n}", 2, 9, "trailing comma before }"},
		{"{\n  \"a\": 1\n  \"b\": 2\n}", 3, 3, "missing comma or }"},
		{"{a: 1}", 1, 2, "a key in double quotes"},
		{"{\"a\" 1}", 1, 6, "expected a colon"},
		{"{\"a\": 'x'}", 1, 7, "not single quotes"},
		{"{\"a\": True}", 1, 7, "True is not a value"},
		{"{\"ü\": nix}", 1, 7, "nix is not a value"},
		{"[1, 2", 1, 6, "the [ of line 1 is never closed"},
		{"\"abc", 1, 1, "unclosed string"},
		{"\"ab\nc\"", 1, 1, "not closed on its line"},
		{"\"a\tb\"", 1, 3, "must be escaped"},
		{`"\x"`, 1, 2, "invalid escape"},
		{`"\u12g4"`, 1, 2, "four hexadecimal digits"},
		{"01", 1, 1, "cannot start with 0"},
		{"1.", 1, 3, "expected a digit after the point"},
		{"-", 1, 2, "expected a digit after the minus"},
		{"1e", 1, 3, "expected a digit after the exponent"},
		{"", 1, 1, "expected a value, not the end"},
		{"{} x", 1, 4, "unexpected 'x' after"},
		{"\"\xff\"", 1, 2, "invalid UTF-8"},
		{strings.Repeat("[", 20_000), 1, maxDepth + 2, "nested more than"},
	} {
		_, err := Parse([]byte(c.in))
		if err == nil {
			t.Errorf("%.40q: no error", c.in)
			continue
		}
		line, col := termtext.Position([]byte(c.in), err.Offset)
		if line != c.line || col != c.col || !strings.Contains(err.Message, c.says) {
			t.Errorf("%.40q: %d:%d %s; want %d:%d %s", c.in, line, col, err.Message, c.line, c.col, c.says)
		}
	}
}

const sample = `{"data": {"items": [{"id": "a"}, {"odd key": null}], "7": true}, "a/b": -1.5e3}`

func TestPathsAndPointers(t *testing.T) {
	d, err := Parse([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	for pointer, want := range map[string][2]string{
		"":                      {".", sample},
		"/data/items/0/id":      {".data.items[0].id", `"a"`},
		"/data/items/1/odd key": {`.data.items[1]["odd key"]`, "null"},
		"/data/7":               {`.data["7"]`, "true"},
		"/a~1b":                 {`.["a/b"]`, "-1.5e3"},
	} {
		i, ok := d.Find(pointer)
		if !ok || d.Path(i) != want[0] || string(d.Value(i)) != want[1] {
			t.Errorf("%s: found %v, path %s, value %s; want %v", pointer, ok, d.Path(i), d.Value(i), want)
		}
	}
	if i, ok := d.Find("/data/nothing/here"); ok || d.Path(i) != ".data" {
		t.Errorf("a path that ends early leads to %s, %v", d.Path(i), ok)
	}
}

func TestStream(t *testing.T) {
	d, err := ParseStream([]byte("1\n{\"a\":2}\n\"x\""))
	if err != nil || len(d.Nodes) != 4 || d.Nodes[3].Index != 2 {
		t.Errorf("got %+v, %v", d, err)
	}
	if d, err := ParseStream(nil); err != nil || len(d.Nodes) != 0 {
		t.Errorf("an empty stream gave %+v, %v", d, err)
	}
}

// FuzzParse holds the parser against encoding/json: they accept the same
// documents, invalid UTF-8 aside, and the nodes cover the same values.
func FuzzParse(f *testing.F) {
	for _, s := range []string{sample, "[]", "{}", "1e5", `"\u00e9\n"`, "[1,]", "{\"a\":}", " true ", "\xff", "nul", "-0.0", "[[[1]]]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse(data)
		valid := json.Valid(data) && bytes.Equal(bytes.ToValidUTF8(data, nil), data)
		if (err == nil) != valid {
			t.Fatalf("%q: error %v, encoding/json says valid: %v", data, err, valid)
		}
		if err != nil {
			if err.Offset < 0 || err.Offset > len(data) || err.Message == "" {
				t.Fatalf("%q: error %+v", data, err)
			}
			return
		}
		for i := range d.Nodes {
			if !json.Valid(d.Value(i)) || d.Path(i) == "" {
				t.Fatalf("%q: node %d is %q", data, i, d.Value(i))
			}
		}
	})
}

func BenchmarkParse10MB(b *testing.B) {
	item := `{"id":"2w3Y0000000000000000G176","recipient":"user_4821","count":12,"ok":true,"data":{"invoice_id":"99121","tags":["a","b"]}}`
	data := []byte("[" + strings.Repeat(item+",", 10<<20/len(item)) + item + "]")
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}
