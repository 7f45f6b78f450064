package runs

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/wait"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
)

// placeEvery is how often it is read where a run in sight is: one run at a time, from what the limit leaves.
// placeLater is how long nothing is read after that could not be.
const (
	placeEvery = 500 * time.Millisecond
	placeLater = 5 * time.Second
)

// place reads where the next run in sight is that it is not known of.
func (l *list) place() tea.Cmd {
	if l.placing || !l.Env.Shown() {
		return nil
	}
	for _, r := range l.Table.InSight() {
		if !r.Status.Pending() {
			continue
		}
		if _, known := l.session.Place(r); known {
			continue
		}
		l.placing = true
		return l.Env.Go(func(ctx context.Context) tea.Msg {
			pause := placeEvery
			if !l.session.FindPlace(ctx, r) {
				pause = placeLater
			}
			if wait.Sleep(ctx, pause) != nil {
				return nil
			}
			return placeMsg{}
		})
	}
	return nil
}

// placeColumns are the step that a pending run is in, and when it goes on, as far as they were read.
func placeColumns(s *ops.Session) []table.Column[*client.Run] {
	place := func(r *client.Run) ops.Place {
		if !r.Status.Pending() {
			return ops.Place{}
		}
		p, _ := s.Place(r)
		return p
	}
	return []table.Column[*client.Run]{
		{Title: "STEP", Width: 9, Min: 8, Priority: 4, Cell: table.Text(theme.Muted, func(r *client.Run) string { return place(r).Step })},
		{
			Title: "WAKES", Width: 6, Priority: 5, Right: true,
			Cell: table.Text(theme.Plain, func(r *client.Run) string {
				switch at := place(r).Wakes; {
				case at.IsZero():
					return ""
				case !at.After(s.Client.ServerNow()):
					return "now"
				default:
					return termtext.Age(at.Sub(s.Client.ServerNow()))
				}
			}),
			Order: func(a, b *client.Run) int { return place(a).Wakes.Compare(place(b).Wakes) },
		},
	}
}
