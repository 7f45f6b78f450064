package journal

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// deadPID is the number of a process that has ended.
func deadPID(t *testing.T) int {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

func TestWhatAProcessThatIsGoneBeganIsUnknown(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	long := time.Now().Add(-2 * longestRequest)
	for _, c := range []struct {
		name string
		at   time.Time
		by   owner
		want State
	}{
		{"this process", long, owner{host(), process, os.Getpid()}, Begun},
		{"an earlier process of this one's number", time.Now(), owner{host(), "earlier", os.Getpid()}, Unknown},
		{"a process that is gone", time.Now(), owner{host(), "gone", deadPID(t)}, Unknown},
		{"another process that lives", time.Now(), owner{host(), "other", os.Getppid()}, Begun},
		{"a number that was given anew", long, owner{host(), "other", os.Getppid()}, Unknown},
		{"another machine, just now", time.Now(), owner{"elsewhere", "other", 1}, Begun},
		{"another machine, long ago", long, owner{"elsewhere", "other", 1}, Unknown},
		{"the version before this one, just now", time.Now(), owner{}, Begun},
		{"the version before this one, long ago", long, owner{}, Unknown},
	} {
		id := begun(t, j, Action{Kind: Trigger, At: c.at})
		if _, err := j.db.Exec("UPDATE actions SET host = ?, process = ?, pid = ? WHERE id = ?", c.by.host, c.by.process, c.by.pid, id); err != nil {
			t.Fatal(err)
		}
		found, err := j.Actions(t.Context(), Filter{State: c.want}, 1, 0)
		if err != nil || len(found) != 1 || found[0].ID != id {
			t.Errorf("%s: of state %s there is %+v, %v", c.name, c.want, found, err)
			continue
		}
		if got, err := j.Action(t.Context(), id); err != nil || got.State != c.want || (got.Outcome == CutOff) != (c.want == Unknown) {
			t.Errorf("%s: read as %+v, %v", c.name, got, err)
		}
	}
}

func TestAProcessThatWasTakenForGoneHasTheLastWord(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	id := begun(t, j, Action{Kind: Trigger})
	if _, err := j.db.Exec("UPDATE actions SET pid = ?, process = 'other'", deadPID(t)); err != nil {
		t.Fatal(err)
	}
	if a, err := j.Action(t.Context(), id); err != nil || a.State != Unknown {
		t.Fatalf("%+v, %v", a, err)
	}
	if err := j.Finish(t.Context(), id, Outcome{State: Done, Status: 200, RequestID: "req_1"}); err != nil {
		t.Fatal(err)
	}
	if a, err := j.Action(t.Context(), id); err != nil || a.State != Done || a.Status != 200 || a.Outcome != "" {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestVerdictsCountTheLastWordOnEachRun(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	one, two := begun(t, j, Action{Kind: Cancel}), begun(t, j, Action{Kind: Cancel})
	for _, n := range []Note{{Run: "a", Verdict: "unconfirmed"}, {Run: "b", Verdict: "confirmed"}, {Run: "a", Verdict: "confirmed"}, {Run: "c", Verdict: "finished first"}} {
		if err := j.Note(t.Context(), one, n); err != nil {
			t.Fatal(err)
		}
	}
	got, err := j.Verdicts(t.Context(), []int64{one, two})
	if err != nil || len(got) != 1 || len(got[one]) != 2 || got[one]["confirmed"] != 2 || got[one]["finished first"] != 1 {
		t.Errorf("%v, %v", got, err)
	}
}
