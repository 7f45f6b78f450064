package sweep_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
)

// killsVariable sets at how many points TestTheProgramIsKilled kills the program.
const killsVariable = "KNOCKOPS_TEST_KILLS"

// The program itself, killed again and again in the midst of a sweep of a runaway while the network
// comes and goes, and resumed, comes to the figures that another process, the emulator, knows.
func TestTheProgramIsKilled(t *testing.T) {
	fullscale.Only(t)
	kills := 10
	if os.Getenv(killsVariable) != "" {
		kills = mustInt(t, killsVariable)
	}
	p := newProgram(t)
	c, err := client.New(client.Options{BaseURL: p.emulator, APIKey: emulator.DemoAPIKey})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	trigger := func(key string, to ...string) {
		tr := client.Trigger{Workflow: "invite-reminder", CancellationKey: key}
		for _, id := range to {
			tr.Recipients = append(tr.Recipients, client.Recipient{Ref: client.Ref{ID: id}})
		}
		if _, err := c.Trigger(t.Context(), tr); err != nil {
			t.Error(err)
		}
	}
	for i := range 100 {
		trigger(fmt.Sprint("key-", i), "u1", "u2", "u3")
	}
	calm := make(chan struct{})
	var arriving sync.WaitGroup
	arriving.Go(func() { // 10 a second, so that it is never over before the last kill
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-calm:
				return
			case <-tick.C:
				trigger(fmt.Sprint("late-", i), "u1")
			}
		}
	})
	for i := range kills {
		p.killedAfter(t, 20*time.Millisecond+time.Duration(i*37%100)*10*time.Millisecond)
		p.cut.Store(i%3 == 2)
	}
	p.cut.Store(false)
	close(calm)
	arriving.Wait()
	out, err := p.sweep().Output()
	if err != nil {
		t.Fatalf("the last one: %v\n%s", err, out)
	}
	var said struct {
		Progress struct {
			Confirmed     int `json:"confirmed"`
			FinishedFirst int `json:"finished_first"`
			Unconfirmed   int `json:"unconfirmed"`
			Planned       int `json:"planned"`
			Promised      int `json:"promised"`
			Beyond        int `json:"beyond_plan"`
			Repeated      int `json:"repeated"`
		} `json:"progress"`
	}
	if err := json.Unmarshal(out, &said); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	runs, sent := p.runs(t), int(p.cancels.Load())
	if n := said.Progress; n.Confirmed != runs["cancelled"] || n.FinishedFirst != runs["completed"] || n.Unconfirmed != 0 ||
		runs["queued"]+runs["processing"]+runs["paused"] != 0 || n.Planned > n.Promised || sent > n.Planned+n.Beyond+n.Repeated {
		t.Errorf("%d cancels arrived, the runs are %v, and it says %+v", sent, runs, n)
	}
	t.Logf("killed %d times: confirmed %d of %d, %d cancels arrived, %+v", kills, said.Progress.Confirmed, runs["cancelled"], sent, said.Progress)
}

// program is the real one, and an emulator in a process of its own, which it reaches over a network
// that can be cut.
type program struct {
	path, emulator, network string
	env                     []string
	cut                     atomic.Bool
	cancels                 atomic.Int64
}

func newProgram(t *testing.T) *program {
	t.Helper()
	dir := t.TempDir()
	p := &program{path: filepath.Join(dir, "knockops")}
	if out, err := exec.Command("go", "build", "-o", p.path, "github.com/knockops/knockops").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	knock := exec.CommandContext(t.Context(), p.path, "emulator", "--addr", "127.0.0.1:0", "--latency", "20ms")
	knock.Env = append(os.Environ(), "HOME="+dir)
	out, err := knock.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := knock.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = knock.Process.Kill(); _ = knock.Wait() })
	for lines := bufio.NewScanner(out); p.emulator == "" && lines.Scan(); {
		p.emulator, _ = strings.CutPrefix(lines.Text(), "KNOCK_BASE_URL=")
		if !strings.HasPrefix(p.emulator, "http") {
			p.emulator = ""
		}
	}
	to, err := url.Parse(p.emulator)
	if err != nil || to.Host == "" {
		t.Fatalf("the emulator is at %q: %v", p.emulator, err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.cut.Load() {
			panic(http.ErrAbortHandler)
		}
		if isCancel(r) {
			p.cancels.Add(1)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p.network = server.URL
	p.env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+filepath.Join(dir, "config"), "XDG_STATE_HOME="+filepath.Join(dir, "state"), "NO_COLOR=yes",
		"KNOCK_API_KEY="+emulator.DemoAPIKey, "KNOCK_SERVICE_TOKEN="+emulator.DemoServiceToken, "KNOCK_BASE_URL="+p.network, "KNOCK_MANAGEMENT_BASE_URL="+p.network)
	return p
}

// sweep is the program that goes on with the sweep, or begins it.
func (p *program) sweep() *exec.Cmd {
	args := []string{"sweep", "resume", "1", "--yes", "-o", "json"}
	list := exec.Command(p.path, "sweep", "list", "-o", "json")
	list.Env = p.env
	if out, err := list.Output(); err != nil || strings.TrimSpace(string(out)) == "[]" {
		args = []string{"sweep", "invite-reminder", "--yes", "--beyond", "-1", "-o", "json"}
	}
	cmd := exec.Command(p.path, args...)
	cmd.Env, cmd.Stderr = p.env, nil
	return cmd
}

// killedAfter lets the program live for a while.
func (p *program) killedAfter(t *testing.T, d time.Duration) {
	t.Helper()
	cmd := p.sweep()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	kill := time.AfterFunc(d, func() { _ = cmd.Process.Kill() })
	defer kill.Stop()
	if err := cmd.Wait(); err == nil {
		t.Fatal("it was over before it was killed")
	}
}

// runs counts the emulator's runs by status.
func (p *program) runs(t *testing.T) map[string]int {
	t.Helper()
	answer, err := http.Get(p.emulator + "/_emulator/stats")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var stats emulator.Stats
	if err := json.NewDecoder(answer.Body).Decode(&stats); err != nil {
		t.Fatal(err)
	}
	return stats.Runs
}
