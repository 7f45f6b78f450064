package sweep_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/tuitest/world"
)

func TestASavedPlanIsCarriedOutExactly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plan.json")
	world.Play(t, opts, func(w *world.World) {
		invite(w, 3)
		s := w.Stage
		s.Wait(10*time.Second).Press("r").Until("6 runs", time.Minute)
		s.Press("X").See("Save the plan").Press("ctrl+u").Press("enter").See("name a file").Type(path).Press("enter").See("the plan of 6 runs is in")
		s.Wait(10 * time.Second).Press("X").Press("ctrl+u").Type(path).Press("enter").Wait(time.Second).See("file exists").Press("esc")
		w.Trigger("invite-reminder", "invite-0", "", "dana")
		w.Trigger("invite-reminder", "invite-9", "", "dana")
		s.Wait(10*time.Second).Press("O").See("Open a saved plan").Type(path).Press("enter").Until("Drift", time.Minute)
		s.See("Of 6 runs planned, 6 are pending and 0 are not any more; 2 runs came since and stay.", "key invite-0: 0 gone, 1 came", "key invite-9: 0 gone, 1 came, a new key")
		s.Press("X").See("saved already").Press("down", "down", "space").See("a saved plan is followed")
		s.Press("ctrl+s").Wait(time.Second).See("cancel 6 runs")
		w.Yes("").Until("done in part", 5*time.Minute).See("5  runs read cancelled", "1  runs left alone")
		s.Press("down", "enter").Until("sweep 1 · shared", time.Minute).See("1 of 1", "invite-0", "dana").Press("enter").Until("Run", time.Minute).Press("esc")
		s.Press("R").Until("cancel 1 run", time.Minute).See("1 listed run").Press("esc")
		if n := pending(w); n != 3 {
			t.Fatalf("%d runs are pending, want the two that came and the one that shares key and recipient with one of them", n)
		}
	})
	world.Play(t, opts, func(w *world.World) {
		if err := os.WriteFile(path, bytes.Replace(read(t, path), []byte("invite-0"), []byte("invite-9"), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		w.Stage.Press("O").Type(path).Press("enter").Until("hash", time.Minute)
	})
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What a plan did not foresee is asked about before more of it goes out than the plan allows.
func TestWhatIsBeyondThePlanIsAskedAbout(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		invite(w, 2)
		s := w.Stage
		s.Wait(10*time.Second).Press("r").Until("4 runs", time.Minute)
		for i := range 150 {
			w.Trigger("invite-reminder", "later-"+string(rune('a'+i/26))+string(rune('a'+i%26)), "", "dana")
		}
		s.Wait(10 * time.Second).Press("ctrl+s")
		w.Yes("").Until("‖ paused", time.Minute).Until("100 beyond them are allowed", time.Minute)
		sent := len(w.Sent("POST", "/cancel"))
		if sent > 102 {
			t.Fatalf("%d cancels were sent, where 2 were planned and 100 beyond them are allowed", sent)
		}
		s.Press("space").Wait(time.Second).See("is held up", "Going on allows 100 more", "No, leave it paused").Press("esc").Wait(time.Minute)
		if n := len(w.Sent("POST", "/cancel")); n != sent {
			t.Fatalf("%d cancels were sent without a yes", n-sent)
		}
		s.Press("space").Wait(time.Second)
		w.Yes("").Until("✓ done", 5*time.Minute).See("154  runs read cancelled", "150  cancels that the plan did not foresee")
	})
}
