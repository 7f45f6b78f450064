package sweep

import (
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/cancel"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
)

// The book of a million runs and the survey of half a million keep less than 100 MB: what tells runs
// apart is in the journal.
func TestAMillionRunsStaySmall(t *testing.T) {
	fullscale.Only(t)
	const runs, most = 1_000_000, 100 << 20
	j, err := journal.Open(filepath.Join(t.TempDir(), "journal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	id, err := j.BeginSweep(t.Context(), journal.Sweep{Workflow: "w"})
	if err != nil {
		t.Fatal(err)
	}
	before := heap()
	b, s := newBook(id, j), newSurvey()
	at := time.Now()
	for i := range runs {
		r := client.Run{
			ID: fmt.Sprintf("run-%d", i), Workflow: "w", Recipient: client.Ref{ID: fmt.Sprintf("user_%06d", i)}, InsertedAt: at,
			TriggerSource: client.TriggerSource{Type: "api", CancellationKey: fmt.Sprintf("key-%06d", i/45)},
		}
		b.put(&r, Pending, 1, ByReading, at)
		if i%2 == 0 {
			s.leave(cancel.Target{Workflow: "w", Key: r.TriggerSource.CancellationKey, To: r.Recipient})
		}
		if i%rowsTogether == 0 {
			if err := b.flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := heap() - before; got > most {
		t.Errorf("it keeps %d MB", got>>20)
	} else {
		t.Logf("%d runs: %d MB", runs, got>>20)
	}
	if n := b.count(Pending); n != runs {
		t.Errorf("%d runs are counted", n)
	}
	runtime.KeepAlive(s)
}

// heap is what is in use now.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
