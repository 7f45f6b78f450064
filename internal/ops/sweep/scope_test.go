package sweep_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/sweep"
	"github.com/knockops/knockops/internal/tuitest/fullscale"
	"github.com/knockops/knockops/internal/tuitest/world"
)

// drawnTrigger is a trigger of a random world.
type drawnTrigger struct {
	workflow, key, tenant string
	to                    []string
	pause                 time.Duration // after it
}

var anyTrigger = rapid.Custom(func(t *rapid.T) drawnTrigger {
	return drawnTrigger{
		workflow: rapid.SampledFrom([]string{"invite-reminder", "invite-reminder", "invoice-due"}).Draw(t, "workflow"),
		key:      rapid.SampledFrom([]string{"a-1", "a-2", "b-1", ""}).Draw(t, "key"),
		tenant:   rapid.SampledFrom([]string{"", "acme", "globex"}).Draw(t, "tenant"),
		to:       rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"u1", "u2", "u3", "projects/p1"}), 1, 4, rapid.ID[string]).Draw(t, "to"),
		pause:    time.Duration(rapid.IntRange(0, 3).Draw(t, "pause")) * time.Second,
	}
})

// drawnScope is a scope whose times count from the world's beginning.
type drawnScope struct {
	sweep.Scope
	since, until time.Duration
}

var anyScope = rapid.Custom(func(t *rapid.T) drawnScope {
	s := drawnScope{Scope: sweep.Scope{Workflow: "invite-reminder"}}
	maybe := func(name string) bool { return rapid.IntRange(0, 2).Draw(t, name) == 0 }
	if maybe("by recipient") {
		for _, to := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"u1", "u2", "projects/p1"}), 1, 2, rapid.ID[string]).Draw(t, "recipients") {
			ref, err := client.ParseRef(to)
			if err != nil {
				t.Fatal(err)
			}
			s.Recipients = append(s.Recipients, ref)
		}
	}
	if maybe("by tenant") {
		s.Tenant = "acme"
	}
	if maybe("by glob") {
		s.KeyGlob = "a-*"
	}
	if maybe("by regex") {
		s.KeyRegex = "-1$"
	}
	if maybe("by keys") {
		s.Keys = []string{"a-1", "nobody's"}
	}
	if maybe("since") {
		s.since = time.Duration(rapid.IntRange(1, 10).Draw(t, "from")) * time.Second
	}
	if maybe("until") {
		s.until = s.since + time.Duration(rapid.IntRange(1, 10).Draw(t, "to"))*time.Second
	}
	return s
})

// wants says of every run what a sweep of the scope may and must do to it.
func wants(scope sweep.Scope, runs []*client.Run) (in, separate map[string]bool) {
	type pair struct {
		key string
		to  client.Ref
	}
	in, separate = map[string]bool{}, map[string]bool{}
	shared := map[pair]bool{}
	for _, r := range runs {
		key := r.TriggerSource.CancellationKey
		in[r.ID] = r.Workflow == scope.Workflow && key != "" &&
			(len(scope.Recipients) == 0 || slices.Contains(scope.Recipients, r.Recipient)) &&
			(scope.Tenant == "" || r.Tenant == scope.Tenant) &&
			(scope.KeyGlob == "" || strings.HasPrefix(key, "a-")) &&
			(scope.KeyRegex == "" || strings.HasSuffix(key, "-1")) &&
			(scope.Keys == nil || slices.Contains(scope.Keys, key)) &&
			(scope.Since.IsZero() || !r.InsertedAt.Before(scope.Since)) &&
			(scope.Until.IsZero() || !r.InsertedAt.After(scope.Until))
		if !in[r.ID] && r.Workflow == scope.Workflow {
			shared[pair{key, r.Recipient}] = true
		}
	}
	for _, r := range runs {
		separate[r.ID] = in[r.ID] && !shared[pair{r.TriggerSource.CancellationKey, r.Recipient}]
	}
	return in, separate
}

// No run out of scope is ever cancelled, whatever the scope and the world; and
// everything in scope is, but for what shares key and recipient with such a run.
func TestSweepNeverTouchesWhatIsOutOfScope(t *testing.T) {
	fullscale.Unraced(t)
	rapid.Check(t, func(rt *rapid.T) {
		triggers := rapid.SliceOfN(anyTrigger, 1, 12).Draw(rt, "triggers")
		drawn := anyScope.Draw(rt, "scope")
		wait := rapid.IntRange(0, 8).Draw(rt, "wait")
		var wrong []string
		world.On(t, world.Options{}, func(t *testing.T, w *world.World) {
			scope := drawn.Scope
			begun := time.Now()
			for _, x := range triggers {
				trigger := client.Trigger{Workflow: x.workflow, CancellationKey: x.key, Data: []byte(`{"invoice_id":"i"}`)}
				if x.tenant != "" {
					trigger.Tenant = &client.Tenant{ID: x.tenant}
				}
				for _, to := range x.to {
					ref, err := client.ParseRecipient(to)
					if err != nil {
						t.Fatal(err)
					}
					trigger.Recipients = append(trigger.Recipients, ref)
				}
				if _, err := w.Session.Trigger(trigger, "").Result(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(x.pause)
			}
			time.Sleep(time.Duration(wait) * time.Second)
			if drawn.since > 0 {
				scope.Since = begun.Add(drawn.since)
			}
			if drawn.until > 0 {
				scope.Until = begun.Add(drawn.until)
			}
			before := append(pending(t, w, "invite-reminder"), pending(t, w, "invoice-due")...)
			in, separate := wants(scope, before)
			sent := len(w.Changes())
			p := ended(t, started(t, w.Session, scope, follow))
			expected, apart := 0, 0
			for _, r := range before {
				now, err := w.Session.Client.GetRun(t.Context(), r.ID)
				if err != nil {
					t.Fatal(err)
				}
				if (now.Status == client.RunCancelled) != separate[r.ID] {
					wrong = append(wrong, fmt.Sprintf("%s of %s under %q is %s; in scope %v, separate %v", r.Recipient, r.Workflow, r.TriggerSource.CancellationKey, now.Status, in[r.ID], separate[r.ID]))
				}
				if separate[r.ID] {
					expected++
				} else if in[r.ID] {
					apart++
				}
			}
			if p.Confirmed != expected || p.Inseparable != apart {
				wrong = append(wrong, fmt.Sprintf("confirmed %d of %d, inseparable %d of %d", p.Confirmed, expected, p.Inseparable, apart))
			}
			whole := len(scope.Recipients) == 0 && scope.Tenant == "" && scope.Since.IsZero() && scope.Until.IsZero()
			for _, c := range w.Changes()[sent:] {
				var body struct{ Recipients []json.RawMessage }
				if err := json.NewDecoder(bytes.NewReader(c.Body)).Decode(&body); err != nil {
					t.Fatal(err)
				}
				if (len(body.Recipients) == 0) != whole {
					wrong = append(wrong, "sent "+string(c.Body))
				}
			}
		})
		if len(wrong) > 0 {
			rt.Fatalf("%s", strings.Join(wrong, "\n"))
		}
	})
}
