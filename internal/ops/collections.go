package ops

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/knockops/knockops/client"
)

// Collections are the collections of objects that were heard of: in the newest runs, and in what was
// done from this machine. Knock lists none, so what cannot be read is missing: they are suggestions, not a list.
func (s *Session) Collections(ctx context.Context) []string {
	heard := map[string]bool{}
	hear := func(r client.Ref) {
		if r.Collection != "" && !strings.HasPrefix(r.Collection, "$") {
			heard[r.Collection] = true
		}
	}
	if runs, err := s.Client.ListRuns(ctx, client.RunFilter{}, client.Cursor{}); err == nil {
		for _, r := range runs.Items {
			hear(r.Recipient)
		}
	}
	n := 0
	for a, err := range ReadAudit(ctx, s.Journal, ActionFilter{}) {
		if n++; err != nil || n > ActionPage {
			break
		}
		for _, to := range a.Recipients {
			if r, err := client.ParseRef(to); err == nil {
				hear(r)
			}
		}
	}
	return slices.Sorted(maps.Keys(heard))
}
