package config

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	words "github.com/knockops/knockops/internal/termtext"
)

// span reads a duration of at least some length.
func span(least time.Duration) reader {
	return func(c *checker, at string, n *yaml.Node) any {
		if n.Kind != yaml.ScalarNode {
			return c.fail(n, at, "is %s, where a span of time belongs", kindOf(n))
		}
		d, err := words.ParseSpan(n.Value)
		switch {
		case err != nil:
			return c.fail(n, at, "%v", err)
		case d < least:
			return c.fail(n, at, "%q is too short: give at least %s", n.Value, least)
		}
		return d
	}
}

// number reads a number, also one with a fraction. What check says of it follows the value.
func number(check func(float64) string) reader {
	return func(c *checker, at string, n *yaml.Node) any {
		v, err := strconv.ParseFloat(n.Value, 64)
		if n.Kind != yaml.ScalarNode || err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return c.fail(n, at, "is %s, where a number belongs", kindOf(n))
		}
		if complaint := check(v); complaint != "" {
			return c.fail(n, at, "%q %s", n.Value, complaint)
		}
		return v
	}
}

// moreThan is a check that wants a number above a bound.
func moreThan(bound float64) func(float64) string {
	return func(v float64) string {
		if v > bound {
			return ""
		}
		return fmt.Sprintf("is too little: give more than %v", bound)
	}
}

// wholeNumber reads a number without fraction and sign.
func wholeNumber(c *checker, at string, n *yaml.Node) any {
	v, err := strconv.ParseUint(n.Value, 10, 31)
	if n.Kind != yaml.ScalarNode || err != nil {
		return c.fail(n, at, "is %s, where a whole number belongs", kindOf(n))
	}
	return int(v)
}
