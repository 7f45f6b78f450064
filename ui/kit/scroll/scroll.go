// Package scroll keeps a window on rows: which of many are in sight.
package scroll

// Window begins at the row Top, counted from 0. How many rows it shows and how many there are is
// said with each call, as both change with what is drawn.
type Window struct{ Top int }

// By moves the window n rows down, up when n is negative. It leaves no line below the last row empty
// while rows above are hidden.
func (w *Window) By(n, height, total int) { w.Top = max(0, min(w.Top+n, total-height)) }

// Show moves the window as little as it takes to have the rows from start up to end in sight, and
// the first of them when they are more than fit.
func (w *Window) Show(start, end, height, total int) {
	w.Top = min(max(w.Top, end-height), start)
	w.By(0, height, total)
}

// Range gives the rows in sight: from the first up to the one after the last.
func (w *Window) Range(height, total int) (from, to int) {
	return w.Top, max(w.Top, min(total, w.Top+height))
}
