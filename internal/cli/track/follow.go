package track

import (
	"context"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops"
)

func isURL(source string) bool { return strings.Contains(source, "://") }

// ingestionURL is where a source takes events: as it was given, as the profile says, or as Knock tells.
func ingestionURL(ctx context.Context, s *ops.Session, p config.Profile, source string) (string, error) {
	if isURL(source) {
		return source, nil
	}
	if kept, ok := p.Sources[source]; ok {
		return kept.Resolve(ctx)
	}
	return s.IngestionURL(ctx, source)
}

// sending prepares an event whose outcome is followed.
func sending(ctx context.Context, s *ops.Session, key string, e client.TrackEvent) (ops.SentEvent, error) {
	source, err := s.Source(ctx, key)
	if err != nil {
		return ops.SentEvent{}, err
	}
	return s.Sending(ctx, source, e)
}

// follow says what an event caused.
func follow(ctx context.Context, a *app.App, s *ops.Session, e ops.SentEvent) error {
	c, err := s.Caused(ctx, e)
	if err != nil && c.Log.ID == "" {
		return exit.With(exit.CodePart, err)
	}
	facts := []output.Fact{{"event", c.Log.Event}, {"log", c.Log.ID}, {"messageId", e.MessageID}, {"outcome", c.Sentence()}}
	for _, t := range c.Triggers {
		facts = append(facts, output.Fact{"trigger", t.Workflow + " " + t.WorkflowRunID})
	}
	if bad := a.Item(c, facts...); bad != nil {
		return bad
	}
	if a.Format == output.Table && len(c.Runs) > 0 {
		bad := output.Section(a.Printer, "runs", output.NewLister(a.Printer,
			output.Col("RUN", func(r client.Run) string { return r.ID }),
			output.Col("WORKFLOW", func(r client.Run) string { return r.Workflow }),
			output.Col("RECIPIENT", func(r client.Run) string { return r.Recipient.String() }),
			output.Col("STATUS", func(r client.Run) string { return string(r.Status) }),
		), c.Runs)
		if bad != nil {
			return bad
		}
	}
	if err != nil {
		return exit.With(exit.CodePart, err)
	}
	return verdict(c.SourceResult)
}

// verdict is how the command ends: well where Knock did all that is mapped.
func verdict(r ops.SourceResult) error {
	switch r.Outcome {
	case ops.SourceActed:
		return nil
	case ops.SourceDuplicate:
		return exit.Part("nothing new happened: Knock had the message id already (%s)", r.Words)
	case ops.SourceRefused:
		return exit.Part("Knock refused what is mapped to it: %s", r.Words)
	}
	return exit.Part("the event did nothing: %s", r.Words)
}
