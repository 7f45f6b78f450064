package termtext

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Wrap cleans s and breaks it into lines of at most w cells: at line feeds,
// else at spaces, else within a word. It returns at least one line.
func Wrap(s string, w int) []string {
	w = max(1, w)
	var lines []string
	for line := range strings.SplitSeq(CleanLines(s), "\n") {
		lines = append(lines, wrapLine(line, w)...)
	}
	return lines
}

func wrapLine(line string, w int) []string {
	if Width(line) <= w {
		return []string{line}
	}
	var lines []string
	var b strings.Builder
	used := 0
	flush := func() {
		lines = append(lines, strings.TrimRight(b.String(), " "))
		b.Reset()
		used = 0
	}
	for word := range strings.SplitAfterSeq(line, " ") {
		if n := Width(strings.TrimRight(word, " ")); used > 0 && used+n > w {
			flush()
		}
		for { // only as much is measured as a line has: what comes from outside may be one long word
			start, n := head(word, w)
			if len(start) >= len(strings.TrimRight(word, " ")) {
				break
			}
			if n == 0 { // a character wider than the whole line
				start, _ = ansi.FirstGraphemeCluster(word, ansi.GraphemeWidth)
				lines = append(lines, strings.Repeat(".", w))
			} else {
				lines = append(lines, fitOrMark(start, w))
			}
			word = word[len(start):]
		}
		b.WriteString(word)
		used += Width(word)
	}
	if b.Len() > 0 {
		flush()
	}
	return lines
}
