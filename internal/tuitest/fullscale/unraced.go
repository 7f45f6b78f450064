//go:build !race

package fullscale

const raced = false
