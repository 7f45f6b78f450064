package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/adrg/xdg"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/sweep"
)

// counted is an emulator that counts what reaches it.
type counted struct {
	http.Handler
	all, changes atomic.Int32
}

func (c *counted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.all.Add(1)
	if r.Method != http.MethodGet {
		c.changes.Add(1)
	}
	c.Handler.ServeHTTP(w, r)
}

// What a guard forbids a sweep ends with 4, and not one request is sent; where
// the guard is about what is pending, or about an answer to what is shown of it,
// that is read, and nothing is changed.
func TestGuardsOfASweepSendNothing(t *testing.T) {
	knock, err := emulator.New(emulator.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	knock.Start(t.Context())
	defer knock.Close()
	requests := &counted{Handler: knock.Handler()}
	server := httptest.NewServer(requests)
	defer server.Close()
	home := t.TempDir()
	t.Setenv("XDG_STATE_HOME", home)
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	for _, name := range []string{"KNOCK_API_KEY", "KNOCK_SERVICE_TOKEN", "KNOCK_BASE_URL", "KNOCK_MANAGEMENT_BASE_URL", "KNOCKOPS_PROFILE"} {
		t.Setenv(name, "")
	}
	write := func(name, content string) string {
		path := filepath.Join(home, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	profile := "{environment: %s, base_url: '" + server.URL + "', management_base_url: '" + server.URL + "', api_key: " + emulator.DemoAPIKey + "%s}\n"
	t.Setenv("KNOCKOPS_CONFIG", write("config.yaml", "current: dev\nprofiles:\n  dev: "+fmt.Sprintf(profile, "development", "")+
		"  prod: "+fmt.Sprintf(profile, "production", ", protected: true")+"  audit: "+fmt.Sprintf(profile, "production", ", read_only: true")))
	empty, three := write("empty.txt", "\n"), write("three.txt", "a\nb\nc\n")

	c, err := client.New(client.Options{BaseURL: server.URL, APIKey: emulator.DemoAPIKey})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "b", "c"} {
		if _, err := c.Trigger(t.Context(), client.Trigger{Workflow: "invite-reminder", CancellationKey: key, Recipients: []client.Recipient{{Ref: client.Ref{ID: "dana"}}}}); err != nil {
			t.Fatal(err)
		}
	}
	// Sweep 1 was cut off; 2 is carried out elsewhere; 3 was begun in another environment.
	if err := os.MkdirAll(filepath.Dir(app.JournalPath("dev")), 0o700); err != nil {
		t.Fatal(err)
	}
	j, err := journal.Open(app.JournalPath("dev"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	scope, err := json.Marshal(sweep.Scope{Workflow: "invite-reminder"})
	if err != nil {
		t.Fatal(err)
	}
	for _, environment := range []string{"development", "development", "staging"} {
		if _, err := j.BeginSweep(t.Context(), journal.Sweep{Profile: "dev", Environment: environment, Workflow: "invite-reminder", Scope: scope, Options: json.RawMessage(`{}`)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.HoldSweep(t.Context(), 2); err != nil {
		t.Fatal(err)
	}

	for name, tt := range map[string]struct {
		args  string
		typed string // on a terminal; "" for none
		reads bool
		says  string
	}{
		"no workflow":                         {args: "sweep --yes", says: "the scope is empty"},
		"an empty workflow":                   {args: "sweep EMPTY --yes", says: "the scope is empty"},
		"no keys":                             {args: "sweep invite-reminder --keys-file " + empty + " --yes", says: "holds none"},
		"another environment":                 {args: "--environment production sweep invite-reminder --yes", says: "belongs to development"},
		"another environment, with a freeze":  {args: "--environment production sweep invite-reminder --freeze --recall --yes", says: "belongs to development"},
		"another environment, resumed":        {args: "--environment production sweep resume 1 --yes", says: "belongs to development"},
		"begun in another environment":        {args: "sweep resume 3 --yes", says: "staging"},
		"in progress elsewhere":               {args: "sweep resume 2 --yes", says: "sweep 2 is in progress"},
		"nobody to confirm":                   {args: "sweep invite-reminder", says: "it takes --yes"},
		"nobody to confirm, resumed":          {args: "sweep resume 1", says: "it takes --yes"},
		"--read-only":                         {args: "--read-only sweep invite-reminder --yes", says: "--read-only"},
		"--read-only, resumed":                {args: "--read-only sweep resume 1 --yes", says: "--read-only"},
		"a read-only profile":                 {args: "--profile audit sweep invite-reminder --yes --arm audit", says: "audit is read-only"},
		"a protected profile":                 {args: "--profile prod sweep invite-reminder --yes --reason r", says: "--arm prod"},
		"a protected profile, another armed":  {args: "--profile prod sweep invite-reminder --yes --reason r --arm dev", says: "--arm names"},
		"a protected profile, no reason":      {args: "--profile prod sweep invite-reminder --yes --arm prod", says: "--reason"},
		"a protected profile, resumed":        {args: "--profile prod sweep resume 1 --yes", says: "--arm prod"},
		"larger than --max":                   {args: "sweep invite-reminder --max 2 --yes", reads: true, says: "--max allows 2"},
		"larger than --max, with a freeze":    {args: "sweep invite-reminder --max 2 --freeze --recall --yes", reads: true, says: "--max allows 2"},
		"larger than --max, of listed keys":   {args: "sweep invite-reminder --max 2 --keys-file " + three + " --yes", reads: true, says: "--max allows 2"},
		"larger than --max, of the armed":     {args: "--profile prod sweep invite-reminder --max 2 --yes --arm prod --reason r", reads: true, says: "--max allows 2"},
		"answered with no":                    {args: "sweep invite-reminder", typed: "n\n", reads: true, says: "not confirmed"},
		"answered with nothing":               {args: "sweep invite-reminder --freeze", typed: "\n", reads: true, says: "not confirmed"},
		"resumed, and answered with no":       {args: "sweep resume 1", typed: "n\n", says: "not confirmed"},
		"another workflow typed":              {args: "--profile prod sweep invite-reminder --reason r", typed: "welcome\n", reads: true, says: "not confirmed"},
		"no reason typed":                     {args: "--profile prod sweep invite-reminder", typed: "\ninvite-reminder\n", reads: true, says: "--reason"},
		"a reason, and then a yes for a word": {args: "--profile prod sweep invite-reminder", typed: "ticket 5\nyes\n", reads: true, says: "not confirmed"},
	} {
		t.Run(name, func(t *testing.T) {
			var said bytes.Buffer
			args := strings.Fields(tt.args)
			for i := range args {
				if args[i] == "EMPTY" {
					args[i] = ""
				}
			}
			all, changes := requests.all.Load(), requests.changes.Load()
			code := Run(t.Context(), args, app.Env{Stdin: strings.NewReader(tt.typed), Stdout: &bytes.Buffer{}, Stderr: &said, Interactive: tt.typed != ""})
			if code != exit.CodeRefused {
				t.Errorf("exit code %d", code)
			}
			if !strings.Contains(said.String(), tt.says) {
				t.Errorf("%q is not said in:\n%s", tt.says, &said)
			}
			all, changes = requests.all.Load()-all, requests.changes.Load()-changes
			if changes > 0 || tt.reads != (all > 0) {
				t.Errorf("%d requests were sent, %d that change something:\n%s", all, changes, &said)
			}
		})
	}
	if n := knock.Stats().Runs; n["cancelled"] != 0 {
		t.Errorf("%v", n)
	}
	for args, want := range map[string]string{
		"sweep show 2":         fmt.Sprintf("process %d, since ", os.Getpid()),
		"sweep show 2 -o json": fmt.Sprintf(`"pid": %d`, os.Getpid()),
	} {
		var out bytes.Buffer
		if code := Run(t.Context(), strings.Fields(args), app.Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: io.Discard}); code != exit.CodeDone || !strings.Contains(out.String(), want) {
			t.Errorf("%s: exit code %d, %q is not said in:\n%s", args, code, want, &out)
		}
	}
}
