package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/webhook"
)

// reportEvery is how often it is said how far something came.
const reportEvery = 10 * time.Second

// pruneEvery is how often what is too old is dropped.
const pruneEvery = time.Hour

// printArrivals prints what comes from now on, until ctx ends.
func (a *app) printArrivals(ctx context.Context, as format, r *webhook.Receiver, j *journal.Journal) error {
	if as == "" {
		return nil
	}
	after, err := lastEvent(ctx, j)
	if err != nil {
		return err
	}
	a.Format = as
	return a.tail(ctx, j, ops.EventFilter{Whole: as != table}, after, r.Changed)
}

// pruneLoop drops what is too old, now and then.
func pruneLoop(ctx context.Context, j *journal.Journal, w config.WebhookSettings, say func(string, ...any)) {
	ticker := time.NewTicker(pruneEvery)
	defer ticker.Stop()
	for {
		n, err := j.Prune(ctx, w.Retain, int64(w.RetainMB)<<20)
		if n > 0 {
			say("dropped %s that were kept long enough", termtext.Plural(n, "webhook"))
		}
		if err != nil && ctx.Err() == nil {
			say("old webhooks are not dropped now: %v", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// standReadyLoop writes down that webhooks are received here, so that the times in which they are not are known.
func standReadyLoop(ctx context.Context, j *journal.Journal, say func(string, ...any)) {
	since := time.Now()
	ticker := time.NewTicker(journal.ReceivingEvery)
	defer ticker.Stop()
	for {
		if err := j.StandReady(ctx, since); err != nil && ctx.Err() == nil {
			say("that webhooks are received here cannot be written down: %v", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// sayTroubles tells now and then of what was not taken, in one line however much it was.
func (a *app) sayTroubles(ctx context.Context, r *webhook.Receiver) {
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
func (a *app) sayForwarded(f webhook.Forwarded) {
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
