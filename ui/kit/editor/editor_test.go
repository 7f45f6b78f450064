package editor

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

func press(e *Editor, keys ...string) {
	named := map[string]tea.KeyPressMsg{
		"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown},
		"home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "enter": {Code: tea.KeyEnter}, "tab": {Code: tea.KeyTab},
		"backspace": {Code: tea.KeyBackspace}, "delete": {Code: tea.KeyDelete}, "pgdown": {Code: tea.KeyPgDown},
		"ctrl+left": {Code: tea.KeyLeft, Mod: tea.ModCtrl}, "ctrl+right": {Code: tea.KeyRight, Mod: tea.ModCtrl},
		"ctrl+w": {Code: 'w', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl}, "ctrl+k": {Code: 'k', Mod: tea.ModCtrl},
		"ctrl+z": {Code: 'z', Mod: tea.ModCtrl}, "ctrl+y": {Code: 'y', Mod: tea.ModCtrl}, "ctrl+end": {Code: tea.KeyEnd, Mod: tea.ModCtrl},
	}
	for _, k := range keys {
		if msg, ok := named[k]; ok {
			e.Update(msg)
			continue
		}
		for _, r := range k {
			e.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
	}
}

func newEditor(value string) *Editor {
	e := New()
	e.SetSize(20, 4)
	e.SetValue(value)
	e.Focus()
	return e
}

func TestEditing(t *testing.T) {
	for _, c := range []struct {
		name, value string
		keys        []string
		want        string
	}{
		{"typing", "", []string{"ab", "enter", "c"}, "ab\nc"},
		{"enter keeps the indent", "  a", []string{"enter", "b"}, "  a\n  b"},
		{"backspace joins lines", "a\nb", []string{"down", "home", "backspace"}, "ab"},
		{"delete joins lines", "a\nb", []string{"end", "delete"}, "ab"},
		{"backspace takes a whole character", "a👩‍👩‍👧e\u0301", []string{"backspace", "backspace"}, "a"},
		{"left and right go by characters", "👩‍👩‍👧x", []string{"home", "right", "!"}, "👩‍👩‍👧!x"},
		{"a word back", "one two-three", []string{"ctrl+w"}, "one "},
		{"a word forward", "one two", []string{"home", "ctrl+right", "!"}, "one! two"},
		{"a word back over signs", `{"key": 1`, []string{"ctrl+left", "ctrl+left", "!"}, `{"!key": 1`},
		{"to the start of the line", "a\nbcd", []string{"down", "end", "ctrl+u"}, "a\n"},
		{"to the end of the line", "abc\nd", []string{"home", "right", "ctrl+k"}, "a\nd"},
		{"vertical moves aim at their column", "abcdef\nx\nabcdef", []string{"end", "down", "down", "!"}, "abcdef\nx\nabcdef!"},
		{"undo takes back a run of typing", "a", []string{"bcd", "ctrl+z"}, "a"},
		{"redo brings it back", "a", []string{"bcd", "ctrl+z", "ctrl+y"}, "abcd"},
		{"moving ends the run", "", []string{"ab", "left", "c", "ctrl+z"}, "ab"},
		{"tab is not for the editor", "a", []string{"tab"}, "a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := newEditor(c.value)
			press(e, c.keys...)
			if got := e.Value(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestOneLine(t *testing.T) {
	e := NewLine()
	e.SetSize(20, 1)
	e.Focus()
	e.Update(tea.PasteMsg{Content: "a\r\nb\rc"})
	if got := e.Value(); got != "a b c" {
		t.Errorf("got %q, want the line feeds as spaces", got)
	}
	for _, k := range []tea.KeyPressMsg{{Code: tea.KeyEnter}, {Code: tea.KeyUp}, {Code: tea.KeyDown}, {Code: tea.KeyEscape}} {
		if e.Handle(k) {
			t.Errorf("%s was taken by a line", k)
		}
	}
}

func TestBlurredTakesNothing(t *testing.T) {
	e := newEditor("a")
	e.Blur()
	if e.Handle(tea.KeyPressMsg{Code: 'x', Text: "x"}) || e.Value() != "a" {
		t.Error("a key went into an editor without the cursor")
	}
}

func TestLongLinesSayThatThereIsMore(t *testing.T) {
	e := newEditor(strings.Repeat("abcdefghij", 5))
	if view := ansi.Strip(e.View()); !strings.HasPrefix(view, "‹") || strings.HasSuffix(view, "›") {
		t.Errorf("at the end: %q", view)
	}
	press(e, "home")
	if view := ansi.Strip(e.View()); view != " abcdefghijabcdefgh›" {
		t.Errorf("at the start: %q", view)
	}
}

func TestWhatFitsIsShownWhole(t *testing.T) {
	e := NewLine()
	e.SetValue("invite-reminder")
	e.SetSize(20, 1)
	if got := ansi.Strip(e.View()); got != " invite-reminder" {
		t.Errorf("a value set ahead of the size shows as %q", got)
	}
	e.Focus()
	press(e, strings.Repeat("x", 30))
	for range 30 {
		press(e, "backspace")
	}
	if got := ansi.Strip(e.View()); got != " invite-reminder " {
		t.Errorf("after it was shortened again it shows as %q", got)
	}
}

func TestTheCursorIsInSight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.StringOfN(rapid.SampledFrom([]rune("ab 通👩\té")), 0, 60, -1)
		e := newEditor(strings.Join(rapid.SliceOfN(line, 1, 8).Draw(t, "lines"), "\n"))
		e.SetNumbers(rapid.Bool().Draw(t, "numbers"))
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			press(e, rapid.SampledFrom([]string{"left", "right", "up", "down", "home", "end", "pgdown", "ctrl+left", "x"}).Draw(t, "key"))
			e.SetSize(rapid.IntRange(8, 40).Draw(t, "w"), rapid.IntRange(1, 6).Draw(t, "h"))
			if got := strings.Count(e.View(), "\x1b[7m"); got != 1 {
				t.Fatalf("%d cursors in the view:\n%q", got, e.View())
			}
		}
	})
}

// TestUndoGoesAllTheWayBack edits at random, then undoes and redoes all of it.
func TestUndoGoesAllTheWayBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := rapid.String().Draw(t, "start")
		e := newEditor(start)
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "paste") {
				e.Insert(rapid.String().Draw(t, "text"))
			} else {
				press(e, rapid.SampledFrom([]string{"a", "enter", "backspace", "delete", "ctrl+w", "ctrl+k", "left", "up", "home"}).Draw(t, "key"))
			}
		}
		end := e.Value()
		for e.Undo() {
		}
		if got := e.Value(); got != "" {
			t.Fatalf("undone to %q, want the empty editor", got)
		}
		for e.Redo() {
		}
		if got := e.Value(); got != end {
			t.Fatalf("redone to %q, want %q", got, end)
		}
	})
}

// TestAPasteIsKeptByteForByte inserts any text anywhere.
func TestAPasteIsKeptByteForByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, s := rapid.String().Draw(t, "before"), rapid.String().Draw(t, "pasted")
		e := newEditor(before)
		e.MoveTo(rapid.IntRange(0, e.Lines()-1).Draw(t, "line"), rapid.IntRange(0, 20).Draw(t, "offset"))
		line, offset := e.Position()
		lines := strings.SplitAfter(before, "\n")
		at := len(strings.Join(lines[:line], "")) + offset
		e.Insert(s)
		if want := before[:at] + s + before[at:]; e.Value() != want {
			t.Fatalf("got %q, want %q", e.Value(), want)
		}
	})
}

func BenchmarkType10kLines(b *testing.B) {
	e := newEditor(strings.Repeat(`  {"invoice_id": "99121"},`+"\n", 10_000))
	e.SetSize(100, 40)
	b.ReportAllocs()
	for b.Loop() {
		press(e, "x")
		e.View()
	}
}
