package trigger

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/why"
	"github.com/knockops/knockops/internal/termtext"
)

// check says what a trigger would do, and sends nothing.
func check(ctx context.Context, a *app.App, t client.Trigger) error {
	s, _, err := a.Session(ctx)
	if err != nil {
		return err
	}
	found, err := why.CheckTrigger(ctx, s, t)
	if err != nil {
		return err
	}
	if err := printCheck(a, found); err != nil {
		return err
	}
	if found.Stopped() {
		return exit.With(exit.CodePart, errors.New("not all of it would be sent; nothing was sent now"))
	}
	a.Say("nothing was sent now")
	return nil
}

func printCheck(a *app.App, c why.Check) error {
	if a.Format != output.Table {
		return a.Object(c)
	}
	facts := []output.Fact{{"workflow", c.Workflow}, {"runs", c.RunsWords()}}
	for _, s := range c.Stops {
		facts = append(facts, output.Fact{"stopped", s.Text})
	}
	for _, w := range c.Warnings {
		facts = append(facts, output.Fact{"note", w})
	}
	if err := a.Item(c, facts...); err != nil {
		return err
	}
	type line struct {
		of why.CheckRecipient
		ch why.CheckChannel
	}
	var lines []line
	for _, r := range c.Recipients {
		for _, ch := range r.Channels {
			lines = append(lines, line{r, ch})
		}
		if len(r.Channels) == 0 {
			lines = append(lines, line{of: r})
		}
	}
	return output.Section(a.Printer, "channels", output.NewLister(a.Printer,
		output.Col("RECIPIENT", func(l line) string { return l.of.Recipient }),
		output.Col("STEP", func(l line) string { return output.OrDash(l.ch.Step) }),
		output.Col("CHANNEL", func(l line) string { return output.OrDash(l.ch.Channel) }),
		output.Col("WOULD", func(l line) string { return output.OrDash(l.ch.Would) }),
		output.Col("WHY", func(l line) string { return output.OrDash(strings.Join(append(l.ch.Words(), l.of.Words()...), "; ")) }),
	), lines)
}

// skeleton prints data of the form that the workflow wants.
func skeleton(ctx context.Context, a *app.App, workflow string) error {
	s, _, err := a.Session(ctx)
	if err != nil {
		return err
	}
	w, err := s.Client.GetWorkflow(ctx, workflow)
	if err != nil {
		return err
	}
	data := ops.DataSkeleton(w)
	if data == nil {
		return fmt.Errorf("%s names no data: neither its schema nor its templates do", termtext.Clean(workflow))
	}
	_, err = fmt.Fprintln(a.Stdout, string(data))
	return err
}
