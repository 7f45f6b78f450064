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
