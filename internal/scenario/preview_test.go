package scenario

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/tuitest"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// previewed is the console with the preview beside its lists, or below them.
func previewed(width, height int) world.Options {
	o := linked(console)
	o.Preview = true
	o.Stage = tuitest.Options{Width: width, Height: height}
	return o
}

// What is selected shows beside its list and below it, follows the cursor once it rests, and is
// put away and brought back by one key.
func TestThePreviewFollowsTheCursor(t *testing.T) {
	fullscale.Unraced(t)
	for _, size := range [][2]int{{160, 40}, {120, 40}} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			world.Play(t, previewed(size[0], size[1]), func(w *world.World) {
				w.Trigger("invite-reminder", "first", "", "dana")
				w.Stage.Wait(time.Second)
				w.Trigger("invite-reminder", "second", "", "emeka")
				s := w.Stage.Until("key second", time.Minute).See("delay_1")
				s.Press("down").Until("key first", time.Minute).Miss("key second")
				s.Press("\\").Miss("key first", "delay started").See("second").Press("\\").Until("key first", time.Minute)
				s.Press("enter").Until("Run  ", time.Minute).Press("esc").Until("key first", time.Minute) // as its own page, and back
				s.Press(":").Type("users dana").Press("enter").Until("MESSAGES", time.Minute).See("dana@acme.test")
				s.Resize(80, 24).Miss("MESSAGES").Resize(size[0], size[1]).Until("MESSAGES", time.Minute)
				s.Press(":").Type("workflows").Press("enter", "/").Type("invite-rem").Until("delay_1", time.Minute)
			})
		})
	}
}

// Moving through a list reads nothing; only the row that the cursor rests on is read.
func TestAPreviewOfRowsPassedByCostsNothing(t *testing.T) {
	fullscale.Unraced(t)
	world.Play(t, previewed(160, 40), func(w *world.World) {
		for i := range 20 {
			w.Trigger("invite-reminder", fmt.Sprint("key-", i), "", "dana")
			w.Stage.Wait(time.Second)
		}
		reads := func() (n int) {
			for _, r := range w.Knock.Requests() {
				if r.Method == "GET" && strings.Contains(r.Path, "/workflow_recipient_runs/") {
					n++
				}
			}
			return n
		}
		s := w.Stage.Press("home").Until("key key-19", time.Minute).Wait(30 * time.Second)
		before := reads()
		s.Flurry("down", "down", "down", "down", "down", "down", "down", "down").Until("key key-11", time.Minute)
		if n := reads() - before; n > 3 {
			t.Errorf("passing seven rows and resting on the eighth took %d reads of runs", n)
		}
	})
}

// Without Knock the preview says so, and the list stays.
func TestAPreviewThatCannotBeReadSaysSo(t *testing.T) {
	world.Play(t, previewed(160, 40), func(w *world.World) {
		pendingRun(w)
		s := w.Stage.Until("key invite-1", time.Minute)
		w.Network.Cut()
		s.Press(":").Type("users").Press("enter").Wait(time.Minute).See("no answer since")
		w.Network.Mend()
		s.Press("r").Until("MESSAGES", 5*time.Minute)
	})
}

// What is not selected any more is not shown any more: not over a list that became empty, nor beside another page.
func TestAPreviewOfWhatIsGoneGoes(t *testing.T) {
	world.Play(t, previewed(160, 40), func(w *world.World) {
		pendingRun(w)
		s := w.Stage.Until("key invite-1", time.Minute)
		s.Press("/").Type("no such run").See("None of 1 run has").Miss("key invite-1", "delay started").Press("esc").Until("key invite-1", time.Minute)
		s.Press("2").Miss("key invite-1", "delay started")
	})
}
