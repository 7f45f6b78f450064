package track

import (
	"context"
	"errors"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
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

// follow says what came of an event; before says that its message id was in the log before it was sent.
func follow(ctx context.Context, a *app.App, s *ops.Session, source string, e client.TrackEvent, before bool) error {
	l, err := s.AwaitEvent(ctx, source, e)
	if err != nil {
		return exit.With(exit.CodePart, err)
	}
	r := ops.ResultOf(l)
	words := r.Words
	if before {
		words = "Knock had this message id already, at " + output.Stamp(l.InsertedAt) + ": then it " + r.Words
	}
	facts := []output.Fact{{"event", l.Event}, {"messageId", e.MessageID}, {"outcome", words}}
	for _, t := range r.Triggers {
		facts = append(facts, output.Fact{"runs", s.Command("runs list --status all --workflow-run " + termtext.ShellWord(t.WorkflowRunID))})
	}
	if err := a.Item(l, facts...); err != nil {
		return err
	}
	switch {
	case before:
		return exit.With(exit.CodePart, errors.New("nothing new happened: the message id was taken before"))
	case r.Nothing:
		return exit.With(exit.CodePart, errors.New("nothing is mapped to "+l.Event+" in source "+source))
	case r.Failed:
		return exit.With(exit.CodePart, errors.New("Knock refused what is mapped to it: "+r.Words))
	}
	return nil
}
