package events

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/webhook"
)

// reportEvery is how often it is said how far something came.
const reportEvery = 10 * time.Second

// printArrivals prints what comes from now on, until ctx ends.
func printArrivals(ctx context.Context, a *app.App, as output.Format, r *webhook.Receiver, j *journal.Journal) error {
	if as == "" {
		return nil
	}
	after, err := j.LastEvent(ctx)
	if err != nil {
		return err
	}
	a.Format = as
	return tail(ctx, a, j, events.Filter{Whole: true}, after, r.Changed)
}

// sayTroubles tells now and then of what was not taken, in one line however much it was.
func sayTroubles(ctx context.Context, a *app.App, r *webhook.Receiver) {
	ticker := time.NewTicker(reportEvery)
	defer ticker.Stop()
	for said, unstored := 0, 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		s := r.Stats()
		troubles := s.RefusedAll() + s.Unavailable
		for _, f := range s.Forwards {
			troubles += f.Dropped
		}
		if troubles > said {
			said = troubles
			a.Say("so far: %s", countsOf(s))
			if s.Unavailable > unstored {
				unstored = s.Unavailable
				a.Say("webhooks are not stored: %v; Knock sends them again", s.Problem)
			}
		}
	}
}

// sayForwarded tells what a target made of a webhook.
func sayForwarded(a *app.App, f webhook.Forwarded) {
	answer := "no answer"
	if f.Status != 0 {
		answer = fmt.Sprintf("%d in %s", f.Status, f.Latency.Round(time.Millisecond))
	}
	if f.Err == nil {
		a.Say("%s sent on to %s: %s", f.Type, f.Target, answer)
		return
	}
	words := fmt.Sprintf("%s not sent on to %s after %s: %v", f.Type, f.Target, termtext.Plural(f.Attempts, "attempt"), f.Err)
	if len(f.Response) > 0 {
		words += ": " + termtext.Truncate(string(f.Response), 200)
	}
	a.Say("%s", words)
}

// countsOf is what a receiver did, in words.
func countsOf(s webhook.Stats) string {
	parts := []string{termtext.Count(s.Stored) + " stored", termtext.Plural(s.Repeats, "repeat")}
	add := func(n int, words string) {
		if n > 0 {
			parts = append(parts, termtext.Count(n)+" "+words)
		}
	}
	add(s.Unverified, "unverified")
	if n := s.RefusedAll(); n > 0 {
		var reasons []string
		for _, why := range slices.Sorted(maps.Keys(s.Refused)) {
			reasons = append(reasons, fmt.Sprintf("%s %s", why, termtext.Count(s.Refused[why])))
		}
		add(n, "refused ("+strings.Join(reasons, ", ")+")")
	}
	add(s.Unavailable, "sent back because they could not be stored")
	for _, f := range s.Forwards {
		parts = append(parts, fmt.Sprintf("to %s %s sent, %s failed, %s dropped", f.Target, termtext.Count(f.Sent), termtext.Count(f.Failed), termtext.Count(f.Dropped)))
	}
	return strings.Join(parts, ", ")
}
