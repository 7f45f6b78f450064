package termtext

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseWhen reads a moment as a person writes it: an age (90s, 15m, 2h, 3d), a
// date (2026-11-21), a local date and time (2026-11-21 14:02), or RFC 3339.
func ParseWhen(s string, now time.Time) (time.Time, error) {
	s = strings.TrimSpace(s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil && n >= 0 {
			return now.AddDate(0, 0, -n), nil
		}
	}
	if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return now.Add(-d), nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04", "2006-01-02T15:04", time.DateTime} {
		if t, err := time.ParseInLocation(layout, s, time.Local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time: write an age such as 15m, 2h or 3d, or a date such as 2026-11-21 14:02", s)
}

// IsAge reports whether [ParseWhen] counts back from now to what was written.
func IsAge(s string) bool {
	at, err := ParseWhen(s, time.Unix(0, 0))
	later, _ := ParseWhen(s, time.Unix(1, 0))
	return err == nil && !later.Equal(at)
}
