// Package flow holds the commands that check, run, test and record Arazzo documents.
package flow

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/value"
	"github.com/knockops/knockops/internal/ops/flows"
	"github.com/knockops/knockops/internal/termtext"
)

// Command holds the commands about flows.
func Command(a *app.App) *cobra.Command {
	return input.Group("flow", "Run Arazzo documents: steps that call Knock, with what they expect",
		listCmd(a), showCmd(a), checkCmd(a), runCmd(a), testCmd(a), replayCmd(a), newCmd(a), recordCmd(a))
}

// load reads a flow: a file, a name in the operator's folder, or the name of one that is built in.
func load(a *app.App, name string) (*flow.Flow, error) {
	f, err := a.Flows().Load(name)
	if err != nil {
		return nil, exit.Usage("%w", err)
	}
	return f, nil
}

// workflowOf finds the workflow of a document that is meant.
func workflowOf(f *flow.Flow, id string) (*arazzo.Workflow, error) {
	w, err := f.Workflow(id)
	if err != nil {
		return nil, exit.Usage("--workflow: %w", err)
	}
	return w, nil
}

func listCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the flows: built in, and in the folder flows beside the configuration", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			l := output.NewLister(a.Printer,
				output.Col("NAME", func(f flows.Listed) string { return f.Name }),
				output.Col("STEPS", func(f flows.Listed) string { return fmt.Sprint(f.Steps) }),
				output.Col("SUMMARY", func(f flows.Listed) string { return output.OrDash(f.Summary + f.Error) }),
				output.Col("SOURCE", func(f flows.Listed) string { return f.Source }),
			)
			return l.Rows(a.Flows().List())
		},
	}
}

// shownFlow is a flow as JSON.
type shownFlow struct {
	Title       string          `json:"title"`
	Version     string          `json:"version"`
	Arazzo      string          `json:"arazzo"`
	Summary     string          `json:"summary,omitempty"`
	Description string          `json:"description,omitempty"`
	Workflows   []shownWorkflow `json:"workflows"`
}

type shownWorkflow struct {
	ID      string       `json:"workflowId"`
	Summary string       `json:"summary,omitempty"`
	Inputs  []shownInput `json:"inputs"`
	Steps   []shownStep  `json:"steps"`
	Outputs []string     `json:"outputs"`
}

type shownInput struct {
	Name        string   `json:"name"`
	Types       []string `json:"type"`
	Required    bool     `json:"required"`
	Description string   `json:"description,omitempty"`
	Default     any      `json:"default,omitempty"`
	FromProfile bool     `json:"from_profile,omitempty"`
}

type shownStep struct {
	ID          string `json:"stepId"`
	Calls       string `json:"calls"`
	Description string `json:"description,omitempty"`
}

func showCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "show FILE|NAME", Short: "Show what a flow does: its inputs, steps and outputs", Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			f, err := load(a, args[0])
			if err != nil {
				return err
			}
			shown := showFlow(f)
			if a.Format != output.Table {
				return a.Object(shown)
			}
			return printFlow(a, shown)
		},
	}
}

func showFlow(f *flow.Flow) shownFlow {
	out := shownFlow{Title: f.Title, Version: f.InfoVersion, Arazzo: f.Version, Summary: f.Summary, Description: f.Description}
	for i := range f.Workflows {
		w := &f.Workflows[i]
		x := shownWorkflow{ID: w.ID, Summary: w.Summary, Inputs: []shownInput{}, Outputs: []string{}}
		for _, in := range f.Inputs(w) {
			x.Inputs = append(x.Inputs, shownInput{in.Name, in.Types, in.Required && in.Default == nil && !in.Secret, in.Description, in.Default, in.Secret})
		}
		for _, s := range w.Steps {
			x.Steps = append(x.Steps, shownStep{s.ID, s.Target().S, s.Description})
		}
		for _, o := range w.Outputs {
			x.Outputs = append(x.Outputs, o.Name)
		}
		out.Workflows = append(out.Workflows, x)
	}
	return out
}

func printFlow(a *app.App, f shownFlow) error {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%s  version %s, Arazzo %s", f.Title, f.Version, f.Arazzo)
	if text := firstNonEmpty(f.Description, f.Summary); text != "" {
		line("%s", text)
	}
	for _, w := range f.Workflows {
		line("\n%s  %s", w.ID, w.Summary)
		for _, in := range w.Inputs {
			line("  input   %s  %s", termtext.Fit(in.Name, 18), inputWords(in))
		}
		for i, s := range w.Steps {
			line("  %-7d %s  %s", i+1, termtext.Fit(s.ID, 18), s.Calls)
			if s.Description != "" {
				line("          %s  %s", termtext.Fit("", 18), s.Description)
			}
		}
		if len(w.Outputs) > 0 {
			line("  outputs %s", strings.Join(w.Outputs, ", "))
		}
	}
	_, err := fmt.Fprint(a.Stdout, termtext.CleanLines(b.String()))
	return err
}

func inputWords(in shownInput) string {
	kind := strings.Join(in.Types, " or ")
	parts := []string{}
	if kind != "" {
		parts = append(parts, kind)
	}
	switch {
	case in.FromProfile:
		parts = append(parts, "from the profile")
	case in.Default != nil:
		parts = append(parts, "default "+value.Text(in.Default))
	case in.Required:
		parts = append(parts, "required")
	}
	text := strings.Join(parts, ", ")
	if in.Description != "" {
		text += ": " + in.Description
	}
	return text
}

func firstNonEmpty(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

func checkCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "check FILE|NAME…", Short: "Find what is wrong with flows, with file, line and column", Args: cobra.MinimumNArgs(1),
		Long: "Unknown operations, outputs that no step sets, steps that are never reached, expressions that find nothing,\n" +
			"criteria that cannot be read. Nothing is sent. It ends with code 2 where a document cannot be run.",
		RunE: func(_ *cobra.Command, args []string) error { return check(a, args) },
	}
}

// problem is a problem as JSON.
type problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Where   string `json:"where,omitempty"`
	Problem string `json:"problem"`
	Warning bool   `json:"warning"`
}

func check(a *app.App, names []string) error {
	l := output.NewLister(a.Printer,
		output.Col("PLACE", func(p problem) string { return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column) }),
		output.Col("KIND", func(p problem) string { return map[bool]string{true: "warning", false: "error"}[p.Warning] }),
		output.Col("PROBLEM", func(p problem) string { return strings.TrimPrefix(p.Where+": ", ": ") + p.Problem }),
	)
	broken := 0
	for _, name := range names {
		f, err := load(a, name)
		var problems arazzo.Problems
		switch {
		case err == nil:
			problems = f.Check()
		case !errors.As(err, &problems):
			return err
		}
		if len(problems.Errors()) > 0 {
			broken++
		}
		for _, p := range problems {
			if err := l.Add(problem{p.File, p.Pos.Line, p.Pos.Column, p.Where, p.What, p.Warning}); err != nil {
				return err
			}
		}
	}
	if err := l.End(); err != nil {
		return err
	}
	if broken > 0 {
		return exit.Usage("%s of %d cannot be run", termtext.Plural(broken, "document"), len(names))
	}
	a.Say("%s can be run", termtext.Plural(len(names), "document"))
	return nil
}
