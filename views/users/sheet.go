package users

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/scroll"
	"github.com/knockops/knockops/ui/theme"
)

// sheet is a page of lines in sections with a cursor that belongs to a line's
// object: it stays there while parts of the page come and go.
type sheet struct {
	rows          []row
	at            int // index of the cursor's row
	sight         scroll.Window
	width, height int
}

// row is one line.
type row struct {
	id    string // what the line is about; the cursor passes over lines without one
	head  bool   // the heading of a section
	spans []span
	open  tea.Cmd // what enter does, nil for nothing
	json  []byte  // what Knock sent of it
	copy  string  // what is copied, and what that is
	what  string
	edit  *edits // what can be changed about it, nil for nothing
}

// span is text in an ink, fitted to cells when there is a width; the last of
// them is a space then.
type span struct {
	text  string
	ink   theme.Ink
	width int
}

// set replaces the rows. When the cursor's object is gone, the cursor stays as
// near as it can.
func (s *sheet) set(rows []row) {
	id, line := "", s.at-s.sight.Top
	if s.at < len(s.rows) {
		id = s.rows[s.at].id
	}
	s.rows = rows
	for i, r := range rows {
		if id != "" && r.id == id {
			s.at = i
			s.sight.Top = max(0, i-line) // what is being read does not move
			s.scroll()
			return
		}
	}
	s.at = max(0, min(s.at, len(rows)-1))
	s.settle(1)
}

func (s *sheet) setSize(w, h int) {
	s.width, s.height = w, max(1, h)
	s.scroll()
}

func (s *sheet) cursor() row {
	if s.at < len(s.rows) {
		return s.rows[s.at]
	}
	return row{}
}

// settle moves on from a line that is about nothing, back at the end.
func (s *sheet) settle(direction int) {
	for _, d := range []int{direction, -direction} {
		for i := s.at; i >= 0 && i < len(s.rows); i += d {
			if s.rows[i].id != "" {
				s.at = i
				s.scroll()
				return
			}
		}
	}
	s.scroll()
}

func (s *sheet) move(n int) {
	s.at = max(0, min(s.at+n, len(s.rows)-1))
	s.settle(max(-1, min(n, 1)))
}

// section goes to the next heading, around at the ends.
func (s *sheet) section(direction int) {
	n := len(s.rows)
	for i := 1; i <= n; i++ {
		at := (s.at + i*direction + i*n) % n
		if s.rows[at].head {
			s.at = at
			s.sight.Top = at // the whole section, as far as there is room
			s.scroll()
			return
		}
	}
}

// scroll brings the cursor into sight; at the first line all that is above it.
func (s *sheet) scroll() {
	first := 0
	for first < len(s.rows) && s.rows[first].id == "" {
		first++
	}
	if s.at <= first {
		s.sight.Top = 0
	}
	s.sight.Show(s.at, s.at+1, s.height, len(s.rows))
}

// update takes the mouse.
func (s *sheet) update(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		s.move(map[tea.MouseButton]int{tea.MouseWheelUp: -3, tea.MouseWheelDown: 3}[msg.Button])
	case tea.MouseClickMsg:
		if i := s.sight.Top + msg.Y; i < len(s.rows) && s.rows[i].id != "" {
			s.at = i
		}
	}
}

// press moves for an arrow, a page key, home or end.
func (s *sheet) press(key tea.KeyPressMsg) {
	s.move(map[rune]int{
		tea.KeyUp: -1, tea.KeyDown: 1, tea.KeyPgUp: -s.height, tea.KeyPgDown: s.height, tea.KeyHome: -len(s.rows), tea.KeyEnd: len(s.rows),
	}[key.Code])
}

func (s *sheet) view(t *theme.Theme) string {
	var lines []string
	for i, end := s.sight.Range(s.height, len(s.rows)); i < end; i++ {
		lines = append(lines, s.line(t, i))
	}
	return strings.Join(lines, "\n")
}

func (s *sheet) line(t *theme.Theme, i int) string {
	r, selected := s.rows[i], i == s.at && s.rows[i].id != ""
	paint, sign := t.Paint, "  "
	if selected {
		paint, sign = t.PaintSelected, t.Glyphs.Cursor+" "
	}
	var b strings.Builder
	b.WriteString(paint(theme.Accent, sign))
	room := s.width - 2
	for _, sp := range r.spans {
		shown := termtext.Truncate(sp.text, room)
		if sp.width > 0 {
			shown = termtext.Fit(termtext.Truncate(sp.text, sp.width-1), min(sp.width, room))
		}
		b.WriteString(paint(sp.ink, shown))
		room -= termtext.Width(shown)
	}
	if selected {
		b.WriteString(paint(theme.Plain, termtext.Spaces(room)))
	}
	return b.String()
}
