package table

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/knockops/knockops/ui/theme"
)

type item struct {
	id   string
	name string
	age  int
}

func items(ids ...string) []item {
	rows := make([]item, len(ids))
	for i, id := range ids {
		rows[i] = item{id: id, name: "name of " + id, age: i}
	}
	return rows
}

func numbered(n int) []item {
	rows := make([]item, n)
	for i := range rows {
		rows[i] = item{id: fmt.Sprintf("run-%07d", i), name: "invite-reminder", age: i}
	}
	return rows
}

func says(s string, ink theme.Ink) func(item) (string, theme.Ink) {
	return func(item) (string, theme.Ink) { return s, ink }
}

var columns = []Column[item]{
	{Title: "ID", Width: 14, Min: 6, Cell: func(r item) (string, theme.Ink) { return r.id, theme.Plain }},
	{Title: "WORKFLOW", Width: 18, Min: 8, Flex: true, Priority: 3, Cell: func(r item) (string, theme.Ink) { return r.name, theme.Plain }},
	{Title: "STATUS", Width: 12, Priority: 4, Cell: says("‖ paused", theme.Attention)},
	{Title: "KEY", Width: 20, Min: 5, Flex: true, Priority: 2, Cell: says("–", theme.Muted)},
	{Title: "SOURCE", Width: 9, Priority: 1, Cell: says("–", theme.Muted)},
	{Title: "AGE", Width: 6, Right: true, Cell: says("12m", theme.Muted), Order: func(a, b item) int { return cmp.Compare(a.age, b.age) }},
}

func newTable(w, h int) *Table[item] {
	t := New(theme.Default(), func(r item) string { return r.id }, columns...)
	t.SetSize(w, h)
	return t
}

func cursorID(t *Table[item]) string {
	r, ok := t.Cursor()
	if !ok {
		return ""
	}
	return r.id
}

func ids(rows []item) string {
	var all []string
	for _, r := range rows {
		all = append(all, r.id)
	}
	return strings.Join(all, " ")
}

// lineOf returns the line of the view that shows an id, or -1.
func lineOf(t *Table[item], id string) int {
	return slices.IndexFunc(strings.Split(ansi.Strip(t.View()), "\n"), func(line string) bool {
		return strings.Contains(line, id+" ")
	})
}

func TestCursorStaysWithItsObject(t *testing.T) {
	tb := newTable(120, 6)
	tb.SetRows(items("a", "b", "c", "d", "e", "f", "g", "h"))
	tb.Down(5)
	line := lineOf(tb, "f")
	tb.SetRows(items("x", "y", "z", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"))
	if got := cursorID(tb); got != "f" {
		t.Fatalf("after rows came in above, the cursor is on %q, want f", got)
	}
	if got := lineOf(tb, "f"); got != line {
		t.Errorf("the cursor's row moved from line %d to line %d", line, got)
	}
	tb.SetSort("ID", true)
	if got := cursorID(tb); got != "f" {
		t.Errorf("after sorting, the cursor is on %q, want f", got)
	}
	if tb.CursorLost() {
		t.Error("the cursor is reported lost though its object is there")
	}
}

func TestCursorLost(t *testing.T) {
	for _, c := range []struct {
		name, rows, on, next, want string
	}{
		{"the row behind moves up", "a b c d", "b", "a c d", "c"},
		{"the last row vanishes", "a b c d", "d", "a b c", "c"},
		{"all around vanish", "a b c d e", "c", "a e x", "e"},
		{"nothing is left of the old rows", "a b c", "b", "x y", "x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tb := newTable(80, 10)
			tb.SetRows(items(strings.Fields(c.rows)...))
			tb.MoveTo(c.on)
			tb.SetRows(items(strings.Fields(c.next)...))
			if got := cursorID(tb); got != c.want || !tb.CursorLost() {
				t.Errorf("cursor on %q, lost %v; want %q, lost", got, tb.CursorLost(), c.want)
			}
			tb.SetRows(items(strings.Fields(c.next)...))
			if !tb.CursorLost() {
				t.Error("a refresh took the report away")
			}
			tb.Home()
			if tb.CursorLost() {
				t.Error("still lost after the operator moved the cursor")
			}
		})
	}
}

func TestNearestFindsFarNeighbours(t *testing.T) {
	rows := numbered(10_000)
	tb := newTable(80, 10)
	tb.SetRows(rows)
	tb.MoveTo("run-0009000")
	tb.SetRows(rows[:10])
	if got := cursorID(tb); got != "run-0000009" || !tb.CursorLost() {
		t.Errorf("cursor on %q, want the nearest that is left, run-0000009", got)
	}
}

func TestEmptiedAndFilledAgainKeepsThePlace(t *testing.T) {
	tb := newTable(80, 10)
	tb.SetRows(items("a", "b", "c"))
	tb.MoveTo("b")
	tb.SetRows(nil)
	if _, ok := tb.Cursor(); ok {
		t.Error("an empty table has a cursor")
	}
	tb.SetRows(items("a", "b", "c"))
	if got := cursorID(tb); got != "b" || tb.CursorLost() {
		t.Errorf("cursor on %q, lost %v; want b", got, tb.CursorLost())
	}
}

func TestMarksFollowObjectsAndCountOnlyWhatIsShown(t *testing.T) {
	tb := newTable(80, 10)
	tb.SetRows(items("a", "b", "c", "d"))
	tb.MarkToggle()
	tb.MoveTo("c")
	tb.MarkToggle()
	tb.SetFilter(func(r item) bool { return r.id != "a" })
	if got := ids(tb.Marked()); got != "c" || tb.MarkedCount() != 1 || tb.HiddenMarks() != 1 {
		t.Errorf("filtered: marked %q, count %d, hidden %d; want c, 1, 1", got, tb.MarkedCount(), tb.HiddenMarks())
	}
	tb.MarkAll()
	tb.SetFilter(nil)
	if got := ids(tb.Marked()); got != "a b c d" || tb.HiddenMarks() != 0 {
		t.Errorf("unfiltered: marked %q, hidden %d; want all four, 0", got, tb.HiddenMarks())
	}
	tb.SetRows(items("d", "e"))
	if got := ids(tb.Marked()); got != "d" || tb.HiddenMarks() != 3 {
		t.Errorf("refreshed: marked %q, hidden %d; want d, 3", got, tb.HiddenMarks())
	}
	tb.ClearMarks()
	if tb.MarkedCount()+tb.HiddenMarks() != 0 {
		t.Error("marks are left after clearing them")
	}
}

func TestMarkRange(t *testing.T) {
	tb := newTable(80, 10)
	tb.SetRows(items("a", "b", "c", "d", "e"))
	tb.MoveTo("d")
	tb.MarkToggle()
	tb.MoveTo("b")
	tb.MarkRange()
	if got := ids(tb.Marked()); got != "b c d" {
		t.Errorf("marked %q, want b c d", got)
	}
	tb.ClearMarks()
	tb.MarkRange()
	if got := ids(tb.Marked()); got != "b" {
		t.Errorf("without a start, marked %q, want the cursor's row alone", got)
	}
}

func header(t *Table[item]) string { return strings.Split(ansi.Strip(t.View()), "\n")[0] }

func TestColumnsStandStillWhileRowsStream(t *testing.T) {
	tb := newTable(100, 5)
	tb.SetRows(items("a", "b"))
	before := header(tb)
	for _, id := range []string{strings.Repeat("w", 200), "名前がとても長い", ""} {
		tb.SetRows([]item{{id: id, name: strings.Repeat("名", 40)}, {id: "b"}})
		if after := header(tb); after != before {
			t.Errorf("the header moved with the content:\n%q\n%q", before, after)
		}
	}
	tb.SetSize(99, 5)
	if header(tb) == before[:len(before)-1] {
		t.Error("a window of another size is not laid out by what is in sight now")
	}
}

// What tells rows apart is whole as long as there is room, and cut in the middle; a column that
// says nothing takes no more than its title.
func TestColumnsAreAsWideAsWhatIsInSight(t *testing.T) {
	long := "invite-2026-11-27-batch-00001"
	plain := func(of func(item) string) func(item) (string, theme.Ink) {
		return func(r item) (string, theme.Ink) { return of(r), theme.Plain }
	}
	tb := New(theme.Default(), func(r item) string { return r.id },
		Column[item]{Title: "NAME", Width: 20, Min: 8, Flex: true, Cell: plain(func(r item) string { return r.name })},
		Column[item]{Title: "ID", Width: 12, Min: 8, Identifies: true, Cell: plain(func(r item) string { return r.id })},
		Column[item]{Title: "TENANT", Width: 12, Min: 8, Cell: plain(func(item) string { return "" })},
	)
	rows := []item{{id: long, name: "a name of thirty letters in all"}, {id: "b"}}
	for i := range 40 {
		rows = append(rows, item{id: fmt.Sprint(i)})
	}
	rows = append(rows, item{id: "last", name: strings.Repeat("n", 55)})
	for width, want := range map[int][]string{
		100: {long, "a name of thirty letters in all  "},
		60:  {long[:13] + "…" + long[len(long)-13:], "a name of thirty le…"},
	} {
		tb.SetSize(width, 5)
		tb.SetRows(rows)
		for _, sees := range want {
			if screen := ansi.Strip(tb.View()); !strings.Contains(screen, sees) {
				t.Errorf("at %d there is no %q:\n%s", width, sees, screen)
			}
		}
		if h := header(tb); strings.TrimRight(h, " ") != h || !strings.HasSuffix(h, "TENANT") {
			t.Errorf("at %d an empty column takes more than its title: %q", width, h)
		}
	}
	tb.SetSize(100, 5)
	tb.End()
	if screen := ansi.Strip(tb.View()); !strings.Contains(screen, strings.Repeat("n", 55)) {
		t.Errorf("what came into sight has no room:\n%s", screen)
	}
}

func TestNarrowWindowsDropTheLeastImportant(t *testing.T) {
	tb := newTable(45, 5)
	header := ansi.Strip(strings.Split(tb.View(), "\n")[0])
	if got := strings.Join(strings.Fields(header), " "); got != "ID WORKFLOW STATUS AGE" {
		t.Errorf("header %q, want the columns of low priority dropped", got)
	}
	if got := strings.Join(tb.Dropped(), " "); got != "SOURCE KEY" {
		t.Errorf("dropped %q, want SOURCE KEY", got)
	}
	tb.Show("STATUS", false)
	if header := ansi.Strip(tb.View()); strings.Contains(header, "STATUS") || !strings.Contains(header, "KEY") {
		t.Errorf("header %q: a column switched off should leave its room to another", header)
	}
}

func TestClickAndScroll(t *testing.T) {
	tb := newTable(80, 6)
	tb.SetRows(numbered(20))
	if tb.ClickRow(0) {
		t.Error("a click on the header hit a row")
	}
	if !tb.ClickRow(3) || cursorID(tb) != "run-0000002" {
		t.Errorf("a click on line 3 went to %q", cursorID(tb))
	}
	tb.Update(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	if from, to := tb.Window(); from != 3 || to != 8 || cursorID(tb) != "run-0000003" {
		t.Errorf("scrolled to [%d,%d) with the cursor on %q", from, to, cursorID(tb))
	}
	tb.End()
	if tb.ClickRow(9) {
		t.Error("a click below the last row hit one")
	}
	if i, n := tb.Position(); i != 20 || n != 20 {
		t.Errorf("position %d of %d, want 20 of 20", i, n)
	}
}

func TestControlCharactersDoNotReachTheScreen(t *testing.T) {
	tb := newTable(80, 5)
	tb.SetRows([]item{{id: "\x1b[2Jevil\u202e\n", name: "a\x07b"}})
	for _, r := range ansi.Strip(tb.View()) {
		if r != '\n' && (r < 0x20 || r == '\u202e' || r == 0x7f) {
			t.Errorf("the view holds %U", r)
		}
	}
	if !strings.Contains(tb.View(), "␛[2J") {
		t.Error("the escape sequence is not made visible")
	}
}

// TestAgainstAModel runs random operations and holds the table against the
// plain statement of what they mean.
func TestAgainstAModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tb := newTable(rapid.IntRange(1, 130).Draw(t, "w"), rapid.IntRange(1, 12).Draw(t, "h"))
		id := rapid.StringMatching(`[a-h]`)
		marks := map[string]bool{}
		t.Repeat(map[string]func(*rapid.T){
			"rows": func(t *rapid.T) {
				was, lost := cursorID(tb), tb.CursorLost()
				next := rapid.SliceOfNDistinct(id, 0, 8, rapid.ID).Draw(t, "ids")
				tb.SetRows(items(next...))
				if was == "" || tb.Len() == 0 {
					return
				}
				if slices.Contains(next, was) {
					if cursorID(tb) != was {
						t.Fatalf("the cursor left %q for %q", was, cursorID(tb))
					}
				} else if !tb.CursorLost() {
					t.Fatalf("%q vanished and nothing said so (before: %v)", was, lost)
				}
			},
			"filter": func(t *rapid.T) {
				hide := id.Draw(t, "hide")
				tb.SetFilter(func(r item) bool { return r.id != hide })
			},
			"sort": func(t *rapid.T) {
				tb.SetSort(rapid.SampledFrom([]string{"", "ID", "AGE"}).Draw(t, "by"), rapid.Bool().Draw(t, "desc"))
			},
			"move":   func(t *rapid.T) { tb.Down(rapid.IntRange(-9, 9).Draw(t, "n")) },
			"page":   func(t *rapid.T) { tb.PageUp(); tb.PageDown() },
			"scroll": func(t *rapid.T) { tb.Scroll(rapid.IntRange(-9, 9).Draw(t, "n")) },
			"resize": func(t *rapid.T) {
				tb.SetSize(rapid.IntRange(0, 130).Draw(t, "w"), rapid.IntRange(0, 12).Draw(t, "h"))
			},
			"mark": func(t *rapid.T) {
				if c := cursorID(tb); c != "" {
					tb.MarkToggle()
					marks[c] = !marks[c]
				}
			},
			"clear": func(t *rapid.T) { tb.ClearMarks(); clear(marks) },
			"": func(t *rapid.T) {
				total := 0
				for _, on := range marks {
					if on {
						total++
					}
				}
				for _, r := range tb.Marked() {
					if !marks[r.id] {
						t.Fatalf("%q is marked and nobody marked it", r.id)
					}
				}
				if tb.MarkedCount() != len(tb.Marked()) || tb.MarkedCount()+tb.HiddenMarks() != total {
					t.Fatalf("%d shown, %d hidden, %d marked in all", tb.MarkedCount(), tb.HiddenMarks(), total)
				}
				from, to := tb.Window()
				if i, n := tb.Position(); n > 0 && tb.height() > 0 && (i-1 < from || i-1 >= to) {
					t.Fatalf("the cursor at %d is outside of [%d,%d)", i-1, from, to)
				}
			},
		})
	})
}

func benchmarkMove(b *testing.B, n int) {
	tb := newTable(120, 40)
	tb.SetRows(numbered(n))
	tb.MoveTo(tb.ids[n/2])
	b.ReportAllocs()
	for b.Loop() {
		tb.Down(1)
		if tb.View() == "" {
			b.Fatal("nothing drawn")
		}
	}
}

func BenchmarkMove100k(b *testing.B) { benchmarkMove(b, 100_000) }
func BenchmarkMove1M(b *testing.B)   { benchmarkMove(b, 1_000_000) }

// BenchmarkRefresh100k is a refresh of sorted, filtered rows with rows arriving
// ahead of the cursor.
func BenchmarkRefresh100k(b *testing.B) {
	rows := numbered(100_000)
	tb := newTable(120, 40)
	tb.SetFilter(func(r item) bool { return r.age%2 == 0 })
	tb.SetSort("ID", true)
	tb.SetRows(rows[50:])
	tb.Down(1000)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		tb.SetRows(rows[i%50:])
	}
}

// What says nothing goes before anything else is cut, and comes back with something to say.
func TestAColumnThatSaysNothingGivesItsRoomAway(t *testing.T) {
	said := ""
	tb := New(theme.Default(), func(i item) string { return i.id },
		Column[item]{Title: "NAME", Width: 10, Min: 6, Flex: true, Cell: Text(theme.Plain, func(i item) string { return i.name })},
		Column[item]{Title: "SELDOM", Width: 8, Priority: 1, Cell: Text(theme.Plain, func(item) string { return said })},
	)
	rows := []item{{id: "a", name: strings.Repeat("n", 20)}, {id: "b"}, {id: "c"}}
	tb.SetSize(25, 5)
	tb.SetRows(rows)
	if h := header(tb); strings.Contains(h, "SELDOM") || strings.Contains(tb.View(), "…") {
		t.Errorf("a name is cut beside a column that says nothing:\n%s", ansi.Strip(tb.View()))
	}
	tb.SetSize(60, 5)
	if h := header(tb); !strings.Contains(h, "SELDOM") {
		t.Errorf("there is room for all, and not all is shown: %q", h)
	}
	tb.SetSize(25, 5)
	said = "!"
	tb.SetRows(rows)
	if h := header(tb); !strings.Contains(h, "SELDOM") {
		t.Errorf("it says something now, and is not shown: %q", h)
	}
}

// A row or two are no measure of those to come.
func TestFewRowsNarrowNoColumn(t *testing.T) {
	tb := newTable(100, 9)
	tb.SetRows(items("a"))
	one := header(tb)
	tb = newTable(100, 9)
	tb.SetRows(items("a", "b", "c"))
	if three := header(tb); one == three {
		t.Errorf("one row sets the same widths as three: %q", one)
	}
}
