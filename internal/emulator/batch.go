package emulator

import "slices"

// batchKey is what runs are gathered by.
type batchKey struct {
	step   *step
	who    ref
	tenant string
	value  string
}

// batch gathers the runs of one recipient until its window closes. Then the
// run that opened it goes on with the activities of all, and the others end.
//
// A cancel before that takes the run's activity out and leaves the window as it
// is; if the opener itself was taken out, the first one left goes on in its
// place, and still answers to the opener's cancellation key and no other.
type batch struct {
	key     batchKey
	opener  *run
	members []*run
	carrier *run // the run that went on; nil while the window is open
	closes  stamp
}

// batchAction opens a batch or joins an open one.
type batchAction struct{}

func (batchAction) start(e *Emulator, r *run, s *step) verdict {
	k := batchKey{step: s, who: r.who.ref}
	if t := r.trig.tenant; t != nil {
		k.tenant = t.id
	}
	if s.Key != "" {
		v, _ := r.scope(e).lookup(s.Key)
		k.value = text(v)
	}
	b := e.batches[k]
	if b == nil {
		b = &batch{key: k, opener: r}
		b.closes = e.plan(s.Window.span(), b)
		e.batches[k] = b
		r.note(e, s, "batch_opened", field{"window", &s.Window}, field{"until", b.closes})
	} else {
		r.note(e, s, "batch_joined", field{"opened_by", b.opener.id}, field{"until", b.closes})
	}
	b.members = append(b.members, r)
	r.more().batch = b
	return verdict{kind: pause}
}

// due closes the window.
func (b *batch) due(e *Emulator, _ stamp) {
	delete(e.batches, b.key)
	if len(b.members) == 0 {
		return
	}
	if !b.opener.trig.wf.active {
		for _, r := range b.members {
			e.cancelRun(r, r.trig.wf.stoppedBy, field{"reason", "workflow_inactive"})
		}
		return
	}
	b.carrier = b.members[0]
	if slices.Contains(b.members, b.opener) {
		b.carrier = b.opener
	}
	for _, r := range b.members {
		if r == b.carrier {
			continue
		}
		r.note(e, b.key.step, "batch_handed_over", field{"to", b.carrier.id})
		e.finish(r)
	}
	e.advance(b.carrier)
}

func (batchAction) resume(e *Emulator, r *run, s *step) verdict {
	r.note(e, s, "batch_closed", field{"total_activities", len(r.batch().members)})
	return proceed(s)
}

// takeOut removes the activity of a run from the batch.
func (b *batch) takeOut(r *run) {
	b.members = slices.DeleteFunc(slices.Clone(b.members), func(o *run) bool { return o == r })
}

// activities are the runs that the batch's messages speak of.
func (b *batch) activities() []*run { return b.members }
