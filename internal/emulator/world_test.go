package emulator

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWorldErrorsNameLineAndKey(t *testing.T) {
	const channels = "environment: e\nchannels: [ { key: mail, type: email, provider: p } ]\n"
	tests := map[string]struct{ text, want string }{
		"unknown key":   {"environment: e\nworkflow: []\n", "line 2: unknown key workflow"},
		"wrong kind":    {"environment: e\nworkflows: 5\n", "line 2: `5` is not a list"},
		"wrong number":  {channels + "workflows:\n  - key: a\n    steps:\n      - { ref: t, type: throttle, window: 1m, limit: many }\n", "line 6: `many` is not a whole number"},
		"wrong flag":    {"workflows:\n  - { key: a, inactive: 5 }\n", "line 2: `5` is not true or false"},
		"duration":      {channels + "workflows:\n  - key: a\n    steps:\n      - { ref: d, type: delay, for: 1 hour }\n", `line 6: "1 hour" is not a duration; write 30s, 5m, 1h, 2d or 1w`},
		"not YAML":      {"environment: [\n", "line 1: did not find expected node content"},
		"twice":         {"workflows:\n  - key: a\n  - key: a\n", `line 3: workflows[1].key: "a" is here twice`},
		"no key":        {"workflows:\n  - name: a\n", "line 2: workflows[0].key: this must be given"},
		"step type":     {channels + "workflows:\n  - key: a\n    steps:\n      - { ref: s, type: sleep }\n", `line 6: workflows[0].steps[0].type: "sleep" is not one of ai_agent,`},
		"channel":       {channels + "workflows:\n  - key: a\n    steps:\n      - { ref: s, type: channel,\n          channel: fax }\n", `line 7: workflows[0].steps[0].channel: there is no channel "fax"`},
		"in a branch":   {channels + "workflows:\n  - key: a\n    steps:\n      - ref: b\n        type: branch\n        branches:\n          - steps:\n              - { ref: b, type: delay, for: 1h }\n", `line 10: workflows[0].steps[0].branches[0].steps[0].ref: "b" is here twice`},
		"operator":      {"workflows:\n  - key: a\n    conditions: { all: [ { variable: data.x, operator: is } ] }\n", `line 3: workflows[0].conditions.all[0].operator: "is" is not an operator known here`},
		"schedule":      {"schedules:\n  - { workflow: x, recipients: [a] }\n", `line 2: schedules[0].workflow: there is no workflow "x"`},
		"delay":         {"workflows:\n  - key: a\n    steps:\n      - { ref: d, type: delay }\n", "line 4: workflows[0].steps[0].for: a delay needs for or until"},
		"mapping":       {"sources:\n  - key: s\n    mappings:\n      - { event: e, workflow: x, recipients: userId }\n", `line 4: sources[0].mappings[0].workflow: there is no workflow "x"`},
		"fetch":         {"workflows:\n  - key: a\n    steps:\n      - { ref: f, type: http_fetch, url: u }\n", "respond: a fetch sends nothing"},
		"wait":          {"workflows:\n  - key: a\n    steps:\n      - { ref: w, type: wait_for_event }\n", "event: this must be given"},
		"traffic":       {"workflows: [ { key: a } ]\ntraffic:\n  - { workflow: a }\n", "line 3: traffic[0].every: this must be given"},
		"traffic event": {"traffic:\n  - { source: x, event: e, every: 1s }\n", `there is no source "x"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "world.yml")
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := LoadWorld(path)
			if err == nil || !strings.HasPrefix(err.Error(), "world file "+path+": ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v\nwant it to say %s", err, test.want)
			}
			if err != nil && (strings.Contains(err.Error(), "emulator.") || strings.Contains(err.Error(), "!!")) {
				t.Errorf("it names a type of the program: %v", err)
			}
		})
	}
	if _, err := LoadWorld(filepath.Join(t.TempDir(), "none.yml")); err == nil {
		t.Error("a file that is not there is no error")
	}
}

func TestOptionsThatCannotBe(t *testing.T) {
	for name, o := range map[string]Options{
		"speed":               {Speed: -1},
		"runaway":             {Runaway: "ghost"},
		"backlog":             {Backlog: map[string]int{"ghost": 5}},
		"backlog, no delay":   {Backlog: map[string]int{"welcome": 5}},
		"world, no workflow":  {World: &World{Environment: "e", Schedules: []Schedule{{Workflow: "x", Recipients: []string{"a"}}}}},
		"world, no slug":      {World: &World{}},
		"world, not a schema": {World: &World{Environment: "e", Workflows: []Workflow{{Key: "a", Schema: map[string]any{"type": 5}}}}},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestTheDefaultWorldHasWhatWasPromised(t *testing.T) {
	w := DefaultWorld()
	have := map[string]bool{}
	for _, wf := range w.Workflows {
		have[wf.Key] = true
	}
	for _, key := range []string{"welcome", "invite-reminder", "comment-created", "invoice-due", "weekly-digest"} {
		if !have[key] {
			t.Errorf("there is no %s", key)
		}
	}
	if len(w.Users) < 12 || w.Environment != DemoEnvironment {
		t.Errorf("%d users in %s", len(w.Users), w.Environment)
	}
}

func FuzzParseWorld(f *testing.F) {
	f.Add(defaultWorld)
	f.Add([]byte(steps))
	f.Add([]byte("workflows: [ { key: a, steps: [ { ref: x, type: wait_for_event, event: {} } ] } ]"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		w, err := parseWorld(raw)
		if err != nil {
			return
		}
		_, _ = New(Options{World: w}) // what was found sound must not break the emulator
	})
}
