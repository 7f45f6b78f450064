package runs

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest/command"
	"github.com/knockops/knockops/internal/tuitest/world"
)

func TestWatchTellsHowRunsLeave(t *testing.T) {
	command.AtWork(t, func(t *testing.T, a *app.App, w *world.World, out, _ *bytes.Buffer) {
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
		defer stop()
		time.AfterFunc(10*time.Second, func() { w.Trigger("invite-reminder", "k", "", "user_1") })
		time.AfterFunc(40*time.Second, func() {
			if _, err := w.Session.Client.Cancel(context.Background(), client.CancelEveryone("invite-reminder", "k")); err != nil {
				t.Error(err)
			}
		})
		err := watch(ctx, a, w.Session, ops.RunFilter{}, client.RunFilter{Workflow: "invite-reminder", Statuses: client.PendingStatuses})
		if err != context.DeadlineExceeded && !strings.Contains(err.Error(), "deadline") {
			t.Errorf("ended with %v", err)
		}
		var seen []string
		for line := range strings.Lines(out.String()) {
			var c change
			if err := json.Unmarshal([]byte(line), &c); err != nil {
				t.Fatal(err)
			}
			seen = append(seen, c.Change+" "+string(c.Run.Status))
		}
		got := strings.Join(seen, ", ")
		if !strings.HasPrefix(got, "new ") || !strings.HasSuffix(got, "gone cancelled") {
			t.Errorf("it told: %s", got)
		}
	})
}
