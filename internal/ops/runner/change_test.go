package runner

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// endless is a change that Knock never answers; it ends with its context.
func endless(ctx context.Context) (string, error) {
	<-ctx.Done()
	return "stopped", ctx.Err()
}

func TestAChangeIsInProgressUntilItsResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r Runner
		answer := make(chan string)
		c := Start(&r, "trigger welcome", func(context.Context) (string, error) { return <-answer, nil })
		Start(&r, "freeze welcome", func(context.Context) (int, error) { return 0, nil })
		synctest.Wait()
		if got := r.Changes(); !slices.Equal(got, []string{"trigger welcome"}) {
			t.Errorf("in progress: %q", got)
		}
		answer <- "done"
		if got, err := c.Result(); got != "done" || err != nil {
			t.Errorf("result %q, %v", got, err)
		}
		synctest.Wait()
		if got := r.Changes(); len(got) > 0 {
			t.Errorf("in progress after the result: %q", got)
		}
	})
}

func TestWhoWaitsMayGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r Runner
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		if got, err := Start(&r, "trigger welcome", endless).Wait(ctx); got != "stopped" || !errors.Is(err, context.Canceled) {
			t.Errorf("result %q, %v: what came of it is the change's own word", got, err)
		}
	})
}

func TestDrainWaitsForAnswersAndThenStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r Runner
		soon := Start(&r, "trigger welcome", func(ctx context.Context) (string, error) {
			select {
			case <-ctx.Done():
				return "", ctx.Err()
			case <-time.After(DrainFor / 2):
				return "answered", nil
			}
		})
		never := Start(&r, "freeze welcome", endless)
		begun := time.Now()
		r.Drain(DrainFor)
		if took := time.Since(begun); took != DrainFor {
			t.Errorf("drained within %s", took)
		}
		if got, err := soon.Result(); got != "answered" || err != nil {
			t.Errorf("an answer that came in time: %q, %v", got, err)
		}
		if got, _ := never.Result(); got != "stopped" {
			t.Errorf("what has no answer ends with %q", got)
		}
		late, err := Start(&r, "thaw welcome", endless).Result()
		var refusal *Refusal
		if late != "" || !errors.As(err, &refusal) {
			t.Errorf("started after the session was closed: %q, %v", late, err)
		}
	})
}

func TestDrainOfNothingTakesNoTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r Runner
		Start(&r, "trigger welcome", func(context.Context) (int, error) { return 0, nil })
		begun := time.Now()
		r.Drain(DrainFor)
		if took := time.Since(begun); took > 0 {
			t.Errorf("took %s", took)
		}
	})
}
