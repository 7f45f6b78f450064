package history

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/pager"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/status"
)

const (
	// mostShown bounds the lines of a request's body and of its recipients here.
	mostShown = 200
	// fullTime is a moment as a detail shows it.
	fullTime = "2006-01-02 15:04:05.000 MST"
)

// detail is one action: its request, its outcome, and what became of its runs.
type detail struct {
	env     ui.Env
	session *ops.Session
	id      int64
	action  *ops.AuditEntry
	notes   []ops.ActionNote
	err     error
	pager   pager.Pager
	round   int // of reading; a refresh begins another
	width   int
}

type actionMsg struct {
	action ops.AuditEntry
	notes  []ops.ActionNote
	err    error
	round  int
}

type nextMsg struct{ round int }

func newDetail(env ui.Env, s *ops.Session, p ui.Params) *detail {
	d := &detail{env: env, session: s}
	d.id, d.err = strconv.ParseInt(p[ID], 10, 64)
	return d
}

func (d *detail) Init() tea.Cmd {
	if d.err != nil {
		return nil
	}
	return d.read()
}

func (d *detail) read() tea.Cmd {
	d.round++
	round := d.round
	return d.env.Go(func(ctx context.Context) tea.Msg {
		a, notes, err := d.session.AuditEntry(ctx, d.id)
		return actionMsg{a, notes, err, round}
	})
}

func (d *detail) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case actionMsg:
		if msg.round != d.round {
			return nil
		}
		if d.err = msg.err; msg.err == nil {
			d.action, d.notes = &msg.action, msg.notes
		}
		d.draw()
		return d.env.After(lookEvery, nextMsg{msg.round})
	case nextMsg:
		if msg.round == d.round {
			return d.read()
		}
	case tea.MouseWheelMsg:
		return d.pager.Update(msg)
	}
	return nil
}

func (d *detail) SetSize(w, h int) {
	d.width = w
	d.pager.SetSize(w, h)
	d.draw()
}

func (d *detail) draw() {
	if d.action == nil {
		return
	}
	a, t := d.action, d.env.Theme
	word, ink := state(t, *a)
	lines := []string{" " + t.Style(ink).Render(word) + "   " + t.Plain.Render(termtext.Truncate(a.Standing().Means(), max(1, d.width-termtext.Width(word)-5)))}
	if a.Outcome != "" {
		lines = append(lines, d.wrapped(theme.Plain, a.Outcome)...)
	}
	if command := ops.FindOut(a.Action); a.Standing().Open() && command != "" {
		lines = append(lines, d.wrapped(theme.Attention, "To find out: "+d.session.Command(command))...)
	}
	lines = append(lines, "")
	lines = append(lines, d.facts()...)
	if len(a.Recipients) > 0 {
		lines = append(lines, "", " "+t.Title.Render(termtext.Plural(len(a.Recipients), "recipient")))
		lines = append(lines, d.wrapped(theme.Plain, bounded(a.Recipients, ", ", "recipients"))...)
	}
	lines = append(lines, "", " "+t.Title.Render("Request"), d.line(theme.Plain, a.Method+" "+a.Path))
	if len(a.Request) > 0 {
		for line := range strings.SplitSeq(bounded(strings.Split(indented(a.Request), "\n"), "\n", "lines: "+d.env.Key("action.raw")+" shows it whole"), "\n") {
			lines = append(lines, d.line(theme.Plain, line))
		}
	}
	d.pager.SetLines(append(lines, d.verdicts()...))
}

func (d *detail) facts() []string {
	a := d.action
	to := ""
	if a.Everyone {
		to = "EVERYONE under the key"
	}
	status := ""
	if a.Status != 0 {
		status = strconv.Itoa(a.Status)
	}
	finished := ""
	if !a.FinishedAt.IsZero() {
		finished = a.FinishedAt.Local().Format(fullTime) + ", after " + a.FinishedAt.Sub(a.At).Round(time.Millisecond).String()
	}
	var lines []string
	for _, f := range [][2]string{
		{"What", string(a.Kind)}, {"Workflow", a.Workflow}, {"Key", a.Key}, {"To", to}, {"Why", a.Reason}, {"Who", a.Who},
		{"Profile", a.Profile}, {"Environment", a.Environment}, {"Started", a.At.Local().Format(fullTime)}, {"Ended", finished},
		{"HTTP status", status}, {"Request id", a.RequestID}, {"Workflow run", a.WorkflowRunID}, {"Repeat under", a.IdempotencyKey},
	} {
		if f[1] != "" {
			lines = append(lines, "   "+d.env.Theme.Muted.Render(termtext.Fit(f[0], 14))+d.env.Theme.Plain.Render(termtext.Truncate(f[1], max(1, d.width-18))))
		}
	}
	return lines
}

// verdicts are what became of the runs, the counts first.
func (d *detail) verdicts() []string {
	if len(d.notes) == 0 {
		return nil
	}
	t := d.env.Theme
	counts, order := map[string]int{}, []string{}
	for _, n := range d.notes {
		if counts[n.Verdict]++; counts[n.Verdict] == 1 {
			order = append(order, n.Verdict)
		}
	}
	for i, v := range order {
		order[i] = termtext.Count(counts[v]) + " " + v
	}
	lines := []string{"", " " + t.Title.Render("What became of the runs") + t.Muted.Render("   "+termtext.Clean(strings.Join(order, " · ")))}
	for _, n := range d.notes {
		lines = append(lines, d.line(theme.Plain, n.At.Local().Format("15:04:05")+"  "+termtext.Fit(n.Verdict, 14)+"  "+termtext.Middle(n.Run, 13)+"  "+n.Detail))
	}
	return lines
}

func (d *detail) line(ink theme.Ink, s string) string {
	return "   " + d.env.Theme.Style(ink).Render(termtext.Truncate(s, max(1, d.width-4)))
}

func (d *detail) wrapped(ink theme.Ink, s string) []string {
	lines := termtext.Wrap(s, max(10, d.width-4))
	for i, l := range lines {
		lines[i] = d.line(ink, l)
	}
	return lines
}

// bounded joins the first of some parts, and says how many more there are.
func bounded(parts []string, sep, what string) string {
	if len(parts) <= mostShown {
		return strings.Join(parts, sep)
	}
	return strings.Join(parts[:mostShown], sep) + sep + fmt.Sprintf("… and %s more %s", termtext.Count(len(parts)-mostShown), what)
}

func indented(raw json.RawMessage) string {
	if out, ok := termtext.IndentJSON(raw, ""); ok {
		return string(out)
	}
	return string(raw)
}

func (d *detail) Crumb() string {
	if d.action == nil {
		return ""
	}
	return termtext.Clean(strings.TrimSpace(string(d.action.Kind) + " " + d.action.Workflow))
}

func (d *detail) Note() string {
	if n := d.pager.More(); n > 0 {
		return termtext.Plural(n, "line") + " below"
	}
	return ""
}

func (d *detail) Editing() bool { return false }

func (d *detail) View() string {
	switch {
	case d.action != nil:
		return d.pager.View()
	case d.err != nil:
		return status.Failed(d.env.Theme, d.err.Error(), d.env.Key("action.refresh")+" tries again, "+d.env.Key("app.back")+" goes back.", d.width)
	}
	return "\n   " + d.env.Theme.Muted.Render("Loading the journal "+d.env.Theme.Glyphs.Requested)
}

func (d *detail) Disabled(action string) string {
	if action != "action.runs" && action != "action.raw" && action != "action.copy" {
		return ""
	}
	switch {
	case d.action == nil:
		return "the action is still loading"
	case action == "action.runs":
		return noRuns(d.action.Action)
	case action == "action.copy":
		return noRequestID(d.action.Action)
	case len(d.action.Request) == 0:
		return "the request had no body"
	}
	return ""
}

func (d *detail) Do(action string) tea.Cmd {
	switch action {
	case "action.runs":
		return openRuns(d.action.Action)
	case "action.raw":
		return ui.Open("json", ui.Params{"title": "request of " + string(d.action.Kind) + " " + d.action.Workflow, "json": string(d.action.Request)})
	case "action.refresh":
		return d.read()
	case "action.copy":
		return ui.Copy("request id "+d.action.RequestID, d.action.RequestID)
	}
	if key := ui.ListKey(action); key != nil {
		return d.pager.Update(key)
	}
	return nil
}

func noRequestID(a ops.Action) string {
	if a.RequestID == "" {
		return "this has no request id: no answer told one"
	}
	return ""
}
