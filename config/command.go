package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

const (
	maxCommandOutput = 64 << 10 // bytes kept of what a command prints
	maxComplaint     = 300      // bytes of its standard error that an error shows
)

var (
	// keyLike is how keys and signing secrets of Knock begin, and the seed of an nkey, as NATS knows them.
	keyLike  = regexp.MustCompile(`\b(?:(?:[sp]k|knock_st|whsec)_[A-Za-z0-9][A-Za-z0-9_-]*|S[A-Z][A-Z2-7]{56}\b)`)
	userInfo = regexp.MustCompile(`(://)[^\s"]*@`)             // a URL's user and password, which may hold a slash
	question = regexp.MustCompile(`(://[^\s"?#]*)[?#][^\s"]*`) // a URL's query and fragment
)

// WithoutSecrets is s without what no complaint and no report may show: keys, signing secrets, passwords and tokens in URLs.
func WithoutSecrets(s string) string {
	s = userInfo.ReplaceAllString(keyLike.ReplaceAllString(s, "…"), "$1…@")
	return question.ReplaceAllString(s, "$1?…")
}

// shownURL is a value that should be a URL, as a complaint may show it. Nobody knows what a password may hold that was
// not escaped, so it goes up to the last at sign.
func shownURL(s string) string {
	if i, j := strings.Index(s, "://"), strings.LastIndex(s, "@"); i >= 0 && i < j {
		s = s[:i+3] + "…" + s[j:]
	}
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i] + "?…"
	}
	return WithoutSecrets(s)
}

// run runs a program without a shell and returns what it printed. An error shows the program's own complaint, with
// anything that looks like a key or that it printed as the secret taken out.
func run(ctx context.Context, argv []string, timeout time.Duration) (string, error) {
	timed, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var stdout, stderr capped
	cmd := exec.CommandContext(timed, argv[0], argv[1:]...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.WaitDelay = time.Second // a child left behind may hold the pipes open
	err := cmd.Run()
	if err == nil {
		return stdout.String(), nil
	}
	var what string
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("command %s was stopped before it answered: %w", argv[0], ctx.Err())
	case timed.Err() != nil:
		what = fmt.Sprintf("gave no answer within %s", timeout)
	case errors.Is(err, exec.ErrNotFound):
		what = "was not found: install it, or write its whole path"
	case errors.As(err, &exit):
		what = "failed with " + exit.String()
	default:
		what = "failed: " + visible(err.Error())
	}
	if complaint := complaint(stderr.String(), stdout.String()); complaint != "" {
		what += "; it said: " + complaint
	}
	return "", fmt.Errorf("command %s %s", argv[0], what)
}

func complaint(stderr, secret string) string {
	if secret = strings.TrimSpace(secret); secret != "" {
		stderr = strings.ReplaceAll(stderr, secret, "…")
	}
	stderr = strings.TrimSpace(visible(WithoutSecrets(stderr)))
	if len(stderr) > maxComplaint {
		stderr = strings.ToValidUTF8(stderr[:maxComplaint], "") + " …"
	}
	return stderr
}

// capped keeps the beginning of what is written to it and lets the rest go, so that no command can fill the memory.
type capped struct{ kept bytes.Buffer }

func (c *capped) Write(p []byte) (int, error) {
	c.kept.Write(p[:min(len(p), maxCommandOutput-c.kept.Len())])
	return len(p), nil
}

func (c *capped) String() string { return c.kept.String() }
