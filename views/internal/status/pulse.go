package status

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui"
)

// PulseMsg is what [ops.Pulse] found anew. The version leads to the next one.
type PulseMsg struct {
	Snapshot ops.PulseSnapshot
	Version  int
}

// AwaitPulse waits for what Pulse finds after a version. It ends with the view, and with the session.
func AwaitPulse(env ui.Env, s *ops.Session, version int) tea.Cmd {
	return env.Go(func(ctx context.Context) tea.Msg {
		snapshot, now, err := s.Pulse.Next(ctx, version)
		if err != nil {
			return nil
		}
		return PulseMsg{snapshot, now}
	})
}
