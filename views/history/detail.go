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
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/detailpage"
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
	*detailpage.Page[told]
	session *ops.Session
}

// told is an action and what was noted of it since.
type told struct {
	ops.AuditEntry
	notes []ops.ActionNote
}

func detailBindings() []ui.Binding {
	return []ui.Binding{
		detailpage.On(keymap.Action{ID: "action.runs", Title: "Runs of the workflow and key", Short: "runs", Keys: []string{"enter", "p"}},
			func(_ *detail, a told) tea.Cmd { return openRuns(a.Action) }, func(_ *detail, a told) string { return noRuns(a.Action) }),
	}
}

func newDetail(env ui.Env, s *ops.Session, p ui.Params) *detail {
	d := &detail{session: s}
	d.Page = detailpage.New(env, detailpage.Spec[told]{
		Noun: "action", Crumb: d.crumb, Every: lookEvery,
		CopyOf: "request id", Copied: func(a told) string { return a.RequestID },
		Raw: func(a told) (string, json.RawMessage) {
			return "request of " + string(a.Kind) + " " + a.Workflow, a.Request
		},
		Read: func(ctx context.Context) (told, error) {
			id, err := strconv.ParseInt(p[ID], 10, 64)
			if err != nil {
				return told{}, err
			}
			a, notes, err := s.AuditEntry(ctx, id)
			return told{a, notes}, err
		},
		Draw: d.draw,
	})
	return d
}

func (d *detail) crumb() string {
	a, _ := d.Value()
	return strings.TrimSpace(string(a.Kind) + " " + a.Workflow)
}

func (d *detail) draw(a told, s *detailpage.Sheet) {
	word, ink := status.Action(d.Env.Theme, a.AuditEntry)
	s.Head(ink, word, a.Standing().Means())
	if a.Outcome != "" {
		s.Text(theme.Plain, a.Outcome)
	}
	if command := ops.FindOut(a.Action); a.Standing().Open() && command != "" {
		s.Text(theme.Attention, "To find out: "+d.session.Command(command))
	}
	s.Blank()
	facts(a, s)
	if len(a.Recipients) > 0 {
		s.Section(termtext.Plural(len(a.Recipients), "recipient"), "")
		s.Text(theme.Plain, bounded(a.Recipients))
	}
	s.Section("Request", "")
	s.Line(theme.Plain, a.Method+" "+a.Path)
	if len(a.Request) > 0 {
		s.JSON(a.Request, mostShown, d.Env.Hint(keymap.DetailRaw)+" shows it whole")
	}
	verdicts(a, s)
}

func facts(a told, s *detailpage.Sheet) {
	to, ended := "", ""
	if a.Everyone {
		to = "EVERYONE under the key"
	}
	if !a.FinishedAt.IsZero() {
		ended = a.FinishedAt.Local().Format(fullTime) + ", after " + a.FinishedAt.Sub(a.At).Round(time.Millisecond).String()
	}
	for _, f := range [][2]string{
		{"What", string(a.Kind)}, {"Workflow", a.Workflow}, {"Key", a.Key}, {"To", to}, {"Sweep", optional(a.Sweep)}, {"Why", a.Reason}, {"Who", a.Who},
		{"Profile", a.Profile}, {"Environment", a.Environment}, {"Started", a.At.Local().Format(fullTime)}, {"Ended", ended},
		{"HTTP status", optional(int64(a.Status))}, {"Request id", a.RequestID}, {"Workflow run", a.WorkflowRunID}, {"Repeat under", a.IdempotencyKey},
	} {
		s.Fact(f[0], f[1])
	}
}

func optional(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// verdicts are what became of the runs, the counts first.
func verdicts(a told, s *detailpage.Sheet) {
	words := a.VerdictWords()
	if words == "" {
		return
	}
	s.Section("What became of the runs", words)
	for _, n := range a.notes {
		s.Line(theme.Plain, n.At.Local().Format("15:04:05")+"  "+termtext.Fit(n.Verdict, 14)+"  "+termtext.Middle(n.Run, 13)+"  "+n.Detail)
	}
}

// bounded joins the first recipients, and says how many more there are.
func bounded(all []string) string {
	if len(all) <= mostShown {
		return strings.Join(all, ", ")
	}
	return strings.Join(all[:mostShown], ", ") + fmt.Sprintf(", … and %s more recipients", termtext.Count(len(all)-mostShown))
}
