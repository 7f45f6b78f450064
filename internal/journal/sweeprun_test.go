package journal

import (
	"fmt"
	"testing"
)

// One page of a large sweep's requests, with what became of the runs of each.
func BenchmarkVerdictsOfASweep(b *testing.B) {
	j, err := OpenMemory()
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	ctx := b.Context()
	sweep, err := j.BeginSweep(ctx, Sweep{At: noon, Scope: []byte("{}"), Options: []byte("{}")})
	if err != nil {
		b.Fatal(err)
	}
	const runs, page = 100_000, 500
	rows := make([]SweepRun, runs)
	for i := range rows {
		rows[i] = SweepRun{Run: fmt.Sprint("run-", i), Workflow: "w", Key: fmt.Sprint("k-", i/20), Recipient: fmt.Sprint("user-", i), Outcome: "confirmed"}
	}
	if err := j.PutSweepRuns(ctx, sweep, rows); err != nil {
		b.Fatal(err)
	}
	var ids []int64
	for i := range page {
		id, err := j.Begin(ctx, Action{At: noon, Kind: Cancel, Workflow: "w", Key: fmt.Sprint("k-", i), Everyone: true, Sweep: sweep})
		if err != nil {
			b.Fatal(err)
		}
		ids = append(ids, id)
	}
	for b.Loop() {
		found, err := j.Verdicts(ctx, ids)
		if err != nil || len(found) != page || found[ids[0]]["confirmed"] != 20 {
			b.Fatal(len(found), err)
		}
	}
}
