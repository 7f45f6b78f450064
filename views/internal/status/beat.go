package status

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui"
)

// BeatMsg is what [ops.Pulse] found anew. The version leads to the next one.
type BeatMsg struct {
	Beat    ops.Beat
	Version int
}

// Beat waits for what Pulse finds after a version. It ends with the view, and with the session.
func Beat(env ui.Env, s *ops.Session, version int) tea.Cmd {
	return env.Go(func(ctx context.Context) tea.Msg {
		beat, now, err := s.Pulse.Next(ctx, version)
		if err != nil {
			return nil
		}
		return BeatMsg{beat, now}
	})
}
