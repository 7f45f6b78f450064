package runs

import (
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/theme"
)

// BenchmarkSnapshot is a reading that arrives in a list of 20,000 runs, the
// most that a feed keeps, and the frame after it.
func BenchmarkSnapshot(b *testing.B) {
	c, err := client.New(client.Options{APIKey: "sk_test"})
	if err != nil {
		b.Fatal(err)
	}
	j, err := journal.OpenMemory()
	if err != nil {
		b.Fatal(err)
	}
	s := ops.NewSession("test", "development", false, c, client.NewGuard(false), j)
	defer s.Close()
	l := newList(ui.Env{Theme: theme.Default()}, s, nil)
	l.SetSize(120, 35)
	var snaps [2]ops.Snapshot
	at := time.Now()
	for i := range ops.DefaultKnown + 1 {
		r := &client.Run{ID: fmt.Sprint("run-", i), Workflow: "invite-reminder", Status: client.RunPaused, InsertedAt: at.Add(-time.Duration(i) * time.Second)}
		snaps[0].Runs = append(snaps[0].Runs, r)
	}
	snaps[1].Runs, snaps[0].Runs = snaps[0].Runs[1:], snaps[0].Runs[:ops.DefaultKnown] // one came, one left
	l.Update(snapshotMsg{snap: snaps[0]})
	l.Move(tea.KeyPressMsg{Code: tea.KeyEnd})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		l.Update(snapshotMsg{snap: snaps[i%2], version: i})
		if l.View() == "" {
			b.Fatal("nothing is drawn")
		}
	}
}
