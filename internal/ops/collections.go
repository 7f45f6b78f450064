package ops

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/knockops/knockops/client"
)

// Known is a recipient that was heard of. Of a user it has the name and the address that Knock keeps.
type Known struct {
	Ref         client.Ref
	Name, Email string
}

// mostKnown bounds what is offered as one types.
const mostKnown = 2000

// Known are recipients to choose from: those that things were done to from this machine, those of the newest runs, and
// the first page of users. They cost two reads; what cannot be read is missing, for they are suggestions, not a list.
func (s *Session) Known(ctx context.Context) []Known {
	var all []Known
	at := map[client.Ref]int{}
	hear := func(k Known) {
		i, heard := at[k.Ref]
		switch {
		case heard:
			all[i] = k
		case len(all) < mostKnown:
			at[k.Ref] = len(all)
			all = append(all, k)
		}
	}
	s.heard(ctx, func(r client.Ref) {
		if _, twice := at[r]; !twice && r.ID != "" {
			hear(Known{Ref: r})
		}
	})
	if users, err := s.Client.ListUsers(ctx, client.Cursor{}); err == nil {
		for _, u := range users.Items {
			hear(Known{client.Ref{ID: u.ID}, u.Name, u.Email})
		}
	}
	return all
}

// KnownOf are objects of a collection to choose from: its first page, for one read.
func (s *Session) KnownOf(ctx context.Context, collection string) []Known {
	page, err := s.Client.ListObjects(ctx, collection, client.Cursor{})
	if err != nil {
		return nil
	}
	all := make([]Known, len(page.Items))
	for i, o := range page.Items {
		all[i].Ref = client.Ref{Collection: o.Collection, ID: o.ID}
		all[i].Name, _ = o.Properties["name"].(string)
	}
	return all
}

// Collections are the collections of objects that were heard of. Knock lists none, so what cannot be read is missing.
func (s *Session) Collections(ctx context.Context) []string {
	heard := map[string]bool{}
	s.heard(ctx, func(r client.Ref) {
		if r.Collection != "" && !strings.HasPrefix(r.Collection, "$") {
			heard[r.Collection] = true
		}
	})
	return slices.Sorted(maps.Keys(heard))
}

// heard names recipients: those of what was done from this machine, the latest first, then those of the newest runs.
func (s *Session) heard(ctx context.Context, hear func(client.Ref)) {
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
	if runs, err := s.Client.ListRuns(ctx, client.RunFilter{}, client.Cursor{}); err == nil {
		for _, r := range runs.Items {
			hear(r.Recipient)
		}
	}
}
