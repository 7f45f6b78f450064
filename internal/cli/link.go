package cli

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui"
)

// link is the connection as the last exchanges showed it, and their log.
type link struct {
	log ops.RequestLog

	mu   sync.Mutex
	word string
	bad  bool
}

func (l *link) observe(x client.Exchange) {
	l.log.Observe(x)
	if errors.Is(x.Err, context.Canceled) {
		return // a view was closed; that says nothing of the connection
	}
	word, bad := "api ok", false
	switch {
	case x.Status == 0:
		word, bad = "no answer", true
	case x.Status == 401 || x.Status == 403:
		word, bad = "key refused", true
	case x.Status == 429:
		word = "rate limited"
	case x.Status >= 500:
		word, bad = fmt.Sprintf("api answers %d", x.Status), true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.word, l.bad = word, bad
}

// status is what the console's header and confirms say.
func (d desk) status() ui.Status {
	s := d.session
	used, perSecond := s.Client.Budget("runs")
	d.link.mu.Lock()
	defer d.link.mu.Unlock()
	return ui.Status{
		Profile: s.Profile, Environment: s.Environment, Protected: s.Protected,
		ReadOnly: s.Guard.ReadOnly(), CanArm: d.profile.Protected && !d.profile.ReadOnly, ArmedUntil: s.Guard.ArmedUntil(),
		Link: d.link.word, LinkBad: d.link.bad,
		Reads: used, ReadLimit: perSecond,
		InHand: s.Cancels.InHand(),
	}
}
