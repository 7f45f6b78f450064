package config

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func TestFileErrors(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"not YAML":             {"profiles:\n  a: b: c\n", ":2: is not YAML: mapping values are not allowed in this context"},
		"tab":                  {"profiles:\n\ta: 1\n", ":2: is not YAML: found character that cannot start any token; quote the value, and indent with spaces, not tabs"},
		"open bracket":         {"theme:\n  mode: [dark\nkeys: {}\n", ":2: is not YAML: did not find expected ',' or ']'"},
		"one line":             {"{theme: {mode: dark}", ":1: is not YAML: did not find expected ',' or '}'"},
		"list below":           {"theme: {}\n- a\n", ":2: is not YAML: did not find expected key"},
		"unknown anchor":       {"theme: {}\nkeys: *k\n", ":2: is not YAML: unknown anchor 'k' referenced"},
		"control":              {"theme: {}\n\nkeys: \x01\n", ":3: is not YAML: control characters are not allowed"},
		"not UTF-8":            {"theme: {}\n# \xff\n", ":2: is not YAML: invalid leading UTF-8 octet"},
		"second, broken":       {"theme: {}\n---\nkeys: [\n", ":3: is not YAML: "},
		"second document":      {"profiles:\n---\nprofiles:\n", ":2: a second document begins here (---), and only one is read"},
		"no mapping":           {"- a\n- b\n", ":1: is a list, where name: value lines belong"},
		"unknown setting":      {"profile: {}\n", `:1: profile: is not a setting; did you mean "profiles"?`},
		"nothing like it":      {"\nzzzzzz: 1\n", ":2: zzzzzz: is not a setting; there are commands, current, key_preset, keys, profiles, theme"},
		"unknown in a profile": {"profiles:\n  a:\n    environment: a\n    api_kee: x\n", `:4: profiles.a.api_kee: is not a setting; did you mean "api_key"?`},
		"colour":               {"profiles:\n  a:\n    environment: a\n    colour: red\n", `:4: profiles.a.colour: is not a setting; did you mean "color"?`},
		"hyphen":               {"profiles: {a: {environment: a, read-only: true}}", `:1: profiles.a.read-only: is not a setting; did you mean "read_only"?`},
		"twice":                {"theme:\n  mode: dark\n  ascii: true\n  mode: light\n", ":4: theme.mode: stands here for the second time; the first is in line 2"},
		"no environment":       {"profiles:\n  a:\n    protected: true\n", ":3: profiles.a: has no environment, and needs one"},
		"empty profile":        {"profiles:\n  a:\n", ":2: profiles.a: has no environment, and needs one"},
		"current":              {"current: stagin\nprofiles:\n  production: {environment: p}\n  staging: {environment: s}\n", `:1: current: "stagin" is no profile of this file; did you mean "staging"?`},
		"current of none":      {"current: staging\n", `:1: current: "staging" is no profile: the file holds none`},
		"not a boolean":        {"profiles:\n  a:\n    environment: a\n    protected: yes\n", `:4: profiles.a.protected: is "yes", where true or false belongs`},
		"quoted boolean":       {"theme: {ascii: \"true\"}\n", `:1: theme.ascii: is "true", where true or false belongs`},
		"not text":             {"profiles:\n  a:\n    environment: [a]\n", ":3: profiles.a.environment: is a list, where text belongs"},
		"mode":                 {"theme:\n  mode: drak\n", `:2: theme.mode: "drak" is not what belongs here; did you mean "dark"?`},
		"no span":              {"profiles: {a: {environment: a, webhook: {retain: a week}}}", `:1: profiles.a.webhook.retain: "a week" is not a span of time: write one such as 90s, 15m, 2h or 30d`},
		"too short a span":     {"profiles: {a: {environment: a, webhook: {tolerance: 1ms}}}", `:1: profiles.a.webhook.tolerance: "1ms" is too short: give at least 1s`},
		"no number":            {"profiles: {a: {environment: a, webhook: {retain_mb: -1}}}", `:1: profiles.a.webhook.retain_mb: is "-1", where a whole number belongs`},
		"color":                {"profiles: {a: {environment: a, color: 256}}", `:1: profiles.a.color: "256" is not what belongs here; there are blue, `},
		"slug":                 {"profiles: {a: {environment: My Env}}", `:1: profiles.a.environment: "My Env" is not a slug: copy it`},
		"profile name":         {"profiles:\n  a/b: {environment: a}\n", `:2: profiles.a/b: "a/b" cannot name a profile: use at most 64 letters`},
		"reserved name":        {"profiles:\n  KNOCK_API_KEY: {environment: a}\n", "choose another name"},
		"no URL":               {"profiles: {a: {environment: a, base_url: api.knock.app}}", `:1: profiles.a.base_url: "api.knock.app" is not a URL: write it as https://host`},
		"URL with /v1":         {"profiles: {a: {environment: a, base_url: https://api.knock.app/v1/}}", "ends in /v1, which every call adds by itself"},
		"URL in the clear":     {"profiles: {a: {environment: a, management_base_url: http://10.0.0.1}}", "plain http is for this machine alone, use https"},
		"URL with a query":     {"profiles: {a: {environment: a, base_url: 'https://x?y=1'}}", "may hold neither a user, nor a query, nor a fragment"},
		"URL with a user":      {"profiles: {a: {environment: a, base_url: https://u:p@x}}", `:1: profiles.a.base_url: "https://…@x" may hold neither a user`},
		"address":              {"profiles: {a: {environment: a, webhook: {addr: 127.0.0.1}}}", `"127.0.0.1" is not of the form host:port`},
		"port":                 {"profiles: {a: {environment: a, webhook: {addr: 127.0.0.1:70000}}}", "is not of the form host:port"},
		"runaway, a word":      {"profiles:\n  a:\n    environment: a\n    runaway:\n      factor: many\n", `:5: profiles.a.runaway.factor: is "many", where a number belongs`},
		"runaway, no number":   {"profiles: {a: {environment: a, runaway: {factor: .nan}}}", `:1: profiles.a.runaway.factor: is ".nan", where a number belongs`},
		"runaway, at once":     {"profiles: {a: {environment: a, runaway: {factor: 1}}}", `:1: profiles.a.runaway.factor: "1" is too little: give more than 1`},
		"runaway, at nothing":  {"profiles: {a: {environment: a, runaway: {least_per_minute: -3}}}", `:1: profiles.a.runaway.least_per_minute: "-3" is too little: give more than 0`},
		"runaway, unknown":     {"profiles: {a: {environment: a, runaway: {least: 3}}}", `:1: profiles.a.runaway.least: is not a setting`},
		"team, no servers":     {"profiles:\n  a:\n    environment: a\n    team:\n      replicas: 3\n", ":5: profiles.a.team: has no servers, and needs one"},
		"team, in the clear":   {"profiles: {a: {environment: a, team: {servers: [tls://x, nats://10.0.0.1:4222]}}}", `profiles.a.team.servers: "nats://10.0.0.1:4222" would send what webhooks tell of people in the clear`},
		"team, a password":     {"profiles: {a: {environment: a, team: {servers: ['tls://me:hush@x']}}}", `"tls://…@x" may hold no user: name a credentials file or an nkey`},
		"team, no URL":         {"profiles: {a: {environment: a, team: {servers: nats.example}}}", `"nats.example" is not where a NATS server is`},
		"team, a path":         {"profiles: {a: {environment: a, team: {servers: 'tls://x?token=hush'}}}", "may hold nothing after the port"},
		"team, two keys":       {"profiles:\n  a:\n    environment: a\n    team:\n      servers: [tls://x]\n      credentials: x.creds\n      nkey: {env: SEED}\n", ":7: profiles.a.team.nkey: stands beside credentials"},
		"team, half a pair":    {"profiles:\n  a:\n    environment: a\n    team:\n      servers: [tls://x]\n      tls: {cert: x.pem}\n", ":6: profiles.a.team.tls: wants cert and key together"},
		"team, two copies":     {"profiles: {a: {environment: a, team: {servers: [tls://x], replicas: 2}}}", `profiles.a.team.replicas: "2" is not what belongs here; there are 1, 3, 5`},
		"team, a key":          {"profiles: {a: {environment: a, team: {servers: [SUAGMJH5XLGZKQQWAWKRZJIGMOU4HPFUYLXJMXOO5NLFEO2OOQJ5LPRDPM]}}}", `profiles.a.team.servers: "…" is not where`},
		"path":                 {"profiles: {a: {environment: a, webhook: {path: hook}}}", `"hook" is not a path: begin it with /`},
		"public key":           {"profiles:\n  a:\n    environment: a\n    api_key: pk_test_1\n", ":4: profiles.a.api_key: the key here is a public key (pk_…), and Knock refuses those"},
		"empty key":            {"profiles: {a: {environment: a, api_key: \"\"}}", "profiles.a.api_key: the key here is empty"},
		"key with a space":     {"profiles: {a: {environment: a, api_key: sk_a b}}", "the key here is not a key"},
		"unknown source":       {"profiles: {a: {environment: a, api_key: {keyrng: a/b}}}", `profiles.a.api_key.keyrng: is not a setting; did you mean "keyring"?`},
		"two sources":          {"profiles: {a: {environment: a, api_key: {env: A, keyring: b/c}}}", "profiles.a.api_key: wants one source: {env: NAME}"},
		"no source":            {"profiles: {a: {environment: a, api_key: {}}}", "wants one source"},
		"list for a source":    {"profiles: {a: {environment: a, api_key: [op, read]}}", "profiles.a.api_key: is a list, where name: value lines belong"},
		"key for a variable":   {"profiles: {a: {environment: a, api_key: {env: sk_test_hushhush}}}", `profiles.a.api_key.env: "…" is not the name of an environment variable`},
		"key for a name":       {"profiles: {a: {environment: a, api_key: {sk_test_hushhush}}}", "profiles.a.api_key.…: is not a setting"},
		"URL with a password":  {"profiles: {a: {environment: a, base_url: 'https://me:hu sh/hush@x.example'}}", `profiles.a.base_url: "https://…@x.example"`},
		"URL with a token":     {"profiles: {a: {environment: a, base_url: 'https://x.example?token=hush'}}", `"https://x.example?…" may hold neither a user, nor a query`},
		"URL with a fragment":  {"profiles: {a: {environment: a, webhook: {public_url: 'https://x.example/#hush'}}}", `"https://x.example/?…" may hold neither`},
		"keyring":              {"profiles: {a: {environment: a, api_key: {keyring: knockops}}}", `"knockops" is not of the form service/user`},
		"shell":                {"profiles: {a: {environment: a, api_key: {command: 'pass show \"a b\"'}}}", "is run without a shell: write it as a list of words"},
		"no program":           {"profiles: {a: {environment: a, api_key: {command: []}}}", "profiles.a.api_key.command: names no program"},
		"blank program":        {"profiles: {a: {environment: a, api_key: {command: ' '}}}", "profiles.a.api_key.command: names no program"},
		"alias":                {"theme: &t {ascii: true}\nprofiles: *t\n", ":2: profiles: is an alias (*t), and those are not followed: write the value out"},
		"merge":                {"profiles:\n  a: &a {environment: a}\n  b:\n    <<: *a\n", `:4: profiles.b: has "<<" where a plain name belongs`},
		"command, a line":      {"commands:\n  crm: {page: runs, run: crm show}\n", `:2: commands.crm.run: is "crm show", where a list of words belongs`},
		"command, no quotes":   {"commands:\n  crm:\n    page: runs\n    run: [crm, {id}]\n", `:4: commands.crm.run: has a mapping in it: write a field in quotes`},
		"command, a shell":     {"commands:\n  crm:\n    page: runs\n    run:\n      - sh\n      - -c\n      - crm {id}\n", `:7: commands.crm.run: "crm {id}" would be read as a program by sh`},
		"command, no page":     {"commands:\n  crm: {run: [crm]}\n", `:2: commands.crm: has no page, and needs one`},
		"command, its name":    {"commands:\n  C R M: {page: runs, run: [crm]}\n", `:2: commands.C R M: "C R M" cannot name a command`},
		"keys without value":   {"keys:\n  runs.cancel:\n", ":2: keys.runs.cancel: is empty, where text belongs"},
		"escape sequence":      {"\"a\\e[31m\": 1\n", ":1: a [31m: is not a setting"},
	} {
		t.Run(name, func(t *testing.T) {
			path := isolate(t)
			write(t, path, c.file)
			_, err := Load(Flags{})
			var failed *FileError
			if !errors.As(err, &failed) || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), path+":") {
				t.Fatalf("got  %v\nwant %s", err, c.want)
			}
			if strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), "pk_test_1") || strings.Contains(err.Error(), "SUAGM") {
				t.Errorf("a key shows: %v", err)
			}
		})
	}
}

func TestAllErrorsAtOnce(t *testing.T) {
	path := isolate(t)
	write(t, path, "curent: a\nprofiles:\n  a:\n    environment: a\n    protected: 1\n  b: {}\n")
	want := path + ":1: curent: is not a setting; did you mean \"current\"?\n" +
		path + ":5: profiles.a.protected: is \"1\", where true or false belongs\n" +
		path + ":6: profiles.b: has no environment, and needs one"
	_, err := Load(Flags{})
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	var lines []string
	for _, p := range Validate(path) {
		lines = append(lines, p.String())
	}
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("Validate:\n%s\nwant\n%s", got, want)
	}
}

func TestFilesThatAreNone(t *testing.T) {
	isolate(t)
	dir := t.TempDir()
	large := filepath.Join(dir, "large")
	write(t, large, strings.Repeat("#", maxFileSize+1))
	for path, want := range map[string]string{
		dir:                          "is a directory, where a configuration file belongs",
		large:                        "that is no configuration file",
		filepath.Join(dir, "absent"): "there is no configuration file",
	} {
		if _, err := Load(Flags{ConfigPath: path}); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if problems := Validate(filepath.Join(dir, "absent")); len(problems) != 1 || problems[0].Warning {
		t.Errorf("Validate of no file: %v", problems)
	}
}

func FuzzParse(f *testing.F) {
	isolate(f)
	for _, seed := range []string{twoProfiles, string(starter), "a: &a [*a]", "? [x]\n: 1", "current: {}\nprofiles: []", "keys: {a: [[b]], c: null}", "!!binary x", "\xff\xfe", "profiles: {a: {environment: !!str 1, api_key: {command: [1, 2]}}}", "- &x", "%YAML 9"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<14 {
			return
		}
		doc := parse("fuzz.yaml", raw)
		for _, p := range doc.problems {
			if strings.ContainsAny(p.String(), "\x1b\r\n") {
				t.Errorf("%q could play tricks on a terminal", p.String())
			}
		}
		c, err := load("fuzz.yaml", doc, Flags{ReadOnly: true})
		if doc.errors() != nil {
			return
		}
		if err != nil && !errors.Is(err, ErrNotConfigured) {
			t.Fatalf("the document has no errors, and still: %v", err)
		}
		for _, p := range c.Profiles {
			if p.Name == "" || p.Environment == "" || p.BaseURL == "" || !p.ReadOnly {
				t.Errorf("half a profile: %+v", p)
			}
		}
		if len(c.Profiles) == 0 {
			return
		}
		name := c.Profiles[len(c.Profiles)-1].Name
		edited := parse("fuzz.yaml", setCurrent(raw, name))
		if !sameBut(doc, edited, name) {
			return
		}
		if c, err := load("fuzz.yaml", edited, Flags{}); err != nil || c.Current != name {
			t.Errorf("chose %s, got %+v, %v", name, c, err)
		}
	})
}
