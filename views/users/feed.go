package users

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
)

// feed is a user's in-app feed as the user sees it, of all tenants or of one. The channel may be left
// out where there is one of them.
type feed struct {
	*listpage.List[client.FeedItem]
	session             *ops.Session
	id, tenant, channel string
}

func feedBindings() []ui.Binding {
	return []ui.Binding{
		listpage.OnRow(keymap.Action{ID: "feed.message", Title: "Open the message", Short: "message", Keys: []string{"enter", "m"}}, func(_ *feed, i client.FeedItem) tea.Cmd { return nav.Message(i.ID) }),
		listpage.OnRow(keymap.Action{ID: "feed.raw", Title: "Raw JSON of the entry", Short: "json", Keys: []string{"J"}}, func(_ *feed, i client.FeedItem) tea.Cmd { return nav.JSON("feed entry "+i.ID, i.Raw) }),
	}
}

func newFeed(env ui.Env, s *ops.Session, p ui.Params) *feed {
	type item = client.FeedItem
	v := &feed{session: s, id: p[ID], tenant: p[nav.Tenant]}
	v.List = listpage.New(env, listpage.Spec[item]{
		Noun: "entry", ID: func(i item) string { return i.ID }, CopyOf: "message id", First: 50,
		Preview: func(i item) tea.Cmd { return nav.Message(i.ID) },
		Columns: []table.Column[item]{
			{Title: "STATE", Width: 9, Cell: table.Text(theme.Plain, ops.FeedState)},
			{Title: "WORKFLOW", Width: 18, Min: 12, Flex: true, Cell: table.Text(theme.Plain, func(i item) string { return i.Source.Key })},
			{Title: "TENANT", Width: 12, Min: 8, Priority: 1, Cell: table.Text(theme.Muted, func(i item) string { return i.Tenant })},
			{Title: "SAYS", Width: 50, Min: 16, Flex: true, Cell: table.Text(theme.Plain, ops.FeedText)},
			{
				Title: "AGE", Width: 4, Right: true, Cell: table.Text(theme.Muted, func(i item) string { return age(s, i.InsertedAt) }),
				Order: func(a, b item) int { return b.InsertedAt.Compare(a.InsertedAt) },
			},
		},
		Read: v.read(), AskFilter: v.askTenant, Unfilter: func() tea.Cmd { return v.show("", "") }, Filtered: v.filtered,
		Empty: func() (what, help string) {
			return "The feed of " + termtext.Middle(v.id, 40) + " is empty.", env.Hint(keymap.RowsFilter) + " goes to the feed in one tenant."
		},
	})
	return v
}

func (v *feed) read() listpage.Read[client.FeedItem] {
	c, id, filter, channel := v.session.Client, v.id, client.FeedFilter{Tenant: v.tenant}, ""
	given := v.channel
	return func(ctx context.Context, after string) ([]client.FeedItem, string, error) {
		if channel == "" {
			found, err := ops.FeedChannel(ctx, c, given)
			if err != nil {
				return nil, "", err
			}
			channel = found
		}
		page, err := c.Feed(ctx, id, channel, filter, client.Cursor{After: after})
		return page.Items, page.After, err
	}
}

func (v *feed) show(tenant, channel string) tea.Cmd {
	v.tenant, v.channel = tenant, channel
	return v.ReadFrom(v.read())
}

func (v *feed) askTenant() tea.Cmd {
	const tenant, channel = "tenant", "channel"
	return ui.AskForm(v.Env.Theme, "Which feed", "No tenant: all of them.  enter to read it · tab next · esc to cancel", func(f *form.Form) (tea.Cmd, error) {
		return v.show(strings.TrimSpace(f.Value(tenant)), strings.TrimSpace(f.Value(channel))), nil
	}, form.Text{ID: tenant, Label: "Tenant", Value: v.tenant}, form.Text{ID: channel, Label: "Channel", Placeholder: "key or id, where there are several", Value: v.channel})
}

func (v *feed) filtered() string {
	var parts []string
	if v.tenant != "" {
		parts = append(parts, "tenant "+v.tenant)
	}
	if v.channel != "" {
		parts = append(parts, "channel "+v.channel)
	}
	return strings.Join(parts, " · ")
}

// Crumb says whose feed it is, and where.
func (v *feed) Crumb() string {
	return strings.TrimSuffix(termtext.Middle(v.id, 30)+" · "+v.filtered(), " · ")
}
