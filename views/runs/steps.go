package runs

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui/kit/timeline"
	"github.com/knockops/knockops/ui/theme"
)

// stepsFor is how long the steps of a workflow are good for.
const stepsFor = time.Minute

// recipes are the workflows that were read for their steps, shared by all
// details: going through many runs of a workflow reads it once.
type recipes struct {
	session *ops.Session
	mu      sync.Mutex
	read    map[string]recipe
}

type recipe struct {
	steps []client.Step
	at    time.Time
}

// of reads a workflow's steps. There are none where the management API does not
// tell: a run is shown as well without them.
func (r *recipes) of(ctx context.Context, workflow string) []client.Step {
	r.mu.Lock()
	known := r.read[workflow]
	r.mu.Unlock()
	if !known.at.IsZero() && time.Since(known.at) < stepsFor {
		return known.steps
	}
	w, err := r.session.Client.GetWorkflow(ctx, workflow)
	if err != nil && ctx.Err() != nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.read[workflow] = recipe{w.Steps, time.Now()}
	return w.Steps
}

type stepsMsg struct{ steps []client.Step }

// readSteps reads once what the run's workflow is made of, while there may be steps to come.
func (d *detail) readSteps() tea.Cmd {
	if d.asked || d.run == nil || !d.run.Status.Pending() {
		return nil
	}
	d.asked = true
	workflow := d.run.Workflow
	return d.env.Go(func(ctx context.Context) tea.Msg { return stepsMsg{d.recipes.of(ctx, workflow)} })
}

// toCome are the entries of the steps that a pending run has still before it.
func (d *detail) toCome() []timeline.Entry {
	if !d.run.Status.Pending() {
		return nil
	}
	var entries []timeline.Entry
	for _, s := range ops.StepsAfter(d.steps, ops.PlaceOf(*d.run).Step) {
		words := "waits"
		if conditions := string(s.Conditions); conditions != "" && conditions != "null" && conditions != "{}" {
			words += ", and is skipped unless its conditions are met"
		}
		entries = append(entries, timeline.Entry{
			ID: "to come/" + s.Ref, Glyph: d.env.Theme.Glyphs.Dot, Ink: theme.Muted, Title: s.Ref, Text: words,
		})
	}
	return entries
}
