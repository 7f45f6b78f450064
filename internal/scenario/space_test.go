package scenario

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// What a golden screen shows: its lines, in cells; the second cell of a wide sign is empty.
type screen struct {
	page, size string
	lines      [][]string
}

func goldens(t *testing.T) []screen {
	t.Helper()
	files, err := filepath.Glob("testdata/golden/*-dark.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no golden screens: %v", err)
	}
	var all []screen
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(filepath.Base(file), "-")
		all = append(all, screen{strings.Join(parts[:len(parts)-2], "-"), parts[len(parts)-2], cells(string(text))})
	}
	return all
}

func cells(text string) (lines [][]string) {
	for l := range strings.Lines(text) {
		var line []string
		for rest := strings.TrimSuffix(l, "\n"); rest != ""; {
			sign, w := ansi.FirstGraphemeCluster(rest, ansi.GraphemeWidth)
			line, rest = append(line, sign), rest[len(sign):]
			for range w - 1 {
				line = append(line, "")
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// body are the lines between the two rules, header and footer being beyond them.
func (s screen) body() [][]string { return s.lines[3 : len(s.lines)-2] }

func blank(sign string) bool { return sign == " " || sign == "│" }

// at is a cell, blank beyond the end of a line.
func at(line []string, x int) string {
	if x < len(line) {
		return line[x]
	}
	return " "
}

// emptiness is the share of a screen's body in which nothing stands, in tiles as large as a word with the lines
// above and below it.
func (s screen) emptiness() float64 {
	const w, h = 12, 3
	all, empty, body := 0, 0, s.body()
	for y := 0; y < len(body); y += h {
		for x := 0; x < width(s); x += w {
			all++
			if !slices.ContainsFunc(body[y:min(len(body), y+h)], func(l []string) bool {
				return slices.ContainsFunc(l[min(x, len(l)):min(x+w, len(l))], func(sign string) bool { return !blank(sign) })
			}) {
				empty++
			}
		}
	}
	return float64(empty) / float64(all)
}

func width(s screen) int {
	w := 0
	for _, l := range s.lines {
		w = max(w, len(l))
	}
	return w
}

// No page of these is more than half blank on the screen that most have.
func TestNoPageIsHalfBlank(t *testing.T) {
	seen := 0
	for _, s := range goldens(t) {
		if s.size != "120x40" || !slices.Contains([]string{"pulse", "runs", "users", "workflows"}, s.page) {
			continue
		}
		seen++
		if e := s.emptiness(); e > .5 {
			t.Errorf("%s is blank to %.0f %%", s.page, 100*e)
		}
	}
	if seen != 4 {
		t.Errorf("%d of the 4 pages have a golden screen", seen)
	}
}

// word is what stands between spaces and lines; what begins with a number changes by the second.
var word = regexp.MustCompile(`\pL[\pL\pN'.@_-]*[\pL\pN]`)

// A word that is cut says so: what stands on the narrowest screens is a word of a wider one, and what stands at the
// edge of any is one of another size, where it would be cut elsewhere; or it ends in an ellipsis.
func TestWhatIsCutSaysSo(t *testing.T) {
	on := map[string]map[string]bool{} // the sizes that a word stands on
	for _, s := range goldens(t) {
		for _, f := range s.words() {
			if on[f.word] == nil {
				on[f.word] = map[string]bool{}
			}
			on[f.word][s.size] = true
		}
	}
	for _, s := range goldens(t) {
		for _, f := range s.words() {
			alone := len(on[f.word]) == 1
			if alone && !f.cut && (f.edge || s.size == "80x24") && !strings.Contains(f.line, "below: pgdown") { // said where it is narrow alone
				t.Errorf("%s %s: %q stands on no screen of another size:\n%s", s.page, s.size, f.word, f.line)
			}
		}
	}
}

// found is a word of a screen. At an edge it may be cut; cut, it has an ellipsis that says so.
type found struct {
	word, line string
	edge, cut  bool
}

func (s screen) words() (all []found) {
	for _, l := range s.lines {
		text := strings.Join(l, "")
		for _, m := range word.FindAllStringIndex(text, -1) {
			before, after := text[:m[0]], text[m[1]:]
			all = append(all, found{
				text[m[0]:m[1]], text, strings.HasPrefix(after, "│") || after == "" && ansi.StringWidth(text) == width(s),
				strings.HasPrefix(after, "…") || strings.HasSuffix(before, "…"),
			})
		}
	}
	return all
}

// table finds the lines of a list: its heading and what is under it.
func (s screen) table() [][]string {
	for y, l := range s.body() {
		if heading.MatchString(strings.Join(l, "")) {
			return s.body()[y:]
		}
	}
	return nil
}

var heading = regexp.MustCompile(`^   [A-Z]{2,}.*  [A-Z]{3,}`)

// No column is cut while another has more than half of its cells to spare.
func TestNoColumnIsCutWhileAnotherStandsHalfEmpty(t *testing.T) {
	lists := 0
	for _, s := range goldens(t) {
		if len(s.table()) == 0 {
			continue
		}
		lists++
		for _, why := range s.wasted() {
			t.Errorf("%s %s: %s", s.page, s.size, why)
		}
	}
	if lists < 9 {
		t.Errorf("only %d lists were found", lists)
	}
}

// wasted are the columns that are wider than all they say twice over, in a list that cuts others.
func (s screen) wasted() (why []string) {
	rows := s.table()
	rows = rows[:slices.IndexFunc(append(rows, nil), func(l []string) bool {
		return l == nil || strings.HasPrefix(strings.Join(l, ""), "──") || strings.TrimSpace(strings.Join(l, "")) == ""
	})]
	edge := slices.Index(rows[0], "│")
	if edge < 0 {
		edge = width(s)
	}
	cut, used := false, make([]bool, edge)
	for y, l := range rows {
		for x := range edge {
			used[x] = used[x] || at(l, x) != " "
			cut = cut || y > 0 && at(l, x) == "…" && at(l, x-1) != " "
		}
	}
	if !cut {
		return nil
	}
	for x := 3; x < edge; {
		from := x
		for x < edge && used[x] {
			x++
		}
		says := x - from
		for from = x; x < edge && !used[x]; x++ {
		}
		if spare := x - from - 2; spare > says {
			why = append(why, fmt.Sprintf("the column before cell %d takes %d cells more than it says in %d:\n%s", x, spare, says, strings.Join(rows[0], "")))
		}
	}
	return why
}

// Nor is what webhooks make different each time, or the page of one thing.
func TestNoLivePageIsHalfBlank(t *testing.T) {
	fullscale.Unraced(t)
	o := console
	o.Preview, o.Webhooks, o.Emulator = true, true, emulator.Options{Seed: 7, Lively: true}
	world.Play(t, o, func(w *world.World) {
		w.Stage.Wait(time.Minute)
		for _, page := range []struct {
			name string
			keys []string
		}{{"pulse", nil}, {"events", nil}, {"events", []string{"down", "enter"}}, {"users", []string{"down", "down", "enter"}}} {
			s := goTo(w.Stage, page.name).Wait(time.Second).Press(page.keys...).Wait(5 * time.Second)
			if e := (screen{lines: cells(s.Text())}).emptiness(); e > .5 {
				t.Errorf("%s %s is blank to %.0f %%:\n%s", page.name, page.keys, 100*e, s.Text())
			}
		}
	})
}
