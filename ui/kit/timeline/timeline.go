// Package timeline shows what happened, in order: when, what, how it went.
package timeline

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/scroll"
	"github.com/knockops/knockops/ui/theme"
)

// Entry is something that happened, or that is still to come.
type Entry struct {
	// ID tells entries apart when they are set anew.
	ID string
	// Time is as it is to be shown, such as 13:49:58; empty for what is to come.
	Time string
	// Glyph and State say how it went, in Ink. State may be empty where the
	// glyph and the text say it.
	Glyph, State string
	Ink          theme.Ink
	// Title is what it was about, Text the rest, on as many lines as it needs.
	Title, Text string
	// Detail are lines beneath it.
	Detail []string
}

// Timeline shows entries. Make it with New.
type Timeline struct {
	theme   *theme.Theme
	w, h    int
	entries []Entry
	cursor  int
	sight   scroll.Window // on the lines of all entries
}

// New makes an empty timeline.
func New() *Timeline { return &Timeline{theme: theme.Default()} }

// SetTheme changes the inks and glyphs.
func (t *Timeline) SetTheme(th *theme.Theme) { t.theme = th }

// SetSize sets the window in cells.
func (t *Timeline) SetSize(w, h int) { t.w, t.h = max(0, w), max(0, h) }

// SetEntries replaces the entries. The cursor stays with its entry, and on the
// last one it follows what is added.
func (t *Timeline) SetEntries(entries []Entry) {
	at, ok := t.Cursor()
	last := t.cursor == len(t.entries)-1
	t.entries = slices.Clone(entries)
	i := slices.IndexFunc(entries, func(e Entry) bool { return ok && e.ID == at.ID })
	if i < 0 {
		i = t.cursor
	} else if last {
		i = len(entries) - 1
	}
	t.moveTo(i)
}

// Cursor returns the entry under the cursor; ok is false when there is none.
func (t *Timeline) Cursor() (e Entry, ok bool) {
	if len(t.entries) == 0 {
		return e, false
	}
	return t.entries[t.cursor], true
}

// Down moves the cursor n entries down, up when n is negative.
func (t *Timeline) Down(n int) { t.moveTo(t.cursor + n) }

// Home moves the cursor to the first entry.
func (t *Timeline) Home() { t.moveTo(0) }

// End moves the cursor to the last entry.
func (t *Timeline) End() { t.moveTo(len(t.entries) - 1) }

func (t *Timeline) moveTo(i int) { t.cursor = max(0, min(i, len(t.entries)-1)) }

// Update moves the cursor for the usual keys and the wheel.
func (t *Timeline) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		switch msg.String() {
		case "up", "k":
			t.Down(-1)
		case "down", "j":
			t.Down(1)
		case "pgup":
			t.Down(-max(1, t.h))
		case "pgdown":
			t.Down(max(1, t.h))
		case "home", "g":
			t.Home()
		case "end", "G":
			t.End()
		}
	case tea.MouseWheelMsg:
		switch msg.Button {
		case tea.MouseWheelUp:
			t.Down(-1)
		case tea.MouseWheelDown:
			t.Down(1)
		}
	}
	return nil
}

// View draws the entries in sight.
func (t *Timeline) View() string {
	if t.w == 0 || t.h == 0 {
		return ""
	}
	when, state, title := t.widths()
	var lines []string
	start, end := 0, 0
	for i, e := range t.entries {
		if i == t.cursor {
			start = len(lines)
		}
		lines = append(lines, t.lines(e, i == t.cursor, when, state, title)...)
		for _, d := range e.Detail {
			for _, l := range termtext.Wrap(termtext.Clean(d), max(10, t.w-when-6)) {
				lines = append(lines, termtext.Spaces(2+when+4)+t.theme.Paint(theme.Muted, l))
			}
		}
		if i == t.cursor {
			end = len(lines)
		}
	}
	t.sight.Show(start, end, t.h, len(lines))
	from, to := t.sight.Range(t.h, len(lines))
	return termtext.Clip(strings.Join(lines[from:to], "\n"), t.w, t.h)
}

// widths returns the columns of the entries there are. They are few and are
// set together, so their columns fit them.
func (t *Timeline) widths() (when, state, title int) {
	for _, e := range t.entries {
		when = max(when, termtext.Width(termtext.Clean(e.Time)))
		state = max(state, termtext.Width(termtext.Clean(e.State)))
		title = max(title, termtext.Width(termtext.Clean(e.Title)))
	}
	return min(when, t.w/4), min(state, t.w/4), min(title, t.w/3)
}

func (t *Timeline) lines(e Entry, selected bool, when, state, title int) []string {
	sign := "  "
	if selected {
		sign = t.theme.Paint(theme.Accent, t.theme.Glyphs.Cursor) + " "
	}
	var b strings.Builder
	b.WriteString(sign)
	b.WriteString(t.theme.Paint(theme.Muted, termtext.Fit(e.Time, when)))
	b.WriteString("  ")
	how := termtext.Fit(e.Glyph, 1) + " "
	if state > 0 {
		how += termtext.Fit(e.State, state) + "  "
	}
	b.WriteString(t.theme.Paint(e.Ink, how))
	if selected {
		b.WriteString(t.theme.Title.Render(termtext.Fit(e.Title, title)))
	} else {
		b.WriteString(termtext.Fit(e.Title, title))
	}
	b.WriteString("  ")
	used := termtext.Width(sign) + when + 2 + termtext.Width(how) + title + 2
	lines := termtext.Wrap(termtext.Clean(e.Text), max(10, t.w-used))
	for i, l := range lines {
		if lines[i] = t.theme.Paint(theme.Muted, l); i > 0 {
			lines[i] = termtext.Spaces(used) + lines[i]
		}
	}
	lines[0] = b.String() + lines[0]
	return lines
}
