package output

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/knockops/knockops/internal/termtext"
)

func TestEncodedTextActsOnNoTerminal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		b, err := encode(map[string]string{"text": s})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range string(b) {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("%q holds %U", b, r)
			}
		}
		var back map[string]string
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); back["text"] != want {
			t.Fatalf("%q came back as %q", want, back["text"])
		}
	})
}

// numbers counts up, and ends with an error when there is one.
func numbers(n int, err error) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
		if err != nil {
			yield(0, err)
		}
	}
}

func TestList(t *testing.T) {
	lost := errors.New("lost")
	tests := []struct {
		name         string
		format       Format
		n, limit     int
		err          error
		out, said    string
		wantTheError bool
	}{
		{"table", Table, 2, 0, nil, "NUMBER\n0\n1\n", "", false},
		{"empty table", Table, 0, 0, nil, "", "knockops: no numbers\n", false},
		{"empty list", JSON, 0, 0, nil, "[]\n", "", false},
		{"empty lines", NDJSON, 0, 0, nil, "", "", false},
		{"list", JSON, 2, 0, nil, "[\n  0,\n  1\n]\n", "", false},
		{"lines", NDJSON, 2, 0, nil, "0\n1\n", "", false},
		{"limit not reached", NDJSON, 2, 2, nil, "0\n1\n", "", false},
		{"limit", JSON, 3, 2, nil, "[\n  0,\n  1\n]\n", "knockops: stopped after 2 numbers because of --limit; there are more, and --limit 0 lists all\n", false},
		{"cut short", JSON, 1, 0, lost, "[\n  0\n]\n", "", true},
		{"failed at once", JSON, 0, 0, lost, "[]\n", "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out, said bytes.Buffer
			a := &Printer{&out, &said, tt.format}
			err := List(a, numbers(tt.n, tt.err), tt.limit, "number", Col("NUMBER", strconv.Itoa))
			if errors.Is(err, lost) != tt.wantTheError {
				t.Errorf("ended with %v", err)
			}
			if out.String() != tt.out || said.String() != tt.said {
				t.Errorf("printed %q, said %q", out.String(), said.String())
			}
		})
	}
}

func TestLongTablesKeepTheirColumns(t *testing.T) {
	var out bytes.Buffer
	a := &Printer{Stdout: &out, Format: Table}
	wide := func(n int) string { return "李" + strings.Repeat("x", n/rowsAtOnce) }
	err := List(a, numbers(2*rowsAtOnce, nil), 0, "number", Col("A", wide), Col("B", strconv.Itoa))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 2*rowsAtOnce+1 {
		t.Fatalf("%d lines", len(lines))
	}
	var ends []int // where column A ends: once the first rows are out it may only grow
	for _, line := range lines {
		before, _, _ := strings.Cut(line, "  ")
		at := strings.LastIndexByte(line, ' ')
		ends = append(ends, termtext.Width(line[:at]))
		if strings.HasPrefix(before, " ") {
			t.Errorf("%q", line)
		}
	}
	if want := []int{3, 3, 4}; !reflect.DeepEqual([]int{ends[0], ends[1], ends[rowsAtOnce+1]}, want) {
		t.Errorf("column B begins behind %v, expected %v", ends, want)
	}
}
