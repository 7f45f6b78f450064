package ops

import (
	"fmt"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
)

// reportBegan says when the runaway began, as far as sweeps found its runs.
func reportBegan(b *strings.Builder, sweeps []sweep.Record) {
	var began time.Time
	for _, s := range sweeps {
		if oldest := s.Progress.Oldest; !oldest.IsZero() && (began.IsZero() || oldest.Before(began)) {
			began = oldest
		}
	}
	if !began.IsZero() {
		fmt.Fprintf(b, "- It began at %s, when the oldest of the swept runs was triggered\n", utc(began))
	}
}

// reportInterrupted says which sweeps ended before they were done, those that were resumed later too.
func reportInterrupted(b *strings.Builder, sweeps []sweep.Record) {
	for _, s := range sweeps {
		for _, step := range s.Steps {
			if phase := step.Progress.Phase; phase == sweep.PhaseAborted || phase == sweep.PhaseFailed {
				fmt.Fprintf(b, "- Interrupted at %s: sweep %d %s\n", utc(step.At), s.ID, phase)
			}
		}
		if phase := s.Progress.Phase; s.CutOff() && phase != sweep.PhaseAborted && phase != sweep.PhaseFailed {
			fmt.Fprintf(b, "- Interrupted: sweep %d is %s\n", s.ID, s.State())
		}
	}
}

// reportOutcomes counts what came of the requests, and what became of the runs that they were to cancel.
func reportOutcomes(b *strings.Builder, entries []AuditEntry, sweeps []sweep.Record) {
	runs := AuditEntry{Verdicts: map[string]int{}}
	add := func(verdicts map[string]int) {
		for verdict, n := range verdicts {
			runs.Verdicts[verdict] += n
		}
	}
	states := map[journal.State]int{}
	for _, e := range entries {
		states[e.State]++
		if e.Sweep == 0 { // a sweep knows of its runs itself
			add(e.Verdicts)
		}
	}
	for _, s := range sweeps {
		add(sweepEntry(s).Verdicts)
	}
	if len(entries) > 0 {
		fmt.Fprintf(b, "- Requests: %s\n", countStates(states))
	}
	if words := runs.VerdictWords(); words != "" {
		fmt.Fprintf(b, "- Runs: %s\n", words)
	}
}

// countStates counts requests by what came of them: "2 accepted, 1 unknown".
func countStates(states map[journal.State]int) string {
	var parts []string
	for _, s := range []journal.State{journal.Done, journal.Failed, journal.Unknown, journal.Begun} {
		if states[s] > 0 {
			parts = append(parts, termtext.Count(states[s])+" "+stateWords[s])
		}
	}
	return strings.Join(parts, ", ")
}
