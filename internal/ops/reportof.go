package ops

import (
	"context"
	"slices"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/export"
	"github.com/knockops/knockops/internal/ops/sweep"
)

// SweepsOf are the sweeps that actions belong to, in their order.
func SweepsOf(ctx context.Context, j *journal.Journal, entries []AuditEntry) ([]sweep.Record, error) {
	var sweeps []sweep.Record
	seen := map[int64]bool{0: true}
	for _, e := range entries {
		if seen[e.Sweep] {
			continue
		}
		seen[e.Sweep] = true
		r, err := sweep.Read(ctx, j, e.Sweep)
		if err != nil {
			return nil, err
		}
		sweeps = append(sweeps, r)
	}
	return sweeps, nil
}

// WriteReport writes the incident report of the actions that match to a file.
func (s *Session) WriteReport(ctx context.Context, f ActionFilter, path string, overwrite bool) (export.Result, error) {
	var all []AuditEntry
	for e, err := range ReadAudit(ctx, s.Journal, f) {
		if err != nil {
			return export.Result{}, err
		}
		all = append(all, e)
	}
	slices.Reverse(all)
	sweeps, err := SweepsOf(ctx, s.Journal, all)
	if err != nil {
		return export.Result{}, err
	}
	return export.Report(path, overwrite, Report(all, sweeps, s.Flags), len(all))
}
