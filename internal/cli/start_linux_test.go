package cli_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"golang.org/x/sys/unix"
)

// BenchmarkStart runs the program as it is shipped on a pseudo-terminal of
// 120×40: how long version takes to its end, and demo to its first content, on
// a terminal that answers what it is asked and on one that never does.
func BenchmarkStart(b *testing.B) {
	program := filepath.Join(b.TempDir(), "knockops")
	build := exec.Command("go", "build", "-trimpath", "-o", program, ".")
	build.Dir, build.Env = "../..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	for _, answers := range []bool{true, false} {
		terminal := map[bool]string{true: "answering", false: "silent"}[answers]
		b.Run("version/"+terminal, func(b *testing.B) { started(b, answers, "", program, "version") })
		b.Run("demo/"+terminal, func(b *testing.B) { started(b, answers, "Runs", program, "demo", "--view", "runs") })
	}
}

// started reports the median and the slowest time until a text was written, or
// until the program ended when it is "".
func started(b *testing.B, answers bool, text string, argv ...string) {
	var took []time.Duration
	for b.Loop() {
		took = append(took, start(b, answers, text, argv...))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
	b.ReportMetric(float64(took[len(took)-1].Microseconds())/1000, "ms/max")
}

func start(b *testing.B, answers bool, text string, argv ...string) time.Duration {
	pty, tty := newPTY(b)
	defer pty.Close()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + b.TempDir(), "TERM=xterm-256color", "COLORTERM=truecolor"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	_ = tty.Close()
	var screen *vt.Emulator
	if answers {
		screen = vt.NewEmulator(120, 40)
		defer screen.Close()
		go func() { _, _ = io.Copy(pty, screen) }()
	}
	var took time.Duration
	var out strings.Builder
	for buf := make([]byte, 16<<10); ; {
		n, err := pty.Read(buf)
		if screen != nil {
			_, _ = screen.Write(buf[:n])
		}
		if out.Write(buf[:n]); took == 0 && text != "" && strings.Contains(out.String(), text) {
			took = time.Since(began)
			_ = cmd.Process.Signal(syscall.SIGTERM)
		}
		if err != nil {
			break // it has ended
		}
	}
	if err := cmd.Wait(); err != nil {
		b.Fatalf("%s: %v: %q", argv, err, out.String())
	}
	if text == "" {
		return time.Since(began)
	}
	if took == 0 {
		b.Fatalf("%q was not written: %q", text, out.String())
	}
	return took
}

func newPTY(b *testing.B) (pty, tty *os.File) {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		b.Skipf("there are no pseudo-terminals here: %v", err)
	}
	pty = os.NewFile(uintptr(fd), "pty")
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 120})
	}
	if err == nil {
		tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		b.Fatal(err)
	}
	return pty, tty
}
