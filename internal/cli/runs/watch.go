package runs

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
)

// change is one thing that a watch saw.
type change struct {
	At     time.Time   `json:"at"`     // when it was seen, by the local clock
	Change string      `json:"change"` // new, changed, or gone: it no longer matches
	Run    *client.Run `json:"run"`
}

// goneRead is how many runs that left a watched list at once are read to tell
// how they ended; reading runs is limited to 5 a second.
const goneRead = 5

func watchCmd(a *app.App) *cobra.Command {
	var f filterFlags
	cmd := &cobra.Command{
		Use: "watch", Short: "Print every change of runs as it is seen, until ctrl+c or --timeout", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, _, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			filter, query, err := f.filter(cmd, s.Client)
			if err != nil {
				return err
			}
			err = watch(cmd.Context(), a, s, filter, query)
			if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
				return nil // this is how a watch ends
			}
			return err
		},
	}
	f.add(cmd)
	return cmd
}

func watch(ctx context.Context, a *app.App, s *ops.Session, filter ops.RunFilter, query client.RunFilter) error {
	feed := s.Watch(ctx, query, ops.DefaultKnown)
	out := output.NewLister(a.Printer,
		output.Col("SEEN", func(c change) string { return c.At.Local().Format(time.TimeOnly) }),
		output.Col("CHANGE", func(c change) string { return c.Change }),
		output.Col("STATUS", func(c change) string { return string(c.Run.Status) }),
		output.Col("ID", func(c change) string { return c.Run.ID }),
		output.Col("WORKFLOW", func(c change) string { return c.Run.Workflow }),
		output.Col("RECIPIENT", func(c change) string { return c.Run.Recipient.String() }),
		output.Col("KEY", func(c change) string { return output.OrDash(c.Run.TriggerSource.CancellationKey) }),
		output.Col("AGE", func(c change) string { return termtext.Age(s.Client.ServerNow().Sub(c.Run.InsertedAt)) }),
	)
	known := map[string]*client.Run{}
	var snap ops.Snapshot
	var err, failed error
	for version := 0; ; {
		snap, version, err = feed.Next(ctx, version)
		if err != nil {
			return errors.Join(out.End(), err)
		}
		if snap.ReadAt.IsZero() && client.Permanent(snap.Err) {
			return errors.Join(out.End(), snap.Err)
		}
		if snap.Err != nil && failed == nil {
			a.Say("cannot read now, trying again: %v", snap.Err)
		}
		if snap.Bounded && len(known) == 0 {
			a.Say("only the newest %s are watched", termtext.Plural(len(snap.Runs), "run"))
		}
		failed = snap.Err
		snap.Runs = slices.DeleteFunc(slices.Clone(snap.Runs), func(r *client.Run) bool { return !filter.Matches(r) })
		for _, c := range changes(ctx, a, s, known, snap) {
			if err := out.Add(c); err != nil {
				return err
			}
		}
		if a.Format == output.Table {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}

// changes brings known up to the snapshot and returns what is different, the oldest run first.
func changes(ctx context.Context, a *app.App, s *ops.Session, known map[string]*client.Run, snap ops.Snapshot) []change {
	now := time.Now()
	var out []change
	here := make(map[string]bool, len(snap.Runs))
	for i := len(snap.Runs) - 1; i >= 0; i-- {
		r := snap.Runs[i]
		here[r.ID] = true
		switch before := known[r.ID]; {
		case before == nil:
			out = append(out, change{now, "new", r})
		case before.Status != r.Status || before.ErrorCount != r.ErrorCount:
			out = append(out, change{now, "changed", r})
		}
		known[r.ID] = r
	}
	read := 0
	for id, r := range known {
		if here[id] {
			continue
		}
		delete(known, id)
		if read++; read <= goneRead {
			if last, err := s.Client.GetRun(ctx, id); err == nil {
				r = &last
			}
		}
		out = append(out, change{now, "gone", r})
	}
	return out
}
