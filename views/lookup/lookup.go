// Package lookup leads from an id to what has it, whatever that is.
package lookup

import (
	"context"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/lookup"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/nav"
)

// In finds things by their ids, for the palette.
func In(s *ops.Session) ui.Finder {
	return ui.Finder{LookUp: lookUp(s), Known: known(s)}
}

// known are the things in memory whose ids begin so.
func known(s *ops.Session) func(begin string) []ui.Choice {
	return func(begin string) (found []ui.Choice) {
		for _, t := range lookup.Known(s, begin) {
			found = append(found, ui.Choice{Name: termtext.Middle(t.ID, 40), ID: t.ID, Text: strings.TrimSpace(string(t.Kind) + " " + t.Says), Run: open(t)})
		}
		return found
	}
}

// lookUp finds what has an id; what cannot be read is one more line, with why.
func lookUp(s *ops.Session) func(ctx context.Context, id string) []ui.Choice {
	return func(ctx context.Context, id string) []ui.Choice {
		things, err := lookup.Find(ctx, s, id)
		var found []ui.Choice
		for _, t := range things {
			found = append(found, ui.Choice{Name: string(t.Kind), Text: t.Says, Run: open(t)})
		}
		if err != nil {
			found = append(found, ui.Choice{Name: "not all could be asked", Text: err.Error(), Run: ui.Toast(ui.Bad, "%s", err)})
		}
		return found
	}
}

// open goes to a thing.
func open(t lookup.Thing) tea.Cmd {
	switch t.Kind {
	case lookup.Run:
		return nav.Run(t.ID)
	case lookup.Trigger:
		of := nav.RunsOf{Workflow: t.Workflow, WorkflowRun: t.ID, Status: "all"}
		if !t.After.IsZero() {
			of.Since = t.After.UTC().Format(time.RFC3339)
		}
		return nav.Runs(of)
	case lookup.Message:
		return nav.Message(t.ID)
	case lookup.User:
		return nav.User(t.ID)
	case lookup.Object:
		if r, err := client.ParseRef(t.ID); err == nil {
			return nav.Of(r)
		}
	case lookup.Key:
		return nav.Runs(nav.RunsOf{Workflow: t.Workflow, Key: t.ID, Status: "all"})
	case lookup.Workflow:
		return nav.WorkflowDetail(t.ID)
	case lookup.Sweep:
		if n, err := strconv.ParseInt(t.ID, 10, 64); err == nil {
			return nav.Sweeping(n)
		}
	}
	return ui.Toast(ui.Warn, "there is no page for %s", termtext.Clean(string(t.Kind)))
}
