//go:build !unix

package commands

import "os/exec"

// apart does nothing where there are no sessions: a program is ended by itself.
func apart(*exec.Cmd) (kill func()) { return func() {} }
