package cli

import (
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
)

// when reads a time of the command line; ages count back from Knock's clock.
func when(flag, s string, c *client.Client) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := ops.ParseWhen(s, c.ServerNow())
	if err != nil {
		return t, usage("%s: %w", flag, err)
	}
	return t, nil
}

// span reads --since and --until where ages count back from this machine's clock.
func span(since, until string) (from, to time.Time, err error) {
	now := time.Now()
	for _, when := range []struct {
		flag, value string
		into        *time.Time
	}{{"--since", since, &from}, {"--until", until, &to}} {
		if when.value == "" {
			continue
		}
		if *when.into, err = ops.ParseWhen(when.value, now); err != nil {
			return from, to, usage("%s: %w", when.flag, err)
		}
	}
	return from, to, checkSpan(from, to)
}

// checkSpan refuses a time that ends before it begins, of which nothing can be found.
func checkSpan(since, until time.Time) error {
	if !since.IsZero() && !until.IsZero() && until.Before(since) {
		return usage("--until is before --since: swap them")
	}
	return nil
}
