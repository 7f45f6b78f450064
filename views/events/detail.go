package events

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/jsonview"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/requestpane"
	"github.com/knockops/knockops/views/internal/status"
)

// detail is one event: what its envelope tells, its body, and the request that
// brought it.
type detail struct {
	env     ui.Env
	session *ops.Session
	id      string
	read    *events.Event
	err     error

	body    *jsonview.Viewer
	request requestpane.Pane
	raw     bool // keys go to the request, which is shown alone where not both find room

	width, height int
}

type (
	eventMsg struct {
		event events.Event
		err   error
	}
	viewerMsg struct{ tea.Msg }
)

func newDetail(env ui.Env, s *ops.Session, p ui.Params) *detail {
	d := &detail{env: env, session: s, id: p[ID], body: jsonview.New()}
	d.body.SetTheme(env.Theme)
	return d
}

func (d *detail) Init() tea.Cmd {
	id, err := strconv.ParseInt(d.id, 10, 64)
	if err != nil {
		d.err = fmt.Errorf("%q is not the number of an event in the journal", d.id)
		return nil
	}
	return d.env.Go(func(ctx context.Context) tea.Msg {
		e, err := d.session.Events.Event(ctx, id)
		return eventMsg{e, err}
	})
}

// viewer brings what the viewer asked for back to it.
func (d *detail) viewer(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return d.env.Go(func(context.Context) tea.Msg { return viewerMsg{cmd()} })
}

func (d *detail) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case eventMsg:
		if d.err = msg.err; d.err != nil {
			return nil
		}
		d.read = &msg.event
		d.request.Set(request(msg.event))
		d.layout()
		return d.viewer(d.body.SetJSON(msg.event.Body))
	case fullMsg:
		return msg.cmd()
	case viewerMsg:
		return d.viewer(d.body.Update(msg.Msg))
	case tea.MouseWheelMsg:
		if d.raw {
			d.request.Update(msg)
			return nil
		}
	}
	return d.viewer(d.body.Update(msg))
}

// request is what came over the wire: the headers, in the order in which they
// came, and the body as it was.
func request(e events.Event) []requestpane.Line {
	var lines []requestpane.Line
	for _, h := range e.Header {
		lines = append(lines, requestpane.Line{Text: h.Name + ": " + h.Value, Ink: theme.Muted})
	}
	lines = append(lines, requestpane.Line{})
	return append(lines, requestpane.Lines(theme.Plain, string(e.Body))...)
}

func (d *detail) SetSize(w, h int) {
	d.width, d.height = w, h
	d.layout()
}

func (d *detail) layout() { d.body.SetSize(d.bodyWidth(), max(1, d.height-len(d.head())-1)) }

// bodyWidth is what the body takes: half of what both have, side by side, or all.
func (d *detail) bodyWidth() int {
	if d.env.Theme.Beside(d.width) {
		return d.width / 2
	}
	return d.width
}

func (d *detail) Crumb() string {
	if d.read == nil {
		return ""
	}
	return termtext.Truncate(d.read.Type, 40)
}

func (d *detail) Note() string {
	if d.read == nil {
		return ""
	}
	return "event " + d.id + " of the journal"
}

func (d *detail) Editing() bool { return !d.raw && d.body.Editing() }

func (d *detail) View() string {
	t := d.env.Theme
	if d.read == nil {
		if d.err == nil {
			return "\n   " + t.Muted.Render("Loading the event "+t.Glyphs.Requested)
		}
		return "\n   " + t.Danger.Render(termtext.Fit(t.Glyphs.Error+" "+d.err.Error(), d.width-6))
	}
	head := d.head()
	room, body := max(1, d.height-len(head)-1), d.bodyWidth()
	ofBody, ofRequest := heading(t, !d.raw, "body"), heading(t, d.raw, "request")
	hint := t.Muted.Render("  " + d.env.Hint(section))
	switch {
	case body < d.width:
		head = append(head, " "+termtext.FitStyled(ofBody, body+2)+ofRequest+hint)
		return strings.Join(append(head, requestpane.Beside(t, d.body.View(), d.request.View(t, d.width-body-3, room), body, room)), "\n")
	case d.raw:
		return strings.Join(append(head, " "+ofRequest+t.Muted.Render(" "+t.Glyphs.Dot+" ")+ofBody+hint, indent(d.request.View(t, d.width-4, room))), "\n")
	}
	return strings.Join(append(head, " "+ofBody+t.Muted.Render(" "+t.Glyphs.Dot+" ")+ofRequest+hint, d.body.View()), "\n")
}

// heading is the title of a part, bold where keys go to it.
func heading(t *theme.Theme, focused bool, title string) string {
	if focused {
		return t.Title.Render(title)
	}
	return t.Muted.Render(title)
}

func indent(s string) string { return "   " + strings.ReplaceAll(s, "\n", "\n   ") }

// head is what the envelope tells, and what came of the signature.
func (d *detail) head() []string {
	if d.read == nil {
		return nil
	}
	t, e := d.env.Theme, *d.read
	word, ink := status.Event(t, e.Type)
	proof, proofInk := verdict(t, e)
	proof += map[string]string{
		"unverified":    ": no secret was set to check its signature with",
		"reconstructed": ": it never arrived; this is what the API told later",
	}[events.Verdict(e)]
	lines := []string{" " + t.Style(ink).Render(termtext.Truncate(word, d.width/2)) + "   " + t.Style(proofInk).Render(termtext.Truncate(proof, d.width/2-6))}
	fields := []field{
		{"outcome", e.Outcome},
		{"received", stampOf(e.ReceivedAt) + again(e)},
		{"created", stampOf(e.CreatedAt)},
		{"recipient", e.Recipient},
		{"workflow", e.Workflow},
		{"run", e.RunID},
		{"trigger", e.WorkflowRunID},
		{"message", e.MessageID},
		{"channel", strings.TrimSpace(e.ChannelType + " " + e.ChannelID)},
		{"tenant", e.Tenant},
		{"key", e.CancellationKey},
		{"environment", e.EnvironmentID},
	}
	fields = slices.DeleteFunc(fields, func(f field) bool { return f.value == "" })
	columns := 1
	if t.Beside(d.width) {
		columns = 2
	}
	room := max(1, d.height/2-2)
	for len(fields) > 0 && room > 0 {
		if room--; room == 0 && len(fields) > columns {
			lines = append(lines, t.Muted.Render(" and "+termtext.Count(len(fields))+" more fields, in the body"))
			break
		}
		n := min(columns, len(fields))
		lines = append(lines, " "+fieldLine(t, fields[:n], (d.width-2)/columns))
		fields = fields[n:]
	}
	return append(lines, "")
}

type field struct{ name, value string }

func fieldLine(t *theme.Theme, fields []field, width int) string {
	line := ""
	for _, f := range fields {
		line += t.Muted.Render(termtext.Fit(f.name, 13)) + t.Plain.Render(termtext.Fit(f.value, width-14)) + " "
	}
	return line
}

func stampOf(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.Local().Format("2006-01-02 15:04:05.000 MST")
}

// again tells how often the event was sent.
func again(e events.Event) string {
	if e.Repeats == 0 {
		return ""
	}
	return fmt.Sprintf(", and %s since, last %s", termtext.Plural(e.Repeats, "time"), stampOf(e.LastAt))
}

// Subject implements [ui.Pointed].
func (d *detail) Subject() ui.Subject {
	if d.read == nil {
		return ui.Subject{}
	}
	return subjectOf(*d.read)
}

func detailBindings() []ui.Binding {
	return append([]ui.Binding{
		ui.Bind(section, func(d *detail) tea.Cmd { d.raw = !d.raw; return nil }, (*detail).loading),
		ui.Bind(keymap.Action{ID: "event.fold", Title: "Fold or unfold", Short: "fold", Keys: []string{"enter", "space"}}, func(d *detail) tea.Cmd { return d.viewer(d.body.Update(tea.KeyPressMsg{Code: tea.KeyEnter})) }, (*detail).noBody),
		ui.Bind(keymap.Action{ID: "event.find", Title: "Search in the body", Short: "search", Keys: []string{"/"}}, func(d *detail) tea.Cmd { return d.viewer(d.body.StartSearch()) }, (*detail).noBody),
		ui.Bind(keymap.Action{ID: "event.next", Title: "Next match", Keys: []string{"n"}}, func(d *detail) tea.Cmd { d.body.Next(); return nil }, (*detail).noBody),
		ui.Bind(keymap.Action{ID: "event.previous", Title: "Previous match", Keys: []string{"N"}}, func(d *detail) tea.Cmd { d.body.Prev(); return nil }, (*detail).noBody),
		ui.Bind(keymap.Action{ID: "event.jq", Title: "Filter the body by a jq expression", Short: "jq", Keys: []string{"f"}}, func(d *detail) tea.Cmd { return d.viewer(d.body.StartFilter()) }, (*detail).noBody),
		ui.Bind(keymap.Action{ID: "event.value", Title: "Copy the value under the cursor", Keys: []string{"y"}}, func(d *detail) tea.Cmd { return ui.Copy("the value", d.body.Value()) }, (*detail).noBody),
	}, eventBindings(Detail)...)
}

var section = keymap.Action{ID: "event.section", Title: "Switch between the body and the request", Short: "body/request", Keys: []string{"tab", "shift+tab"}}

func (d *detail) loading() string {
	if d.read == nil {
		return "the event is still loading"
	}
	return ""
}

func (d *detail) noBody() string {
	if d.raw {
		return "that is for the body: " + d.env.Hint(section) + " shows it"
	}
	return d.loading()
}

func (d *detail) event() (events.Event, string) {
	if d.read == nil {
		return events.Event{}, d.loading()
	}
	return *d.read, ""
}

func (d *detail) whole(then func(events.Event) tea.Cmd) tea.Cmd { return then(*d.read) }

func (d *detail) shell() (ui.Env, *ops.Session) { return d.env, d.session }

// Move implements [ui.Mover].
func (d *detail) Move(key tea.KeyPressMsg) tea.Cmd {
	if !d.raw {
		return d.viewer(d.body.Update(key))
	}
	d.request.Update(key)
	return nil
}
