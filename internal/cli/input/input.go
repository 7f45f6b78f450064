// Package input reads what a command line says and names: flags, times, files and the standard input.
package input

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/termtext"
)

// maxInput bounds what is read of a file or stdin: more than Knock takes in one request.
const maxInput = 64 << 20

// Input reads what flags name: files, and the standard input.
type Input struct {
	Stdin io.Reader
	Ctx   context.Context // of the command; what is read from a pipe ends with it
}

// JSON gives the JSON that a flag holds or names: itself, @file, or - for
// stdin. JSON that does not parse is shown with its place.
func (in *Input) JSON(flag, value string) ([]byte, error) {
	source := []byte(value)
	switch file, named := strings.CutPrefix(value, "@"); {
	case value == "":
		return nil, nil
	case value == "-" || named:
		var err error
		if source, err = in.readFile(flag, file); err != nil {
			return nil, err
		}
	}
	if strings.TrimSpace(string(source)) == "" {
		return nil, exit.Usage("%s %s: there is nothing in it", flag, value)
	}
	if err := client.CheckJSON(flag, source); err != nil {
		return nil, ShowPlace(err, string(source))
	}
	return source, nil
}

// Lines gives the lines of a file (- is stdin) that are not blank.
func (in *Input) Lines(flag, file string) ([]string, error) {
	b, err := in.readFile(flag, file)
	if err != nil {
		return nil, err
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out, nil
}

func (in *Input) readFile(flag, file string) ([]byte, error) {
	from := in.Stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, exit.Usage("%s: %w", flag, err)
		}
		defer f.Close()
		from = f
	}
	b, err := in.readAll(io.LimitReader(from, maxInput+1))
	switch {
	case in.Ctx.Err() != nil:
		return nil, in.Ctx.Err()
	case err != nil:
		return nil, exit.Usage("%s: %w", flag, err)
	case len(b) > maxInput:
		return nil, exit.Usage("%s: there is more than %d MB", flag, maxInput>>20)
	case bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")):
		return nil, exit.Usage("%s: this is UTF-16 text: save it as UTF-8", flag)
	}
	return bytes.TrimPrefix(b, []byte("\ufeff")), nil // editors and spreadsheets mark UTF-8 so; it is part of no key
}

// readAll reads until the end, or until the program is to end: what comes from a pipe may never do.
func (in *Input) readAll(from io.Reader) ([]byte, error) {
	type read struct {
		b   []byte
		err error
	}
	all := make(chan read, 1)
	go func() {
		b, err := io.ReadAll(from)
		all <- read{b, err}
	}()
	select {
	case r := <-all:
		return r.b, r.err
	case <-in.Ctx.Done():
		return nil, in.Ctx.Err()
	}
}

// ActorAndTenant read the flags --actor and --tenant of what is triggered; nil for one that is empty.
func ActorAndTenant(actor, tenant string) (by *client.Recipient, under *client.Tenant, err error) {
	if actor != "" {
		r, err := client.ParseRecipient(actor)
		if err != nil {
			return nil, nil, fmt.Errorf("--actor: %w", ShowPlace(err, actor))
		}
		by = &r
	}
	if tenant != "" {
		if under, err = client.ParseTenant(tenant); err != nil {
			return nil, nil, fmt.Errorf("--tenant: %w", ShowPlace(err, tenant))
		}
	}
	return by, under, nil
}

// ShowPlace adds the line of source where JSON stops, with a caret under the place.
func ShowPlace(err error, source string) error {
	var syntax *client.JSONError
	if !errors.As(err, &syntax) {
		return err
	}
	lines := strings.Split(source, "\n")
	if syntax.Line > len(lines) {
		return err
	}
	const around = 40 // characters shown to each side
	line := []rune(strings.TrimSuffix(lines[syntax.Line-1], "\r"))
	at := min(syntax.Column-1, len(line))
	from, to := max(0, at-around), min(len(line), at+around)
	before, after := termtext.Clean(string(line[from:at])), termtext.Clean(string(line[at:to]))
	return fmt.Errorf("%w\n  %s%s\n  %s^", err, before, after, termtext.Spaces(termtext.Width(before)))
}

// Recipients reads references and inline identifications from flags and a file.
func (in *Input) Recipients(to []string, file string) ([]client.Recipient, error) {
	if file != "" {
		more, err := in.Lines("--to-file", file)
		if err != nil {
			return nil, err
		}
		to = append(append([]string{}, to...), more...)
	}
	out := make([]client.Recipient, len(to))
	for i, s := range to {
		r, err := client.ParseRecipient(s)
		if err != nil {
			return nil, fmt.Errorf("recipient %d of %d: %w", i+1, len(to), ShowPlace(err, s))
		}
		out[i] = r
	}
	return out, nil
}

// Refs reads the references that --to was given.
func Refs(to []string) ([]client.Ref, error) {
	out := make([]client.Ref, len(to))
	for i, s := range to {
		r, err := client.ParseRef(s)
		if err != nil {
			return nil, fmt.Errorf("--to: %w", ShowPlace(err, s))
		}
		if err := errors.Join(checkPart("recipient collection", r.Collection, true), checkPart("recipient id", r.ID, false)); err != nil {
			return nil, err
		}
		out[i] = r
	}
	return out, nil
}

func checkPart(kind, s string, optional bool) error {
	if optional && s == "" {
		return nil
	}
	return client.CheckID(kind, s)
}
