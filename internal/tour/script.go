package tour

import (
	"errors"
	"fmt"

	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/builtin"
	"github.com/knockops/knockops/internal/termtext"
)

// Default is the tour of whoever names none.
const Default = "identify-trigger-cancel"

// About is a tour in a list.
type About struct {
	Name    string `json:"name"`
	Summary string `json:"summary"`
	Scenes  int    `json:"scenes"`
}

// List are all tours: one for each flow that is built in.
func List() (out []About, err error) {
	for _, name := range builtin.Names() {
		f, _, err := builtin.Load(name)
		if err != nil {
			return nil, err
		}
		out = append(out, About{name, f.Summary, len(script(name, f))})
	}
	return out, nil
}

// Load is a tour by its name.
func Load(name string) ([]Scene, error) {
	f, ok, err := builtin.Load(name)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		text := "there is no tour " + name + "; knockops demo --list names them"
		return nil, errors.New(text + termtext.DidYouMean(name, builtin.Names()))
	}
	return script(name, f), nil
}

// script tells a flow in the console: where it is found, what it sends, each of its steps, what it
// came to, and where that stands afterwards.
func script(name string, f *flow.Flow) []Scene {
	w := &f.Workflows[0]
	scenes := []Scene{
		{f.Title + ". " + f.Summary + " It is a flow: a document that can be read and run. First, where they are listed.",
			[]Act{{Keys: []string{":"}, Text: "flows"}, {Keys: []string{"enter"}, Until: "built in"}}},
		{"This one is opened. Its inputs have values that fit this demo; beside them stands what it would send.",
			[]Act{{Keys: []string{"/"}, Text: name}, {Keys: []string{"enter", "enter"}, Until: "version " + f.InfoVersion}}},
	}
	stops := stopsOf(f, w)
	begin := "before " + stops[0]
	scenes = append(scenes, Scene{
		"It will pause before each step. What changes something is asked for first: the question names the environment and every request, and stands on No.",
		[]Act{{Keys: []string{"ctrl+t", "ctrl+s"}, Until: "No, send nothing"}, {Keys: []string{"tab", "right", "enter"}, Until: begin}},
	})
	if !asks(f, w) {
		scenes[2] = Scene{"It will pause before each step. This flow only reads, so nothing is asked.", []Act{{Keys: []string{"ctrl+t", "ctrl+s"}, Until: begin}}}
	}
	captions := captionsOf(f, w)
	for i := range stops {
		until := "succeeded"
		if i+1 < len(stops) {
			until = "before " + stops[i+1]
		}
		scenes = append(scenes, Scene{captions[i], []Act{{Keys: []string{"space"}, Until: until}}})
	}
	return append(scenes,
		Scene{"All steps passed. Each can be looked at: its request, the answer, and every criterion with both sides. We go up to the one before the last.",
			[]Act{{Keys: []string{"up"}}}},
		Scene{"Whatever changes something is written down before it is sent: who, when, why, and what came of it. That is the history.",
			[]Act{{Keys: []string{":"}, Text: "history"}, {Keys: []string{"enter"}, Until: "1 of"}}},
	)
}

// stopsOf are the steps that the run pauses before: those that send a request.
func stopsOf(f *flow.Flow, w *arazzo.Workflow) (ids []string) {
	for i := range w.Steps {
		if s := &w.Steps[i]; !f.Sources.IsChannel(s) && s.Workflow.S == "" {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

// captionsOf say what is about to happen at each stop; what follows without one is part of it.
func captionsOf(f *flow.Flow, w *arazzo.Workflow) (out []string) {
	for i := range w.Steps {
		s := &w.Steps[i]
		if f.Sources.IsChannel(s) {
			if n := len(out) - 1; n >= 0 {
				out[n] += " Then it receives: " + s.Description
			}
			continue
		}
		out = append(out, fmt.Sprintf("Next, %s: %s", s.ID, s.Description))
	}
	return out
}

// asks reports that a flow changes something, so that its run is asked for.
func asks(f *flow.Flow, w *arazzo.Workflow) bool {
	plan, err := f.DryRun(w, flow.Options{})
	for _, p := range plan {
		if p.Call != nil && p.Call.Operation.Changes() {
			return true
		}
	}
	return err != nil
}
