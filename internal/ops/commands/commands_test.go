package commands_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/commands"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/runner"
)

// The test's own binary is the program that runs: it prints what it was given.
func TestMain(m *testing.M) {
	switch os.Getenv("COMMANDS_TEST") {
	case "words":
		for _, word := range os.Args[1:] {
			fmt.Printf("<%s>\n", word)
		}
		os.Exit(3)
	case "environment":
		fmt.Println(strings.Join(os.Environ(), "\n"))
	case "flood":
		for i := range 6000 {
			fmt.Printf("line %d\r\x1b[31m%d\x1b[0m\t\u202e\n", i, i)
		}
		fmt.Print(strings.Repeat("x", 5000))
	case "hang":
		fmt.Println("here")
		select {}
	default:
		os.Exit(m.Run())
	}
}

type place struct{ protected bool }

func (p place) Facts(...string) consent.Facts {
	return consent.Facts{Profile: "prod", Protected: p.protected}
}

func (place) Where() string { return "production" }

// desk is the runs of a profile that is read-only where it is protected.
func desk(t *testing.T, protected bool) (*commands.Runs, *runner.Runner) {
	t.Helper()
	j, err := journal.OpenMemory()
	if err != nil {
		t.Fatal(err)
	}
	r := &runner.Runner{Profile: "prod", Guard: client.NewGuard(protected), Journal: j}
	runs := commands.NewRuns(r, place{protected})
	t.Cleanup(func() {
		runs.Close()
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	return runs, r
}

// run runs this binary to its end.
func run(t *testing.T, runs *commands.Runs, mode string, c config.Command, words ...string) *commands.Run {
	t.Helper()
	t.Setenv("COMMANDS_TEST", mode)
	x, err := runs.Start(c, append([]string{os.Args[0]}, words...), "why")
	if err != nil {
		t.Fatal(err)
	}
	until(x, func() bool { return x.State().Over })
	return x
}

func until(x *commands.Run, holds func() bool) {
	for {
		changed := x.Changed()
		if holds() {
			return
		}
		<-changed
	}
}

func printed(x *commands.Run) string {
	lines, _ := x.Output()
	return strings.Join(lines, "\n")
}

func TestWordsStayApart(t *testing.T) {
	runs, r := desk(t, false)
	x := run(t, runs, "words", config.Command{Name: "crm"}, `a b; echo "$HOME"`, "*", "--x=$(id)")
	if got := printed(x); got != "<a b; echo \"$HOME\">\n<*>\n<--x=$(id)>" {
		t.Errorf("it was given %s", got)
	}
	if err := x.State().Err; err == nil || err.Error() != "exit status 3" {
		t.Errorf("it ended with %v", err)
	}
	all, err := r.Journal.Actions(t.Context(), journal.Filter{}, 10, 0)
	if err != nil || len(all) != 1 || all[0].Kind != journal.Command || all[0].State != journal.Failed || all[0].Reason != "why" || !strings.Contains(string(all[0].Request), "--x=$(id)") {
		t.Errorf("written: %+v, %v", all, err)
	}
}

func TestNothingRunsUnwritten(t *testing.T) {
	runs, r := desk(t, false)
	if err := r.Journal.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := runs.Start(config.Command{}, []string{os.Args[0]}, ""); err == nil {
		t.Error("it ran")
	}
	run(t, runs, "words", config.Command{ReadsOnly: true})
}

// Keys are in the environment of no program that they are not passed to, whatever variable holds them.
func TestKeysStayHere(t *testing.T) {
	runs, _ := desk(t, false)
	t.Setenv("KNOCK_API_KEY", "sk_of_another_profile")
	t.Setenv("COPY", "key=sk_mine")
	runs.Environment = commands.Environment{Hidden: []string{"KNOCK_API_KEY"}, Add: []string{"KNOCKOPS_PROFILE=prod"}, Keys: []string{"KNOCK_API_KEY=sk_mine"}}
	got := printed(run(t, runs, "environment", config.Command{}))
	if strings.Contains(got, "sk_") || !strings.Contains(got, "KNOCKOPS_PROFILE=prod") {
		t.Errorf("its environment:\n%s", got)
	}
	got = printed(run(t, runs, "environment", config.Command{PassKeys: true}))
	if !strings.Contains(got, "KNOCK_API_KEY=sk_mine") || strings.Contains(got, "another") {
		t.Errorf("its environment, with keys:\n%s", got)
	}
}

func TestOutputIsBoundedAndSafe(t *testing.T) {
	runs, _ := desk(t, false)
	lines, dropped := run(t, runs, "flood", config.Command{}).Output()
	if len(lines)+dropped != 6002 || dropped == 0 || len(lines) > 5001 {
		t.Errorf("%d lines, %d dropped", len(lines), dropped)
	}
	if i := slices.Index(lines, `5999    \u202e`); i < 0 || len(lines[i+1]) != 4096 {
		t.Errorf("the last are %.60q", lines[max(0, len(lines)-3):])
	}
}

func TestAProgramIsAborted(t *testing.T) {
	runs, r := desk(t, false)
	t.Setenv("COMMANDS_TEST", "hang")
	x, err := runs.Start(config.Command{}, []string{os.Args[0]}, "")
	if err != nil {
		t.Fatal(err)
	}
	until(x, func() bool { return printed(x) == "here" })
	if runs.InProgress() != 1 {
		t.Error("it is not in progress")
	}
	x.Abort()
	until(x, func() bool { return x.State().Over })
	all, err := r.Journal.Actions(t.Context(), journal.Filter{}, 10, 0)
	if err != nil || len(all) != 1 || all[0].State != journal.Unknown || runs.InProgress() != 0 {
		t.Errorf("written: %+v, %v", all, err)
	}
	if again, ok := runs.Of(x.Number); !ok || again != x {
		t.Error("it is not kept")
	}
}

// A protected profile runs what its configuration allows, and while it is read-only what changes nothing.
func TestProtectedProfilesRunNothingByThemselves(t *testing.T) {
	runs, r := desk(t, true)
	for _, x := range []struct {
		command config.Command
		armed   bool
		refused string
	}{
		{config.Command{}, true, "protected: true"},
		{config.Command{ReadsOnly: true}, true, "protected: true"},
		{config.Command{Protected: true}, false, "read-only"},
		{config.Command{Protected: true}, true, ""},
		{config.Command{Protected: true, ReadsOnly: true}, false, ""},
	} {
		r.Guard.Disarm()
		if x.armed {
			r.Guard.Arm(1 << 40)
		}
		var refusal *runner.Refusal
		t.Setenv("COMMANDS_TEST", "words")
		started, err := runs.Start(x.command, []string{os.Args[0]}, "")
		if x.refused == "" && err != nil || x.refused != "" && (!errors.As(err, &refusal) || !strings.Contains(err.Error(), x.refused)) {
			t.Errorf("%+v, armed %t: %v, want %q", x.command, x.armed, err, x.refused)
		}
		if started != nil {
			until(started, func() bool { return started.State().Over })
		}
	}
	if q := runs.Prompt(config.Command{Protected: true}, []string{"crm"}); q.Level != consent.Word || q.Word != "prod" || q.Reason != consent.ReasonRequired {
		t.Errorf("it asks %+v", q.Question)
	}
}
