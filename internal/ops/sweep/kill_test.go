package sweep_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
)

// Variables that make the test binary the program that TestSweepKilled kills.
const (
	sweeperJournal = "KNOCKOPS_TEST_SWEEP_JOURNAL"
	sweeperURL     = "KNOCKOPS_TEST_SWEEP_URL"
	sweeperResumes = "KNOCKOPS_TEST_SWEEP_RESUMES"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(sweeperJournal); path != "" {
		if err := sweepUntilKilled(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const killedKeys = 150

// sweepUntilKilled starts or resumes a sweep, and prints its progress.
func sweepUntilKilled(path string) error {
	ctx := context.Background()
	j, err := journal.Open(path)
	if err != nil {
		return err
	}
	c, err := client.New(client.Options{BaseURL: os.Getenv(sweeperURL), APIKey: emulator.DemoAPIKey})
	if err != nil {
		return err
	}
	s := ops.NewSession("test", emulator.DemoEnvironment, false, c, nil, j)
	var w *sweep.Sweep
	if os.Getenv(sweeperResumes) != "" {
		w, err = s.Sweeps.Resume(ctx, 1)
	} else {
		scope := sweep.Scope{Workflow: "invite-reminder"}
		for i := range killedKeys {
			scope.Keys = append(scope.Keys, fmt.Sprint("key-", i))
		}
		w, err = s.Sweeps.Start(ctx, sweep.Plan{Scope: scope}, sweep.Options{Follow: true})
	}
	if err != nil {
		return err
	}
	for {
		changed := w.Changed()
		p := w.Progress()
		fmt.Printf("%s %d %d\n", p.Phase, p.Accepted, p.Confirmed)
		if p.Done || p.Phase == sweep.PhaseFailed {
			return p.Err
		}
		<-changed
	}
}

// A program that is killed in the midst of a sweep forgets no key.
func TestSweepKilled(t *testing.T) {
	fullscale.Only(t)
	knock, err := emulator.New(emulator.Options{Seed: 1, Latency: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	knock.Start(t.Context())
	defer knock.Close()
	server := httptest.NewServer(knock.Handler())
	defer server.Close()
	c, err := client.New(client.Options{BaseURL: server.URL, APIKey: emulator.DemoAPIKey})
	if err != nil {
		t.Fatal(err)
	}
	for i := range killedKeys {
		trigger := client.Trigger{Workflow: "invite-reminder", CancellationKey: fmt.Sprint("key-", i), Recipients: []client.Recipient{{Ref: client.Ref{ID: "user_1"}}}}
		if _, err := c.Trigger(t.Context(), trigger); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "journal.db")
	// Killed as soon as it journalled its first cancels, then once some were
	// accepted, then while it verifies; the last one comes to the end.
	for round, until := range []string{sweep.PhaseCancelling + " 0 0", sweep.PhaseCancelling, sweep.PhaseVerifying, ""} {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), sweeperJournal+"="+path, sweeperURL+"="+server.URL)
		if round > 0 {
			child.Env = append(child.Env, sweeperResumes+"=yes")
		}
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		last := ""
		for lines := bufio.NewScanner(out); lines.Scan(); {
			last = lines.Text()
			if until != "" && strings.HasPrefix(last, until) {
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				until = ""
			}
		}
		err = child.Wait()
		if killed := round < 3; killed == (err == nil) {
			t.Fatalf("round %d ended with %v at %q", round, err, last)
		}
		if round == 3 {
			var accepted, confirmed int
			if _, err := fmt.Sscanf(last, sweep.PhaseDone+" %d %d", &accepted, &confirmed); err != nil || accepted < killedKeys || confirmed != killedKeys {
				t.Errorf("it ended at %q", last)
			}
		}
	}
	if runs := knock.Stats().Runs; runs["cancelled"] != killedKeys {
		t.Errorf("%v", runs)
	}
}
