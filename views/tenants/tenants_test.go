package tenants_test

import (
	"testing"
	"time"

	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/tuitest/world"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/jsonpage"
	"github.com/knockops/knockops/views/runs"
	"github.com/knockops/knockops/views/tenants"
)

var opts = world.Options{Start: tenants.Name, Pages: func(s *ops.Session) []ui.Page {
	return append(append(tenants.Pages(s), runs.Pages(s)...), jsonpage.Pages()...)
}}

func TestTenantsAreListedFoundAndOpened(t *testing.T) {
	world.Play(t, opts, func(w *world.World) {
		s := w.Stage.Until("acme", time.Minute).See("globex")
		s.Press("/").Type("glob").Miss("acme").Press("enter", "enter").Until("Properties and settings", time.Minute).See("Tenant", `"id": "globex"`)
		s.Press("y").See("copied tenant id globex").Press("J").Until(`"id": "globex"`, time.Minute).See("tenant globex").Press("esc")
		s.Press("p").Until("tenant globex", time.Minute).See("Runs")
	})
}

func TestATenantThatIsNotThereSaysSo(t *testing.T) {
	o := opts
	o.Start, o.With = tenants.Detail, ui.Params{tenants.ID: "nowhere"}
	world.Play(t, o, func(w *world.World) {
		w.Stage.Until("404", time.Minute).See("r tries again").Press("J").See("the tenant is still loading")
	})
}
