package exit

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
)

func TestExitCode(t *testing.T) {
	tests := []struct {
		err  error
		code int
	}{
		{nil, 0},
		{errors.New("something"), 1},
		{&client.Error{Op: "trigger welcome", Status: 404, Code: "workflow_missing"}, 1},
		{&client.Error{Op: "trigger welcome", Err: context.DeadlineExceeded}, 1},
		{context.Canceled, 1},
		{fmt.Errorf("--to: %w", &client.InvalidError{Field: "recipient", Reason: "is empty"}), 2},
		{fmt.Errorf("%w\n  {\n  ^", &client.JSONError{Field: "data", Line: 1, Column: 1, Reason: "bad"}), 2},
		{&client.Error{Op: "list workflows", Err: client.ErrNoServiceToken}, 2},
		{fmt.Errorf("%w\n  no environment", &client.Error{Op: "list workflows", Err: client.ErrNoEnvironment}), 2},
		{&config.FileError{}, 2},
		{config.ErrNotConfigured, 2},
		{Usage("which source?"), 2},
		{Part("done in part: %w", &client.Error{Op: "cancel welcome", Status: 500}), 3},
		{&client.Error{Op: "trigger welcome", Err: client.ErrReadOnly}, 4},
		{Refused("not confirmed"), 4},
	}
	for _, tt := range tests {
		if got := Of(tt.err); got != tt.code {
			t.Errorf("%v: %d, expected %d", tt.err, got, tt.code)
		}
	}
}
