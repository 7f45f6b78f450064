// Package kit_test holds every widget against what all of them promise.
package kit_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"github.com/knockops/knockops/ui/kit/editor"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/kit/jsonedit"
	"github.com/knockops/knockops/ui/kit/jsonview"
	"github.com/knockops/knockops/ui/kit/progress"
	"github.com/knockops/knockops/ui/kit/sparkline"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/kit/timeline"
	"github.com/knockops/knockops/ui/theme"
)

// widget is what they have in common.
type widget interface {
	Update(tea.Msg) tea.Cmd
	View() string
	SetSize(w, h int)
	SetTheme(*theme.Theme)
}

// still is a widget that no message reaches.
type still struct {
	view     func(w, h int) string
	setTheme func(*theme.Theme)
	w, h     int
}

func (s *still) Update(tea.Msg) tea.Cmd   { return nil }
func (s *still) View() string             { return s.view(s.w, s.h) }
func (s *still) SetSize(w, h int)         { s.w, s.h = w, h }
func (s *still) SetTheme(th *theme.Theme) { s.setTheme(th) }

// rethemed is a table whose theme changes in place, as the shell changes it.
type rethemed struct {
	*table.Table[string]
	theme *theme.Theme
}

func (r rethemed) SetTheme(th *theme.Theme) { *r.theme = *th }

var pieces = []string{
	"user_4821", " ", "\n", "\t", "\x1b[31m", "\x1b]0;x\x07", "\u202e", "\u200b", "\u200d", "通知サービス", "👩‍👩‍👧", "🏳️‍🌈", "🇩🇪",
	"שלום", "مرحبا", "e\u0301", "\u0301", "\xff", "\U000e0041", "ൎ", "กำ", `{"a": [1, {"b": "ü"}], "c": null}`, `"`, "{", "[1,", "0",
}

func content(t *rapid.T, label string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 8).Draw(t, label), "")
}

func contents(t *rapid.T, label string) []string {
	list := make([]string, rapid.IntRange(0, 12).Draw(t, "number of "+label))
	for i := range list {
		list[i] = content(t, label)
	}
	return list
}

var widgets = map[string]func(*rapid.T) widget{
	"editor": func(t *rapid.T) widget {
		e := editor.New()
		e.SetNumbers(rapid.Bool().Draw(t, "numbers"))
		e.SetPlaceholder(content(t, "placeholder"))
		e.SetValue(content(t, "value"))
		e.Focus()
		return e
	},
	"line": func(t *rapid.T) widget {
		e := editor.NewLine()
		e.SetValue(content(t, "value"))
		e.Focus()
		return e
	},
	"form": func(t *rapid.T) widget {
		suggestions := contents(t, "suggestions")
		wrong := content(t, "error")
		f := form.New(
			form.Text{ID: "text", Label: content(t, "label"), Help: content(t, "help"), Placeholder: content(t, "placeholder"),
				Validate: func(string) error { return fmt.Errorf("%s", wrong) },
				Suggest:  func(string) []string { return suggestions }},
			form.Area{ID: "area", Label: content(t, "label"), Value: content(t, "value")},
			form.Choice{ID: "choice", Label: content(t, "label"), Options: []form.Option{{Value: content(t, "option")}, {Value: "b"}}},
			form.Toggle{ID: "toggle", Label: content(t, "label")},
			form.Pairs{ID: "pairs", Label: content(t, "label"), Value: []form.Pair{{Key: content(t, "key"), Value: content(t, "value")}}},
			form.Custom{ID: "custom", Label: content(t, "label"), Widget: jsonedit.New()},
		)
		f.Focus()
		return f
	},
	"jsonedit": func(t *rapid.T) widget {
		e := jsonedit.New()
		message := content(t, "message")
		e.SetCheck(func([]byte) []jsonedit.Problem { return []jsonedit.Problem{{Path: "/" + message, Message: message}} })
		e.SetValue(content(t, "value"))
		e.Focus()
		return e
	},
	"jsonview": func(t *rapid.T) widget {
		v := jsonview.New()
		data := []byte(content(t, "data"))
		if rapid.Bool().Draw(t, "json") {
			data, _ = json.Marshal(map[string]any{content(t, "key"): contents(t, "values"), "n": map[string]any{"deep": 1.5}})
		}
		v.SetJSON(data)
		return v
	},
	"table": func(t *rapid.T) widget {
		cell := func(s string) (string, theme.Ink) { return s, theme.Danger }
		th := theme.New(theme.Options{})
		tb := table.New(th, func(s string) string { return s },
			table.Column[string]{Title: content(t, "title"), Width: 12, Min: 3, Cell: cell},
			table.Column[string]{Title: "B", Width: 8, Flex: true, Priority: 1, Cell: cell, Order: strings.Compare},
			table.Column[string]{Title: "COUNT", Right: true, Priority: 2, Cell: cell},
		)
		tb.SetRows(contents(t, "rows"))
		tb.SetSort(rapid.SampledFrom(tb.Columns()).Draw(t, "by"), rapid.Bool().Draw(t, "desc"))
		tb.MarkToggle()
		return rethemed{tb, th}
	},
	"timeline": func(t *rapid.T) widget {
		tl := timeline.New()
		var entries []timeline.Entry
		for _, s := range contents(t, "entries") {
			entries = append(entries, timeline.Entry{ID: s, Time: "13:49:58", Glyph: "✓", State: s, Ink: theme.OK, Title: s, Text: s, Detail: []string{s}})
		}
		tl.SetEntries(entries)
		return tl
	},
	"progress": func(t *rapid.T) widget {
		p := progress.New(content(t, "label"), rapid.IntRange(-1, 100_000).Draw(t, "total"))
		p.SetNote(content(t, "note"))
		p.Set(rapid.IntRange(-1, 200_000).Draw(t, "done"))
		return &still{view: func(w, h int) string { p.SetSize(w, h); return p.View() }, setTheme: p.SetTheme}
	},
	"spark": func(t *rapid.T) widget {
		values := rapid.SliceOf(rapid.Float64()).Draw(t, "values")
		th := theme.Default()
		return &still{view: func(w, _ int) string { return sparkline.Line(th, values, w) }, setTheme: func(x *theme.Theme) { th = x }}
	},
}

var keys = []tea.KeyPressMsg{
	{Code: tea.KeyUp}, {Code: tea.KeyDown}, {Code: tea.KeyLeft}, {Code: tea.KeyRight}, {Code: tea.KeyHome}, {Code: tea.KeyEnd},
	{Code: tea.KeyPgUp}, {Code: tea.KeyPgDown}, {Code: tea.KeyEnter}, {Code: tea.KeyTab}, {Code: tea.KeyTab, Mod: tea.ModShift},
	{Code: tea.KeyBackspace}, {Code: tea.KeyDelete}, {Code: tea.KeyEscape}, {Code: tea.KeySpace, Text: " "},
	{Code: 'a', Text: "a"}, {Code: '{', Text: "{"}, {Code: '"', Text: `"`}, {Code: '通', Text: "通"}, {Code: '/', Text: "/"}, {Code: '|', Text: "|"},
	{Code: '-', Text: "-"}, {Code: '+', Text: "+"}, {Code: '>', Text: ">"}, {Code: '<', Text: "<"}, {Code: 'n', Text: "n"}, {Code: 'N', Text: "N"},
	{Code: 'w', Mod: tea.ModCtrl}, {Code: 'u', Mod: tea.ModCtrl}, {Code: 'k', Mod: tea.ModCtrl}, {Code: 'z', Mod: tea.ModCtrl},
	{Code: 'y', Mod: tea.ModCtrl}, {Code: tea.KeyLeft, Mod: tea.ModCtrl}, {Code: tea.KeyRight, Mod: tea.ModCtrl},
}

func message(t *rapid.T) tea.Msg {
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		return tea.PasteMsg{Content: content(t, "paste")}
	case 1:
		return tea.MouseWheelMsg{Button: rapid.SampledFrom([]tea.MouseButton{tea.MouseWheelUp, tea.MouseWheelDown}).Draw(t, "wheel")}
	}
	return rapid.SampledFrom(keys).Draw(t, "key")
}

// TestWidgetsStayInTheirWindow sends random keys and sizes to every widget and
// looks at each frame: it fits, and nothing in it acts on the terminal.
func TestWidgetsStayInTheirWindow(t *testing.T) {
	for name, make := range widgets {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				w := make(t)
				w.SetTheme(theme.New(theme.Options{
					Dark:    rapid.Bool().Draw(t, "dark"),
					ASCII:   rapid.Bool().Draw(t, "ascii"),
					Profile: rapid.SampledFrom([]colorprofile.Profile{colorprofile.ASCII, colorprofile.ANSI, colorprofile.TrueColor}).Draw(t, "profile"),
				}))
				for range rapid.IntRange(1, 12).Draw(t, "frames") {
					width, height := rapid.IntRange(1, 90).Draw(t, "width"), rapid.IntRange(1, 20).Draw(t, "height")
					w.SetSize(width, height)
					checkFrame(t, w.View(), width, height)
					for range rapid.IntRange(0, 6).Draw(t, "messages") {
						if cmd := w.Update(message(t)); cmd != nil {
							w.Update(cmd())
						}
						checkFrame(t, w.View(), width, height)
					}
				}
			})
		})
	}
}

func checkFrame(t *rapid.T, view string, width, height int) {
	lines := strings.Split(view, "\n")
	if len(lines) > height {
		t.Fatalf("%d lines in a window of %d:\n%q", len(lines), height, view)
	}
	for _, line := range lines {
		if got := ansi.StringWidth(line); got > width {
			t.Fatalf("a line of %d cells in a window of %d:\n%q", got, width, line)
		}
		for _, r := range ansi.Strip(line) {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%U reaches the screen:\n%q", r, line)
			}
		}
	}
}
