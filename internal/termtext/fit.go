package termtext

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Ellipsis marks where text was cut. It takes one cell.
const Ellipsis = "…"

// Width returns the cells that s takes, escape sequences not counted.
func Width(s string) int {
	if Plain(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// Fit cleans s and makes it exactly w cells wide: cut with an ellipsis when it
// is longer, filled with spaces on the right when it is shorter.
func Fit(s string, w int) string {
	if len(s) == w && Plain(s) {
		return s
	}
	var b strings.Builder
	WriteFit(&b, s, w)
	return b.String()
}

// FitRight is Fit with the spaces on the left, for numbers.
func FitRight(s string, w int) string {
	if len(s) == w && Plain(s) {
		return s
	}
	var b strings.Builder
	WriteFitRight(&b, s, w)
	return b.String()
}

// WriteFit appends Fit(s, w) to b without a string in between.
func WriteFit(b *strings.Builder, s string, w int) {
	s, n := cut(s, w)
	b.WriteString(s)
	WriteSpaces(b, w-n)
}

// WriteFitRight appends FitRight(s, w) to b without a string in between.
func WriteFitRight(b *strings.Builder, s string, w int) {
	s, n := cut(s, w)
	WriteSpaces(b, w-n)
	b.WriteString(s)
}

// Truncate cleans s and cuts it with an ellipsis when it takes more than w
// cells. It adds no spaces.
func Truncate(s string, w int) string {
	s, _ = cut(s, w)
	return s
}

// FitStyled is Fit for text that this program styled itself: escape sequences
// pass through, so nothing from outside may go in uncleaned.
func FitStyled(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if ansi.StringWidth(s) > w {
		s = ansi.Truncate(s, w, Ellipsis)
	}
	return s + Spaces(w-ansi.StringWidth(s))
}

// Middle cleans s and shortens it in its middle to at most w cells, for ids of
// which the ends tell most: 6c1e…9f02.
func Middle(s string, w int) string {
	s = Clean(s)
	if Width(s) <= w {
		return s
	}
	if w < 3 {
		return Truncate(s, w)
	}
	left, _ := head(s, w-1-(w-1)/2)
	right := tail(s, w-1-Width(left))
	return fitOrMark(left+Ellipsis+right, w)
}

// Clip cuts a styled view to at most w cells and h lines.
func Clip(view string, w, h int) string {
	if w <= 0 || h <= 0 {
		return ""
	}
	lines := strings.SplitN(view, "\n", h+1)
	lines = lines[:min(h, len(lines))]
	for i, line := range lines {
		if Width(line) > w {
			lines[i] = ansi.Truncate(line, w, "")
		}
	}
	return strings.Join(lines, "\n")
}

// cut returns s cleaned and cut to at most w cells, and the cells it takes.
func cut(s string, w int) (string, int) {
	if w <= 0 {
		return "", 0
	}
	if Plain(s) {
		if len(s) <= w {
			return s, len(s)
		}
		return s[:w-1] + Ellipsis, w
	}
	s = Clean(s)
	if n := ansi.StringWidth(s); n <= w {
		return s, n
	}
	s, _ = head(s, w-1)
	s = fitOrMark(s+Ellipsis, w)
	return s, ansi.StringWidth(s)
}

// head returns as many clusters from the start of s as fit into w cells, and
// the cells they take.
func head(s string, w int) (string, int) {
	used, end := 0, 0
	for end < len(s) {
		cluster, n := ansi.FirstGraphemeCluster(s[end:], ansi.GraphemeWidth)
		if used+n > w {
			break
		}
		used += n
		end += len(cluster)
	}
	return s[:end], used
}

// tail returns as many clusters from the end of s as fit into w cells.
func tail(s string, w int) string {
	for excess := ansi.StringWidth(s) - w; excess > 0 && s != ""; {
		cluster, n := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		s = s[len(cluster):]
		excess -= n
	}
	return s
}

// fitOrMark returns s, or w dots when joining its parts made it wider than w:
// some scripts form another cluster with the character put beside them.
func fitOrMark(s string, w int) string {
	if ansi.StringWidth(s) <= w {
		return s
	}
	return strings.Repeat(".", w)
}

// Plain reports whether s is printable ASCII: one cell per byte, nothing to clean.
func Plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c > 0x7e {
			return false
		}
	}
	return true
}

const spaces = "                                                                "

// Spaces returns n spaces, none when n is negative.
func Spaces(n int) string {
	if n <= len(spaces) {
		return spaces[:max(0, n)]
	}
	return strings.Repeat(" ", n)
}

// WriteSpaces appends n spaces to b, none when n is negative.
func WriteSpaces(b *strings.Builder, n int) {
	for ; n > len(spaces); n -= len(spaces) {
		b.WriteString(spaces)
	}
	b.WriteString(spaces[:max(0, n)])
}
