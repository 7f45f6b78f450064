package termtext

import (
	"strings"
	"unicode/utf8"
)

// Position turns an offset into a line and a column, both counted from 1. The
// column counts characters.
func Position(data []byte, offset int) (line, col int) {
	before := string(data[:min(max(0, offset), len(data))])
	line = 1 + strings.Count(before, "\n")
	return line, 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
}
