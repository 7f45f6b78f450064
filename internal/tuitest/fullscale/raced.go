//go:build race

package fullscale

const raced = true
