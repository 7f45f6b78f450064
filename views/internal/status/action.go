package status

import (
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui/theme"
)

// Action is how an entry of the history stands. What Knock took is no tick before its runs prove it.
func Action(t *theme.Theme, e ops.AuditEntry) (string, theme.Ink) {
	glyph, ink := Standing(t, e.Standing())
	return glyph + " " + e.StateWords(), ink
}

// Standing is the glyph and the ink of a standing.
func Standing(t *theme.Theme, stands ops.Standing) (string, theme.Ink) {
	g := t.Glyphs
	switch stands {
	case ops.StandsInProgress:
		return g.Requested, theme.Accent
	case ops.StandsRequested:
		return g.Requested, theme.Plain
	case ops.StandsDone, ops.StandsConfirmed:
		return g.Completed, theme.OK
	case ops.StandsFinishedFirst:
		return g.FinishedFirst, theme.Attention
	case ops.StandsFailed:
		return g.Error, theme.Danger
	}
	return g.Unconfirmed, theme.Attention
}
