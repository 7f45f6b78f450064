package emulator

// How a cancel behaves in time: it is carried out a moment after it was
// accepted, it misses runs that are younger than the settling time when it
// arrives, and it kills what is triggered under its key while it is under way.
const (
	cancelDelay    = 1 * second
	settlingTime   = 5 * second
	overtakeWindow = 2 * second
)

// cancelKey scopes a cancellation key to its workflow.
type cancelKey struct {
	wf  *workflow
	key string
}

// cancelOrder is an accepted cancel. No recipients means everyone.
type cancelOrder struct {
	cancelKey
	recipients map[ref]bool
	at         stamp
	by         string // the id of the request
}

func (c *cancelOrder) meant(r *run) bool { return c.recipients == nil || c.recipients[r.who.ref] }

// cancel accepts a cancel that came with the request of that id.
func (e *Emulator) cancel(k cancelKey, recipients map[ref]bool, by string) {
	c := &cancelOrder{k, recipients, e.at, by}
	e.cancels[k] = append(e.cancels[k], c)
	e.plan(cancelDelay, c)
	e.plan(overtakeWindow, settled(k))
}

// settled ends the time in which the oldest cancel under the key overtakes
// triggers.
type settled cancelKey

func (s settled) due(e *Emulator, _ stamp) {
	k := cancelKey(s)
	if rest := e.cancels[k][1:]; len(rest) > 0 {
		e.cancels[k] = rest
	} else {
		delete(e.cancels, k)
	}
}

// overtakes is the cancel that is still under way and stands for the run, or nil.
func (e *Emulator) overtakes(r *run) *cancelOrder {
	if r.trig.key == "" {
		return nil
	}
	for _, c := range e.cancels[cancelKey{r.trig.wf, r.trig.key}] {
		if c.meant(r) {
			return c
		}
	}
	return nil
}

// due carries the cancel out on every trigger under its key that had settled.
func (c *cancelOrder) due(e *Emulator, _ stamp) {
	for t := e.keys[c.cancelKey]; t != nil; t = t.same {
		if t.at > c.at-settlingTime {
			continue
		}
		for _, r := range e.runs.all[t.first : t.first+t.n] {
			if c.meant(r) {
				c.apply(e, r)
			}
		}
	}
}

// apply cancels a run, as far as batches let it.
func (c *cancelOrder) apply(e *Emulator, r *run) {
	why := field{"cancellation_key", c.key}
	b := r.batch()
	switch {
	case b == nil:
	case b.carrier == nil:
		b.takeOut(r)
	case r == b.opener:
		r = b.carrier // the run itself, or the one that took its place
	default:
		return // the window has closed: only the opener's key still works
	}
	if r.status.pending() {
		e.cancelRun(r, c.by, why)
	}
}
