package journal

import (
	"compress/gzip"
	"database/sql"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// writtenBefore is a journal as an earlier version of the program left it, of that version of the schema: four runs
// were triggered while it received webhooks, one cancelled, all swept, and a workflow frozen and thawed.
func writtenBefore(t *testing.T, file string, version int) string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "default.db")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var have int
	if err := db.QueryRow("PRAGMA user_version").Scan(&have); err != nil || have != version || have >= len(migrations) {
		t.Fatalf("%s has schema %d, %v; it was to have %d, older than today's %d", file, have, err, version, len(migrations))
	}
	return path
}

func TestAJournalOfTheVersionBeforeIsReadAndGoneOnWith(t *testing.T) {
	j, ctx := opened(t, writtenBefore(t, "schema-4.db.gz", 4)), t.Context()
	actions, err := j.Actions(ctx, Filter{}, 100, 0)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, a := range slices.Backward(actions) {
		kinds = append(kinds, string(a.Kind))
		if a.State != Done || a.Who != "dana@desk" || a.RequestID == "" {
			t.Errorf("%+v", a)
		}
	}
	if want := []string{"identify", "trigger", "trigger", "trigger", "trigger", "cancel", "cancel", "cancel", "cancel", "cancel", "freeze", "thaw"}; !slices.Equal(kinds, want) {
		t.Errorf("what was done reads as %v", kinds)
	}
	if a := actions[6]; a.Key != "invite-1" || !slices.Equal(a.Recipients, []string{"user_1"}) || a.Reason != "ticket 8812" {
		t.Errorf("the cancel reads as %+v", a)
	}
	if notes, err := j.Notes(ctx, actions[6].ID); err != nil || len(notes) != 1 || notes[0].Verdict != "confirmed" {
		t.Errorf("its verdicts are %+v, %v", notes, err)
	}

	for filter, want := range map[*EventFilter]int{{}: 6, {Types: []string{"workflow.*"}}: 2, {Recipient: "user_3"}: 1, {Text: "weekly"}: 2} {
		events, err := j.Events(ctx, *filter, 10, 0)
		if err != nil || len(events) != want {
			t.Errorf("%+v finds %d events, %v", *filter, len(events), err)
		}
		for _, e := range events {
			if !e.Verified || e.Reconstructed || e.ReceivedAt.IsZero() {
				t.Errorf("%+v", e)
			}
		}
	}

	sweeps, err := j.Sweeps(ctx)
	if err != nil || len(sweeps) != 1 || sweeps[0].Last.Phase != "done" || sweeps[0].Binding != "" {
		t.Fatalf("the sweeps are %+v, %v", sweeps, err)
	}
	if runs, err := j.SweepRuns(ctx, sweeps[0].ID, SweepRunFilter{}, 10); err != nil || len(runs) != 0 {
		t.Errorf("a sweep of then has runs: %+v, %v", runs, err)
	}
	if gaps, err := j.Gaps(ctx, time.UnixMicro(0)); err != nil {
		t.Errorf("%v, %v", gaps, err)
	}

	if err := j.Finish(ctx, begun(t, j, sent), Outcome{State: Done}); err != nil {
		t.Error(err)
	}
	if err := j.Check(ctx); err != nil {
		t.Error(err)
	}
}
