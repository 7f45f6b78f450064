package sweep

import (
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/runner"
)

// Counted is the plan of a sweep of runs that were read already, newest first, as far as it goes: it
// asks nothing, so that nobody waits for it. More may be pending by now, so it is never complete: the
// sweep reads on by itself.
func Counted(r *runner.Runner, scope Scope, runs []*client.Run, frozen *bool) Plan {
	now := r.Client.ServerNow()
	skew, _ := r.Client.Skew()
	t := &tally{scope: scope, in: scope.matcher(), byKey: map[string]*KeyCount{}, outside: map[string]int{}, begun: now, reached: now}
	t.p = Plan{Scope: scope, Begun: now, skew: skew, Frozen: frozen, BySource: map[string]int{}, NoKeyBySource: map[string]int{}}
	for _, run := range runs {
		t.add(run, now)
	}
	p := t.plan()
	p.At = time.Now()
	return p
}
