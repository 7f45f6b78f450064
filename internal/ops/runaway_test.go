package ops

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var midnight = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

// flowIn spreads runs evenly over a minute.
func flowIn(d *Detector, workflow string, minute time.Time, runs int) {
	for i := range runs {
		d.Arrived(workflow, minute.Add(time.Duration(i)*time.Minute/time.Duration(runs)))
	}
}

func TestASteadyRateIsNoRunaway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := NewDetector(RunawayOptions{}, midnight)
		rate := rapid.IntRange(0, 2000).Draw(t, "runs a minute")
		wobble := rapid.SliceOfN(rapid.IntRange(80, 120), 90, 90).Draw(t, "percent")
		for i, percent := range wobble {
			at := midnight.Add(time.Duration(i) * time.Minute)
			flowIn(d, "welcome", at, rate*percent/100)
			if found := d.Look(at.Add(59 * time.Second)); i > judgedBy && len(found) > 0 { // before that nothing is known
				t.Fatalf("minute %d at %d a minute: %+v", i, rate, found)
			}
		}
	})
}

func TestAJumpIsARunawayWithinAMinuteAndEndsWithIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := NewDetector(RunawayOptions{}, midnight)
		usual := rapid.IntRange(0, 100).Draw(t, "usual")
		jump := max(130, usual*rapid.IntRange(7, 50).Draw(t, "times"))
		lasts := rapid.IntRange(1, 50).Draw(t, "minutes")
		at := midnight
		for range 20 {
			flowIn(d, "invite", at, usual)
			flowIn(d, "other", at, 40)
			if found := d.Look(at.Add(59 * time.Second)); len(found) > 0 {
				t.Fatalf("before the jump: %+v", found)
			}
			at = at.Add(time.Minute)
		}
		for i := range lasts {
			flowIn(d, "invite", at, jump)
			flowIn(d, "other", at, 40)
			found := d.Look(at.Add(59 * time.Second))
			if len(found) != 1 || found[0].Workflow != "invite" {
				t.Fatalf("minute %d of the jump from %d to %d: %+v", i, usual, jump, found)
			}
			if found[0].Usual > float64(usual)*1.2+1 {
				t.Fatalf("minute %d: what is usual became %.0f, and it was %d", i, found[0].Usual, usual)
			}
			at = at.Add(time.Minute)
		}
		flowIn(d, "invite", at, usual)
		if found := d.Look(at.Add(2 * time.Minute)); len(found) > 0 {
			t.Fatalf("after it was over: %+v", found)
		}
	})
}

func TestABurstIsNoRunaway(t *testing.T) {
	d := NewDetector(RunawayOptions{}, midnight)
	at := midnight.Add(30 * time.Minute)
	for range 1000 {
		d.Arrived("digest", at)
	}
	for s := range 90 {
		if found := d.Look(at.Add(time.Duration(s) * time.Second)); len(found) > 0 {
			t.Fatalf("%d s after one trigger of a thousand: %+v", s, found)
		}
	}
}

// A console that is opened in the middle of a runaway knows of the time before
// by the runs that are still pending.
func TestARunawayThatIsOnWhenTheConsoleOpens(t *testing.T) {
	d := NewDetector(RunawayOptions{}, midnight.Add(time.Hour))
	for i := range 58 {
		flowIn(d, "invite", midnight.Add(time.Duration(i)*time.Minute), 3)
	}
	flowIn(d, "invite", midnight.Add(58*time.Minute), 3000)
	flowIn(d, "invite", midnight.Add(59*time.Minute), 3000)
	if found := d.Look(midnight.Add(time.Hour - time.Second)); len(found) != 1 || found[0].Usual != 3 {
		t.Fatalf("%+v", found)
	}
}

// What little is known of a workflow whose runs are soon over must not make its
// usual traffic a runaway.
func TestABusyWorkflowOfShortRunsWhenTheConsoleOpens(t *testing.T) {
	d := NewDetector(RunawayOptions{}, midnight.Add(time.Hour))
	for i := 55; i < 60; i++ {
		flowIn(d, "comment", midnight.Add(time.Duration(i)*time.Minute), 400)
	}
	if found := d.Look(midnight.Add(time.Hour - time.Second)); len(found) > 0 {
		t.Fatalf("%+v", found)
	}
}

func TestThresholdsAreOptions(t *testing.T) {
	for _, c := range []struct {
		opts RunawayOptions
		want int
	}{{RunawayOptions{}, 0}, {RunawayOptions{Least: 50, Factor: 2}, 1}, {RunawayOptions{Least: 5000}, 0}} {
		d := NewDetector(c.opts, midnight)
		for i := range 10 {
			flowIn(d, "invite", midnight.Add(time.Duration(i)*time.Minute), 20)
		}
		flowIn(d, "invite", midnight.Add(10*time.Minute), 60)
		if found := d.Look(midnight.Add(11*time.Minute - time.Second)); len(found) != c.want {
			t.Errorf("%+v: %+v", c.opts, found)
		}
	}
}

func TestTheHourIsCountedInSpansOfTwoMinutes(t *testing.T) {
	d := NewDetector(RunawayOptions{}, midnight)
	flowIn(d, "invite", midnight.Add(2*time.Minute), 5)
	flowIn(d, "invite", midnight.Add(59*time.Minute), 7)
	now := midnight.Add(time.Hour - time.Second)
	hour := d.Hour("invite", now)
	if len(hour) != 30 || hour[29] != 7 || hour[1] != 5 || d.PerMinute("invite", now) != 7 {
		t.Errorf("%v, %d in the last minute", hour, d.PerMinute("invite", now))
	}
	d.Arrived("invite", midnight.Add(-time.Hour)) // too old to count, and no reason to forget the rest
	if again := d.Hour("invite", now.Add(time.Hour)); again[29] != 0 || again[0] != 0 {
		t.Errorf("an hour later: %v", again)
	}
}
