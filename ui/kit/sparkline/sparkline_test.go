package sparkline

import (
	"testing"

	"github.com/knockops/knockops/ui/theme"
)

func TestLine(t *testing.T) {
	unicode, ascii := theme.Default(), theme.New(theme.Options{ASCII: true})
	for _, c := range []struct {
		th     *theme.Theme
		values []float64
		w      int
		want   string
	}{
		{unicode, []float64{0, 1, 50, 100}, 4, "▁▂▅█"},
		{unicode, []float64{5, 5}, 4, "  ██"},
		{unicode, []float64{9, 0, 0}, 2, "▁▁"},
		{unicode, []float64{-1, 0, 0.001}, 3, "▁▁█"},
		{ascii, []float64{0, 50, 100}, 3, "_=#"},
		{unicode, nil, 2, "  "},
		{unicode, []float64{1}, 0, ""},
	} {
		if got := Line(c.th, c.values, c.w); got != c.want {
			t.Errorf("Line(%v, %d) = %q, want %q", c.values, c.w, got, c.want)
		}
	}
}
