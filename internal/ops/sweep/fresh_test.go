package sweep

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/cancel"
)

var ofAcme = Scope{Workflow: "w", Tenant: "acme"}

// A run that is listed a moment after it began, when a reading had just passed that moment, is seen
// by the next one.
func TestARefreshSeesWhatIsListedLate(t *testing.T) {
	began := time.Now() // in the bubble's time, once it is there
	serve := func(r *http.Request) (*http.Response, error) {
		since, err := time.Parse(time.RFC3339Nano, r.URL.Query().Get("starting_at"))
		if err != nil || since.After(began) {
			return answer(r, http.StatusOK, `{"items":[],"page_info":{}}`)
		}
		return answer(r, http.StatusOK, fmt.Sprintf(`{"items":[{"id":"r","workflow":"w","status":"paused","recipient":"u","tenant":"globex",
			"trigger_source":{"type":"api","cancellation_key":"k"},"inserted_at":%q,"updated_at":%[1]q}],"page_info":{}}`, began.UTC().Format(time.RFC3339Nano)))
	}
	served(t, ofAcme, serve, func(t *testing.T, w *Sweep) {
		now := time.Now()
		began = now.Add(-time.Second)
		w.survey.read(now, now) // it was not listed yet
		time.Sleep(refreshAfter)
		if err := w.refresh(); err != nil {
			t.Fatal(err)
		}
		if w.survey.keep(cancel.Target{Workflow: "w", Key: "k", To: client.Ref{ID: "u"}}) {
			t.Error("a run out of scope that was listed late is not known")
		}
	})
}

// Where what arrives cannot be read fast enough, nothing is sent: the sweep is held up, and says why.
func TestASweepThatIsOutrunIsHeldUp(t *testing.T) {
	lists := 0
	serve := func(r *http.Request) (*http.Response, error) {
		if lists++; lists > 2*mostRefreshes {
			return nil, errors.New("it goes on reading")
		}
		time.Sleep(refreshAfter + time.Second)
		return answer(r, http.StatusOK, `{"items":[],"page_info":{}}`)
	}
	served(t, ofAcme, serve, func(t *testing.T, w *Sweep) {
		time.AfterFunc(5*time.Minute, func() { w.stop(errAborted) })
		err := w.refresh()
		if held, why := w.Held(); !errors.Is(err, ErrOutrun) || !held || !errors.Is(why, ErrOutrun) || lists != mostRefreshes {
			t.Errorf("after %d lists: %v; held up: %v, for %v", lists, err, held, why)
		}
	})
}

// The monotonic clock stands still while a machine sleeps; a reading gets old all the same.
func TestAReadingGetsOldWhileTheMachineSleeps(t *testing.T) {
	s := newSurvey()
	now := time.Now()
	s.read(now, now)
	if err := s.fresh(); err != nil {
		t.Fatal(err)
	}
	s.wall = s.wall.Add(-time.Minute) // the other clock went on
	if age := s.age(); age < time.Minute || s.fresh() == nil {
		t.Errorf("it is %s old", age)
	}
	s.read(now.Add(-time.Minute), now.Add(-time.Minute))
	s.wall = now.Round(0) // and was set back
	if age := s.age(); age < time.Minute || s.fresh() == nil {
		t.Errorf("it is %s old", age)
	}
}
