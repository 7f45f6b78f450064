package commands

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/wait"
)

// What is kept of what a program prints: the last of it. A line that is longer goes on in the next.
const (
	mostLines = 5000
	mostLine  = 4 << 10 // bytes
)

// Run is a program that runs, or that has.
type Run struct {
	Number  int
	Command Command
	Argv    []string
	Began   time.Time

	stop context.CancelFunc

	mu      sync.Mutex
	news    wait.News
	lines   []string
	begun   []byte // the line that has no end yet
	dropped int
	state   State
}

// State is how far a run is.
type State struct {
	Over  bool
	Ended time.Time
	Err   error // that the program ended with, nil when it did well
	Lost  error // why its end is not in the history
}

// Words are the program and its arguments on one line, as a shell would be given them.
func (r *Run) Words() string { return shown(r.Argv) }

func shown(argv []string) string {
	words := make([]string, len(argv))
	for i, word := range argv {
		words[i] = termtext.ShellWord(word)
	}
	return strings.Join(words, " ")
}

// State is how far the run is now.
func (r *Run) State() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.state
}

// Changed is closed when more was printed, or the program has ended.
func (r *Run) Changed() <-chan struct{} { return r.news.Next() }

// Output is what the program printed, safe to show, and how many lines before it are not kept.
func (r *Run) Output() (lines []string, dropped int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	lines = append(lines, r.lines...)
	if len(r.begun) > 0 {
		lines = append(lines, plain(r.begun))
	}
	return lines, r.dropped
}

// Abort asks the program to end, and ends it if it does not.
func (r *Run) Abort() { r.stop() }

// Write takes what the program prints.
func (r *Run) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(p)
	for len(p) > 0 {
		line, rest, ended := bytes.Cut(p, []byte("\n"))
		if room := mostLine - len(r.begun); len(line) > room {
			line, rest, ended = p[:room], p[room:], true
		}
		r.begun = append(r.begun, line...)
		if p = rest; ended {
			r.keep(plain(r.begun))
			r.begun = r.begun[:0]
		}
	}
	r.news.Tell()
	return n, nil
}

func (r *Run) keep(line string) {
	if len(r.lines) >= mostLines {
		r.dropped++
		r.lines = r.lines[1:]
	}
	r.lines = append(r.lines, line)
}

func (r *Run) end(err, lost error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state = State{true, time.Now(), err, lost}
	r.news.Tell()
}

// plain is a line without colours and the like, and with whatever else could play tricks made visible. Of what a
// program wrote over itself, as for a progress bar, it is the last.
func plain(line []byte) string {
	s := strings.TrimRight(ansi.Strip(string(line)), "\r")
	s = s[strings.LastIndex(s, "\r")+1:]
	return termtext.Clean(strings.ReplaceAll(s, "\t", "    "))
}
