//go:build !race

package why_test

// cases is how many are generated. Each has its own seed.
const cases = 500
