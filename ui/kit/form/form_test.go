package form

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/ui/kit/jsonedit"
)

var named = map[string]tea.KeyPressMsg{
	"tab": {Code: tea.KeyTab}, "shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift}, "enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape},
	"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
	"space": {Code: tea.KeySpace, Text: " "}, "backspace": {Code: tea.KeyBackspace},
}

func press(f *Form, keys ...string) {
	for _, k := range keys {
		if msg, ok := named[k]; ok {
			f.Update(msg)
			continue
		}
		for _, r := range k {
			f.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
	}
}

func required(s string) error {
	if s == "" {
		return ErrRequired
	}
	return nil
}

func identify() *Form {
	f := New(
		Text{ID: "email", Label: "Email", Help: "where mail goes", Validate: func(s string) error {
			if s != "" && !strings.Contains(s, "@") {
				return errors.New("an address has an @")
			}
			return nil
		}},
		Text{ID: "name", Label: "Name", Validate: required},
		Choice{ID: "channel", Label: "Channel", Options: []Option{{"email", "E-mail"}, {"sms", "SMS"}, {"push", "Push"}}},
		Toggle{ID: "sandbox", Label: "Sandbox mode"},
		Area{ID: "note", Label: "Note", Lines: 3},
		Pairs{ID: "custom", Label: "Custom"},
	)
	f.SetSize(80, 30)
	f.Focus()
	return f
}

func shows(t *testing.T, f *Form, want string) {
	t.Helper()
	if view := ansi.Strip(f.View()); !strings.Contains(view, want) {
		t.Errorf("the view does not show %q:\n%s", want, view)
	}
}

func TestFillingInByKeys(t *testing.T) {
	f := identify()
	press(f, "dana@acme.test", "tab", "Dana", "enter", "right", "down", "space", "tab", "line 1", "enter", "line 2", "tab",
		"plan", "tab", "pro", "tab", "seats", "enter", "12")
	want := map[string]string{
		"email": "dana@acme.test", "name": "Dana", "channel": "sms", "sandbox": "true", "note": "line 1\nline 2",
		"custom": `[["plan","pro"],["seats","12"]]`,
	}
	for id, v := range want {
		if got := f.Value(id); got != v {
			t.Errorf("%s is %q, want %q", id, got, v)
		}
	}
	if got := f.Pairs("custom"); len(got) != 2 || got[1] != (Pair{"seats", "12"}) {
		t.Errorf("pairs %v", got)
	}
	if !f.On("sandbox") {
		t.Error("the toggle is off")
	}
}

func TestFocusGoesRound(t *testing.T) {
	f := identify()
	press(f, "shift+tab")
	if got := f.Focused(); got != "custom" {
		t.Errorf("back from the first field is %q", got)
	}
	press(f, "tab")
	if got := f.Focused(); got != "email" {
		t.Errorf("on from the last field is %q", got)
	}
	if _, used := f.Handle(named["up"]); used || f.Focused() != "email" {
		t.Error("up on the first field was taken")
	}
	f.Blur()
	if f.Focused() != "" || strings.Contains(f.View(), "\x1b[7m") {
		t.Error("a blurred form shows a cursor")
	}
	press(f, "x")
	if f.Value("email") != "" {
		t.Error("a blurred form took a key")
	}
}

func TestErrorsShowAtTheirFieldOnceVisited(t *testing.T) {
	f := identify()
	if view := ansi.Strip(f.View()); strings.Contains(view, "must not be empty") {
		t.Error("an error shows before anybody was there")
	}
	if got := f.Errors(); len(got) != 1 || got[0].ID != "name" {
		t.Errorf("errors %v", got)
	}
	press(f, "d")
	shows(t, f, "! an address has an @")
	press(f, "@")
	if strings.Contains(ansi.Strip(f.View()), "an address has") {
		t.Error("the error stays after it was mended")
	}
	if !f.FocusFirstError() || f.Focused() != "name" {
		t.Errorf("the first error is at %q", f.Focused())
	}
	shows(t, f, "! must not be empty")
}

func TestGivenErrorsLastUntilTheValueChanges(t *testing.T) {
	f := identify()
	press(f, "a@b")
	if !f.SetError("email", errors.New("taken by another user")) || f.SetError("nothing", nil) {
		t.Error("SetError does not know its fields")
	}
	shows(t, f, "! taken by another user")
	press(f, "c")
	if strings.Contains(ansi.Strip(f.View()), "taken") {
		t.Error("the error outlives the value")
	}
}

func TestSuggestions(t *testing.T) {
	all := []string{"comment-created", "invite-reminder", "invoice-due", "welcome"}
	f := New(Text{ID: "workflow", Label: "Workflow", Suggest: func(typed string) []string {
		var found []string
		for _, s := range all {
			if strings.Contains(s, typed) {
				found = append(found, s)
			}
		}
		return found
	}}, Text{ID: "next", Label: "Next"})
	f.SetSize(60, 20)
	f.Focus()
	shows(t, f, "welcome")
	all = append(all, "weekly-digest")
	f.Refresh()
	shows(t, f, "weekly-digest")
	press(f, "inv", "down", "down", "enter")
	if got := f.Value("workflow"); got != "invoice-due" || f.Focused() != "workflow" {
		t.Errorf("took %q, focus on %q", got, f.Focused())
	}
	if strings.Contains(ansi.Strip(f.View()), "invite-reminder") {
		t.Error("the list stays open")
	}
	press(f, "x", "tab")
	if got := f.Value("workflow"); got != "invoice-duex" || f.Focused() != "next" {
		t.Errorf("tab changed what was typed to %q", got)
	}
	press(f, "shift+tab", "backspace", "backspace")
	if _, used := f.Handle(named["esc"]); !used {
		t.Error("esc does not close the list")
	}
	if _, used := f.Handle(named["esc"]); used {
		t.Error("a second esc is not left to the view")
	}
}

// A line of several is completed by itself; what moves in the text moves there again once the list is done with.
func TestSuggestionsForALine(t *testing.T) {
	f := New(Area{ID: "to", Label: "To", About: strings.ToUpper, Suggest: func(typed string) []string {
		if typed == "" || !strings.HasPrefix("dana", typed) && !strings.HasPrefix("dora", typed) {
			return nil
		}
		return []string{"dana", "dora"}
	}}, Text{ID: "next", Label: "Next"})
	f.SetSize(60, 20)
	f.Focus()
	press(f, "x", "enter", "d")
	shows(t, f, "dora  DORA")
	press(f, "down", "down", "enter", "enter", "d", "esc", "up")
	if strings.Contains(ansi.Strip(f.View()), "DORA") {
		t.Error("the list of a line that was left stays open")
	}
	if got := f.Value("to"); got != "x\ndora\nd" || f.Focused() != "to" {
		t.Errorf("%q, focus on %q", got, f.Focused())
	}
	press(f, "ctrl+z")
	press(f, "end", "tab")
	if f.Focused() != "next" {
		t.Errorf("tab stays at %q", f.Focused())
	}
}

func TestPairsEditing(t *testing.T) {
	f := New(Pairs{ID: "p", Label: "P", Value: []Pair{{"a", "1"}, {"b", "2"}}})
	f.SetSize(60, 10)
	f.Focus()
	press(f, "down", "backspace", "tab", "backspace")
	press(f, "shift+tab", "backspace")
	if got := fmt.Sprint(f.Pairs("p")); got != "[{a 1}]" {
		t.Errorf("after the second row was emptied and removed: %s", got)
	}
	f.SetPairs("p", []Pair{{"x", "1"}, {"x", "2"}})
	if got := f.Errors(); len(got) != 1 || !strings.Contains(got[0].Err.Error(), `duplicate key "x"`) {
		t.Errorf("errors %v", got)
	}
	f.SetPairs("p", []Pair{{"", "1"}})
	if got := f.Errors(); len(got) != 1 || !strings.Contains(got[0].Err.Error(), "no key") {
		t.Errorf("errors %v", got)
	}
	before := f.Value("p")
	f.SetValue("p", "not pairs")
	if f.Value("p") != before {
		t.Error("nonsense replaced the pairs")
	}
	f.SetValue("p", `[["k","v"]]`)
	if got := fmt.Sprint(f.Pairs("p")); got != "[{k v}]" {
		t.Errorf("set to %s", got)
	}
}

func TestChoice(t *testing.T) {
	f := identify()
	f.FocusField("channel")
	press(f, "left")
	if got := f.Value("channel"); got != "push" {
		t.Errorf("left of the first is %q", got)
	}
	press(f, "s")
	if got := f.Value("channel"); got != "sms" {
		t.Errorf("typing s chose %q", got)
	}
	f.SetValue("channel", "fax")
	f.SetOptions("channel", []Option{{"a", "A"}})
	if got := f.Value("channel"); got != "fax" {
		t.Errorf("new options changed the value to %q", got)
	}
	shows(t, f, "fax")
}

func TestNothingTypedIsLostByResizing(t *testing.T) {
	f := identify()
	long := strings.Repeat("dana", 40)
	press(f, long)
	for _, size := range [][2]int{{1, 1}, {20, 3}, {200, 60}, {0, 0}, {80, 24}} {
		f.SetSize(size[0], size[1])
		f.View()
	}
	if f.Value("email") != long {
		t.Error("what was typed changed")
	}
}

func TestScrollsToTheCursor(t *testing.T) {
	var specs []Spec
	for i := range 30 {
		specs = append(specs, Text{ID: fmt.Sprint(i), Label: fmt.Sprintf("Field %02d", i)})
	}
	f := New(specs...)
	f.SetSize(60, 5)
	f.Focus()
	for i := range 30 {
		shows(t, f, fmt.Sprintf("▌ Field %02d", i))
		press(f, "tab")
	}
	f.View()
	if !f.Click(2) || f.Focused() != "2" {
		t.Errorf("a click on line 2 went to %q", f.Focused())
	}
	if f.Click(5) {
		t.Error("a click below the form hit a field")
	}
}

func TestCustomWidget(t *testing.T) {
	e := jsonedit.New()
	f := New(Text{ID: "a", Label: "A"}, Custom{ID: "data", Label: "Data", Lines: 5, Widget: e, Validate: func(string) error {
		if _, _, msg, broken := e.Error(); broken {
			return errors.New(msg)
		}
		return nil
	}}, Text{ID: "b", Label: "B"})
	f.SetSize(70, 20)
	f.Focus()
	press(f, "tab", "{", "enter", "up")
	if f.Focused() != "data" {
		t.Error("up within the widget left it")
	}
	if got := f.Errors(); len(got) != 1 || got[0].ID != "data" {
		t.Errorf("errors %v", got)
	}
	press(f, "up")
	if f.Focused() != "a" {
		t.Error("up on the first line does not leave the widget")
	}
	press(f, "tab", "down", "down")
	if f.Focused() != "b" || f.Value("data") != "{\n" {
		t.Errorf("focus on %q, data %q", f.Focused(), f.Value("data"))
	}
}

func TestLabelsStandAboveInNarrowWindows(t *testing.T) {
	f := identify()
	f.SetSize(30, 10)
	lines := strings.Split(ansi.Strip(f.View()), "\n")
	if strings.TrimSpace(lines[0]) != "▌ Email" {
		t.Errorf("first line %q", lines[0])
	}
}
