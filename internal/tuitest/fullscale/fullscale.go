// Package fullscale holds back what takes a test long because it is large, such as a million runs or
// each page under each fault. `go test ./...` plays one case of each kind; .ci/run plays all.
package fullscale

import (
	"os"
	"testing"
)

// variable asks for everything.
const variable = "KNOCKOPS_TEST_FULL"

// On says whether everything was asked for.
func On() bool { return os.Getenv(variable) != "" }

// Only skips a test that is long as a whole.
func Only(t testing.TB) {
	t.Helper()
	if !On() {
		t.Skip("played at full scale: " + variable + "=1")
	}
}

// Unraced skips a test under the race detector, which makes it ten times as long and finds nothing in
// it that it does not find in others.
func Unraced(t testing.TB) {
	t.Helper()
	if raced {
		t.Skip("played without the race detector")
	}
}

// First are all cases at full scale, and otherwise the first n.
func First[T any](n int, cases []T) []T {
	if On() {
		return cases
	}
	return cases[:min(n, len(cases))]
}

// N is how many to play of what is generated, at full scale and otherwise.
func N(full, otherwise int) int {
	if On() {
		return full
	}
	return otherwise
}
