package requests_test

import (
	"testing"
	"time"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/requests"
	"github.com/knockops/knockops/views/runs"
)

func pages(s *ops.Session) []ui.Page { return append(requests.Pages(s.Requests), runs.Pages(s)...) }

// A request says what it asked for, in the list and when it is opened.
func TestARequestSaysWhatItAskedFor(t *testing.T) {
	world.Play(t, world.Options{Pages: pages, Start: runs.Name}, func(w *world.World) {
		s := w.Stage.Wait(5 * time.Second)
		s.Press("ctrl+p").Type("requests").Press("enter").See("GET", "/v1/workflow_rec", "page_size=50")
		s.Press("enter").See("Request", "Asked for", "status[]", "paused", "Attempt", "page_size     50")
	})
}
