package jsonedit

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

func typed(e *Editor, s string) {
	for _, r := range s {
		e.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func newEditor(value string) *Editor {
	e := New()
	e.SetSize(60, 8)
	e.Focus()
	e.SetValue(value)
	return e
}

func TestErrorFollowsTheTyping(t *testing.T) {
	e := newEditor("")
	if _, _, _, broken := e.Error(); broken {
		t.Error("an empty text is reported broken")
	}
	typed(e, `{"a": `)
	line, col, msg, broken := e.Error()
	if !broken || line != 1 || col != 7 || msg == "" {
		t.Errorf("got %d:%d %q %v, want an error at 1:7", line, col, msg, broken)
	}
	if view := ansi.Strip(e.View()); !strings.Contains(view, "line 1, column 7") {
		t.Errorf("the view does not say where:\n%s", view)
	}
	typed(e, "1}")
	if !e.Valid() {
		t.Error("still broken after it was closed")
	}
	if got := e.Value(); got != `{"a": 1}` {
		t.Errorf("value %q", got)
	}
}

func TestProblemsArePlaced(t *testing.T) {
	e := newEditor("{\n  \"invoice_id\": 12,\n  \"x\": {}\n}")
	e.SetCheck(func([]byte) []Problem {
		return []Problem{
			{Path: "/invoice_id", Message: "must be text"},
			{Path: "/x/missing", Message: "is required"},
			{Message: "too big", Line: 4, Col: 1},
		}
	})
	got := e.Problems()
	if got[0].Line != 2 || got[0].Col != 17 || got[1].Line != 3 || got[1].Col != 8 || got[2].Line != 4 {
		t.Errorf("problems at %+v", got)
	}
	view := ansi.Strip(e.View())
	if !strings.Contains(view, "2!") || !strings.Contains(view, "(and 2 more) /invoice_id must be text, line 2") {
		t.Errorf("the view does not show them:\n%s", view)
	}
	e.GoToError()
	if line, offset := e.edit.Position(); line != 1 || offset != 16 {
		t.Errorf("went to %d:%d", line, offset)
	}
	typed(e, ",")
	if len(e.Problems()) != 0 {
		t.Error("problems are left while the text is not JSON")
	}
}

func TestFormatKeepsContentAndCursor(t *testing.T) {
	e := newEditor(`{"n":1.50,"a b":"ü  x","l":[]}`)
	e.edit.MoveTo(0, strings.Index(e.Value(), "x"))
	if !e.Format() {
		t.Fatal("could not format")
	}
	want := "{\n  \"n\": 1.50,\n  \"a b\": \"ü  x\",\n  \"l\": []\n}"
	if got := e.Value(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	typed(e, "!")
	if got := e.Value(); got != strings.Replace(want, "x", "!x", 1) {
		t.Errorf("the cursor moved:\n%s", got)
	}
	e.SetValue("{")
	if e.Format() || e.Value() != "{" {
		t.Error("formatted what is not JSON")
	}
}

func TestPasteIsKeptByteForByte(t *testing.T) {
	e := newEditor("")
	e.Update(tea.PasteMsg{Content: "{\r\n\t\"a\": \"\x1b[31m\u202e\"\r\n}"})
	if got, want := e.Value(), "{\n\t\"a\": \"\x1b[31m\u202e\"\n}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if line, _, _, broken := e.Error(); !broken || line != 2 {
		t.Errorf("a raw escape in a text is not reported (line %d)", line)
	}
	if strings.Contains(ansi.Strip(e.View()), "\u202e") || !strings.Contains(e.View(), "␛") {
		t.Error("the control characters reach the screen")
	}
}
