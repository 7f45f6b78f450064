package pulse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"

	"github.com/knockops/knockops/ui/kit/plot"
	"github.com/knockops/knockops/ui/theme"
)

// busy is a board as it is at work, with plots or without.
func busy(plots bool) *board {
	b := &board{theme: theme.New(theme.Options{Dark: true, Profile: colorprofile.TrueColor}), width: 200, height: 60}
	var sections []section
	for i := range 3 {
		s := section{title: "Section"}
		for j := range 12 {
			s.items = append(s.items, item{id: fmt.Sprint(i, j), text: "invite-reminder", tail: "1,204", spark: make([]float64, sparkWidth)})
		}
		if plots {
			p := plotted{title: "Plot"}
			for k := range mostAreas + 1 {
				values := make([]float64, hour)
				for m := range values {
					values[m] = float64((m * (k + 3)) % 97)
				}
				p.Series = append(p.Series, plot.Series{Name: fmt.Sprint("series ", k), Values: values, Ink: areaInks[k]})
			}
			s.plots = []plotted{p}
		}
		sections = append(sections, s)
	}
	b.set(nil, sections)
	return b
}

func BenchmarkFrame(b *testing.B) {
	for _, plots := range []bool{false, true} {
		b.Run(map[bool]string{false: "lists alone", true: "with plots"}[plots], func(b *testing.B) {
			board := busy(plots)
			b.ReportAllocs()
			for b.Loop() {
				board.draw()
			}
		})
	}
}

func TestPlotsAreLeftOutWhereThereIsNoRoomAndWhereTheyAreReadAloud(t *testing.T) {
	b := busy(true)
	if !strings.Contains(b.draw(), "█") {
		t.Fatal("there is room, and no plot")
	}
	if b.height = 18; strings.Contains(b.draw(), "Plot") {
		t.Error("a plot takes room that the lists need")
	}
	b = busy(true)
	b.theme = theme.New(theme.Options{Accessible: true})
	if strings.Contains(b.draw(), "Plot") {
		t.Error("a plot is read aloud")
	}
}
