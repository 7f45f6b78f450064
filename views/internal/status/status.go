// Package status is how Knock's states are drawn, the same on every page: each a
// glyph with a word, so that nothing is told by colour alone.
package status

import (
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
)

// Run is a run's status, or what became of the cancel that was asked for here.
func Run(t *theme.Theme, s *ops.Session, r *client.Run) (string, theme.Ink) {
	if v := s.Cancels.Of(r.ID).Verdict; v != cancel.NoVerdict {
		glyph, ink := verdict(t.Glyphs, v)
		return glyph + " " + v.String(), ink
	}
	if s.Silent(r.ID) {
		return t.Glyphs.Dash + " sent nothing", theme.Attention
	}
	glyph, ink := status(t.Glyphs, r.Status)
	return glyph + " " + string(r.Status), ink
}

func status(g theme.Glyphs, s client.RunStatus) (string, theme.Ink) {
	switch s {
	case client.RunQueued:
		return g.Queued, theme.Muted
	case client.RunProcessing:
		return g.Processing, theme.Plain
	case client.RunPaused:
		return g.Paused, theme.Plain
	case client.RunCompleted:
		return g.Completed, theme.OK
	case client.RunCancelled:
		return g.Cancelled, theme.Muted
	}
	return g.Unconfirmed, theme.Attention
}

func verdict(g theme.Glyphs, v cancel.Verdict) (string, theme.Ink) {
	switch v {
	case cancel.TooYoung, cancel.Requested:
		return g.Requested, theme.Accent
	case cancel.Confirmed:
		return g.Confirmed, theme.OK
	case cancel.FinishedFirst:
		return g.FinishedFirst, theme.Attention
	case cancel.Unconfirmed:
		return g.Unconfirmed, theme.Attention
	}
	return g.Error, theme.Danger
}

// Message is how far a message's delivery got.
func Message(t *theme.Theme, s client.MessageStatus) (string, theme.Ink) {
	g, ink := t.Glyphs.Unconfirmed, theme.Attention
	switch s {
	case client.MessageQueued:
		g, ink = t.Glyphs.Queued, theme.Muted
	case client.MessageSent:
		g, ink = t.Glyphs.Processing, theme.Plain
	case client.MessageDelivered:
		g, ink = t.Glyphs.Completed, theme.OK
	case client.MessageNotSent:
		g, ink = t.Glyphs.Cancelled, theme.Muted
	case client.MessageDeliveryAttempted, client.MessageUndelivered, client.MessageBounced:
		g, ink = t.Glyphs.Error, theme.Danger
	}
	return g + " " + Words(string(s)), ink
}

// Recipient is a recipient as what the docked pane can follow.
func Recipient(r client.Ref) ui.Subject {
	return ui.Subject{Kind: ui.SubjectRecipient, ID: r.String()}
}

// Event is the type of an outbound webhook: what went well, what went wrong, and
// types that Knock has not told of. A workflow recipient run is a run for short.
func Event(t *theme.Theme, kind string) (string, theme.Ink) {
	g, ink := t.Glyphs.Dot, theme.Plain
	switch what, did, _ := strings.Cut(kind, "."); {
	case !events.Known(kind):
		g, ink = t.Glyphs.Unconfirmed, theme.Attention
	case did == "bounced" || did == "undelivered" || did == "error":
		g, ink = t.Glyphs.Error, theme.Danger
	case did == "delivery_attempted":
		g, ink = t.Glyphs.Error, theme.Attention
	case did == "delivered" || did == "completed":
		g, ink = t.Glyphs.Completed, theme.OK
	case did == "sent" || did == "started":
		g = t.Glyphs.Processing
	case what != "message":
		ink = theme.Muted
	}
	if did, ok := strings.CutPrefix(kind, "workflow_recipient_"); ok && events.Known(kind) {
		kind = did
	}
	return g + " " + termtext.Clean(kind), ink // of itself: what joins its neighbour would join the glyph
}

// Words turns one of Knock's names into words: delivery_attempted.
func Words(name string) string { return strings.ReplaceAll(name, "_", " ") }
