// Package commands runs programs of the operator's own on what is selected. No shell has a part in it: each word of
// the configuration is one argument, whatever a value in it holds.
package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/runner"
)

// Command is one of the configuration.
type Command = config.Command

// Input is the field that a command's prompt asks for.
const Input = config.Input

// mostKept is how many runs a session keeps with what they printed.
const mostKept = 20

// killAfter is how long a program that was asked to end may go on.
const killAfter = 2 * time.Second

// Environment is what programs find in theirs besides this process's.
type Environment struct {
	Hidden []string // names of variables that hold keys
	Add    []string // name=value, such as the profile
	Keys   []string // name=value, for commands that the profile's keys are passed to
}

// Session says where programs run.
type Session interface {
	Facts(workflows ...string) consent.Facts
	Where() string
}

// Runs are the programs that a session has run.
type Runs struct {
	// Environment is set before the first program runs.
	Environment Environment

	runner  *runner.Runner
	session Session
	ctx     context.Context
	stop    context.CancelFunc
	wait    sync.WaitGroup

	mu     sync.Mutex
	closed bool
	last   int
	all    []*Run
}

// NewRuns makes the runs of a session.
func NewRuns(r *runner.Runner, s Session) *Runs {
	runs := &Runs{runner: r, session: s}
	runs.ctx, runs.stop = context.WithCancel(context.Background())
	return runs
}

// InProgress counts the programs that run.
func (r *Runs) InProgress() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, run := range r.all {
		if !run.State().Over {
			n++
		}
	}
	return n
}

// Close ends the programs that run, and lets none be started any more.
func (r *Runs) Close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.stop()
	r.wait.Wait()
}

// Of is the run of a number, while it is kept.
func (r *Runs) Of(number int) (*Run, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.all, func(run *Run) bool { return run.Number == number })
	if i < 0 {
		return nil, false
	}
	return r.all[i], true
}

// Prompt asks before a command runs with these words; Refused says why it must not.
func (r *Runs) Prompt(c Command, argv []string) consent.Prompt {
	f := r.session.Facts()
	f.ReadOnly, f.Allowed, f.Reads, f.Confirmed = r.runner.Guard.ReadOnly(), c.Protected, c.ReadsOnly, c.Confirm
	p := consent.Prompt{
		Question: consent.For(consent.RunCommand, f), Title: c.Title + " in " + r.session.Where(),
		Lines: []string{shown(argv)}, Yes: "Run it", No: "No, run nothing",
	}
	if !c.ReadsOnly {
		p.Lines = append(p.Lines, "What it does is not known here, and goes into the history by its words alone.")
	}
	if c.PassKeys {
		p.Lines = append(p.Lines, "It gets the profile's keys in its environment.")
	}
	return p
}

// Start runs a program with its arguments. What may change something is written down before.
func (r *Runs) Start(c Command, argv []string, reason string) (*Run, error) {
	if why := r.Prompt(c, argv).Refused; why != "" {
		return nil, runner.Refuse("%s", why)
	}
	path, err := Find(argv[0])
	if err != nil {
		return nil, err
	}
	action, err := r.write(c, argv, reason)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, errors.Join(errClosed, r.finish(action, errClosed))
	}
	ctx, stop := context.WithCancel(r.ctx)
	r.last++
	run := &Run{Number: r.last, Command: c, Argv: argv, Began: time.Now(), stop: stop}
	r.all = append(r.all[max(0, len(r.all)+1-mostKept):], run)
	program := exec.CommandContext(ctx, path, argv[1:]...)
	program.Args[0] = argv[0]
	program.Env, program.Stdout, program.Stderr = r.env(c), run, run
	program.WaitDelay = killAfter
	killRest := apart(program)
	r.wait.Go(func() {
		defer stop()
		err := program.Run()
		switch {
		case ctx.Err() != nil:
			killRest()
			err = errAborted
		case errors.Is(err, exec.ErrWaitDelay):
			err = nil // it did well, and left something behind that goes on
		}
		run.end(err, r.finish(action, err))
	})
	return run, nil
}

var (
	errAborted = errors.New("aborted")
	errClosed  = runner.Refuse("it was not run: the session is closed")
)

// Find is where a program is, or an error that says that it is nowhere.
func Find(program string) (path string, err error) {
	if path, err = exec.LookPath(program); err != nil {
		return "", fmt.Errorf("the program %s was not found: install it, or write its whole path", program)
	}
	return path, nil
}

// write puts what may change something into the journal, and returns its id there, 0 for what changes nothing.
func (r *Runs) write(c Command, argv []string, reason string) (int64, error) {
	if c.ReadsOnly {
		return 0, nil
	}
	request, err := json.Marshal(map[string][]string{"argv": argv})
	if err != nil {
		return 0, err
	}
	return r.runner.Journal.Begin(r.ctx, journal.Action{
		Profile: r.runner.Profile, Environment: r.runner.Environment,
		Kind: journal.Command, Method: "RUN", Path: c.Name, Request: request, Reason: reason,
	})
}

// finish writes down what came of it.
func (r *Runs) finish(action int64, err error) error {
	if action == 0 {
		return nil
	}
	out := journal.Outcome{State: journal.Done}
	if err != nil {
		out = journal.Outcome{State: journal.Failed, Text: err.Error()}
	}
	if errors.Is(err, errAborted) {
		out.State = journal.Unknown // it may have done something by then
	}
	return r.runner.Journal.Finish(r.ctx, action, out)
}

// env is the environment of a program: no key is in it, unless the configuration has it passed.
func (r *Runs) env(c Command) []string {
	all := slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, value, _ := strings.Cut(entry, "=")
		return slices.Contains(r.Environment.Hidden, name) || slices.ContainsFunc(r.Environment.Keys, func(key string) bool {
			_, secret, _ := strings.Cut(key, "=")
			return secret != "" && strings.Contains(value, secret)
		})
	})
	all = append(all, r.Environment.Add...)
	if c.PassKeys {
		all = append(all, r.Environment.Keys...)
	}
	return all
}
