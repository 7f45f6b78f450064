package input

import (
	"slices"
	"strings"
	"testing"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
)

func TestShowPlace(t *testing.T) {
	tests := []struct{ source, want string }{
		{`{"a": }`, "  {\"a\": }\n        ^"},
		{"{\n  \"a\": 1,\n}", "  }\n  ^"},
		{`{"李": x}`, "  {\"李\": x}\n         ^"},
		{"{\"a\": \x1b}", "  {\"a\": ␛}\n        ^"},
		{`{"a": 1`, "  {\"a\": 1\n         ^"},
		{strings.Repeat(" ", 100) + "x", "  " + strings.Repeat(" ", 40) + "x\n  " + strings.Repeat(" ", 40) + "^"},
	}
	for _, tt := range tests {
		err := client.CheckJSON("--data", []byte(tt.source))
		if err == nil {
			t.Fatalf("%q parses", tt.source)
		}
		_, place, _ := strings.Cut(ShowPlace(err, tt.source).Error(), "\n")
		if place != tt.want {
			t.Errorf("%q: shown as\n%s\nexpected\n%s", tt.source, place, tt.want)
		}
	}
}

func FuzzShowPlace(f *testing.F) {
	for _, s := range []string{"", "{", "{\"a\"\n}", "\xff", "[1,]\r\n", "\u202e{", "{\"李\":"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		err := client.CheckJSON("--data", []byte(source))
		if err == nil {
			return
		}
		for line := range strings.Lines(ShowPlace(err, source).Error()) {
			if cleaned := termtext.Clean(strings.TrimSuffix(line, "\n")); strings.Contains(cleaned, "␛") && strings.Contains(line, "\x1b") {
				t.Errorf("%q would act on a terminal", line)
			}
		}
	})
}

// A byte order mark belongs to the file, not to the first key, recipient or JSON in it.
func TestAByteOrderMarkIsNoPartOfWhatIsRead(t *testing.T) {
	read := func(text string) *Input {
		return &Input{Ctx: t.Context(), Stdin: strings.NewReader(text)}
	}
	if keys, err := read("\ufeffinvite-1\r\ninvite-2\n").Lines("--keys-file", "-"); err != nil || !slices.Equal(keys, []string{"invite-1", "invite-2"}) {
		t.Errorf("%q, %v", keys, err)
	}
	if to, err := read("\ufeffuser_1\nprojects/atlas").Recipients(nil, "-"); err != nil || len(to) != 2 || to[0].ID != "user_1" {
		t.Errorf("%v, %v", to, err)
	}
	if text, err := read("\ufeff{\"a\": 1}").JSON("--data", "-"); err != nil || string(text) != `{"a": 1}` {
		t.Errorf("%q, %v", text, err)
	}
	for _, wide := range []string{"\xff\xfea\x00", "\xfe\xff\x00a"} {
		if _, err := read(wide).Lines("--keys-file", "-"); err == nil || !strings.Contains(err.Error(), "save it as UTF-8") {
			t.Errorf("%q: %v", wide, err)
		}
	}
}

func TestShellWord(t *testing.T) {
	for s, want := range map[string]string{"plain-1": "plain-1", "": "''", "it's": `'it'\''s'`, "a b": "'a b'", "$x": "'$x'", "ü": "'ü'"} {
		if got := termtext.ShellWord(s); got != want {
			t.Errorf("%q is written %s, expected %s", s, got, want)
		}
	}
}
