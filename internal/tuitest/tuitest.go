// Package tuitest runs the real program on an emulated screen for scenario tests:
// keys go in as a terminal sends them, what comes out is read back from the
// screen. Everything happens inside a [synctest] bubble, so "idle" is exact:
// every goroutine waits, and time passes only when the story says so.
package tuitest

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/vt"
)

// frame is long enough for the renderer, which writes 60 times a second, to
// have written what it was given.
const frame = 50 * time.Millisecond

// Stage is the screen, the keyboard and the clock of one scenario.
type Stage struct {
	t       *testing.T
	program *tea.Program
	screen  *screen
	keys    *keyboard
	over    atomic.Bool // the story is told
}

// Options describe the terminal.
type Options struct {
	Width, Height int
	// Profile is what the terminal can show; zero is true colour.
	Profile colorprofile.Profile
	// Light gives the terminal a white background.
	Light bool
	// At is when the story begins; zero is the beginning of 2000.
	At time.Time
	// Stay keeps the program from quitting and suspending before the story ends.
	Stay bool
}

// Run plays a story in a bubble. build makes the program's model inside the
// bubble; what it starts must be stopped by a cleanup that it registers with defer_.
func Run(t *testing.T, o Options, build func(defer_ func(func())) tea.Model, story func(*Stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(o.At))
		var cleanups []func()
		model := build(func(f func()) { cleanups = append(cleanups, f) })
		s := open(t, o, model)
		done := make(chan error, 1)
		go func() {
			_, err := s.program.Run()
			done <- err
		}()
		defer func() { // a story that fails leaves the bubble as one that passes
			s.over.Store(true)
			s.program.Quit()
			if err := <-done; err != nil {
				t.Errorf("the program ended with: %v", err)
			}
			s.keys.close()
			s.screen.close()
			for i := len(cleanups) - 1; i >= 0; i-- {
				cleanups[i]()
			}
			time.Sleep(time.Hour) // timers that were under way run out
		}()
		s.Idle()
		story(s)
	})
}

func open(t *testing.T, o Options, model tea.Model) *Stage {
	keys := newKeyboard()
	scr := newScreen(o, keys)
	if o.Profile == colorprofile.Unknown {
		o.Profile = colorprofile.TrueColor
	}
	s := &Stage{t: t, screen: scr, keys: keys}
	s.program = tea.NewProgram(model,
		tea.WithInput(keys),
		tea.WithOutput(scr),
		tea.WithWindowSize(o.Width, o.Height),
		tea.WithColorProfile(o.Profile),
		tea.WithEnvironment([]string{"TERM=xterm-256color"}),
		tea.WithoutSignalHandler(),
		tea.WithoutCatchPanics(),
		tea.WithFilter(func(_ tea.Model, msg tea.Msg) tea.Msg {
			switch msg.(type) {
			case tea.QuitMsg, tea.SuspendMsg:
				if o.Stay && !s.over.Load() {
					return nil
				}
			}
			return msg
		}),
	)
	return s
}

// Idle lets the program do all it can do now, and the screen show it. Time
// passes only by the frames that drawing takes.
func (s *Stage) Idle() {
	for range 4 {
		synctest.Wait()
		time.Sleep(frame)
	}
	synctest.Wait()
}

// Wait lets time pass.
func (s *Stage) Wait(d time.Duration) *Stage {
	time.Sleep(d)
	s.Idle()
	return s
}

// Press sends keys one after the other, each once the program is idle again:
// "down", "c", "enter", "ctrl+a", "shift+tab", "esc".
func (s *Stage) Press(keys ...string) *Stage {
	s.t.Helper()
	for _, k := range keys {
		s.keys.send(s.bytes(k))
		s.Idle()
	}
	return s
}

// Flurry sends keys all at once, as someone who types ahead does.
func (s *Stage) Flurry(keys ...string) *Stage {
	s.t.Helper()
	var b strings.Builder
	for _, k := range keys {
		b.WriteString(s.bytes(k))
	}
	s.keys.send(b.String())
	s.Idle()
	return s
}

// Type enters text.
func (s *Stage) Type(text string) *Stage {
	s.keys.send(text)
	s.Idle()
	return s
}

// Paste enters text as a bracketed paste.
func (s *Stage) Paste(text string) *Stage {
	return s.Type("\x1b[200~" + text + "\x1b[201~")
}

// Click presses and releases the left button on a cell, counted from 0.
func (s *Stage) Click(x, y int) *Stage {
	return s.Type(fmt.Sprintf("\x1b[<0;%d;%dM\x1b[<0;%d;%dm", x+1, y+1, x+1, y+1))
}

// Wheel turns the wheel over a cell, up when n is negative.
func (s *Stage) Wheel(x, y, n int) *Stage {
	button := 65
	if n < 0 {
		button, n = 64, -n
	}
	return s.Type(strings.Repeat(fmt.Sprintf("\x1b[<%d;%d;%dM", button, x+1, y+1), n))
}

// Resize changes the window.
func (s *Stage) Resize(width, height int) *Stage {
	s.screen.resize(width, height)
	s.program.Send(tea.WindowSizeMsg{Width: width, Height: height})
	s.Idle()
	return s
}

// Send hands the program a message, as a stream of events would.
func (s *Stage) Send(msg tea.Msg) *Stage {
	s.program.Send(msg)
	s.Idle()
	return s
}

// See fails unless every text stands on the screen.
func (s *Stage) See(texts ...string) *Stage {
	s.t.Helper()
	have := s.Text()
	for _, want := range texts {
		if !strings.Contains(have, want) {
			s.t.Fatalf("%q is not on the screen:\n%s", want, have)
		}
	}
	return s
}

// Miss fails when one of the texts stands on the screen.
func (s *Stage) Miss(texts ...string) *Stage {
	s.t.Helper()
	have := s.Text()
	for _, bad := range texts {
		if strings.Contains(have, bad) {
			s.t.Fatalf("%q is on the screen:\n%s", bad, have)
		}
	}
	return s
}

// Until lets time pass in small steps until a text stands on the screen, and
// fails when it has not come within limit.
func (s *Stage) Until(text string, limit time.Duration) *Stage {
	s.t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); {
		if strings.Contains(s.Text(), text) {
			return s
		}
		time.Sleep(frame)
		synctest.Wait()
	}
	s.t.Fatalf("%q did not come within %s:\n%s", text, limit, s.Text())
	return s
}

// Text is the screen without styles, lines without trailing spaces.
func (s *Stage) Text() string { return s.screen.text() }

// Styled is the screen with its styles as escape sequences.
func (s *Stage) Styled() string { return s.screen.styled() }

// Lines splits Text.
func (s *Stage) Lines() []string { return strings.Split(s.Text(), "\n") }

// Written is the number of bytes that were sent to the terminal so far.
func (s *Stage) Written() int { return s.screen.sent() }

// Log prints the screen into the test's log.
func (s *Stage) Log() *Stage {
	s.t.Helper()
	s.t.Log("\n" + s.Text())
	return s
}

// screen is the emulated terminal; its answers to queries go to the keyboard.
type screen struct {
	mu      sync.Mutex
	emu     *vt.Emulator
	written int
}

func newScreen(o Options, answers *keyboard) *screen {
	s := &screen{emu: vt.NewEmulator(o.Width, o.Height)}
	if o.Light {
		s.emu.SetBackgroundColor(white{})
	}
	go func() { _, _ = io.Copy(answers, s.emu) }()
	return s
}

type white struct{}

func (white) RGBA() (r, g, b, a uint32) { return 0xffff, 0xffff, 0xffff, 0xffff }

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written += len(p)
	// Bubble Tea takes an output that is not a TTY for one that maps \n to \r\n.
	if _, err := s.emu.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	lines := strings.Split(s.emu.String(), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

func (s *screen) styled() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.emu.Render()
}

func (s *screen) sent() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.written
}

func (s *screen) resize(w, h int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.emu.Resize(w, h)
}

func (s *screen) close() { _ = s.emu.Close() }

// keyboard is the program's input. It never makes a writer wait: the terminal
// answers queries while the program holds the screen.
type keyboard struct {
	ch   chan []byte
	rest []byte
	once sync.Once
}

func newKeyboard() *keyboard { return &keyboard{ch: make(chan []byte, 1024)} }

func (k *keyboard) send(s string) { k.ch <- []byte(s) }

func (k *keyboard) Write(p []byte) (int, error) {
	k.ch <- append([]byte(nil), p...)
	return len(p), nil
}

func (k *keyboard) Read(p []byte) (int, error) {
	if len(k.rest) == 0 {
		b, ok := <-k.ch
		if !ok {
			return 0, io.EOF
		}
		k.rest = b
	}
	n := copy(p, k.rest)
	k.rest = k.rest[n:]
	return n, nil
}

func (k *keyboard) close() { k.once.Do(func() { close(k.ch) }) }
