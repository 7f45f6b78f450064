package arazzo

import (
	"slices"
	"unicode/utf8"
)

// lines turns offsets into lines and columns.
type lines struct {
	data   []byte
	starts []int64
}

func newLines(data []byte) lines {
	l := lines{data, []int64{0}}
	for i, c := range data {
		if c == '\n' {
			l.starts = append(l.starts, int64(i)+1)
		}
	}
	return l
}

// at is the place of an offset.
func (l lines) at(offset int64) Pos {
	offset = min(offset, int64(len(l.data)))
	line, found := slices.BinarySearch(l.starts, offset)
	if !found {
		line--
	}
	return Pos{line + 1, utf8.RuneCount(l.data[l.starts[line]:offset]) + 1}
}

// begin is the place of the next token from an offset on, which may have a comma, a colon or spaces
// before it.
func (l lines) begin(offset int64) Pos {
	for offset < int64(len(l.data)) && slices.Contains([]byte(" \t\r\n,:"), l.data[offset]) {
		offset++
	}
	return l.at(offset)
}
