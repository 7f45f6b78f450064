package editor

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/internal/termtext"
)

// tab is how a tab is shown. It has no stops, so that every character takes
// the same cells wherever it stands.
const tab = "    "

// next returns the first cluster of s, how it is shown, and its cells.
func next(s string) (cluster, shown string, cells int) {
	if c := s[0]; c >= 0x20 && c < 0x7f && (len(s) == 1 || s[1] < 0x7f) {
		return s[:1], s[:1], 1
	}
	cluster, _ = ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	if cluster == "\t" {
		return cluster, tab, len(tab)
	}
	shown = termtext.Clean(cluster)
	return cluster, shown, ansi.StringWidth(shown)
}

// boundary returns the largest start of a cluster that is not behind offset,
// or the end of the line.
func boundary(line string, offset int) int {
	if offset >= len(line) {
		return len(line)
	}
	if termtext.Plain(line) {
		return max(0, offset)
	}
	at := 0
	for at < offset {
		cluster, _, _ := next(line[at:])
		if at+len(cluster) > offset {
			break
		}
		at += len(cluster)
	}
	return at
}

// before returns the start of the cluster that ends at offset.
func before(line string, offset int) int { return boundary(line, offset-1) }

// after returns the end of the cluster that starts at offset.
func after(line string, offset int) int {
	cluster, _, _ := next(line[offset:])
	return offset + len(cluster)
}

// columnOf returns the column in cells of an offset.
func columnOf(line string, offset int) int {
	if termtext.Plain(line) {
		return min(offset, len(line))
	}
	column := 0
	for at := 0; at < min(offset, len(line)); {
		cluster, _, cells := next(line[at:])
		at += len(cluster)
		column += cells
	}
	return column
}

// offsetOf returns the offset of the cluster that covers a column, or the end
// of the line.
func offsetOf(line string, column int) int {
	at, start := skip(line, column)
	if start > column {
		return before(line, at)
	}
	return at
}

func inWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.M, r) || strings.ContainsRune("_-", r)
}

func notInWord(r rune) bool { return !inWord(r) }
