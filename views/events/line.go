package events

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
)

// line is the query line. It is checked as it is typed and taken by enter.
type line struct {
	input ui.Line
	help  int // lines
	open  bool
	err   error
}

func newLine(t *theme.Theme, help int) line {
	in := ui.Input(t)
	in.Prompt = "/"
	return line{input: in, help: help}
}

// height is the lines that it takes: what is typed, and what helps.
func (n *line) height() int {
	if n.open {
		return 1 + n.help
	}
	return 0
}

func (l *list) openLine() tea.Cmd {
	l.line.open, l.line.err = true, nil
	value := l.query.String()
	if value != "" {
		value += " "
	}
	l.line.input.SetValue(value)
	l.line.input.CursorEnd()
	l.layout()
	return l.line.input.Focus()
}

func (l *list) closeLine() {
	l.line.open = false
	l.line.input.Blur()
	l.layout()
}

// typed takes the keys of the query line.
func (l *list) typed(msg tea.Msg) tea.Cmd {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "esc":
			l.closeLine()
			return nil
		case "enter":
			q, err := events.ParseQuery(l.line.input.Value(), time.Now())
			if err != nil {
				l.line.err = err
				return nil // the line says what is wrong, and keeps what was typed
			}
			l.closeLine()
			return l.ask(q)
		}
	}
	var cmd tea.Cmd
	l.line.input, cmd = l.line.input.Update(msg)
	if _, l.line.err = events.ParseQuery(l.line.input.Value(), time.Now()); l.line.asks() {
		l.line.err = nil // its value is still to be typed
	}
	return cmd
}

// ask lists what another query finds.
func (l *list) ask(q events.Query) tea.Cmd {
	l.query, l.bad = q, nil
	l.layout()
	return l.start()
}

// view draws what is typed, and below it what is wrong or what can be asked for.
func (n *line) view(t *theme.Theme, w int) string {
	n.input.SetWidth(max(4, w-4))
	help, ink := n.hint(), t.Muted
	if n.err != nil {
		help, ink = t.Glyphs.Error+" "+n.err.Error(), t.Danger
	}
	view := " " + n.input.View()
	for i, s := range termtext.Wrap(help, max(1, w-2)) {
		if i < n.help {
			view += "\n " + ink.Render(s)
		}
	}
	return view
}

// key is what is being asked for last, "" when that is no key.
func (n *line) key() (key, value string) {
	typed := n.input.Value()
	key, value, found := strings.Cut(typed[strings.LastIndex(typed, " ")+1:], ":")
	if !found {
		return "", ""
	}
	return key, value
}

// asks reports that a key was typed, and nothing behind it yet.
func (n *line) asks() bool {
	key, value := n.key()
	return value == "" && slices.ContainsFunc(events.QueryKeys, func(k events.QueryKey) bool { return k.Key == key })
}

// hint explains the key that is being typed, or names them all.
func (n *line) hint() string {
	key, _ := n.key()
	for _, k := range events.QueryKeys {
		if k.Key == key {
			return k.Key + ":" + k.Example + "   " + k.Means
		}
	}
	var keys []string
	for _, k := range events.QueryKeys {
		keys = append(keys, k.Key+":")
	}
	return strings.Join(keys, " ") + " failed, or any text · enter to apply"
}
