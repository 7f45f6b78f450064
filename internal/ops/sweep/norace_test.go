//go:build !race

package sweep

// Scaled is set where the race detector makes everything ten times as slow.
const Scaled = false
