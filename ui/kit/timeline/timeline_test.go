package timeline

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/ui/theme"
)

func steps(n int) []Entry {
	var all []Entry
	for i := range n {
		all = append(all, Entry{ID: fmt.Sprint(i), Time: "13:49:58", Glyph: "✓", Ink: theme.OK, Title: fmt.Sprintf("step_%d", i), Text: "done"})
	}
	return all
}

func at(t *Timeline) string {
	e, _ := t.Cursor()
	return e.ID
}

func TestView(t *testing.T) {
	tl := New()
	tl.SetSize(60, 10)
	tl.SetEntries([]Entry{
		{ID: "a", Time: "13:49:58", Glyph: "✓", Title: "triggered", Text: "api"},
		{ID: "b", Time: "13:49:59", Glyph: "‖", Title: "delay_1", Text: "1 h", Detail: []string{"until 14:49:59"}},
		{ID: "c", Glyph: "·", Title: "email_1", Text: "waits"},
	})
	want := []string{
		"▌ 13:49:58  ✓ triggered  api",
		"  13:49:59  ‖ delay_1    1 h",
		"              until 14:49:59",
		"            · email_1    waits",
	}
	if got := ansi.Strip(tl.View()); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s", got)
	}
}

func TestCursorStaysAndFollows(t *testing.T) {
	tl := New()
	tl.SetSize(60, 3)
	tl.SetEntries(steps(5))
	tl.Down(2)
	tl.SetEntries(append([]Entry{{ID: "new"}}, steps(6)...))
	if got := at(tl); got != "2" {
		t.Errorf("the cursor left its entry for %q", got)
	}
	tl.End()
	tl.SetEntries(append(steps(6), Entry{ID: "last", Title: "last"}))
	if got := at(tl); got != "last" || !strings.Contains(tl.View(), "last") {
		t.Errorf("on the last entry, the cursor did not follow: %q", got)
	}
	tl.SetEntries(nil)
	if _, ok := tl.Cursor(); ok {
		t.Error("an empty timeline has a cursor")
	}
}
