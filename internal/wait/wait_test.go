package wait

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestRestEndsByTimeByNewsOrByItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var news News
		ctx, stop := context.WithCancel(t.Context())
		for _, c := range []struct {
			end  func()
			took time.Duration
			want error
		}{
			{func() {}, time.Minute, nil},
			{news.Tell, time.Second, nil},
			{stop, time.Second, context.Canceled},
		} {
			begun, next := time.Now(), news.Next()
			time.AfterFunc(time.Second, c.end)
			if err := Rest(ctx, time.Minute, next); !errors.Is(err, c.want) || time.Since(begun) != c.took {
				t.Errorf("it ended with %v after %s, want %v after %s", err, time.Since(begun), c.want, c.took)
			}
		}
		if err := Sleep(ctx, 0); !errors.Is(err, context.Canceled) {
			t.Errorf("no sleep after the end gives %v", err)
		}
	})
}

func TestNewsReachAllWhoWait(t *testing.T) {
	var n News
	n.Tell() // nobody waits
	a, b := n.Next(), n.Next()
	n.Tell()
	<-a
	<-b
	select {
	case <-n.Next():
		t.Error("what was told counts as news again")
	default:
	}
}

func TestLatestGivesTheNewestOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Latest[int]
		l.Change(func(n *int) { *n = 1 })
		l.Change(func(n *int) { *n = 2 })
		value, version, err := l.Next(t.Context(), 0)
		if value != 2 || err != nil || l.Now() != 2 {
			t.Errorf("it gives %d, %v; now is %d", value, err, l.Now())
		}
		time.AfterFunc(time.Second, func() { l.Change(func(n *int) { *n = 3 }) })
		if value, version, err = l.Next(t.Context(), version); value != 3 || err != nil {
			t.Errorf("after a change it gives %d, %v", value, err)
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if _, same, err := l.Next(ctx, version); same != version || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("without a change it gives version %d, %v", same, err)
		}
	})
}

func TestANudgeIsKeptUntilItIsNoticed(t *testing.T) {
	n := NewNudge()
	n.Give()
	n.Give()
	<-n
	select {
	case <-n:
		t.Error("two nudges that nobody noticed wake twice")
	default:
	}
}
