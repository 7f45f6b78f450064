package ui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

// Confirm describes a question that stands before something which cannot be
// taken back. Whoever asks builds it from a snapshot: OnYes closes over the
// very ids that Lines speak of, so nothing that refreshes behind the dialog
// changes what it does.
type Confirm struct {
	// Title names the act, the count and the environment: "Cancel 2 runs in production".
	Title string
	// Totals stay in sight above Lines, which scroll where they find no room.
	Totals []string
	// Lines say what will and what will not happen.
	Lines []string
	// Yes and No are the two buttons' words: "Cancel 2 runs", "No, keep them".
	Yes, No string
	// Word must be typed before Yes works, when it is set; WordIs says what it is: "the workflow's key".
	Word, WordIs string
	// AskReason offers a line for the reason; NeedReason insists on it.
	AskReason, NeedReason bool
	// Arms has the yes arm the profile first; Lines say so.
	Arms bool
	// OnYes gets the reason; nil where there is nothing but to arm.
	OnYes func(reason string) tea.Cmd
}

type confirm struct {
	Confirm
	theme  *theme.Theme
	reason Line
	word   Line
	focus  string
	hint   string
	yes    bool // it was answered so

	buttons     int // their row in the dialog; what the title and the text say is none
	at, scrolls int // the first line of the text in sight, and how far that can go
	page        int // how many lines of it are in sight
}

// NewConfirm makes the dialog. It starts on "No", or on the first thing to type.
func NewConfirm(t *theme.Theme, c Confirm) Dialog {
	d := &confirm{Confirm: c, theme: t, reason: Input(t), word: Input(t)}
	d.reason.Prompt, d.word.Prompt = t.Glyphs.Crumb+" ", t.Glyphs.Crumb+" "
	d.setFocus(d.stops()[0])
	return d
}

// Guarded keeps keys already in flight from answering.
func (d *confirm) Guarded() bool { return true }

// stops are the places that tab visits, in order.
func (d *confirm) stops() []string {
	var s []string
	if d.AskReason || d.NeedReason {
		s = append(s, "reason")
	}
	if d.Word != "" {
		s = append(s, "word")
	}
	return append(s, "no", "yes")
}

func (d *confirm) setFocus(at string) {
	d.focus = at
	d.reason.Blur()
	d.word.Blur()
	switch at {
	case "reason":
		d.reason.Focus()
	case "word":
		d.word.Focus()
	}
}

func (d *confirm) move(by int) {
	stops := d.stops()
	for i, s := range stops {
		if s == d.focus {
			d.setFocus(stops[(i+by+len(stops))%len(stops)])
			return
		}
	}
}

// Update implements [Dialog].
func (d *confirm) Update(msg tea.Msg) (tea.Cmd, bool) {
	if c, ok := msg.(Click); ok {
		return d.clicked(c)
	}
	if m, ok := msg.(tea.MouseWheelMsg); ok {
		d.scroll(map[tea.MouseButton]int{tea.MouseWheelUp: -1, tea.MouseWheelDown: 1}[m.Button])
		return nil, false
	}
	key, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return d.typed(msg), false
	}
	switch key.String() {
	case "esc":
		return nil, true
	case "pgup":
		d.scroll(-d.page)
		return nil, false
	case "pgdown":
		d.scroll(d.page)
		return nil, false
	case "tab", "down":
		d.move(1)
		return nil, false
	case "shift+tab", "up":
		d.move(-1)
		return nil, false
	case "enter":
		return d.enter()
	case "left", "right", "h", "l":
		if d.focus == "no" || d.focus == "yes" {
			d.setFocus(map[string]string{"no": "yes", "yes": "no"}[d.focus])
			return nil, false
		}
	}
	return d.typed(msg), false
}

func (d *confirm) scroll(by int) { d.at = max(0, min(d.at+by, d.scrolls)) }

func (d *confirm) clicked(c Click) (tea.Cmd, bool) {
	switch {
	case c.Row != d.buttons:
		return nil, false
	case c.On(d.No):
		d.setFocus("no")
	case c.On(d.Yes):
		d.setFocus("yes")
	default:
		return nil, false
	}
	return d.enter()
}

func (d *confirm) typed(msg tea.Msg) tea.Cmd {
	var cmd tea.Cmd
	switch d.focus {
	case "reason":
		d.reason, cmd = d.reason.Update(msg)
	case "word":
		d.word, cmd = d.word.Update(msg)
	}
	return cmd
}

func (d *confirm) enter() (tea.Cmd, bool) {
	switch d.focus {
	case "no":
		return nil, true
	case "reason", "word":
		d.move(1)
		return nil, false
	}
	if d.NeedReason && strings.TrimSpace(d.reason.Value()) == "" {
		d.hint = "A reason is required: it goes into the history."
		d.setFocus("reason")
		return nil, false
	}
	if d.Word != "" && d.word.Value() != d.Word {
		d.hint = "That is not " + d.WordIs + ": type it exactly."
		d.setFocus("word")
		return nil, false
	}
	d.yes = true
	return d.accept(strings.TrimSpace(d.reason.Value())), true
}

// accept carries out what was asked, once the profile is armed where the yes was to that as well.
func (d *confirm) accept(reason string) tea.Cmd {
	if !d.Arms {
		return d.OnYes(reason)
	}
	var then func() tea.Cmd
	if d.OnYes != nil {
		then = func() tea.Cmd { return d.OnYes(reason) }
	}
	return func() tea.Msg { return armMsg{then} }
}

func (a *App) accepted(d Dialog) {
	if c, ok := d.(*confirm); ok && c.yes && a.cfg.Accepted != nil {
		a.cfg.Accepted(c.Confirm)
	}
}

// View implements [Dialog]. What must be seen to answer, the totals, the fields
// and the buttons, is never cut. Where the text finds no room between them, the
// space around it goes first, and then it scrolls.
func (d *confirm) View(width, height int) string {
	t := d.theme
	inner := min(max(40, width-4), 88)
	w := inner - 4
	totals, lines := d.text(w)
	fields := d.fields(inner)
	buttons := d.button(d.No, d.focus == "no", t.Plain) + "   " + d.button(d.Yes, d.focus == "yes", t.Danger)
	end := lipgloss.PlaceHorizontal(w, lipgloss.Right, buttons)
	var loose []string
	for _, part := range [][]string{totals, lines, fields} {
		if len(part) > 0 {
			loose = append(append(loose, part...), "")
		}
	}
	if len(loose)+1+frameRows <= height {
		d.scrolls, d.at = 0, 0
		return d.framed(append(loose, end), inner, 1)
	}
	totals, lines = d.text(w - 2)        // beside the scrollbar
	room := max(1, height-len(fields)-3) // the buttons, and the frame's own lines
	pinned := min(len(totals), room/2)   // the rest of them scrolls with the text
	lines = slices.Concat(totals[pinned:], lines)
	room = max(1, room-pinned)
	if len(lines) > room {
		room = max(1, room-1)
	}
	d.scrolls, d.page = max(0, len(lines)-room), room
	d.at = max(0, min(d.at, d.scrolls))
	tight := slices.Clone(totals[:pinned])
	for i, side := range scrollbar(t, room, d.at, len(lines)) {
		if d.at+i < len(lines) {
			tight = append(tight, termtext.FitStyled(lines[d.at+i], w-2)+side)
		}
	}
	if d.scrolls > 0 {
		tight = append(tight, t.Attention.Render(termtext.Fit(fmt.Sprintf("lines %d to %d of %d, pgdown and pgup show the others", d.at+1, d.at+room, len(lines)), w)))
	}
	return d.framed(append(append(tight, fields...), end), inner, 0)
}

// text is what stays in sight of the words, and what scrolls, wrapped.
func (d *confirm) text(w int) (totals, lines []string) {
	if termtext.Width(termtext.Clean(d.Title)) > w { // it names the environment, so it is read whole
		lines = append(styled(d.theme.Title, d.Title, w), "")
	}
	for _, l := range d.Totals {
		totals = append(totals, termtext.Wrap(termtext.Clean(l), w)...)
	}
	for _, l := range d.Lines {
		lines = append(lines, termtext.Wrap(termtext.Clean(l), w)...)
	}
	return totals, lines
}

// framed draws the frame, and keeps on which row of it the buttons are.
func (d *confirm) framed(body []string, inner, space int) string {
	view := box(d.theme, d.Title, strings.Join(body, "\n"), inner, space)
	d.buttons = strings.Count(view, "\n")
	if !d.theme.Options.Accessible {
		d.buttons -= 1 + space
	}
	return view
}

// fields are what is typed into, each with what it is for. What must be typed is
// shown whole, however long.
func (d *confirm) fields(inner int) []string {
	var fields []string
	if d.AskReason || d.NeedReason {
		fields = append(fields, d.field("Reason", &d.reason, inner))
	}
	if d.Word != "" {
		fields = append(fields, styled(d.theme.Plain, "Type "+d.WordIs+" to continue: "+termtext.Clean(d.Word), inner-4)...)
		fields = append(fields, d.field("", &d.word, inner))
	}
	if d.hint != "" {
		fields = append(fields, styled(d.theme.Attention, d.theme.Glyphs.Error+" "+d.hint, inner-4)...)
	}
	return fields
}

func styled(ink lipgloss.Style, s string, w int) []string {
	lines := termtext.Wrap(termtext.Clean(s), w)
	for i, l := range lines {
		lines[i] = ink.Render(l)
	}
	return lines
}

func (d *confirm) field(label string, in *Line, inner int) string {
	if label != "" {
		label = d.theme.Muted.Render(label + "   ")
	} else {
		label = "  "
	}
	in.SetWidth(max(8, inner-6-lipgloss.Width(label)))
	return label + in.View()
}

func (d *confirm) button(word string, focused bool, ink lipgloss.Style) string {
	if focused {
		return d.theme.ButtonFocused.Render("[ " + word + " ]")
	}
	return ink.Render("  " + word + "  ")
}
