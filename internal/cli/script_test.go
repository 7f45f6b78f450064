package cli_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/knockops/knockops/internal/cli"
	"github.com/knockops/knockops/internal/emulator"
)

// The keys that scripts work with. No output may hold them.
const (
	apiKey       = "sk_test_scripts_0123456789"
	serviceToken = "knock_st_scripts_0123456789"
)

// noNap keeps the race detector from sleeping a second at the end of every command.
const noNap = "atexit_sleep_ms=0"

func TestMain(m *testing.M) {
	time.Local = time.UTC // which golden screens are drawn in
	// Scripts wait for what a cancel waits for, and hardly work: they need no processor each.
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	testscript.Main(m, map[string]func(){"knockops": func() { os.Exit(cli.Main()) }})
}

// TestScripts runs the program itself, each script against an emulator of its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", Setup: prepare, RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"run": run, "isjson": isJSON, "isndjson": isNDJSON, "equal": equal, "save": save,
		},
	})
}

func prepare(env *testscript.Env) error {
	base, err := serve(env.Defer)
	if err != nil {
		return err
	}
	shop, err := ingestionURL(base)
	if err != nil {
		return err
	}
	for name, value := range map[string]string{
		"HOME": env.WorkDir, "XDG_CONFIG_HOME": env.WorkDir + "/config", "XDG_STATE_HOME": env.WorkDir + "/state",
		"KNOCK_API_KEY": apiKey, "KNOCK_SERVICE_TOKEN": serviceToken, "KNOCK_BASE_URL": base, "KNOCK_MANAGEMENT_BASE_URL": base,
		"SECRET_KEY": apiKey, "SECRET_TOKEN": serviceToken, // where the profiles take them from
		"LONG": strings.Repeat("x", 256), "TZ": "UTC", "SHOP": shop,
		"GORACE": noNap,
	} {
		env.Setenv(name, value)
	}
	return errors.Join(
		os.WriteFile(filepath.Join(env.WorkDir, "profiles.yaml"), []byte(fmt.Sprintf(profiles, base)), 0o600),
		os.WriteFile(filepath.Join(env.WorkDir, "crowd.txt"), []byte(crowd(1001)), 0o600),
	)
}

// profiles is a configuration with one profile of each kind.
const profiles = `current: dev
profiles:
  dev:
    environment: development
    base_url: %[1]s
    management_base_url: %[1]s
    api_key: {env: SECRET_KEY}
    service_token: {env: SECRET_TOKEN}
    sources: {till: {env: SHOP}, shop: {env: SHOP}, unset: {env: NO_SUCH_URL}}
  prod:
    environment: development
    base_url: %[1]s
    management_base_url: %[1]s
    api_key: {env: SECRET_KEY}
    service_token: {env: SECRET_TOKEN}
    protected: true
  audit:
    environment: development
    base_url: %[1]s
    management_base_url: %[1]s
    api_key: {env: SECRET_KEY}
    read_only: true
`

func crowd(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "crowd_%d\n", i)
	}
	return b.String()
}

// serve runs an emulator; end is given what ends it.
func serve(end func(func())) (string, error) {
	e, err := emulator.New(emulator.Options{Seed: 1})
	if err != nil {
		return "", err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- e.Serve(ctx, l) }()
	end(func() {
		stop()
		<-served
	})
	return "http://" + l.Addr().String(), nil
}

// ingestionURL is where the default world's source takes events; an operator copies it from the dashboard.
func ingestionURL(base string) (string, error) {
	req, err := http.NewRequest("GET", base+"/v1/sources/shop?environment=development", nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+serviceToken)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var source struct {
		Environments map[string]struct {
			Settings struct{ Endpoint string }
		} `json:"environment_settings"`
	}
	if err := json.NewDecoder(res.Body).Decode(&source); err != nil {
		return "", err
	}
	return source.Environments["development"].Settings.Endpoint, nil
}

// run CODE ARGS… runs knockops, expects the exit code, and no key in what it says.
func run(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: run CODE ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec("knockops", args[1:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, expected %d", got, want)
	}
	for _, name := range []string{"stdout", "stderr"} {
		for _, secret := range []string{apiKey, serviceToken} {
			if strings.Contains(ts.ReadFile(name), secret) {
				ts.Fatalf("%s holds a key", name)
			}
		}
	}
}

// isjson COUNT says that stdout is one JSON list of so many things, or with -1 one JSON value.
func isJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: isjson COUNT")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	text := ts.ReadFile("stdout")
	if want < 0 {
		if !json.Valid([]byte(text)) {
			ts.Fatalf("stdout is not JSON")
		}
		return
	}
	var list []json.RawMessage
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		ts.Fatalf("stdout is not a JSON list: %v", err)
	}
	if len(list) != want {
		ts.Fatalf("the list has %d things, expected %d", len(list), want)
	}
}

// isndjson COUNT says that stdout is so many lines of one JSON object each.
func isNDJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: isndjson COUNT")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	lines := 0
	for s := bufio.NewScanner(strings.NewReader(ts.ReadFile("stdout"))); s.Scan(); lines++ {
		var object map[string]any
		if err := json.Unmarshal(s.Bytes(), &object); err != nil {
			ts.Fatalf("line %d is not a JSON object: %v", lines+1, err)
		}
	}
	if lines != want {
		ts.Fatalf("%d lines, expected %d", lines, want)
	}
}

// equal PATH VALUE says what stands in stdout's JSON at a path like runs.0.verdict.
func equal(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: equal PATH VALUE")
	}
	if got := valueAt(ts, args[0]); (got == args[1]) == neg {
		ts.Fatalf("%s is %s, expected %s", args[0], got, args[1])
	}
}

// save NAME PATH keeps what stands in stdout's JSON at a path in a variable.
func save(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: save NAME PATH")
	}
	ts.Setenv(args[0], valueAt(ts, args[1]))
}

// valueAt is a text in stdout's JSON, or any other value as JSON.
func valueAt(ts *testscript.TestScript, path string) string {
	var v any
	if err := json.Unmarshal([]byte(ts.ReadFile("stdout")), &v); err != nil {
		ts.Fatalf("stdout is not JSON: %v", err)
	}
	for step := range strings.SplitSeq(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(at) {
				ts.Fatalf("%s: there is no element %s", path, step)
			}
			v = at[i]
		default:
			v = nil
		}
	}
	if text, ok := v.(string); ok {
		return text
	}
	b, err := json.Marshal(v)
	ts.Check(err)
	return string(b)
}
