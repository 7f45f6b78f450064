package ops

import (
	"context"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
)

// RunCount is how many runs a trigger makes.
type RunCount struct {
	Runs        int
	Subscribers int  // of those
	More        bool // than were counted
}

const (
	// mostObjects is how many objects have their subscribers counted, a page each, before a trigger is asked about.
	mostObjects = 3
	// countFor is how long that may hold up the question.
	countFor = 3 * time.Second
)

// HasObjects reports whether subscribers get runs of a trigger, so that counting its runs takes reading.
func HasObjects(t client.Trigger) bool {
	for _, to := range t.Recipients {
		if to.Collection != "" {
			return true
		}
	}
	return false
}

// CountRuns counts the runs that a trigger makes, one for each recipient and for each subscriber of an object.
func (s *Session) CountRuns(ctx context.Context, t client.Trigger) RunCount {
	ctx, stop := context.WithTimeout(ctx, countFor)
	defer stop()
	n, read := RunCount{Runs: len(t.Recipients)}, 0
	for _, to := range t.Recipients {
		if to.Collection == "" {
			continue
		}
		if read++; read > mostObjects {
			n.More = true
			break
		}
		page, err := s.Client.Subscribers(ctx, to.Ref, client.Cursor{})
		n.Runs += len(page.Items)
		n.Subscribers += len(page.Items)
		n.More = n.More || page.After != "" || err != nil
	}
	return n
}

// Words say it in a sentence.
func (n RunCount) Words() string {
	words := "It makes "
	if n.More {
		words += "at least "
	}
	words += termtext.Plural(n.Runs, "run")
	switch {
	case n.Subscribers > 0:
		words += ", " + termtext.Count(n.Subscribers) + " of them for subscribers"
	case n.More:
		words += ", and one for each subscriber of an object"
	}
	return words + "."
}
