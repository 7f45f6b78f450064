package compose

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui/theme"
)

const (
	mostKept   = 10             // drafts that are kept for the next time
	remembered = 24 * time.Hour // how long Knock knows an idempotency key
)

// leave gives what was not sent, for the next time. A page that was never opened changes nothing:
// it gives nil.
func (d *workspace) leave() []ops.KeptDraft {
	if len(d.drafts) == 0 {
		return nil
	}
	kept := []ops.KeptDraft{}
	for _, x := range d.drafts {
		x.settle()
		if x.dirty() || x.tried != "" {
			kept = append(kept, ops.KeptDraft{Draft: x.written(), UUID: x.uuid, Idempotency: x.idempotency, Next: x.next, Tried: x.tried, TriedAt: x.triedAt})
		}
	}
	return kept[max(0, len(kept)-mostKept):]
}

// settle makes of a sending that the page was not told of what it is by now: done, refused, or not known.
func (d *draft) settle() {
	a := d.attempt
	if a == nil {
		return
	}
	d.attempt = nil
	a.err = &client.Error{Uncertain: true}
	if a.change.Ended() {
		a.result, a.err = a.change.Result()
	}
	if a.err == nil {
		d.renew()
		return
	}
	d.refused(a)
}

// restore lays what was kept out again, once.
func (d *workspace) restore(t *theme.Theme) {
	kept := d.kept
	d.kept = nil
	for _, k := range kept {
		x := newDraft(t, &d.catalogue, k.Draft)
		x.clean = ops.Draft{KeyFrom: ops.KeyUUID}
		x.uuid, x.idempotency, x.next = k.UUID, k.Idempotency, k.Next
		switch {
		case k.Tried == "":
		case time.Since(k.TriedAt) < remembered:
			x.tried, x.triedAt = k.Tried, k.TriedAt
			x.failure = errors.New("its answer was lost when the console was left, so it may have been sent. Sent as it is, it goes under the same idempotency key, so Knock runs it once at most")
		default:
			x.idempotency, x.next = k.Next, uuid.NewString()
			x.failure = errors.New("its answer was lost more than a day ago, so it may have been sent, and Knock would run it once more: look first whether its runs are there")
		}
		d.drafts = append(d.drafts, x)
	}
}
