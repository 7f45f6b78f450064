package ops

import (
	"context"
	"slices"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/export"
	"github.com/knockops/knockops/internal/ops/sweep"
)

// ReadReport makes the incident report of the actions that match, and counts them.
func ReadReport(ctx context.Context, j *journal.Journal, f ActionFilter, flags string) (report string, actions int, err error) {
	var all []AuditEntry
	for e, err := range ReadAudit(ctx, j, f) {
		if err != nil {
			return "", 0, err
		}
		all = append(all, e)
	}
	slices.Reverse(all)
	sweeps, err := reportedSweeps(ctx, j, f, all)
	return Report(all, sweeps, flags), len(all), err
}

// reportedSweeps are the sweeps that actions belong to, and those that match although they sent nothing, in their order.
func reportedSweeps(ctx context.Context, j *journal.Journal, f ActionFilter, entries []AuditEntry) ([]sweep.Record, error) {
	known, err := sweep.ReadAll(ctx, j)
	if err != nil {
		return nil, err
	}
	belongs := map[int64]bool{}
	for _, e := range entries {
		belongs[e.Sweep] = true
	}
	var sweeps []sweep.Record
	for _, r := range slices.Backward(known) {
		if !belongs[r.ID] && !(folds(f) && swept(f, sweepEntry(r))) {
			continue
		}
		whole, err := sweep.Read(ctx, j, r.ID)
		if err != nil {
			return nil, err
		}
		sweeps = append(sweeps, whole)
	}
	return sweeps, nil
}

// WriteReport writes the incident report of the actions that match to a file.
func (s *Session) WriteReport(ctx context.Context, f ActionFilter, path string, overwrite bool) (export.Result, error) {
	report, actions, err := ReadReport(ctx, s.Journal, f, s.Flags)
	if err != nil {
		return export.Result{}, err
	}
	return export.Report(path, overwrite, report, actions)
}
