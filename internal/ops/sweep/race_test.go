//go:build race

package sweep

// Scaled is set where the race detector makes everything ten times as slow: what is about scale and
// not about races is then played smaller.
const Scaled = true
