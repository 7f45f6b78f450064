package listpage

import (
	"strings"

	"github.com/knockops/knockops/ui"
)

// Params of an arrangement: the columns that are switched off, and the one that rows are ordered by, behind a minus
// when that is reversed.
const (
	hiddenParam = "columns off"
	sortParam   = "sort"
)

// Arrangement implements [ui.Arranged].
func (l *List[R]) Arrangement() ui.Params {
	var off []string
	for _, c := range l.Table.Columns() {
		if !l.Table.Shown(c) {
			off = append(off, c)
		}
	}
	by, desc := l.Table.Sort()
	if desc {
		by = "-" + by
	}
	return ui.Params{hiddenParam: strings.Join(off, ","), sortParam: by}
}

// Arrange implements [ui.Arranged].
func (l *List[R]) Arrange(p ui.Params) {
	for c := range strings.SplitSeq(p[hiddenParam], ",") {
		for _, known := range l.Table.Columns() {
			if c == known {
				l.Table.Show(c, false)
			}
		}
	}
	if by, desc := strings.CutPrefix(p[sortParam], "-"); by != "" {
		l.Table.SetSort(by, desc)
	}
}
