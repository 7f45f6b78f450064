package journal

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestSweepComesBackAsItWasWritten(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	at := time.UnixMicro(1_700_000_000_000_001)
	want := Sweep{
		At: at, Who: "dana@desk", Profile: "prod", Environment: "production", Workflow: "w",
		Scope: json.RawMessage(`{"workflow":"w"}`), Options: json.RawMessage(`{}`), Reason: "incident 42",
	}
	var err error
	if want.ID, err = j.BeginSweep(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if got, err := j.Sweep(t.Context(), want.ID); err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("begun: %v\n got %+v\nwant %+v", err, got, want)
	}
	steps := []SweepStep{{at, "cancelling", "", json.RawMessage(`{"accepted":0}`)}, {at.Add(time.Second), "done", "all of it", json.RawMessage(`{"accepted":7}`)}}
	for _, s := range steps {
		if err := j.StepSweep(t.Context(), want.ID, s); err != nil {
			t.Fatal(err)
		}
	}
	other, err := j.BeginSweep(t.Context(), Sweep{Workflow: "w"})
	if err != nil {
		t.Fatal(err)
	}
	want.Last = steps[1]
	all, err := j.Sweeps(t.Context())
	if err != nil || len(all) != 2 || all[0].ID != other || !all[0].Last.At.IsZero() || !reflect.DeepEqual(all[1], want) {
		t.Errorf("%v: %+v", err, all)
	}
	if !strings.Contains(all[0].Who, "@") || all[0].At.IsZero() {
		t.Errorf("who and when were not filled in: %+v", all[0])
	}
	if got, err := j.SweepSteps(t.Context(), want.ID); err != nil || !reflect.DeepEqual(got, steps) {
		t.Errorf("%v: %+v", err, got)
	}
	if _, err := j.Sweep(t.Context(), 99); !errors.Is(err, ErrNoSweep) {
		t.Errorf("%v", err)
	}
	if err := j.StepSweep(t.Context(), 99, SweepStep{}); err == nil {
		t.Error("a step of no sweep was taken")
	}
}

func TestActionsOfASweepAreWrittenTogether(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	begun(t, j, sent)
	batch := make([]Action, 100)
	for i := range batch {
		batch[i] = sent
		batch[i].Kind, batch[i].Sweep = Cancel, 3
	}
	ids, err := j.BeginAll(t.Context(), batch)
	if err != nil {
		t.Fatal(err)
	}
	done := []Finished{{ids[0], Outcome{State: Done, Status: 204, RequestID: "req_1"}}, {ids[99], Outcome{State: Failed, Text: "no"}}}
	if err := j.FinishAll(t.Context(), done); err != nil {
		t.Fatal(err)
	}
	got, err := j.Actions(t.Context(), Filter{Sweep: 3}, 1000, 0)
	if err != nil || len(got) != 100 {
		t.Fatalf("%d actions, %v", len(got), err)
	}
	for i, a := range got {
		want := batch[0]
		want.ID, want.State = ids[99-i], Begun
		switch i {
		case 0:
			want.State, want.Outcome = Failed, "no"
		case 99:
			want.State, want.Status, want.RequestID = Done, 204, "req_1"
		}
		a.FinishedAt = time.Time{}
		if !reflect.DeepEqual(a, want) {
			t.Fatalf("action %d:\n got %+v\nwant %+v", i, a, want)
		}
	}
	done[0].RequestID, done[1].ID = "req_2", 9999
	if err := j.FinishAll(t.Context(), done); !errors.Is(err, ErrNoAction) {
		t.Errorf("%v", err)
	}
	if a, err := j.Action(t.Context(), ids[0]); err != nil || a.RequestID != "req_1" {
		t.Errorf("half of a batch was written: %+v, %v", a, err)
	}
}
