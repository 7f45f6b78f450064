package cli

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
)

// The exit codes.
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2 // the command line or the set-up is wrong, and nothing was tried
	exitPart    = 3 // done in part, or not confirmed
	exitRefused = 4 // a guard refused it

	exitPipe = 141 // whoever read the output went away; a shell gives as much for SIGPIPE
)

// codedError is an error that ends the program with a code of its own.
type codedError struct {
	code int
	err  error // nil when all is said already
}

func (e *codedError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *codedError) Unwrap() error { return e.err }

// withCode ends the program with that code.
func withCode(code int, err error) error { return &codedError{code, err} }

func usage(format string, args ...any) error {
	return &codedError{exitUsage, fmt.Errorf(format, args...)}
}

func part(format string, args ...any) error {
	return &codedError{exitPart, fmt.Errorf(format, args...)}
}

func refused(format string, args ...any) error {
	return &codedError{exitRefused, fmt.Errorf(format, args...)}
}

// wrongInput are refusals of the client's that stand for something wrong in the
// command line or the profile.
var wrongInput = []error{
	config.ErrNotConfigured, client.ErrPublicKey, client.ErrPlainHTTP, client.ErrNoAPIKey, client.ErrNoServiceToken,
	client.ErrNoEnvironment, client.ErrEmptyCancellation,
}

// exitCode maps what a command ended with to the code of the process.
func exitCode(err error) int {
	var coded *codedError
	var input *client.InvalidError
	var syntax *client.JSONError
	var file *config.FileError
	var exchange *client.Error
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, syscall.EPIPE) && !errors.As(err, &exchange): // the output's reader, not a connection to Knock
		return exitPipe
	case errors.As(err, &coded):
		return coded.code
	case errors.Is(err, client.ErrReadOnly):
		return exitRefused
	case errors.As(err, &input), errors.As(err, &syntax), errors.As(err, &file):
		return exitUsage
	}
	for _, wrong := range wrongInput {
		if errors.Is(err, wrong) {
			return exitUsage
		}
	}
	return exitFailed
}
