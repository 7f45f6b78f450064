package cancel

import (
	"context"
	"slices"

	"github.com/knockops/knockops/client"
)

// Read finds the runs that are pending under a key of a workflow: of these
// recipients, or of everyone when there are none. Few recipients are looked up
// one by one. Otherwise the workflow's pending runs are read, 250 a second, and
// after bound of them complete is false.
func Read(ctx context.Context, c *client.Client, workflow string, keys []string, to []client.Ref, bound int) (runs []*client.Run, complete bool, err error) {
	filter := client.RunFilter{Workflow: workflow, Statuses: client.PendingStatuses}
	filters := []client.RunFilter{filter}
	if n := len(to); n > 0 && n <= fewRuns {
		filters = filters[:0]
		for i := range to {
			filter.Recipient = &to[i]
			filters = append(filters, filter)
		}
	}
	read := 0
	for _, f := range filters {
		for run, err := range c.Runs(ctx, f) {
			if err != nil {
				return runs, false, err
			}
			if read++; read > bound {
				return runs, false, nil
			}
			if slices.Contains(keys, run.TriggerSource.CancellationKey) {
				runs = append(runs, &run)
			}
		}
	}
	return runs, true, nil
}
