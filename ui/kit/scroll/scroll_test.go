package scroll

import (
	"testing"

	"pgregory.net/rapid"
)

// Wherever a window is and whatever is to be shown: it is in sight, nothing moves without need, and
// the window is full where there are rows enough.
func TestAWindowShowsWhatItIsAskedFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total, height := rapid.IntRange(1, 50).Draw(t, "total"), rapid.IntRange(1, 20).Draw(t, "height")
		start := rapid.IntRange(0, total-1).Draw(t, "start")
		end := rapid.IntRange(start+1, total).Draw(t, "end")
		w := Window{Top: rapid.IntRange(0, max(0, total-height)).Draw(t, "top")}
		before := w.Top
		w.Show(start, end, height, total)
		from, to := w.Range(height, total)
		if to-from != min(height, total) {
			t.Fatalf("%d to %d of %d rows are in sight in a window of %d", from, to, total, height)
		}
		if start < from || min(end, start+height) > to {
			t.Fatalf("%d to %d are not in sight from %d to %d", start, end, from, to)
		}
		if before <= start && end <= before+height && w.Top != before {
			t.Fatalf("moved from %d to %d though %d to %d were in sight", before, w.Top, start, end)
		}
	})
}

func TestAWindowStopsAtTheEnds(t *testing.T) {
	var w Window
	for _, c := range []struct{ by, height, total, top int }{
		{3, 5, 20, 3}, {100, 5, 20, 15}, {-4, 5, 20, 11}, {-100, 5, 20, 0}, {7, 5, 3, 0}, {1, 0, 0, 0},
	} {
		if w.By(c.by, c.height, c.total); w.Top != c.top {
			t.Errorf("by %d of %d in %d: at %d, want %d", c.by, c.total, c.height, w.Top, c.top)
		}
	}
}
