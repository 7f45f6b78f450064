package emulator

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Duration is a whole number of a unit, written as 30s, 5m, 1h, 2d, 1w.
type Duration struct {
	Value int
	Unit  string // seconds, minutes, hours, days, weeks
}

var units = []struct {
	letter, name string
	size         stamp
}{
	{"s", "seconds", second}, {"m", "minutes", minute}, {"h", "hours", hour}, {"d", "days", day}, {"w", "weeks", 7 * day}, {"", "months", 30 * day},
}

var durationForm = regexp.MustCompile(`^([1-9][0-9]{0,8})([smhdw])$`)

func parseDuration(s string) (Duration, error) {
	m := durationForm.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return Duration{}, fmt.Errorf("%q is not a duration; write 30s, 5m, 1h, 2d or 1w", s)
	}
	value, err := strconv.Atoi(m[1])
	if err != nil {
		return Duration{}, err
	}
	for _, u := range units {
		if u.letter == m[2] {
			return Duration{value, u.name}, nil
		}
	}
	return Duration{}, fmt.Errorf("%q has an unknown unit", s)
}

// UnmarshalYAML reads the short form.
func (d *Duration) UnmarshalYAML(n *yaml.Node) error {
	parsed, err := parseDuration(n.Value)
	if err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	*d = parsed
	return nil
}

// MarshalJSON writes the duration as the management API does.
func (d Duration) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, `{"unit":%q,"value":%d}`, d.Unit, d.Value), nil
}

func (d Duration) span() stamp {
	for _, u := range units {
		if u.name == d.Unit {
			return stamp(d.Value) * u.size
		}
	}
	return 0
}
