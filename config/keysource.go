package config

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
	"unicode"

	"github.com/zalando/go-keyring"
)

// Deadlines of the sources that somebody else answers. A keyring may ask its owner to unlock it, which takes a person.
const (
	commandTimeout = 10 * time.Second
	keyringTimeout = time.Minute
)

// KeySource says where a secret is kept and fetches it from there. It prints as where, never as what. The zero
// KeySource is no source.
type KeySource struct {
	env           string
	service, user string // in the keyring
	command       []string
	plain         string
}

// EnvKey is the source that reads an environment variable.
func EnvKey(variable string) KeySource { return KeySource{env: variable} }

// KeyringKey is the source that asks the operating system's keyring.
func KeyringKey(service, user string) KeySource { return KeySource{service: service, user: user} }

// CommandKey is the source that runs a program, without a shell, and reads its standard output.
func CommandKey(argv ...string) KeySource { return KeySource{command: argv} }

// PlainKey is the source that holds the secret itself.
func PlainKey(secret string) KeySource { return KeySource{plain: secret} }

// IsZero reports whether there is no source.
func (k KeySource) IsZero() bool {
	return k.env == "" && k.service == "" && len(k.command) == 0 && k.plain == ""
}

// IsPlain reports whether the secret itself is in the configuration.
func (k KeySource) IsPlain() bool { return k.plain != "" }

// AtHand reports that Resolve would answer at once: it neither runs a program nor asks anybody.
func (k KeySource) AtHand() bool { return k.plain != "" || k.env != "" && os.Getenv(k.env) != "" }

// String says where the secret is kept. Of a command it names the program alone, because arguments can be secrets.
func (k KeySource) String() string {
	switch {
	case k.env != "":
		return "environment variable " + k.env
	case k.service != "":
		return "keyring " + k.service + "/" + k.user
	case len(k.command) > 0:
		return "command " + k.command[0]
	case k.plain != "":
		return "the configuration file"
	}
	return "nowhere"
}

// GoString keeps the secret out of %#v.
func (k KeySource) GoString() string { return "config.KeySource(" + k.String() + ")" }

// MarshalText keeps the secret out of JSON and logs.
func (k KeySource) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Resolve fetches the secret. It may run a command (for at most ten seconds) or ask the keyring (at most a minute).
// Errors name the source and what to do; they never hold the secret.
func (k KeySource) Resolve(ctx context.Context) (string, error) {
	var secret string
	var err error
	switch {
	case k.env != "":
		if secret = os.Getenv(k.env); secret == "" {
			err = fmt.Errorf("%s is not set", k)
		}
	case k.service != "":
		secret, err = wait(ctx, keyringTimeout, k.askKeyring)
	case len(k.command) > 0:
		secret, err = run(ctx, k.command, commandTimeout)
	case k.plain != "":
		secret = k.plain
	default:
		err = errors.New("no source is configured")
	}
	if err != nil {
		return "", err
	}
	secret = strings.TrimSpace(secret)
	if complaint := checkSecret(secret); complaint != "" {
		return "", fmt.Errorf("what came from %s %s", k, complaint)
	}
	return secret, nil
}

// checkSecret says what is wrong with a secret, without repeating it.
func checkSecret(secret string) string {
	switch {
	case secret == "":
		return "is empty"
	case strings.HasPrefix(secret, "pk_"):
		return "is a public key (pk_…), and Knock refuses those for almost every call here: use the secret key (sk_…) of the same environment"
	case strings.IndexFunc(secret, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0:
		return "is not a key: it holds spaces, line breaks or other characters that no key has"
	}
	return ""
}

func (k KeySource) askKeyring() (string, error) {
	secret, err := keyring.Get(k.service, k.user)
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return "", fmt.Errorf("the keyring holds nothing for service %s, user %s%s", k.service, k.user, k.howToStore())
	case err != nil:
		return "", fmt.Errorf("%s did not answer (%s); where there is no keyring, as over SSH, keep the key in an environment variable or behind a command", k, visible(err.Error()))
	}
	return secret, nil
}

func (k KeySource) howToStore() string {
	switch runtime.GOOS {
	case "linux":
		return fmt.Sprintf(": store it with `secret-tool store --label=knockops service %s username %s`", k.service, k.user)
	case "darwin":
		return fmt.Sprintf(": store it with `security add-generic-password -s %s -a %s -w`", k.service, k.user)
	}
	return ""
}

// wait calls f, which cannot be cancelled, and stops waiting for it when ctx or the time is over.
func wait(ctx context.Context, timeout time.Duration, f func() (string, error)) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	type answer struct {
		secret string
		err    error
	}
	answers := make(chan answer, 1)
	go func() {
		secret, err := f()
		answers <- answer{secret, err}
	}()
	select {
	case a := <-answers:
		return a.secret, a.err
	case <-ctx.Done():
		return "", fmt.Errorf("the keyring gave no answer in time; it may be waiting to be unlocked: %w", ctx.Err())
	}
}

// visible replaces whatever could play tricks on a terminal.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
}
