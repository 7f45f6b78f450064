package events

import (
	"strconv"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/status"
)

// row is an event with what the table asks for at every frame.
type row struct {
	events.Event
	id string
}

func newRow(e events.Event) *row { return &row{e, strconv.FormatInt(e.ID, 10)} }

// columns of the list. An event that is not proven to be Knock's says so with its type.
func columns(t *theme.Theme) []table.Column[*row] {
	kind := func(r *row) (string, theme.Ink) {
		if !r.Verified {
			word, ink := verdict(t, r.Event)
			return word + " " + termtext.Clean(r.Type), ink
		}
		return status.Event(t, r.Type)
	}
	outcome := func(r *row) (string, theme.Ink) {
		_, ink := status.Event(t, r.Type)
		return r.Outcome, ink
	}
	return []table.Column[*row]{
		{
			Title: "AT", Width: 8, Cell: table.Text(theme.Muted, func(r *row) string { return clock(r.ReceivedAt) }),
			Order: func(a, b *row) int { return a.ReceivedAt.Compare(b.ReceivedAt) },
		},
		{Title: "TYPE", Width: 28, Min: 24, Cell: kind},
		{Title: "RECIPIENT", Width: 18, Min: 12, Flex: true, Identifies: true, Cell: table.Text(theme.Plain, func(r *row) string { return r.Recipient })},
		{Title: "WORKFLOW", Width: 18, Min: 12, Flex: true, Priority: 5, Cell: table.Text(theme.Plain, func(r *row) string { return r.Workflow })},
		{Title: "OUTCOME", Width: 24, Min: 14, Flex: true, Priority: 4, Cell: outcome},
		{Title: "KEY", Width: 16, Min: 10, Flex: true, Priority: 1, Cell: table.Text(theme.Muted, func(r *row) string { return r.CancellationKey })},
		{Title: "CHANNEL", Width: 11, Priority: 2, Cell: table.Text(theme.Muted, func(r *row) string { return status.Words(r.ChannelType) })},
		{Title: "SENT", Width: 4, Right: true, Priority: 1, Cell: sent, Order: table.By(func(r *row) int { return r.Repeats })},
		{
			Title: "AGE", Width: 4, Right: true, Priority: 3, Cell: table.Text(theme.Muted, func(r *row) string { return termtext.Age(time.Since(r.ReceivedAt)) }),
			Order: func(a, b *row) int { return b.ReceivedAt.Compare(a.ReceivedAt) },
		},
	}
}

// sent is how often an event came, where that is more than once.
func sent(r *row) (string, theme.Ink) {
	if r.Repeats == 0 {
		return "", theme.Muted
	}
	return "×" + strconv.Itoa(r.Repeats+1), theme.Attention
}

// verdict is what is known of who sent an event.
func verdict(t *theme.Theme, e events.Event) (string, theme.Ink) {
	word := events.Verdict(e)
	switch {
	case e.Reconstructed:
		return word, theme.Muted
	case e.Verified:
		return t.Glyphs.Confirmed + " " + word, theme.Muted
	}
	return t.Glyphs.Error + " " + word, theme.Attention
}

// clock is a moment of today as its time, one of another day as its date.
func clock(at time.Time) string {
	local, now := at.Local(), time.Now()
	if local.YearDay() != now.YearDay() || local.Year() != now.Year() {
		return local.Format("Jan _2")
	}
	return local.Format(time.TimeOnly)
}

// followed says what the pane follows.
func followed(s ui.Subject) string {
	kind := s.Kind
	if kind == ui.SubjectRecipient {
		kind = "user"
		if strings.Contains(s.ID, "/") && !strings.HasPrefix(s.ID, `"`) {
			kind = "object"
		}
	}
	return "following " + kind + " " + termtext.Middle(s.ID, 32)
}
