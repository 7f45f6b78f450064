package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/knockops/knockops/internal/text"
	"github.com/knockops/knockops/ui/theme"
)

// Confirm describes a question that stands before something which cannot be
// taken back. Whoever asks builds it from a snapshot: OnYes closes over the
// very ids that Lines speak of, so nothing that refreshes behind the dialog
// changes what it does.
type Confirm struct {
	// Title names the act, the count and the environment: "Cancel 2 runs in production".
	Title string
	// Lines say what will and what will not happen.
	Lines []string
	// Yes and No are the two buttons' words: "Cancel 2 runs", "No, keep them".
	Yes, No string
	// Word must be typed before Yes works, when it is set; WordIs says what it is: "the workflow's key".
	Word, WordIs string
	// AskReason offers a line for the reason; NeedReason insists on it.
	AskReason, NeedReason bool
	// OnYes gets the reason.
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
	key, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return d.typed(msg), false
	}
	switch key.String() {
	case "esc":
		return nil, true
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

func (d *confirm) clicked(c Click) (tea.Cmd, bool) {
	switch {
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
		d.hint = "A reason is asked for here: it goes into the history."
		d.setFocus("reason")
		return nil, false
	}
	if d.Word != "" && d.word.Value() != d.Word {
		d.hint = "Type " + d.WordIs + " exactly to go on: " + text.Clean(d.Word)
		d.setFocus("word")
		return nil, false
	}
	d.yes = true
	return d.OnYes(strings.TrimSpace(d.reason.Value())), true
}

func (a *App) accepted(d Dialog) {
	if c, ok := d.(*confirm); ok && c.yes && a.cfg.Accepted != nil {
		a.cfg.Accepted(c.Confirm)
	}
}

// View implements [Dialog].
func (d *confirm) View(width, height int) string {
	t := d.theme
	inner := min(max(40, width-4), 88)
	var lines []string
	for _, l := range d.Lines {
		lines = append(lines, text.Wrap(text.Clean(l), inner-4)...)
	}
	var fields []string
	if d.AskReason || d.NeedReason {
		fields = append(fields, d.field("Reason", &d.reason, inner))
	}
	if d.Word != "" {
		fields = append(fields, t.Plain.Render(text.Fit("Type "+d.WordIs+" to go on: "+text.Clean(d.Word), inner-4)), d.field("", &d.word, inner))
	}
	if d.hint != "" {
		fields = append(fields, t.Attention.Render(text.Fit(t.Glyphs.Error+" "+d.hint, inner-4)))
	}
	buttons := d.button(d.No, d.focus == "no", t.Plain) + "   " + d.button(d.Yes, d.focus == "yes", t.Danger)
	buttons = lipgloss.PlaceHorizontal(inner-4, lipgloss.Right, buttons)
	// What must be seen to answer, the fields and the buttons, is never cut; the text is, with its count.
	room := max(1, height-len(fields)-7)
	if cut := len(lines) - room; cut > 0 {
		lines = append(lines[:room-1], t.Muted.Render("… and "+text.Plural(cut+1, "line")+" more"))
	}
	body := append(lines, "")
	if len(fields) > 0 {
		body = append(append(body, fields...), "")
	}
	return Frame(t, d.Title, strings.Join(append(body, buttons), "\n"), inner)
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

// Frame draws a titled frame around body, inner cells wide; for what lies on top of the page.
// In accessible mode it is the title and the body, nothing around them.
func Frame(t *theme.Theme, title, body string, inner int) string {
	if t.Options.Accessible {
		return t.Title.Render(text.Fit(title, inner)) + "\n\n" + body
	}
	g := t.Glyphs
	b := lipgloss.Border{
		Top: g.Rule, Bottom: g.Rule, Left: g.Bar, Right: g.Bar,
		TopLeft: g.Corner[0], TopRight: g.Corner[1], BottomLeft: g.Corner[2], BottomRight: g.Corner[3],
	}
	ink := lipgloss.NewStyle().Foreground(t.Accent.GetForeground())
	boxed := lipgloss.NewStyle().Border(b).BorderForeground(t.Accent.GetForeground()).Padding(1, 2).Width(inner + 2).Render(body)
	_, rest, _ := strings.Cut(boxed, "\n")
	name := text.Clean(title)
	name = " " + text.Fit(name, min(inner-4, text.Width(name))) + " "
	fill := max(0, inner-text.Width(name)-1)
	head := ink.Render(b.TopLeft+b.Top) + t.Title.Render(name) + ink.Render(strings.Repeat(b.Top, fill)+b.TopRight)
	return head + "\n" + rest
}
