package ops

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/termtext"
)

// frozenBy are the last freeze or thaw of each workflow that Knock took, by its environment and key.
func frozenBy(entries []AuditEntry) map[string]AuditEntry {
	last := map[string]AuditEntry{}
	for _, e := range entries {
		if e.State != journal.Done || e.Kind != journal.Freeze && e.Kind != journal.Thaw {
			continue
		}
		id := e.Environment + "\x00" + e.Workflow
		if known, ok := last[id]; !ok || known.ID < e.ID {
			last[id] = e
		}
	}
	return last
}

// reportFrozen says what was frozen, and whether it still is as far as this journal knows.
func reportFrozen(b *strings.Builder, entries []AuditEntry) {
	last := frozenBy(entries)
	for _, id := range slices.Sorted(maps.Keys(last)) {
		e := last[id]
		if e.Kind == journal.Freeze {
			fmt.Fprintf(b, "- Frozen since %s, and not thawed from here: %s in %s\n", utc(e.At), markdown(e.Workflow), markdown(e.Environment))
		} else {
			fmt.Fprintf(b, "- Thawed at %s: %s in %s\n", utc(e.At), markdown(e.Workflow), markdown(e.Environment))
		}
	}
}

// reportNext lists what is left to do, with the commands that do it.
func reportNext(b *strings.Builder, entries []AuditEntry, sweeps []sweep.Record, flags string) {
	title := "\n## To go on with\n\n"
	add := func(why, command, profile string) {
		line := termtext.Clean(runner.Bound(command, cmp.Or(flags, runner.ProfileFlags(profile, ""))))
		fmt.Fprintf(b, "%s- %s: `%s`\n", title, why, line)
		title = ""
	}
	for _, s := range sweeps {
		switch {
		case s.CutOff():
			add(fmt.Sprintf("sweep %d is %s", s.ID, s.State()), fmt.Sprintf("sweep resume %d", s.ID), s.Profile)
		case s.Progress.Unconfirmed > 0:
			add(fmt.Sprintf("sweep %d left %s unconfirmed", s.ID, termtext.Plural(s.Progress.Unconfirmed, "run")), fmt.Sprintf("sweep retry %d --only unconfirmed", s.ID), s.Profile)
		}
	}
	last := frozenBy(entries)
	for _, id := range slices.Sorted(maps.Keys(last)) {
		if e := last[id]; e.Kind == journal.Freeze {
			add(markdown(e.Workflow)+" is frozen: once its sender is mended, thaw it", "workflows thaw "+termtext.ShellWord(e.Workflow), e.Profile)
		}
	}
}
