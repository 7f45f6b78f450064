package plot_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/knockops/knockops/ui/kit/plot"
	"github.com/knockops/knockops/ui/theme"
)

func plain(ascii bool) *theme.Theme {
	return theme.New(theme.Options{Profile: colorprofile.ASCII, ASCII: ascii})
}

func drawn(p plot.Plot, ascii bool, w, h int) string {
	lines := p.Lines(plain(ascii), w, h)
	for i, l := range lines {
		lines[i] = strings.TrimRight(ansi.Strip(l), " ")
	}
	return strings.Join(lines, "\n")
}

var two = plot.Plot{
	Series: []plot.Series{{Name: "a", Values: []float64{1, 2, 3, 4, 4, 4, 4, 4}}, {Name: "b", Values: []float64{0, 0, 0, 0, 4, 4, 4, 0}}},
	Marks:  []plot.Mark{{At: 4, Sign: "z"}}, From: "1h", To: "now",
}

func TestAreasStandOnEachOther(t *testing.T) {
	want := strings.Join([]string{
		"    8 │    ▓▓▓",
		"      │    ▓▓▓",
		"      │  ▄█████",
		"    0 │▄███████",
		"           z",
		"       1h   now",
	}, "\n")
	if got := drawn(two, false, 15, 6); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := drawn(two, true, 15, 6); strings.ContainsAny(got, "█▓▄│") || !strings.Contains(got, "%%%") {
		t.Errorf("with ASCII alone:\n%s", got)
	}
}

func TestBrailleTellsAreasApartByTheirDots(t *testing.T) {
	want := strings.Join([]string{
		"    8 │    ⣟⣟⣟ ",
		"      │    ⣞⣞⣞ ",
		"      │  ⣤⣿⣿⣿⣿⣿",
		"    0 │⣤⣿⣿⣿⣿⣿⣿⣿",
	}, "\n")
	th := theme.New(theme.Options{Profile: colorprofile.ASCII, Plots: theme.PlotBraille})
	got := two.Lines(th, 15, 6)
	if have := strings.Join(got[:4], "\n"); ansi.Strip(have) != want {
		t.Errorf("got\n%s\nwant\n%s", ansi.Strip(have), want)
	}
	if a, b := plot.Shade(th, 0), plot.Shade(th, 1); a != "⣿" || b == a {
		t.Errorf("the legend says %q and %q", a, b)
	}
}

func TestNoRoomIsNoPlot(t *testing.T) {
	if got := two.Lines(plain(false), 14, 9); got != nil {
		t.Errorf("in 14 cells: %q", got)
	}
	if got := two.Lines(plain(false), 40, plot.Least-1); got != nil {
		t.Errorf("in %d lines: %q", plot.Least-1, got)
	}
}

// Whatever is drawn stays in its room, and what is more than nothing is seen.
func TestAPlotFillsItsRoomAndNoMore(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 70).Draw(rt, "n")
		var p plot.Plot
		for range rapid.IntRange(1, 6).Draw(rt, "series") {
			p.Series = append(p.Series, plot.Series{Values: rapid.SliceOfN(rapid.Float64Range(0, 1e7), n, n).Draw(rt, "values")})
		}
		w, h := rapid.IntRange(15, 90).Draw(rt, "w"), rapid.IntRange(plot.Least, 30).Draw(rt, "h")
		p.AtLeast = rapid.Float64Range(0, 1e3).Draw(rt, "at least")
		o := theme.Options{ASCII: rapid.Bool().Draw(rt, "ascii"), Plots: rapid.SampledFrom([]string{"", theme.PlotBraille, theme.PlotASCII}).Draw(rt, "plots")}
		lines := p.Lines(theme.New(o), w, h)
		if len(lines) != h {
			rt.Fatalf("%d lines, want %d", len(lines), h)
		}
		for _, l := range lines {
			if ansi.StringWidth(l) > w {
				rt.Fatalf("a line of %d cells in %d: %q", ansi.StringWidth(l), w, l)
			}
		}
	})
}

func ExampleLargest() {
	all := []plot.Series{{Name: "a", Values: []float64{1}}, {Name: "b", Values: []float64{5}}, {Name: "c", Values: []float64{2}}, {Name: "d", Values: []float64{1}}}
	for _, s := range plot.Largest(all, 1, func(n int) string { return fmt.Sprint(n, " others") }) {
		fmt.Println(s.Name, s.Values)
	}
	// Output:
	// b [5]
	// 3 others [4]
}
