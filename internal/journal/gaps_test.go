package journal

import (
	"testing"
	"testing/synctest"
	"time"
)

// Where no receiver said that it stood ready there is a gap, until a backfill covers it.
func TestGaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, err := OpenMemory()
		if err != nil {
			t.Fatal(err)
		}
		defer j.Close()
		start := time.Now()
		gaps := func(since time.Time) []Gap {
			t.Helper()
			found, err := j.Gaps(t.Context(), since)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		ready := func(d time.Duration) {
			t.Helper()
			since := time.Now()
			for end := since.Add(d); !time.Now().After(end); time.Sleep(ReceivingEvery) {
				if err := j.StandReady(t.Context(), since); err != nil {
					t.Fatal(err)
				}
			}
		}
		time.Sleep(time.Hour)
		if found := gaps(start); len(found) != 0 {
			t.Errorf("nobody ever received here, and there are %v", found)
		}
		ready(10 * time.Minute)
		time.Sleep(15 * time.Second) // started anew
		ready(10 * time.Minute)
		if found := gaps(start); len(found) != 0 {
			t.Errorf("a restart is no gap: %v", found)
		}
		from := time.Now().Add(-ReceivingEvery)
		time.Sleep(time.Hour)
		until := time.Now()
		ready(time.Minute)
		time.Sleep(time.Hour)
		found := gaps(start)
		if len(found) != 2 || !found[0].Since.Equal(from) || !found[0].Until.Equal(until) || found[0].Filled || !found[1].Until.Equal(time.Now()) {
			t.Errorf("from %v to %v, found %+v", from, until, found)
		}
		if later := gaps(until.Add(time.Second)); len(later) != 1 {
			t.Errorf("after the first gap: %v", later)
		}
		if err := j.Backfilled(t.Context(), Backfill{At: time.Now(), Since: from.Add(time.Minute), Until: until}); err != nil {
			t.Fatal(err)
		}
		if found := gaps(start); found[0].Filled {
			t.Error("a gap is filled in part, and said to be filled")
		}
		if err := j.Backfilled(t.Context(), Backfill{At: time.Now(), Since: from, Until: until}); err != nil {
			t.Fatal(err)
		}
		if found := gaps(start); len(found) != 2 || !found[0].Filled || found[1].Filled {
			t.Errorf("filled: %+v", found)
		}
	})
}
