package events

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/events"
)

// tailBeat is how often a tail looks for what other programs wrote.
const tailBeat = 500 * time.Millisecond

func tailCmd(a *app.App) *cobra.Command {
	var f filterFlags
	var lines int
	var after int64
	cmd := &cobra.Command{
		Use: "tail", Short: "Print the last events and then each new one, until ctrl+c or --timeout", Args: cobra.NoArgs,
		Long: "Events are printed in the order they were stored. --after goes on behind an event that was printed before, so\nthat nothing is missed and nothing comes twice. Where the profile has a team, its stream is followed meanwhile.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			j, filter, err := openJournal(a, cmd, &f)
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("after") {
				if after, err = lastFew(cmd.Context(), a, j, filter, lines); err != nil {
					return err
				}
			}
			return following(cmd.Context(), a, j, func(ctx context.Context) error {
				return tail(ctx, a, j, filter, after, func() <-chan struct{} { return nil })
			})
		},
	}
	f.add(cmd)
	cmd.Flags().IntVarP(&lines, "lines", "n", 10, "how many there are to begin with")
	cmd.Flags().Int64Var(&after, "after", 0, "begin behind the event of this id")
	return cmd
}

// following does something while the profile's team is followed into the journal, where it has one.
func following(ctx context.Context, a *app.App, j *journal.Journal, do func(context.Context) error) error {
	p, err := a.JournalProfile()
	if err != nil {
		return err
	}
	if p.Team.IsZero() {
		return do(ctx)
	}
	if p.Environment, err = a.Environment(p); err != nil {
		return err
	}
	s, err := app.ShareWithTeam(ctx, p, j, events.NewFeed(j), a.Log)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	defer work.Wait()
	defer stop()
	work.Go(func() { s.Run(ctx, false) })
	return do(ctx)
}

// lastFew is the event behind which the last few of those that match begin.
func lastFew(ctx context.Context, a *app.App, j *journal.Journal, f events.Filter, few int) (int64, error) {
	f.Whole = false
	last, err := j.LastEvent(ctx)
	if err != nil || few <= 0 {
		return last, err
	}
	found, err := j.Events(ctx, f, few, 0)
	if err != nil || len(found) == 0 {
		return last, err
	}
	return found[len(found)-1].ID - 1, nil
}

// tail prints events after one of that id as they come, until ctx ends. changed may tell that it is worth looking.
func tail(ctx context.Context, a *app.App, j *journal.Journal, f events.Filter, after int64, changed func() <-chan struct{}) error {
	out := output.NewLister(a.Printer, slices.Clone(columns)...)
	ticker := time.NewTicker(tailBeat)
	defer ticker.Stop()
	for {
		news := changed() // asked for before looking, so that nothing slips between
		for full := true; full; {
			page, err := j.EventsAfter(ctx, f, after, pageSize)
			if ctx.Err() != nil {
				return out.End() // this is how a tail ends
			}
			if err != nil {
				return output.Closing(out, err)
			}
			for _, e := range page {
				if err := out.Add(printed(e)); err != nil {
					return err
				}
				after = e.ID
			}
			full = len(page) == pageSize
		}
		if a.Format == output.Table {
			if err := out.Flush(); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return out.End()
		case <-news:
		case <-ticker.C:
		}
	}
}
