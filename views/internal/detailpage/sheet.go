package detailpage

import (
	"encoding/json"
	"strings"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

// Sheet is the lines of a detail, cut or wrapped to the page's width.
type Sheet struct {
	theme *theme.Theme
	width int
	lines []string
}

// Head is the first line: the thing's state and, behind it, what it is.
func (s *Sheet) Head(ink theme.Ink, state, what string) {
	what = termtext.Truncate(what, max(1, s.width-termtext.Width(state)-5))
	s.lines = append(s.lines, " "+s.theme.Style(ink).Render(state)+"   "+s.theme.Plain.Render(what))
}

// Section begins a section with an empty line and a title; note is its first words.
func (s *Sheet) Section(title, note string) {
	s.lines = append(s.lines, "", " "+s.theme.Title.Render(title)+s.theme.Muted.Render("   "+termtext.Clean(note)))
}

// Blank is an empty line.
func (s *Sheet) Blank() { s.lines = append(s.lines, "") }

// Line is one line, cut.
func (s *Sheet) Line(ink theme.Ink, text string) {
	s.lines = append(s.lines, "   "+s.theme.Style(ink).Render(termtext.Truncate(text, max(1, s.width-4))))
}

// Text is as many lines as it needs.
func (s *Sheet) Text(ink theme.Ink, text string) {
	for _, line := range termtext.Wrap(text, max(10, s.width-4)) {
		s.Line(ink, line)
	}
}

// Indented is [Sheet.Text] further in than what it belongs to.
func (s *Sheet) Indented(ink theme.Ink, text string) {
	for _, line := range termtext.Wrap(text, max(10, s.width-6)) {
		s.Line(ink, "  "+line)
	}
}

// Fact is a name and its value; one without a value is left out.
func (s *Sheet) Fact(name, value string) {
	if value != "" {
		value = termtext.Truncate(value, max(1, s.width-18))
		s.lines = append(s.lines, "   "+s.theme.Muted.Render(termtext.Fit(name, 14))+s.theme.Plain.Render(value))
	}
}

// JSON is a document, indented. Of one that is longer than most lines the others
// are counted, in the words of more.
func (s *Sheet) JSON(raw json.RawMessage, most int, more string) {
	text := string(raw)
	if out, ok := termtext.IndentJSON(raw, ""); ok {
		text = string(out)
	}
	lines := strings.Split(text, "\n")
	for _, line := range lines[:min(len(lines), most)] {
		s.Line(theme.Plain, line)
	}
	if n := len(lines) - most; n > 0 {
		s.Line(theme.Muted, "… and "+termtext.Plural(n, "line")+" more: "+more)
	}
}
