//go:build unix

package commands

import (
	"os/exec"
	"syscall"
)

// apart keeps a program away from the terminal, which is the console's, and has it end together with what it has
// started. kill ends what of that goes on all the same.
func apart(program *exec.Cmd) (kill func()) {
	program.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	signal := func(s syscall.Signal) error { return syscall.Kill(-program.Process.Pid, s) }
	program.Cancel = func() error { return signal(syscall.SIGTERM) }
	return func() {
		if program.Process != nil {
			_ = signal(syscall.SIGKILL) // there may be nothing left to end
		}
	}
}
