package events

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/status"
)

var columns = []table.Column{
	{ID: "at", Title: "AT", Width: 8},
	{ID: "type", Title: "TYPE", Width: 28, Min: 24},
	{ID: "recipient", Title: "RECIPIENT", Width: 18, Min: 12, Flex: true},
	{ID: "workflow", Title: "WORKFLOW", Width: 18, Min: 12, Flex: true, Priority: 5},
	{ID: "channel", Title: "CHANNEL", Width: 11, Priority: 2},
	{ID: "repeats", Title: "SENT", Width: 4, Right: true, Priority: 1},
	{ID: "verdict", Title: "SIGNATURE", Width: 12, Priority: 6},
	{ID: "age", Title: "AGE", Width: 4, Right: true, Priority: 3},
}

// row is an event with what the table asks for at every frame.
type row struct {
	ops.Event
	id string
}

func newRow(e ops.Event) *row { return &row{e, strconv.FormatInt(e.ID, 10)} }

// cell draws one cell. Where the table has no room for the verdicts, an event
// that is not proven to be Knock's says so with its type.
func cell(t *theme.Theme, r *row, column string, dropped []string) (string, theme.Ink) {
	switch column {
	case "at":
		return clock(r.ReceivedAt), theme.Muted
	case "type":
		if !r.Verified && slices.Contains(dropped, "verdict") {
			word, ink := verdict(t, r.Event)
			return word + " " + termtext.Clean(r.Type), ink
		}
		return status.Event(t, r.Type)
	case "recipient":
		return r.Recipient, theme.Plain
	case "workflow":
		return r.Workflow, theme.Plain
	case "channel":
		return status.Words(r.ChannelType), theme.Muted
	case "repeats":
		if r.Repeats == 0 {
			return "", theme.Muted
		}
		return "×" + strconv.Itoa(r.Repeats+1), theme.Attention
	case "verdict":
		return verdict(t, r.Event)
	}
	return termtext.Age(time.Since(r.ReceivedAt)), theme.Muted
}

// verdict is what is known of who sent an event.
func verdict(t *theme.Theme, e ops.Event) (string, theme.Ink) {
	word := ops.EventVerdict(e)
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
