package cli_test

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long a test waits for the program; what it waits for takes milliseconds.
const patience = 20 * time.Second

// terminal is the program on a real pseudo-terminal of 100×30.
type terminal struct {
	t     *testing.T
	pty   *os.File
	cmd   *exec.Cmd
	ended chan struct{} // closed once everything it wrote was read
	home  string

	mu  sync.Mutex
	out strings.Builder
	new chan struct{} // closed at the next output
}

func open(t *testing.T, env []string, args ...string) *terminal {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skipf("there are no pseudo-terminals here: %v", err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	check(t, err)
	check(t, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0))
	check(t, unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 30, Col: 100}))
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	check(t, err)
	defer tty.Close()

	self, err := os.Executable()
	check(t, err)
	home := t.TempDir()
	program := filepath.Join(t.TempDir(), "knockops") // TestMain is the program under this name
	check(t, os.Symlink(self, program))
	x := &terminal{t: t, pty: os.NewFile(uintptr(fd), "pty"), cmd: exec.Command(program, args...), ended: make(chan struct{}), home: home, new: make(chan struct{})}
	x.cmd.Stdin, x.cmd.Stdout, x.cmd.Stderr = tty, tty, tty
	x.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TERM=xterm-256color", "GORACE=" + noNap, "TMPDIR=" + t.TempDir()}, env...)
	x.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	check(t, x.cmd.Start())
	t.Cleanup(func() {
		_ = x.cmd.Process.Kill() // it has ended unless the test failed
		_ = x.pty.Close()
	})
	go x.read()
	return x
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (x *terminal) read() {
	defer close(x.ended)
	for buf := make([]byte, 8192); ; {
		n, err := x.pty.Read(buf)
		x.mu.Lock()
		x.out.Write(buf[:n])
		close(x.new)
		x.new = make(chan struct{})
		x.mu.Unlock()
		if err != nil {
			return // the program has ended
		}
	}
}

// see waits until the program has written a text.
func (x *terminal) see(text string) {
	x.t.Helper()
	late := time.After(patience)
	for {
		x.mu.Lock()
		out, next := x.out.String(), x.new
		x.mu.Unlock()
		if strings.Contains(out, text) {
			return
		}
		select {
		case <-next:
		case <-late:
			x.t.Fatalf("%q was not written; this was: %q", text, out)
		}
	}
}

func (x *terminal) write(keys string) {
	x.t.Helper()
	_, err := x.pty.WriteString(keys)
	check(x.t, err)
}

// end waits for the program and returns what it wrote, and its exit code.
func (x *terminal) end() (string, int) {
	x.t.Helper()
	select {
	case <-x.ended:
	case <-time.After(patience):
		x.t.Fatal("the program does not end")
	}
	_ = x.cmd.Wait() // the exit code tells
	return x.out.String(), x.cmd.ProcessState.ExitCode()
}

// restored is what ends the alternate screen and shows the cursor again.
func restored(out string) bool {
	left := strings.LastIndex(out, "\x1b[?1049l")
	return left > strings.LastIndex(out, "\x1b[?1049h") && strings.Contains(out[left:], "\x1b[?25h")
}

func TestDemoOnATerminal(t *testing.T) {
	x := open(t, nil, "demo", "--view", "users")
	x.see("Users")
	x.see("dana@acme.test")
	x.write("q")
	out, code := x.end()
	if code != 0 || !restored(out) {
		t.Errorf("exit code %d, terminal restored: %v", code, restored(out))
	}
	err := filepath.WalkDir(x.home, func(path string, _ fs.DirEntry, err error) error {
		if path != x.home {
			t.Errorf("the demo leaves %s behind", path)
		}
		return err
	})
	check(t, err)
}

func TestSignalsRestoreTheTerminal(t *testing.T) {
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(s.String(), func(t *testing.T) {
			x := open(t, nil, "demo")
			x.see("Pulse")
			check(t, x.cmd.Process.Signal(s))
			if out, code := x.end(); code != 0 || !restored(out) {
				t.Errorf("exit code %d, terminal restored: %v", code, restored(out))
			}
		})
	}
}

// coloured finds a colour among the attributes of text.
var coloured = regexp.MustCompile(`\x1b\[(?:\d*;)*(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|[34]8;[25];[\d;]*)(?:;\d*)*m`)

func TestNoColor(t *testing.T) {
	for env, want := range map[string]bool{"NO_COLOR=yes": false, "NO_COLOR=0": false, "COLORTERM=truecolor": true} {
		x := open(t, []string{env}, "demo")
		x.see("Pulse")
		x.see("invite-reminder")
		x.write("q")
		if out, _ := x.end(); coloured.MatchString(out) != want {
			t.Errorf("%s: coloured is %v: %q", env, !want, coloured.FindString(out))
		}
	}
}

func TestConfirmOnATerminal(t *testing.T) {
	base, err := serve(t.Cleanup)
	check(t, err)
	env := []string{"KNOCK_API_KEY=" + apiKey, "KNOCK_BASE_URL=" + base}
	x := open(t, env, "cancel", "invite-reminder", "--key", "k", "--to", "dana")
	x.see("Continue? [y/N] ")
	x.write("n\n")
	if out, code := x.end(); code != 4 || !strings.Contains(out, "not confirmed: nothing was done") {
		t.Errorf("exit code %d: %s", code, out)
	}
	x = open(t, env, "cancel", "invite-reminder", "--key", "k", "--to", "dana")
	x.see("Continue? [y/N] ")
	x.write("\x03")
	if out, code := x.end(); code != 1 || !strings.Contains(out, "stopped") {
		t.Errorf("exit code %d: %s", code, out)
	}
}

// The console opens where it was left, with what the list was narrowed to; --fresh begins on pulse. A terminal that
// cannot place its cursor is told so.
func TestTheConsoleOpensWhereItWasLeft(t *testing.T) {
	base, err := serve(t.Cleanup)
	check(t, err)
	env := []string{"KNOCK_API_KEY=" + apiKey, "KNOCK_BASE_URL=" + base, "XDG_STATE_HOME=" + t.TempDir()}
	x := open(t, env)
	x.see("Pulse")
	x.write(":")
	x.see("Go to a page")
	x.write("runs welcome\r")
	x.see("workflow welcome")
	x.write("q")
	if out, code := x.end(); code != 0 {
		t.Fatalf("exit code %d: %s", code, out)
	}
	for _, c := range []struct {
		args []string
		want string
	}{{nil, "workflow welcome"}, {[]string{"--fresh"}, "Pulse"}, {[]string{"--view", "history"}, "History"}} {
		x := open(t, env, c.args...)
		x.see(c.want)
		x.write("\x03") // asks nothing: nothing is under way
		if out, code := x.end(); code != 0 {
			t.Errorf("%v: exit code %d: %s", c.args, code, out)
		}
	}
	x = open(t, append(env, "TERM=dumb"))
	if out, code := x.end(); code != 0 || !strings.Contains(out, "TERM is dumb") || !strings.Contains(out, "Available Commands") {
		t.Errorf("exit code %d: %s", code, out)
	}
}
