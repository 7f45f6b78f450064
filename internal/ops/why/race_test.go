//go:build race

package why_test

// cases is how many are generated. Each has its own seed. The race detector makes each ten times as slow.
const cases = 10
