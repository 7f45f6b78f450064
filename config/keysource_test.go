package config

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"
)

// helperVariable makes the test binary the program that a command source runs, and says what it does.
const helperVariable = "KNOCKOPS_TEST_HELPER"

func TestMain(m *testing.M) {
	switch os.Getenv(helperVariable) {
	case "":
		os.Exit(m.Run())
	case "answer":
		fmt.Print("  sk_from_command\n\n")
	case "say nothing":
	case "public":
		fmt.Println("pk_test_1")
	case "chatter":
		fmt.Println("sk_1\nand some more")
	case "flood":
		for range 64 {
			fmt.Print(strings.Repeat("k", maxCommandOutput))
		}
	case "fail":
		fmt.Println("half-hush")
		fmt.Fprintln(os.Stderr, "\x1b[31mnot signed in\x1b[0m with sk_hush_abc nor half-hush")
		os.Exit(7)
	case "hang":
		interrupted := make(chan os.Signal, 1)
		signal.Notify(interrupted, os.Interrupt)
		<-interrupted
	}
	os.Exit(0)
}

func helper(t *testing.T, does string) KeySource {
	t.Helper()
	t.Setenv(helperVariable, does)
	return CommandKey(os.Args[0])
}

func TestResolve(t *testing.T) {
	keyring.MockInit()
	if err := keyring.Set("knockops", "staging", "sk_from_keyring"); err != nil {
		t.Fatal(err)
	}
	t.Setenv("A_KEY", "sk_from_env\n")
	for name, c := range map[string]struct {
		source KeySource
		does   string
		want   string
		err    string
	}{
		"environment":           {source: EnvKey("A_KEY"), want: "sk_from_env"},
		"environment, not set":  {source: EnvKey("NO_SUCH_KEY"), err: "environment variable NO_SUCH_KEY is not set"},
		"keyring":               {source: KeyringKey("knockops", "staging"), want: "sk_from_keyring"},
		"keyring, nothing":      {source: KeyringKey("knockops", "other"), err: "the keyring holds nothing for service knockops, user other"},
		"file":                  {source: PlainKey("sk_plain"), want: "sk_plain"},
		"nowhere":               {err: "no source is configured"},
		"command":               {does: "answer", want: "sk_from_command"},
		"command says nothing":  {does: "say nothing", err: "is empty"},
		"command fails":         {does: "fail", err: "failed with exit status 7; it said: [31mnot signed in [0m with … nor …"},
		"command says too much": {does: "chatter", err: "is not a key"},
		"command floods":        {does: "flood", want: strings.Repeat("k", maxCommandOutput)},
		"public key":            {does: "public", err: "is a public key"},
		"no such command":       {source: CommandKey("knockops-no-such-program"), err: "command knockops-no-such-program was not found"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.does != "" {
				c.source = helper(t, c.does)
			}
			got, err := c.source.Resolve(t.Context())
			if got != c.want {
				t.Errorf("got %.40q, want %.40q", got, c.want)
			}
			if (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("got  %v\nwant %s", err, c.err)
			}
			if err != nil && (strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "\x1b")) {
				t.Errorf("shows what it must not: %v", err)
			}
		})
	}
}

func TestKeyringDoesNotAnswer(t *testing.T) {
	keyring.MockInitWithError(errors.New("no bus\x1b[2J"))
	t.Cleanup(keyring.MockInit)
	_, err := KeyringKey("knockops", "staging").Resolve(t.Context())
	if err == nil || !strings.Contains(err.Error(), "keyring knockops/staging did not answer (no bus [2J)") {
		t.Errorf("got %v", err)
	}
}

func TestKeyringHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		start := time.Now()
		_, err := wait(t.Context(), keyringTimeout, func() (string, error) { <-release; return "", nil })
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != keyringTimeout || !strings.Contains(err.Error(), "unlocked") {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		close(release)
	})
}

func TestCommandHangs(t *testing.T) {
	hanging := helper(t, "hang")
	_, err := run(t.Context(), hanging.command, time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "gave no answer within 1ms") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := hanging.Resolve(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "was stopped before it answered") {
		t.Errorf("got %v", err)
	}
}

func TestKeysNameTheProfile(t *testing.T) {
	p := Profile{Name: "staging", APIKey: EnvKey("NO_SUCH_KEY")}
	if _, _, err := p.Keys(t.Context()); err == nil || err.Error() != "the API key of profile staging: environment variable NO_SUCH_KEY is not set" {
		t.Errorf("got %v", err)
	}
	p.APIKey, p.ServiceToken = PlainKey("sk_1"), EnvKey("NO_SUCH_TOKEN")
	if _, _, err := p.Keys(t.Context()); err == nil || err.Error() != "the service token of profile staging: environment variable NO_SUCH_TOKEN is not set" {
		t.Errorf("got %v", err)
	}
}

func TestSourcesNeverPrintTheSecret(t *testing.T) {
	const secret = "sk_very_secret"
	p := Profile{Name: "a", APIKey: PlainKey(secret), ServiceToken: CommandKey("echo", secret), Webhook: WebhookSettings{Secrets: []KeySource{PlainKey(secret)}}}
	encoded, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{fmt.Sprint(p), fmt.Sprintf("%+v", p), fmt.Sprintf("%#v", p), fmt.Sprintf("%s %q %v", p.APIKey, p.APIKey, &p), string(encoded)} {
		if strings.Contains(s, secret) || !strings.Contains(s, "the configuration file") {
			t.Errorf("%s", s)
		}
	}
	for source, want := range map[*KeySource]string{
		{env: "A"}: "environment variable A", {service: "s", user: "u"}: "keyring s/u", {command: []string{"op", "read"}}: "command op", {}: "nowhere",
	} {
		if source.String() != want {
			t.Errorf("%q, want %q", source, want)
		}
	}
}
