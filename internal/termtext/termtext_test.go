package termtext

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/knockops/knockops/internal/tuitest/fullscale"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "user_4821", "user_4821"},
		{"escape sequence", "\x1b[2J", "␛[2J"},
		{"line feed and tab", "a\nb\tc", "a␊b␉c"},
		{"delete", "a\x7f", "a␡"},
		{"C1", "a\u009b31m", `a\u009b31m`},
		{"bidi override", "user\u202egnp", `user\u202egnp`},
		{"zero width", "a\u200bb\ufeff", `a\u200bb\ufeff`},
		{"tags", "a\U000e0041", `a\U000e0041`},
		{"broken bytes", "a\xff\xc3", `a\xff\xc3`},
		{"the replacement character itself", "a\ufffd", "a\ufffd"},
		{"a mark with no base", "\u0301a", "◌\u0301a"},
		{"a mark on its base", "e\u0301", "e\u0301"},
		{"CJK", "通知サービス", "通知サービス"},
		{"Hebrew and Arabic", "שלום مرحبا", "שלום مرحبا"},
		{"family", "👩‍👩‍👧", "👩‍👩‍👧"},
		{"coloured heart", "❤️", "❤️"},
		{"keycap", "1️⃣", "1️⃣"},
		{"joiner between letters", "a\u200db", `a\u200db`},
		{"selector on a letter", "a\ufe0f", `a\ufe0f`},
		{"selector at the start", "\ufe0fa", `\ufe0fa`},
		{"soft hyphen", "in\u00advoice", `in\u00advoice`},
		{"line separator", "a\u2028b", `a\u2028b`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Clean(c.in); got != c.want {
				t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestCleanLines(t *testing.T) {
	if got, want := CleanLines("a\r\nb\rc\n\u0301d\x1b"), "a\nb␍c\n◌\u0301d␛"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"abc", 5, "abc  "}, {"abcdef", 5, "abcd…"}, {"abcde", 5, "abcde"}, {"", 2, "  "},
		{"通知サービス", 5, "通知…"}, {"通知サービス", 6, "通知… "}, {"通", 1, "…"},
		{"a\x1bb", 4, "a␛b "}, {"abc", 0, ""}, {"abc", -1, ""},
	} {
		if got := Fit(c.in, c.w); got != c.want {
			t.Errorf("Fit(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
	if got := FitRight("41s", 5); got != "  41s" {
		t.Errorf("FitRight = %q", got)
	}
}

func TestMiddle(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"6c1e0000-0000-0000-0000-000000009f02", 9, "6c1e…9f02"},
		{"short", 9, "short"}, {"abcdef", 4, "ab…f"}, {"abcdef", 2, "a…"}, {"abcdef", 0, ""},
		{"通知サービス", 8, "通知…ス"}, {"通知サービス", 7, "通…ビス"},
	} {
		if got := Middle(c.in, c.w); got != c.want {
			t.Errorf("Middle(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 18402: "18,402", -1234567: "-1,234,567", 100000: "100,000"} {
		if got := Count(n); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int]string{0: "0 runs", 1: "1 run", 2000: "2,000 runs"} {
		if got := Plural(n, "run"); got != want {
			t.Errorf("Plural(%d) = %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		-time.Hour: "0s", 900 * time.Millisecond: "0s", 41 * time.Second: "41s", 12*time.Minute + 59*time.Second: "12m",
		3 * time.Hour: "3h", 47 * time.Hour: "1d", 49 * time.Hour: "2d",
	} {
		if got := Age(d); got != want {
			t.Errorf("Age(%v) = %q, want %q", d, got, want)
		}
	}
}

// One long word is wrapped as quickly as many short ones: measured whole for each line, a megabyte would take minutes.
func TestWrapOfALongWord(t *testing.T) {
	for _, word := range []string{strings.Repeat("x", 1<<17), strings.Repeat("\x1b", 1<<16)} {
		lines := Wrap(word, 74)
		if want := (len([]rune(word)) + 73) / 74; len(lines) != want || strings.Join(lines, "") != Clean(word) {
			t.Errorf("%d lines, want %d", len(lines), want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"the runs are paused", 8, "the runs|are|paused"},
		{"one\ntwo", 8, "one|two"},
		{"abcdefghij", 4, "abcd|efgh|ij"},
		{"to abcdefghij", 4, "to|abcd|efgh|ij"},
		{"", 4, ""},
		{"通知サービス", 4, "通知|サー|ビス"},
		{"通a", 1, ".|a"},
	} {
		if got := strings.Join(Wrap(c.in, c.w), "|"); got != c.want {
			t.Errorf("Wrap(%q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
}

func TestClip(t *testing.T) {
	if got, want := Clip("\x1b[1mabcdef\x1b[m\nxy\nz", 3, 2), "\x1b[1mabc\x1b[m\nxy"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestEveryCharacterKeepsItsWidth holds every character of Unicode against the
// width it has beside others: cells of a table are joined after they are fitted.
func TestEveryCharacterKeepsItsWidth(t *testing.T) {
	fullscale.Unraced(t)
	for r := rune(0); r <= utf8.MaxRune; r++ {
		s := Clean(string(r))
		w := ansi.StringWidth(s)
		if got := ansi.StringWidth(" " + s + " "); w == 0 || got != w+2 {
			t.Errorf("%U shown as %q takes %d cells alone and %d between two others", r, s, w, got-2)
		}
	}
}

// holdsNoControl fails when a terminal would act on s or hide part of it.
func holdsNoControl(t interface{ Fatalf(string, ...any) }, s string) {
	if !utf8.ValidString(s) {
		t.Fatalf("%q is not valid UTF-8", s)
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u200b' || r >= 0xe0000 && r < 0xe1000 {
			t.Fatalf("%q holds %U", s, r)
		}
	}
}

func checkText(t interface{ Fatalf(string, ...any) }, s string, w int) {
	clean := Clean(s)
	holdsNoControl(t, clean)
	if again := Clean(clean); again != clean {
		t.Fatalf("Clean(%q) = %q, cleaned again %q", s, clean, again)
	}
	for line := range strings.SplitSeq(CleanLines(s), "\n") {
		holdsNoControl(t, line)
	}
	for name, fitted := range map[string]string{"Fit": Fit(s, w), "FitRight": FitRight(s, w)} {
		if got := ansi.StringWidth(fitted); got != max(0, w) {
			t.Fatalf("%s(%q, %d) = %q: %d cells", name, s, w, fitted, got)
		}
	}
	for name, short := range map[string]string{"Middle": Middle(s, w), "Truncate": Truncate(s, w)} {
		if got := ansi.StringWidth(short); got > max(0, w) {
			t.Fatalf("%s(%q, %d) = %q: %d cells", name, s, w, short, got)
		}
	}
	for _, line := range Wrap(s, w) {
		if got := ansi.StringWidth(line); got > max(1, w) {
			t.Fatalf("Wrap(%q, %d) has a line %q of %d cells", s, w, line, got)
		}
	}
}

// awkward are pieces that break naive code, to be put together at random.
var awkward = []string{
	"a", " ", "\x1b[31m", "\x1b", "\n", "\t", "\u202e", "\u200d", "\u200b", "\ufe0f", "\u0301", "e", "通", "知", "👩", "👧", "🏳️‍🌈",
	"🇩🇪", "🇩", "م", "ש", "\xff", "\xc3", "\U000e0041", "1️⃣", "❤️", "ก็", "각", "ᄀ", "ᅡ", "\u0d4e", "क्ष", "\u0600", "\ufffd", "👍🏽", "…", "ｱ",
}

func TestAnyTextFits(t *testing.T) {
	piece := rapid.OneOf(rapid.SampledFrom(awkward), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), "")
		checkText(t, s, rapid.IntRange(-1, 30).Draw(t, "w"))
	})
}

func FuzzText(f *testing.F) {
	for i, s := range awkward {
		f.Add(s+"abc"+s, i)
	}
	f.Fuzz(func(t *testing.T, s string, w int) {
		if w > 1000 {
			w %= 1000
		}
		checkText(t, s, w)
	})
}

func BenchmarkCleanASCII(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if Clean("invite-reminder for user_4821 in production") == "" {
			b.Fatal("empty")
		}
	}
}

func BenchmarkFitWide(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if Fit("通知サービス ‖ paused", 12) == "" {
			b.Fatal("empty")
		}
	}
}
