package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/adrg/xdg"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
)

func TestKeysOfAllPagesAgree(t *testing.T) {
	keys := keymap.New()
	ui.Register(keys, Pages(&ops.Session{}))
	for _, c := range keys.Conflicts() {
		t.Error(c)
	}
}

func TestEveryPageOpensByItsName(t *testing.T) {
	for _, p := range Pages(&ops.Session{}) {
		if p.Hidden {
			continue
		}
		t.Run(p.Name, func(t *testing.T) {
			start, err := startPage(Pages(&ops.Session{}), p.Name)
			if err != nil {
				t.Fatal(err)
			}
			world.Play(t, world.Options{Pages: Pages, Start: start}, func(w *world.World) {
				w.Stage.See(p.Title)
			})
		})
	}
}

func TestStartPage(t *testing.T) {
	all := Pages(&ops.Session{})
	if start, err := startPage(all, ""); err != nil || start != firstView {
		t.Errorf("%q, %v", start, err)
	}
	_, err := startPage(all, "runz")
	if exit.Of(err) != exit.CodeUsage || !strings.Contains(err.Error(), "did you mean runs?") {
		t.Errorf("a misspelt view: %v", err)
	}
	if _, err := startPage(all, "json"); err == nil {
		t.Error("a hidden page opens by name")
	}
}

func TestKeyOverridesAreReportedWhereTheyStand(t *testing.T) {
	file := t.TempDir() + "/config.yaml"
	source := "profiles:\n  dev:\n    environment: development\n    api_key: {env: NOWHERE}\nkeys:\n  runs.cancl: [x]\n  runs.user: [Y]\n"
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(config.Flags{ConfigPath: file, Profile: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	keys := keymap.New()
	ui.Register(keys, Pages(&ops.Session{}))
	problems := overrideKeys(keys, cfg)
	if len(problems) != 1 || !strings.Contains(problems[0].Error(), "config.yaml:6") {
		t.Errorf("problems: %v", problems)
	}
	if a, ok := keys.Resolve("runs", "Y"); !ok || a.ID != "runs.user" {
		t.Errorf("Y means %q", a.ID)
	}
}

func TestLink(t *testing.T) {
	l := &Link{}
	for _, tt := range []struct {
		x      client.Exchange
		word   string
		misses int
	}{
		{client.Exchange{Status: 200}, "api ok", 0},
		{client.Exchange{Status: 404, Err: errors.New("404")}, "api ok", 0},
		{client.Exchange{Status: 429}, "rate limited", 0},
		{client.Exchange{Err: context.Canceled}, "rate limited", 0},
		{client.Exchange{Status: 401}, "key refused", 1},
		{client.Exchange{Status: 503}, "api answers 503", 2},
		{client.Exchange{Err: io.EOF}, "no answer", 3},
		{client.Exchange{Status: 204}, "api ok", 0},
	} {
		l.Observe(tt.x)
		if l.word != tt.word || l.misses != tt.misses {
			t.Errorf("after %d %v: %q and %d misses, expected %q and %d", tt.x.Status, tt.x.Err, l.word, l.misses, tt.word, tt.misses)
		}
	}
	if all, n := l.log.Since(0); n != 8 || len(all) != 8 {
		t.Errorf("%d exchanges are logged", n)
	}
}

func TestStatusTellsTheGuard(t *testing.T) {
	c, err := client.New(client.Options{APIKey: "sk_test"})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		p               config.Profile
		readOnly, mayBe bool
	}{
		{config.Profile{}, false, false},
		{config.Profile{Protected: true}, true, true},
		{config.Profile{ReadOnly: true}, true, false},
		{config.Profile{Protected: true, ReadOnly: true}, true, false},
	} {
		guard := client.NewGuard(tt.p.Protected || tt.p.ReadOnly)
		d := connection{profile: tt.p, Client: c, guard: guard}.opened(nil, &Link{}, &config.Config{}, "", slog.New(slog.DiscardHandler))
		if s := d.Status(); s.ReadOnly != tt.readOnly || s.CanArm != tt.mayBe {
			t.Errorf("%+v: read-only %v, can arm %v", tt.p, s.ReadOnly, s.CanArm)
		}
	}
}

// fragile is a model that breaks when it is told to.
type fragile struct{ where string }

func (f fragile) Init() tea.Cmd {
	return func() tea.Msg {
		if f.where == "command" {
			panic("broken with sk_test_secret123")
		}
		return time.Now()
	}
}

func (f fragile) Update(tea.Msg) (tea.Model, tea.Cmd) {
	if f.where == "update" {
		panic("broken with sk_test_secret123")
	}
	return f, nil
}

func (f fragile) View() tea.View {
	if f.where == "view" {
		panic("broken with sk_test_secret123")
	}
	return tea.NewView("")
}

func TestPanicsLeaveAReportWithoutKeys(t *testing.T) {
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	xdg.Reload()
	t.Cleanup(xdg.Reload)
	for _, where := range []string{"command", "update", "view"} {
		t.Run(where, func(t *testing.T) {
			w := &watched{model: fragile{where}}
			_, err := tea.NewProgram(w, tea.WithInput(strings.NewReader("")), tea.WithOutput(io.Discard), tea.WithWindowSize(80, 24), tea.WithoutSignalHandler()).Run()
			if !errors.Is(err, tea.ErrProgramPanic) {
				t.Fatalf("the program ended with %v", err)
			}
			_, file, found := strings.Cut(w.report().Error(), "the report is ")
			if !found {
				t.Fatalf("there is no report: %v", w.report())
			}
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(body), "broken with …") || !strings.Contains(string(body), "console_test.go") || strings.Contains(string(body), "secret123") {
				t.Errorf("the report:\n%s", body)
			}
		})
	}
}

func TestModeOfTheConfigurationStands(t *testing.T) {
	for mode, dropped := range map[string]bool{"auto": false, "": false, "dark": true, "light": true} {
		if got := keepMode(mode)(nil, tea.BackgroundColorMsg{}); (got == nil) != dropped {
			t.Errorf("%s: the terminal's answer came through as %v", mode, got)
		}
	}
	if keepMode("dark")(nil, tea.FocusMsg{}) == nil {
		t.Error("another message was dropped")
	}
}
