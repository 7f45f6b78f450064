package cancel

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/runner"
)

// answered is the error of a cancel that was answered with a status.
func answered(status int) error {
	return &client.Error{Op: "cancel w", Method: "POST", Status: status, Attempts: 1, Uncertain: status >= 500}
}

// Only an answer of 2xx is an acceptance. What may pass is sent again, what will not is not, and
// what no cancel can get past ends the work.
func TestWhatAnAnswerMeans(t *testing.T) {
	gone := &client.Error{Op: "cancel w", Method: "POST", Attempts: 1, Uncertain: true, Err: io.ErrUnexpectedEOF}
	unsent := &client.Error{Op: "cancel w", Method: "POST", Err: ErrPaused}
	for name, x := range map[string]struct {
		err   error
		state markState
		ends  bool
	}{
		"accepted":    {nil, sentOn, false},
		"429":         {answered(429), queued, false},
		"408":         {answered(408), queued, false},
		"500":         {answered(500), queued, false},
		"503":         {answered(503), queued, false},
		"lost":        {gone, queued, false},
		"never left":  {unsent, queued, false},
		"stopped":     {context.Canceled, queued, false},
		"400":         {answered(400), dead, false},
		"404":         {answered(404), dead, false},
		"422":         {answered(422), dead, false},
		"401":         {answered(401), queued, true},
		"403":         {answered(403), queued, true},
		"a redirect":  {answered(307), queued, true},
		"not the API": {&client.Error{Op: "cancel w", Method: "POST", Status: 200, Attempts: 1, Err: client.ErrUnreadable}, queued, true},
	} {
		if got := stateAfter(x.err); got != x.state {
			t.Errorf("%s: %d, want %d", name, got, x.state)
		}
		if got := refusesAll(x.err); got != x.ends {
			t.Errorf("%s: ends the work %v, want %v", name, got, x.ends)
		}
	}
}

func TestHowLongACancelWaits(t *testing.T) {
	asked := &client.Error{Status: 429, Attempts: 1, RetryAfter: 30 * time.Second}
	if got := pause(asked, 0); got != 30*time.Second {
		t.Errorf("asked to wait 30s, it waits %s", got)
	}
	before := time.Duration(0)
	for tries := range 100 {
		got := pause(answered(503), tries)
		if got < requeueMin || got > requeueMax || got < before {
			t.Errorf("after %d tries it waits %s", tries, got)
		}
		before = got
	}
}

// What a run that is read as pending means depends on when its cancel left.
func TestSightings(t *testing.T) {
	now := time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC)
	sent := func(ago time.Duration, repeats uint8) mark {
		return mark{sent: now.Add(-ago).UnixMicro(), action: 1, repeats: repeats, state: sentOn}
	}
	for name, x := range map[string]struct {
		mark mark
		age  time.Duration // of the run
		want Sighting
	}{
		"nothing was sent":                   {mark{}, time.Minute, Queued},
		"it is on its way":                   {mark{state: queued}, time.Minute, Waiting},
		"Knock refuses it":                   {mark{state: dead}, time.Minute, Refused},
		"it may still take effect":           {sent(repeatAfter-time.Second, 0), time.Minute, Waiting},
		"it had no effect":                   {sent(repeatAfter, 0), time.Minute, Queued},
		"the last repeat may take effect":    {sent(time.Second, mostRepeats), time.Minute, Waiting},
		"no repeat had any effect":           {sent(repeatAfter, mostRepeats), time.Minute, Stuck},
		"it came after the cancel":           {sent(10*time.Second, 0), 9 * time.Second, Queued},
		"it was too young for the cancel":    {sent(10*time.Second, 0), 14 * time.Second, Queued},
		"it was just old enough":             {sent(time.Second, 0), time.Second + MinAge, Waiting},
		"it came after the last repeat":      {sent(time.Minute, mostRepeats), time.Second, Queued},
		"too young for a cancel just before": {sent(time.Second, 0), 3 * time.Second, Queued},
	} {
		l := newLedger()
		target := to("k", "u")
		l.set(target, x.mark)
		if got := l.sight(target, now.Add(-x.age), now); got != x.want {
			t.Errorf("%s: %d, want %d", name, got, x.want)
		}
	}
}

// A run is not repeated for ever: every sighting that queues one more counts.
func TestRepeatsAreCounted(t *testing.T) {
	l := newLedger()
	target := to("k", "u")
	now := time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC)
	triggered := now.Add(-time.Hour)
	l.set(target, mark{sent: now.UnixMicro(), state: sentOn})
	for range mostRepeats {
		now = now.Add(repeatAfter)
		if got := l.sight(target, triggered, now); got != Queued {
			t.Fatalf("%d", got)
		}
		m := l.of(target)
		m.sent, m.state = now.UnixMicro(), sentOn
		l.set(target, m)
	}
	if got := l.sight(target, triggered, now.Add(repeatAfter)); got != Stuck {
		t.Errorf("%d after %d repeats", got, mostRepeats)
	}
}

func TestPlanCancelLeavesWhatCannotBeNamed(t *testing.T) {
	odd := []*client.Run{run("r1", "w", "k", "", client.RunPaused), run("r2", "w", "k", "a\x00b", client.RunPaused), run("r3", "w", "k\n", "u", client.RunPaused)}
	p := PlanCancel(odd, odd)
	if len(p.Requests) != 0 || len(p.Unnamed) != len(odd) {
		t.Errorf("%d requests, %d unnamed", len(p.Requests), len(p.Unnamed))
	}
	p = PlanCancel(append(odd, run("r4", "w", "k", "u", client.RunPaused)), odd)
	if len(p.Requests) != 1 || len(p.Unnamed) != len(odd) || p.Requests[0].Cancellation.Everyone() || len(p.Requests[0].Cancellation.Recipients()) != 1 {
		t.Errorf("%+v", p)
	}
	if !runner.Uncertain(answered(500)) || runner.Uncertain(answered(429)) {
		t.Error("what is uncertain is not told from what is not")
	}
}
