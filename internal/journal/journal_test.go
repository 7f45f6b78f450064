package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// opened returns a journal of its own for the test.
func opened(t testing.TB, path string) *Journal {
	t.Helper()
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	return j
}

func begun(t testing.TB, j *Journal, a Action) int64 {
	t.Helper()
	id, err := j.Begin(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

var sent = Action{
	At: time.UnixMicro(1_700_000_000_123_456), Who: "dana@desk", Profile: "staging", Environment: "staging",
	Kind: Trigger, Workflow: "invite-reminder", Key: "invite-99123", Recipients: []string{"user_1", "projects/atlas"},
	Reason: "ticket 8812", Method: "POST", Path: "/v1/workflows/invite-reminder/trigger",
	Request: json.RawMessage(`{"recipients":["user_1"]}`), IdempotencyKey: "once-7",
}

func TestActionComesBackAsItWasWritten(t *testing.T) {
	for name, open := range map[string]func() (*Journal, error){
		"file":   func() (*Journal, error) { return Open(filepath.Join(t.TempDir(), "a b%20?#ü", "staging.db")) },
		"memory": OpenMemory,
	} {
		t.Run(name, func(t *testing.T) {
			j, err := open()
			if err != nil {
				t.Fatal(err)
			}
			defer j.Close()
			id := begun(t, j, sent)
			want := sent
			want.ID, want.State = id, Begun
			if got, err := j.Action(t.Context(), id); err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("begun: %v\n got %+v\nwant %+v", err, got, want)
			}

			outcome := Outcome{State: Done, Text: "accepted", Status: 200, RequestID: "req_1", WorkflowRunID: "run_1"}
			if err := j.Finish(t.Context(), id, outcome); err != nil {
				t.Fatal(err)
			}
			got, ok, err := j.TriggerOf(t.Context(), "run_1")
			if err != nil || !ok {
				t.Fatalf("TriggerOf: %v, %v", ok, err)
			}
			if got.FinishedAt.IsZero() {
				t.Error("no time of the outcome")
			}
			got.FinishedAt = time.Time{}
			want.State, want.Outcome, want.Status, want.RequestID, want.WorkflowRunID = Done, "accepted", 200, "req_1", "run_1"
			if !reflect.DeepEqual(got, want) {
				t.Errorf("finished:\n got %+v\nwant %+v", got, want)
			}
			for _, other := range []string{"run_2", ""} {
				if _, ok, err := j.TriggerOf(t.Context(), other); ok || err != nil {
					t.Errorf("TriggerOf(%q): %v, %v", other, ok, err)
				}
			}
			if err := j.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestBeginFillsInWhoAndWhen(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	before := time.Now().Truncate(time.Microsecond)
	got, err := j.Action(t.Context(), begun(t, j, Action{Kind: Identify}))
	if err != nil {
		t.Fatal(err)
	}
	if got.At.Before(before) || got.At.After(time.Now()) {
		t.Errorf("at %v, begun after %v", got.At, before)
	}
	if name, host, ok := strings.Cut(got.Who, "@"); !ok || name == "" || host == "" {
		t.Errorf("who is %q", got.Who)
	}
}

func TestNotes(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	id := begun(t, j, Action{Kind: Cancel})
	begun(t, j, Action{Kind: Cancel})
	at := time.UnixMicro(1_700_000_000_000_001)
	want := []Note{{at, "r1", "requested", ""}, {at, "r2", "finished first", "completed at 14:02"}, {at, "r1", "confirmed", ""}}
	if err := j.Note(t.Context(), id, want[:2]...); err != nil {
		t.Fatal(err)
	}
	if err := j.Note(t.Context(), id, want[2]); err != nil {
		t.Fatal(err)
	}
	if got, err := j.Notes(t.Context(), id); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n got %+v\nwant %+v", err, got, want)
	}
	for name, err := range map[string]error{
		"note":   j.Note(t.Context(), 99, Note{Run: "r1"}),
		"finish": j.Finish(t.Context(), 99, Outcome{State: Done}),
	} {
		if !errors.Is(err, ErrNoAction) || !strings.Contains(err.Error(), "action 99") {
			t.Errorf("%s of an action that is not there: %v", name, err)
		}
	}
}

func TestActionsFilterAndPage(t *testing.T) {
	j := opened(t, filepath.Join(t.TempDir(), "j.db"))
	start := time.UnixMicro(1_700_000_000_000_000)
	for i := range 10 {
		a := Action{At: start.Add(time.Duration(i) * time.Minute), Kind: Trigger, Environment: "staging", Workflow: "welcome", Recipients: []string{fmt.Sprint("user_", i)}}
		if i%2 == 1 {
			a.Kind, a.Workflow, a.Key = Cancel, "invite-reminder", "k"
		}
		if id := begun(t, j, a); i < 3 {
			if err := j.Finish(t.Context(), id, Outcome{State: Failed}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		filter Filter
		limit  int
		before int64
		want   []int64
	}{
		"latest first":        {Filter{}, 3, 0, []int64{10, 9, 8}},
		"next page":           {Filter{}, 3, 8, []int64{7, 6, 5}},
		"after the last page": {Filter{}, 3, 1, nil},
		"kinds":               {Filter{Kinds: []Kind{Cancel, Freeze}}, 2, 0, []int64{10, 8}},
		"state":               {Filter{State: Failed}, 9, 0, []int64{3, 2, 1}},
		"workflow and key":    {Filter{Workflow: "invite-reminder", Key: "k"}, 1, 10, []int64{8}},
		"other environment":   {Filter{Environment: "production"}, 9, 0, nil},
		"recipient":           {Filter{Recipient: "user_4"}, 9, 0, []int64{5}},
		"part of a recipient": {Filter{Recipient: "user_"}, 9, 0, nil},
		"time":                {Filter{Since: start.Add(2 * time.Minute), Until: start.Add(4 * time.Minute)}, 9, 0, []int64{4, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			actions, err := j.Actions(t.Context(), c.filter, c.limit, c.before)
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, a := range actions {
				got = append(got, a.ID)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestKeysStayOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.db")
	j := opened(t, path)
	const key, token = "sk_test_0123456789abcdefghij", "knock_st_0123456789abcdefghij"
	id := begun(t, j, Action{
		Kind: Trigger, Key: "sk_invoice_7", Reason: "with " + key, Path: "/v1/x?" + key, Request: json.RawMessage(`{"a":"` + key + `","b":"` + token + `"}`),
	})
	if err := errors.Join(
		j.Finish(t.Context(), id, Outcome{State: Failed, Text: "refused " + key}),
		j.Note(t.Context(), id, Note{Detail: token}),
	); err != nil {
		t.Fatal(err)
	}
	got, err := j.Action(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got.Key != "sk_invoice_7" || !json.Valid(got.Request) {
		t.Errorf("too much was taken out: %+v", got)
	}
	pasted := begun(t, j, Action{Kind: Cancel, Workflow: token, Key: key, Recipients: []string{key, "user_1"}, IdempotencyKey: token})
	begun(t, j, Action{Kind: Cancel, Key: key + "2", Recipients: []string{key + "2"}})
	for _, f := range []Filter{{Key: key}, {Recipient: key}} {
		found, err := j.Actions(t.Context(), f, 10, 0)
		if err != nil || len(found) != 1 || found[0].ID != pasted || found[0].Recipients[1] != "user_1" || !strings.HasPrefix(found[0].Key, "sk_…") {
			t.Errorf("what was pasted is found as %+v: %v", found, err)
		}
	}
	for _, file := range []string{path, path + "-wal"} {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), "0123456789abcdefghij") {
			t.Errorf("a key is in %s", file)
		}
	}
}

func TestOnlyTheOwnerReadsIt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	path := filepath.Join(t.TempDir(), "state", "j.db")
	begun(t, opened(t, path), sent)
	for file, want := range map[string]os.FileMode{filepath.Dir(path): 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want %v", file, info.Mode().Perm(), err, want)
		}
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	opened(t, path)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a looser mode stays: %v, %v", info.Mode().Perm(), err)
	}
}

func TestConsolesShareAJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.db")
	const consoles, each = 8, 20
	var wg sync.WaitGroup
	for range consoles {
		wg.Go(func() {
			j, err := Open(path)
			if err != nil {
				t.Error(err)
				return
			}
			defer j.Close()
			for range each {
				id, err := j.Begin(context.Background(), sent)
				if err == nil {
					err = j.Finish(context.Background(), id, Outcome{State: Done})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	actions, err := opened(t, path).Actions(t.Context(), Filter{State: Done}, 1000, 0)
	if err != nil || len(actions) != consoles*each {
		t.Errorf("%d of %d actions, %v", len(actions), consoles*each, err)
	}
}

func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "j.db")
	for b.Loop() {
		j, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		j.Close()
	}
}

func BenchmarkOpenNew(b *testing.B) {
	dir, i := b.TempDir(), 0
	for b.Loop() {
		i++
		j, err := Open(filepath.Join(dir, fmt.Sprint(i)))
		if err != nil {
			b.Fatal(err)
		}
		j.Close()
	}
}

func BenchmarkBegin(b *testing.B) {
	j := opened(b, filepath.Join(b.TempDir(), "j.db"))
	for b.Loop() {
		begun(b, j, sent)
	}
}
