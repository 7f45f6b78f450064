package input

import (
	"context"
	"fmt"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/termtext"
)

// When reads a time of the command line. Ages count back from Knock's clock, which is asked for where no answer told it
// yet.
func When(ctx context.Context, flag, s string, c *client.Client) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	at, err := termtext.ParseWhen(s, time.Now())
	if err != nil {
		return at, exit.Usage("%s: %w", flag, err)
	}
	if !termtext.IsAge(s) {
		return at, nil // and so by no clock
	}
	if err := c.SyncClock(ctx); err != nil {
		return time.Time{}, fmt.Errorf("%s counts by Knock's clock: %w", flag, err)
	}
	return termtext.ParseWhen(s, c.ServerNow())
}

// Span reads --since and --until where ages count back from this machine's clock.
func Span(since, until string) (from, to time.Time, err error) {
	now := time.Now()
	for _, when := range []struct {
		flag, value string
		into        *time.Time
	}{{"--since", since, &from}, {"--until", until, &to}} {
		if when.value == "" {
			continue
		}
		if *when.into, err = termtext.ParseWhen(when.value, now); err != nil {
			return from, to, exit.Usage("%s: %w", when.flag, err)
		}
	}
	return from, to, CheckSpan(from, to)
}

// CheckSpan refuses a time that ends before it begins, of which nothing can be found.
func CheckSpan(since, until time.Time) error {
	if !since.IsZero() && !until.IsZero() && until.Before(since) {
		return exit.Usage("--until is before --since: swap them")
	}
	return nil
}
