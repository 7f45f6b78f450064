package listpage

import (
	"fmt"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/status"
)

// Crumb implements [ui.View]: what the list is narrowed to.
func (l *List[R]) Crumb() string {
	var parts []string
	if l.spec.Filtered != nil {
		parts = append(parts, termtext.Clean(l.spec.Filtered()))
	}
	if q := l.find.Text(); q != "" && !l.find.Active() {
		parts = append(parts, termtext.Clean(fmt.Sprintf("with %q", q)))
	}
	return joined(parts...)
}

// Note implements [ui.View]: the counts, and how far the rows can be trusted.
func (l *List[R]) Note() string {
	var parts []string
	if l.spec.Notes != nil {
		parts = l.spec.Notes()
	}
	if n := l.Table.MarkedCount(); n > 0 {
		parts = append(parts, termtext.Count(n)+" marked")
	}
	if n := l.Table.HiddenMarks(); n > 0 {
		parts = append(parts, termtext.Count(n)+" marked but not shown")
	}
	if l.Table.CursorLost() {
		parts = append(parts, "the "+l.spec.Noun+" under the cursor left the list")
	}
	if i, n := l.Table.Position(); n > 0 {
		parts = append(parts, termtext.Count(i)+" of "+termtext.Count(n))
	}
	if n := l.Table.Total(); n != l.Table.Len() {
		parts = append(parts, termtext.Count(n)+" read")
	}
	switch {
	case l.err != nil && !l.readAt.IsZero() && !l.goesOn():
		parts = append(parts, "reading failed: "+l.Env.Hint(keymap.RowsRefresh)+" tries again")
	case l.err != nil && !l.readAt.IsZero():
		parts = append(parts, "as of "+termtext.Age(time.Since(l.readAt))+" ago")
	case l.reading:
		parts = append(parts, "reading on")
	case l.more:
		parts = append(parts, "more below")
	}
	return joined(parts...)
}

// View implements [ui.View].
func (l *List[R]) View() string {
	body := l.body()
	if above := l.above(); len(above) > 0 {
		body = strings.Join(above, "\n") + "\n" + body
	}
	return l.find.Below(body, l.width, l.height)
}

// body is the rows, or why there are none and what helps.
func (l *List[R]) body() string {
	t := l.Env.Theme
	switch {
	case l.bad != nil:
		return status.Failed(t, l.bad.Error(), l.Env.Hint(keymap.RowsFilter)+" changes the filter.", l.width)
	case l.Table.Len() > 0:
		return l.Table.View()
	case l.Table.Total() > 0 || l.find.Text() != "" && l.err == nil && !l.Loading():
		what, help := l.noMatch()
		return status.Empty(t, what, help, l.width)
	case l.err != nil && !l.expected():
		return status.Failed(t, l.why(), l.retries(), l.width)
	case l.Loading():
		return status.Loading(t, l.spec.Noun+"s")
	}
	what, help := l.spec.Empty()
	return status.Empty(t, what, help, l.width)
}

func (l *List[R]) why() string {
	if l.spec.Why != nil {
		return l.spec.Why(l.err)
	}
	return l.err.Error()
}

// goesOn reports that what could not be read is read again by itself.
func (l *List[R]) goesOn() bool { return l.spec.Read == nil || l.spec.Every > 0 }

// retries says what becomes of a reading that failed.
func (l *List[R]) retries() string {
	refresh := l.Env.Hint(keymap.RowsRefresh)
	switch {
	case !l.goesOn():
		return refresh + " tries again, " + l.Env.Hint(keymap.AppBack) + " goes back."
	case l.spec.AskFilter != nil:
		return "Retrying. " + refresh + " tries now, " + l.Env.Hint(keymap.RowsFilter) + " changes the filter."
	}
	return "Retrying. " + refresh + " tries now, " + l.Env.Hint(keymap.AppBack) + " goes back."
}

func (l *List[R]) noMatch() (what, help string) {
	of := termtext.Plural(l.Table.Total(), l.spec.Noun)
	if l.more {
		of += " read so far"
	}
	text := l.find.Text()
	switch {
	case text == "":
		return "None of " + of + " matches.", l.Env.Hint(keymap.RowsClear) + " shows all."
	case l.spec.NoMatch != nil:
		return l.spec.NoMatch(text, of)
	}
	return fmt.Sprintf("None of %s has %q in it.", of, termtext.Middle(text, 30)), l.clears()
}

// clears says how the text is taken away again.
func (l *List[R]) clears() string {
	if l.find.Active() {
		return "esc clears."
	}
	return l.Env.Hint(keymap.RowsFind) + " and esc clear it."
}

var _ ui.View = (*List[int])(nil)
