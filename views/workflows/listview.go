package workflows

import (
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/sparkline"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
)

func columns(t *theme.Theme, s *ops.Session) []table.Column[row] {
	told := func(ink theme.Ink, of func(*client.Workflow) string) func(row) (string, theme.Ink) {
		return table.Text(ink, func(r row) string {
			if r.workflow == nil {
				return ""
			}
			return of(r.workflow)
		})
	}
	return []table.Column[row]{
		{Title: "STATE", Width: 11, Cell: func(r row) (string, theme.Ink) { return state(t, r.workflow) }},
		{Title: "KEY", Width: 24, Min: 14, Flex: true, Identifies: true, Cell: table.Text(theme.Plain, func(r row) string { return r.key })},
		{Title: "NAME", Width: 24, Min: 10, Flex: true, Priority: 3, Cell: told(theme.Plain, func(w *client.Workflow) string { return w.Name })},
		{
			Title: "PENDING", Width: 9, Right: true, Cell: func(r row) (string, theme.Ink) { return r.pending(t) },
			Order: table.By(func(r row) int { return r.load.Pending }),
		},
		table.Nonzero("NEW/MIN", 8, 4, theme.Muted, func(r row) int { return r.load.PerMinute }),
		{
			Title: "LAST HOUR", Width: hourCells, Priority: 1, Cell: table.Text(theme.Muted, func(r row) string { return hour(t, r.load) }),
			Order: table.By(func(r row) float64 { return sum(r.load.Hour) }),
		},
		{
			Title: "OLDEST", Width: 6, Right: true, Priority: 2, Cell: table.Text(theme.Muted, func(r row) string { return age(s, r.load.Oldest) }),
			Order: func(a, b row) int { return a.load.Oldest.Compare(b.load.Oldest) },
		},
		{Title: "STEPS", Width: 5, Right: true, Priority: 1, Cell: told(theme.Muted, func(w *client.Workflow) string { return termtext.Count(len(w.Steps)) })},
		{Title: "CATEGORIES", Width: 18, Min: 10, Priority: 1, Cell: told(theme.Muted, func(w *client.Workflow) string { return strings.Join(w.Categories, ", ") })},
	}
}

// hourCells is the width of what arrived in the last hour.
const hourCells = 10

func hour(t *theme.Theme, l ops.Load) string {
	if sum(l.Hour) == 0 {
		return ""
	}
	return sparkline.Line(t, sparkline.Fold(l.Hour, hourCells), hourCells)
}

func sum(values []float64) (sum float64) {
	for _, n := range values {
		sum += n
	}
	return sum
}

func age(s *ops.Session, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return termtext.Age(s.Client.ServerNow().Sub(at))
}

// pending is how many runs wait, as far as it is known.
func (r row) pending(t *theme.Theme) (string, theme.Ink) {
	switch {
	case r.load.Pending > 0:
		return termtext.Count(r.load.Pending), theme.Plain
	case r.known:
		return "0", theme.Muted
	}
	return t.Glyphs.Requested, theme.Muted
}

// state is whether a workflow takes triggers.
func state(t *theme.Theme, w *client.Workflow) (string, theme.Ink) {
	switch {
	case w == nil:
		return t.Glyphs.Unconfirmed + " not known", theme.Muted
	case !w.Active:
		return t.Glyphs.Paused + " frozen", theme.Attention
	case !w.Valid:
		return t.Glyphs.Error + " invalid", theme.Danger
	}
	return t.Glyphs.Completed + " active", theme.OK
}

func (l *list) empty() (what, help string) {
	if l.Err() != nil {
		return "No run is known to be pending.", l.Env.Hint(trigger) + " triggers a workflow whose key you know."
	}
	return "There are no workflows in " + l.Env.Status().Where() + ".", "They are made in Knock's dashboard."
}

// notice says what cannot be done without the management API.
func (l *list) notice() []string {
	if !unmanaged(l.Err()) {
		return nil
	}
	t := l.Env.Theme
	var lines []string
	for i, line := range termtext.Wrap(why(l.Err())+". Below are the workflows that runs are pending in.", max(10, l.Width()-4)) {
		sign := "   "
		if i == 0 {
			sign = " " + t.Glyphs.Error + " "
		}
		lines = append(lines, t.Attention.Render(sign+line))
	}
	return append(lines, "")
}
