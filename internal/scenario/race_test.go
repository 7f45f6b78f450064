//go:build race

package scenario

// Under the race detector a step takes fifteen times as long.
func init() {
	raced = true
	*monkeySteps = 20
}
