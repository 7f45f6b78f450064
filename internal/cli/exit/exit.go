// Package exit holds the errors that end a command with a code of their own.
package exit

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/termtext"
)

// Unknown is the error for a name that is not one of those there are.
func Unknown(kind, name string, known []string) error {
	known = slices.Clone(known)
	if best := termtext.Nearest(name, known); best != "" {
		return Usage("there is no %s %s; did you mean %s?", kind, strconv.Quote(name), best)
	}
	return Usage("there is no %s %s; there are: %s", kind, strconv.Quote(name), strings.Join(known, ", "))
}

// The exit codes.
const (
	CodeDone    = 0
	CodeFailed  = 1
	CodeUsage   = 2 // the command line or the set-up is wrong, and nothing was tried
	CodePart    = 3 // done in part, or not confirmed
	CodeRefused = 4 // a guard refused it

	CodePipe = 141 // whoever read the output went away; a shell gives as much for SIGPIPE
)

// Error is an error that ends the program with a code of its own.
type Error struct {
	Code int
	err  error // nil when all is said already
}

func (e *Error) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *Error) Unwrap() error { return e.err }

// With ends the program with that code.
func With(code int, err error) error { return &Error{code, err} }

// Usage says that the command line or the set-up is wrong, and that nothing was tried.
func Usage(format string, args ...any) error {
	return &Error{CodeUsage, fmt.Errorf(format, args...)}
}

// Part says that something was done in part, or is not confirmed.
func Part(format string, args ...any) error {
	return &Error{CodePart, fmt.Errorf(format, args...)}
}

// Refused says that a guard refused it.
func Refused(format string, args ...any) error {
	return &Error{CodeRefused, fmt.Errorf(format, args...)}
}

// wrongInput are refusals of the client's that stand for something wrong in the
// command line or the profile.
var wrongInput = []error{
	config.ErrNotConfigured, client.ErrPublicKey, client.ErrPlainHTTP, client.ErrNoAPIKey, client.ErrNoServiceToken,
	client.ErrNoEnvironment, client.ErrEmptyCancellation,
}

// Of maps what a command ended with to the code of the process.
func Of(err error) int {
	var coded *Error
	var input *client.InvalidError
	var syntax *client.JSONError
	var file *config.FileError
	var exchange *client.Error
	switch {
	case err == nil:
		return CodeDone
	case errors.Is(err, syscall.EPIPE) && !errors.As(err, &exchange): // the output's reader, not a connection to Knock
		return CodePipe
	case errors.As(err, &coded):
		return coded.Code
	case errors.Is(err, client.ErrReadOnly):
		return CodeRefused
	case errors.As(err, &input), errors.As(err, &syntax), errors.As(err, &file):
		return CodeUsage
	}
	for _, wrong := range wrongInput {
		if errors.Is(err, wrong) {
			return CodeUsage
		}
	}
	return CodeFailed
}

// Guarded gives a refusal of a guard its exit code.
func Guarded(err error) error {
	var refusal *runner.Refusal
	if errors.As(err, &refusal) {
		return Refused("%w", err)
	}
	return err
}
