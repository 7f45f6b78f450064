package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/adrg/xdg"
)

// isolate gives the test an environment in which nothing is configured, and returns where the file would be.
func isolate(t testing.TB) (path string) {
	t.Helper()
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "KNOCK") {
			t.Setenv(name, "")
		}
	}
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "config"))
	t.Setenv("XDG_STATE_HOME", filepath.Join(home, "state"))
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	return filepath.Join(home, "config", "knockops", "config.yaml")
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func warnings(c *Config) string {
	var b strings.Builder
	for _, w := range c.Warnings {
		b.WriteString(w.String() + "\n")
	}
	return b.String()
}

const twoProfiles = `
current: staging
profiles:
  staging:
    environment: staging
    api_key: sk_file_staging
    service_token: token_file
    base_url: https://staging.example
    color: green
  production:
    environment: production
    api_key: sk_file_production
    protected: true
    color: red
  bare:
    environment: development
`

func TestPrecedence(t *testing.T) {
	type want struct {
		current, environment, key, token, baseURL string
		protected, readOnly                       bool
		warning                                   string // part of the only warning; "" for none
		err                                       string
	}
	staging := want{current: "staging", environment: "staging", key: "sk_file_staging", token: "token_file", baseURL: "https://staging.example"}
	production := want{current: "production", environment: "production", key: "sk_file_production", baseURL: DefaultBaseURL, protected: true}
	with := func(w want, change func(*want)) want { change(&w); return w }
	for name, c := range map[string]struct {
		file  string
		env   map[string]string
		flags Flags
		want  want
	}{
		"file alone":                  {file: twoProfiles, want: staging},
		"variable chooses":            {file: twoProfiles, env: map[string]string{profileVariable: "production"}, want: production},
		"flag goes before variable":   {file: twoProfiles, env: map[string]string{profileVariable: "bare"}, flags: Flags{Profile: "production"}, want: production},
		"unknown profile":             {file: twoProfiles, flags: Flags{Profile: "prodution"}, want: want{err: `there is no profile "prodution"; profiles: production, `}},
		"unknown profile in variable": {file: twoProfiles, env: map[string]string{profileVariable: "x"}, want: want{err: `there is no profile "x"`}},
		"read-only by flag":           {file: twoProfiles, flags: Flags{ReadOnly: true}, want: with(staging, func(w *want) { w.readOnly = true })},
		"only profile is current":     {file: "profiles: {one: {environment: e, api_key: sk_1}}", want: want{current: "one", environment: "e", key: "sk_1", baseURL: DefaultBaseURL}},

		"key alone": {env: map[string]string{apiKeyVariable: "sk_env"},
			want: want{current: "default", environment: UnknownEnvironment, key: "sk_env", baseURL: DefaultBaseURL}},
		"key alone, by name": {env: map[string]string{apiKeyVariable: "sk_env"}, flags: Flags{Profile: "default"},
			want: want{current: "default", environment: UnknownEnvironment, key: "sk_env", baseURL: DefaultBaseURL}},
		"key alone, other name": {env: map[string]string{apiKeyVariable: "sk_env"}, flags: Flags{Profile: "staging"},
			want: want{err: `there is no profile "staging": there is no file `}},
		"other name, no key": {flags: Flags{Profile: "staging"}, want: want{err: "`knockops config init` writes a file to begin with"}},
		"other name, empty file": {file: "theme: {mode: dark}\n", env: map[string]string{apiKeyVariable: "sk_env", profileVariable: "staging"},
			want: want{err: "config.yaml holds none; name none to use KNOCK_API_KEY"}},
		"everything by environment": {env: map[string]string{apiKeyVariable: "sk_env", serviceTokenVariable: "token_env", baseURLVariable: "http://127.0.0.1:4010"},
			want: want{current: "default", environment: UnknownEnvironment, key: "sk_env", token: "token_env", baseURL: "http://127.0.0.1:4010"}},

		"key over the current profile": {file: twoProfiles, env: map[string]string{apiKeyVariable: "sk_env"},
			want: want{current: "KNOCK_API_KEY", environment: UnknownEnvironment, key: "sk_env", baseURL: "https://staging.example", protected: true, warning: "KNOCK_API_KEY goes before profile staging"}},
		"key over the current profile, by its name": {file: twoProfiles, env: map[string]string{apiKeyVariable: "sk_env"}, flags: Flags{Profile: "KNOCK_API_KEY"},
			want: want{current: "KNOCK_API_KEY", environment: UnknownEnvironment, key: "sk_env", baseURL: "https://staging.example", protected: true}},
		"key over a file without a choice": {file: "profiles: {a: {environment: a}, b: {environment: b}}", env: map[string]string{apiKeyVariable: "sk_env"},
			want: want{current: "KNOCK_API_KEY", environment: UnknownEnvironment, key: "sk_env", baseURL: DefaultBaseURL}},
		"same key": {file: twoProfiles, env: map[string]string{apiKeyVariable: "sk_file_staging"}, want: staging},
		"key of a named profile": {file: twoProfiles, env: map[string]string{apiKeyVariable: "sk_env"}, flags: Flags{Profile: "staging"},
			want: with(staging, func(w *want) { w.warning = "KNOCK_API_KEY is ignored: profile staging was named" })},
		"key for a profile without one": {file: twoProfiles, env: map[string]string{apiKeyVariable: "sk_env"}, flags: Flags{Profile: "bare"},
			want: want{current: "bare", environment: "development", key: "sk_env", baseURL: DefaultBaseURL, warning: "profile bare has no api_key and uses KNOCK_API_KEY"}},

		"token over the current profile's": {file: twoProfiles, env: map[string]string{serviceTokenVariable: "token_env"},
			want: with(staging, func(w *want) {
				w.token, w.warning = "token_env", "profile staging uses KNOCK_SERVICE_TOKEN in place of"
			})},
		"token of a named profile": {file: twoProfiles, env: map[string]string{serviceTokenVariable: "token_env", profileVariable: "staging"},
			want: with(staging, func(w *want) { w.warning = "KNOCK_SERVICE_TOKEN is ignored" })},
		"token for a profile without one": {file: twoProfiles, env: map[string]string{serviceTokenVariable: "token_env"}, flags: Flags{Profile: "production"},
			want: with(production, func(w *want) {
				w.token, w.warning = "token_env", "profile production has no service_token"
			})},

		"redirected": {file: twoProfiles, env: map[string]string{baseURLVariable: "http://localhost:4010"},
			want: with(staging, func(w *want) {
				w.baseURL, w.warning = "http://localhost:4010", "KNOCK_BASE_URL sends profile staging to http://localhost:4010"
			})},
		"redirected by name too": {file: twoProfiles, env: map[string]string{baseURLVariable: "http://[::1]:4010"}, flags: Flags{Profile: "staging"},
			want: with(staging, func(w *want) { w.baseURL, w.warning = "http://[::1]:4010", "sends profile staging" })},
		"protected is not redirected": {file: twoProfiles, env: map[string]string{baseURLVariable: "http://localhost:4010"}, flags: Flags{Profile: "production"},
			want: want{err: "profile production is protected and belongs to https://api.knock.app, and KNOCK_BASE_URL would send it to http://localhost:4010: unset"}},
		"protected is not redirected, management": {file: twoProfiles, env: map[string]string{managementURLVariable: "https://proxy.example"}, flags: Flags{Profile: "production"},
			want: want{err: "KNOCK_MANAGEMENT_BASE_URL would send it"}},
		"protected where it is anyway": {file: twoProfiles, env: map[string]string{baseURLVariable: DefaultBaseURL}, flags: Flags{Profile: "production"}, want: production},
		"variable with a token":        {file: twoProfiles, env: map[string]string{baseURLVariable: "https://x/?t=hunter2"}, want: want{err: `KNOCK_BASE_URL: "https://x/?…" may hold neither a user`}},
		"variable with a password":     {file: twoProfiles, env: map[string]string{baseURLVariable: "https://u:hunter2@x"}, want: want{err: `KNOCK_BASE_URL: "https://…@x" may hold neither a user`}},
		"variable without a URL":       {file: twoProfiles, env: map[string]string{baseURLVariable: "localhost:4010"}, want: want{err: `KNOCK_BASE_URL: "localhost:4010" is not a URL`}},
		"variable in the clear":        {env: map[string]string{apiKeyVariable: "sk_env", baseURLVariable: "http://knock.example"}, want: want{err: "plain http is for this machine alone"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := isolate(t)
			if c.file != "" {
				write(t, path, c.file)
			}
			for name, value := range c.env {
				t.Setenv(name, value)
			}
			cfg, err := Load(c.flags)
			if c.want.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.want.err) {
					t.Fatalf("got %v\nwant %s", err, c.want.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			p, err := cfg.Profile("")
			if err != nil {
				t.Fatal(err)
			}
			key, token, err := p.Keys(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := want{p.Name, p.Environment, key, token, p.BaseURL, p.Protected, p.ReadOnly, c.want.warning, ""}
			if got != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
			if all := warnings(cfg); !strings.Contains(all, c.want.warning) || strings.Count(all, "\n") != min(1, len(c.want.warning)) {
				t.Errorf("warnings:\n%swant %q", all, c.want.warning)
			}
			if p.KnowsEnvironment() == p.Implicit {
				t.Errorf("implicit %v, knows its environment %v", p.Implicit, p.KnowsEnvironment())
			}
		})
	}
}

func TestNothingConfigured(t *testing.T) {
	for name, file := range map[string]string{"no file": "", "empty file": "# nothing\n", "no profiles": "theme: {mode: dark}\nprofiles:\n"} {
		t.Run(name, func(t *testing.T) {
			path := isolate(t)
			if file != "" {
				write(t, path, file)
			}
			t.Setenv(serviceTokenVariable, "token")
			c, err := Load(Flags{})
			if !errors.Is(err, ErrNotConfigured) || c == nil || c.Path != path || c.Exists != (file != "") {
				t.Fatalf("%+v, %v", c, err)
			}
			if want := map[bool]string{true: "dark", false: "auto"}[name == "no profiles"]; c.Theme.Mode != want {
				t.Errorf("theme %q, want %q", c.Theme.Mode, want)
			}
			if _, err := c.Profile(""); !errors.Is(err, ErrNotConfigured) {
				t.Errorf("Profile: %v", err)
			}
		})
	}
}

func TestFileThatWasNamedMustExist(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none.yaml")
	for name, load := range map[string]func(t *testing.T) (*Config, error){
		"flag":     func(*testing.T) (*Config, error) { return Load(Flags{ConfigPath: missing}) },
		"variable": func(t *testing.T) (*Config, error) { t.Setenv(configVariable, missing); return Load(Flags{}) },
	} {
		t.Run(name, func(t *testing.T) {
			isolate(t)
			t.Setenv(apiKeyVariable, "sk_env")
			if _, err := load(t); err == nil || !strings.Contains(err.Error(), missing) || !strings.Contains(err.Error(), "config init") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestPaths(t *testing.T) {
	path := isolate(t)
	config, state := Paths()
	if config != path || state != filepath.Join(os.Getenv("XDG_STATE_HOME"), "knockops") {
		t.Errorf("%s, %s", config, state)
	}
	t.Setenv(configVariable, "/elsewhere.yaml")
	if config, _ := Paths(); config != "/elsewhere.yaml" {
		t.Errorf("KNOCKOPS_CONFIG does not override: %s", config)
	}
}

func TestEverySetting(t *testing.T) {
	path := isolate(t)
	write(t, path, `
theme: {mode: light, ascii: true, plots: braille, high_contrast: true, accessible: true}
key_preset: arrows
keys:
  runs.cancel: x
  runs.mark: [space, m]
  app.quit: []
profiles:
  b.2:
    environment: development
    account: acme
    base_url: http://127.0.0.1:4010
    management_base_url: http://localhost:4011
    dashboard_url: https://dash.example
    api_key: {command: op read op://ops/knock/key}
    service_token: {command: [pass, show, a b]}
    protected: true
    read_only: true
    color: "#ff8800"
    webhook:
      addr: :8080
      path: /hook
      public_url: https://hook.example/x
      secrets: [{env: NEW_SECRET}, {keyring: knock/old/secret}]
      tolerance: 90s
      retain: 7d
      retain_mb: 500
    team:
      servers: [tls://nats-1.example:4222, tls://nats-2.example]
      credentials: team.creds
      tls: {ca: /etc/ca.pem, cert: own.pem, key: own.key}
      replicas: 3
      retain: 3d
      retain_mb: 2000
      synced: true
    runaway: {least_per_minute: 30.5, factor: 3}
  a:
    environment: production
    color: 12
`)
	c, err := Load(Flags{Profile: "b.2"})
	if err != nil {
		t.Fatal(err)
	}
	want := []Profile{
		{
			Name: "b.2", Environment: "development", Account: "acme", BaseURL: "http://127.0.0.1:4010", ManagementBaseURL: "http://localhost:4011",
			DashboardURL: "https://dash.example", APIKey: CommandKey("op", "read", "op://ops/knock/key"), ServiceToken: CommandKey("pass", "show", "a b"),
			Protected: true, ReadOnly: true, Color: "#ff8800",
			Webhook: WebhookSettings{Addr: ":8080", Path: "/hook", PublicURL: "https://hook.example/x",
				Secrets:   []KeySource{EnvKey("NEW_SECRET"), KeyringKey("knock", "old/secret")},
				Tolerance: 90 * time.Second, Retain: 7 * 24 * time.Hour, RetainMB: 500},
			Team: TeamSettings{Servers: []string{"tls://nats-1.example:4222", "tls://nats-2.example"}, Credentials: filepath.Join(filepath.Dir(path), "team.creds"),
				CA: "/etc/ca.pem", Cert: filepath.Join(filepath.Dir(path), "own.pem"), Key: filepath.Join(filepath.Dir(path), "own.key"),
				Replicas: 3, Retain: 3 * 24 * time.Hour, RetainMB: 2000, Synced: true},
			Runaway: RunawaySettings{LeastPerMinute: 30.5, Factor: 3},
		},
		{
			Name: "a", Environment: "production", BaseURL: DefaultBaseURL, ManagementBaseURL: DefaultManagementBaseURL, DashboardURL: DefaultDashboardURL,
			Color: "12", Webhook: DefaultWebhook,
		},
	}
	if !reflect.DeepEqual(c.Profiles, want) {
		t.Errorf("profiles\n got %+v\nwant %+v", c.Profiles, want)
	}
	if c.Preset != "arrows" {
		t.Errorf("preset %q", c.Preset)
	}
	if want := (Theme{Mode: "light", ASCII: true, Plots: "braille", HighContrast: true, Accessible: true}); !reflect.DeepEqual(c.Theme, want) {
		t.Errorf("theme %+v", c.Theme)
	}
	if want := map[string][]string{"runs.cancel": {"x"}, "runs.mark": {"space", "m"}, "app.quit": {}}; !reflect.DeepEqual(c.Keys, want) {
		t.Errorf("keys %v", c.Keys)
	}
	if at := c.KeyPos("runs.mark"); at.String() != path+":6" || at.Column != 3 {
		t.Errorf("runs.mark is at %v, column %d", at, at.Column)
	}
	if at := c.KeyPos("runs.open"); at != (Position{}) || at.String() != "" {
		t.Errorf("an action without override is at %v", at)
	}
}

func TestNoProfileChosen(t *testing.T) {
	path := isolate(t)
	write(t, path, "profiles: {a: {environment: a}, b: {environment: b}}")
	c, err := Load(Flags{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Profile(""); err == nil || !strings.Contains(err.Error(), "no profile is chosen") || !strings.Contains(err.Error(), "profiles: a, b") {
		t.Errorf("got %v", err)
	}
	if p, err := c.Profile("b"); err != nil || p.Environment != "b" {
		t.Errorf("%+v, %v", p, err)
	}
	if _, _, err := c.Profiles[0].Keys(t.Context()); err == nil || !strings.Contains(err.Error(), "profile a has no API key") {
		t.Errorf("keys without a source: %v", err)
	}
}

func TestWarnings(t *testing.T) {
	t.Run("misspelt variables", func(t *testing.T) {
		path := isolate(t)
		write(t, path, "profiles: {a: {environment: a, api_key: {env: KNOCK_TOKEN}}}")
		for _, name := range []string{"KNOCK_TOKEN", "KNOCK_APIKEY", "KNOCK_SERVICE_TOKN", "KNOCKOPS_PROFIL", "KNOCK_API_KEY_STAGING", "KNOCK_PUBLIC_API_KEY", "KNOCKOPS_DEBUG"} {
			t.Setenv(name, "x")
		}
		c, err := Load(Flags{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range c.Warnings {
			got = append(got, w.Message)
		}
		slices.Sort(got)
		want := []string{
			"the environment variable KNOCKOPS_PROFIL is not read; did you mean KNOCKOPS_PROFILE?",
			"the environment variable KNOCK_APIKEY is not read; did you mean KNOCK_API_KEY?",
			"the environment variable KNOCK_SERVICE_TOKN is not read; did you mean KNOCK_SERVICE_TOKEN?",
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q\nwant %q", got, want)
		}
	})
	t.Run("nothing but a misspelt variable", func(t *testing.T) {
		isolate(t)
		t.Setenv("KNOCK_TOKEN", "sk_1")
		c, err := Load(Flags{})
		if !errors.Is(err, ErrNotConfigured) || !strings.Contains(warnings(c), "KNOCK_TOKEN is not read; did you mean KNOCK_API_KEY?") {
			t.Errorf("%v, %s", err, warnings(c))
		}
	})
	t.Run("one key, two environments", func(t *testing.T) {
		path := isolate(t)
		write(t, path, "current: a\nprofiles:\n  a: {environment: a, api_key: sk_1}\n  b: {environment: a, api_key: sk_1}\n  c:\n    environment: c\n    api_key: sk_1\n")
		c, err := Load(Flags{})
		want := path + ":7: profiles.c.api_key: is the key of profile a as well, which names another environment (a, here c): a key belongs to one\n"
		if err != nil || !strings.HasPrefix(warnings(c), want) {
			t.Errorf("%v\ngot  %swant %s", err, warnings(c), want)
		}
	})
	t.Run("mode", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip("Windows has no such modes")
		}
		for content, want := range map[string]string{
			"profiles: {a: {environment: a, api_key: sk_1}}":         "(mode 0640), and it holds keys: run `chmod 600 ",
			"profiles: {a: {environment: a, api_key: {env: OTHER}}}": "(mode 0640): run `chmod 600 ",
		} {
			path := isolate(t)
			write(t, path, content)
			if err := os.Chmod(path, 0o640); err != nil {
				t.Fatal(err)
			}
			c, err := Load(Flags{})
			if err != nil || !strings.Contains(warnings(c), want) {
				t.Errorf("%v\ngot  %swant %s", err, warnings(c), want)
			}
			if problems := Validate(path); len(problems) != 1 || !problems[0].Warning || !strings.Contains(problems[0].String(), want) {
				t.Errorf("Validate: %v", problems)
			}
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	write(b, isolate(b), string(starter))
	for b.Loop() {
		if _, err := Load(Flags{}); err != nil {
			b.Fatal(err)
		}
	}
}
