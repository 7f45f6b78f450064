// Package sparkline draws a row of numbers as a line of bars.
package sparkline

import (
	"strings"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

// Line draws the last w values, oldest first, in w cells; where there are fewer
// it leaves room on the left, so that now stays where it is. The highest value
// takes the full height. Zero and less is the lowest bar; anything above is
// never drawn as nothing.
func Line(th *theme.Theme, values []float64, w int) string {
	if w <= 0 || th.Options.Accessible { // it says nothing that the numbers beside it do not
		return ""
	}
	values = values[max(0, len(values)-w):]
	highest := 0.0
	for _, v := range values {
		highest = max(highest, v)
	}
	levels := th.Glyphs.Spark
	var b strings.Builder
	termtext.WriteSpaces(&b, w-len(values))
	for _, v := range values {
		level := 0
		if v > 0 {
			level = min(max(1, int(v/highest*float64(len(levels)))), len(levels)-1)
		}
		b.WriteString(levels[level])
	}
	return b.String()
}

// Fold sums values into w spans, none where there are no values.
func Fold(values []float64, w int) []float64 {
	if len(values) == 0 {
		return nil
	}
	out := make([]float64, w)
	for i, n := range values {
		out[i*w/len(values)] += n
	}
	return out
}
