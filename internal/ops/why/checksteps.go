package why

import (
	"cmp"
	"slices"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/conditions"
)

// way is how surely a run comes to a place among its workflow's steps.
type way struct {
	would string // WouldSend where it comes there for certain
	Stop         // what ends it before, or what that depends on
	after []string
	// changed is true behind a step that may change what conditions are about.
	changed bool
}

// stops ends the way, for the reason that was found first.
func (w way) stops(cause, text string) way {
	if w.would != WouldStop {
		w.would, w.Stop = WouldStop, Stop{cause, text}
	}
	return w
}

// depends leaves it open whether the way goes on.
func (w way) depends(cause, text string) way {
	if w.would == WouldSend {
		w.would, w.Stop = Depends, Stop{cause, text}
	}
	return w
}

// where goes on if something holds, and says otherwise why it does not.
func (w way) where(truth conditions.Truth, fails, unknown string) way {
	switch truth {
	case conditions.Fails:
		return w.stops("condition_not_met", fails)
	case conditions.Unknown:
		return w.depends("condition_not_met", unknown)
	}
	return w
}

// holds evaluates conditions at a place.
func (w *walk) holds(g *conditions.Group, at way) conditions.Truth {
	if at.changed && g != nil {
		return conditions.Unknown
	}
	return w.knows.Of(g)
}

// through follows steps from a place, and reports whether the run ends among them.
func (w *walk) through(steps []client.Step, at way) (ends conditions.Truth) {
	ends = conditions.Fails
	for _, s := range steps {
		only := conditions.Parse(s.Conditions)
		truth := w.holds(only, at)
		here := at.where(truth, "its conditions do not hold: "+only.String(), "it depends on conditions: "+only.String())
		switch s.Type {
		case "channel":
			w.channel(s, here)
		case "branch", "random_cohort":
			over := truth.And(w.fork(s, here))
			at = at.where(over.Not(), "the run ends in a branch of "+s.Ref, "it depends on which branch of "+s.Ref+" is taken")
			ends = ends.Or(over)
		case "delay", "batch", "throttle", "wait_for_event", "http_fetch":
			at.after = append(slices.Clone(at.after), s.Ref)
		}
		at.changed = at.changed || changes(s)
	}
	return ends
}

// fork follows the branches of a step, the first of which that holds is taken, and reports whether the run ends in it.
func (w *walk) fork(s client.Step, at way) (ends conditions.Truth) {
	ends = conditions.Fails
	comes, other := conditions.Holds, "" // whether the run comes to look at the next branch, and what else it takes
	for i, b := range s.Ways() {
		only := conditions.Parse(b.Conditions)
		truth, unknown := w.holds(only, at), "it depends on conditions: "+only.String()
		if i >= len(s.Branches) {
			truth, unknown = conditions.Unknown, "it depends on chance: "+b.Name
		}
		into := at.where(truth, "its branch's conditions do not hold: "+only.String(), unknown).
			where(comes, "the run takes another branch"+other, "it depends on which branch of "+s.Ref+" is taken")
		over := w.through(b.Steps, into)
		if b.Terminates {
			over = conditions.Holds
		}
		ends = ends.Or(comes.And(truth).And(over))
		if truth == conditions.Holds && comes == conditions.Holds && only != nil {
			other = ": " + only.String()
		}
		comes = comes.And(truth.Not())
	}
	return ends
}

// changes reports whether a step, or one in its branches, may change what conditions are about.
func changes(s client.Step) bool {
	switch s.Type {
	case "batch", "http_fetch", "update_data", "update_user", "update_object", "update_tenant", "ai_agent":
		return true
	}
	return slices.ContainsFunc(s.Ways(), func(b client.Branch) bool { return slices.ContainsFunc(b.Steps, changes) })
}

// channel adds what a channel step would do.
func (w *walk) channel(s client.Step, at way) {
	known := w.channels[s.ChannelKey]
	step := &channel{step: s.Ref, kind: cmp.Or(s.ChannelType, known.Type), key: cmp.Or(s.ChannelKey, s.ChannelGroupKey), id: known.ID}
	at = w.judge(step, at)
	w.out.Channels = append(w.out.Channels, CheckChannel{Channel: step.name(), Step: s.Ref, After: at.after, Would: at.would, Stop: at.Stop})
}
