// Package tenants lists the environment's tenants and shows one with its settings.
package tenants

import (
	"context"
	"encoding/json"

	tea "charm.land/bubbletea/v2"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/ui/kit/table"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/detailpage"
	"github.com/knockops/knockops/views/internal/fields"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
)

// Names of the pages, for those who open them. ID is the detail's param, Find the list's.
const (
	Name   = "tenants"
	Detail = nav.TenantPage
	ID     = nav.ID
	Find   = "find"
)

type tenant = client.TenantEntity

type list struct{ *listpage.List[tenant] }

type detail struct{ *detailpage.Page[tenant] }

// Pages returns the list and the detail.
func Pages(s *ops.Session) []ui.Page {
	return []ui.Page{
		{
			Name: Name, Title: "Tenants", Help: "Tenants: their settings, and their pending runs", Scopes: listpage.Scopes, Arg: Find,
			Bindings: []ui.Binding{
				listpage.OnRow(keymap.Action{ID: "tenants.open", Title: "Open the tenant", Short: "open", Keys: []string{"enter"}}, func(_ *list, t tenant) tea.Cmd { return nav.TenantDetail(t.ID) }),
				listpage.OnRow(keymap.Action{ID: "tenants.runs", Title: "Pending runs in the tenant", Short: "runs", Keys: []string{"p"}}, func(_ *list, t tenant) tea.Cmd { return pending(t) }),
			},
			Fields: fields.Tenant((*list).Selected),
			Open:   func(env ui.Env, p ui.Params) ui.View { return newList(env, s, p) },
		},
		{
			Name: Detail, Title: "Tenant", Hidden: true, Arg: nav.ID, Scopes: detailpage.Scopes,
			Bindings: []ui.Binding{
				detailpage.On(keymap.Action{ID: "tenant.runs", Title: "Pending runs in this tenant", Short: "runs", Keys: []string{"p"}}, func(_ *detail, t tenant) tea.Cmd { return pending(t) }),
			},
			Fields: fields.Tenant((*detail).Value),
			Open:   func(env ui.Env, p ui.Params) ui.View { return newDetail(env, s, p[ID]) },
		},
	}
}

func pending(t tenant) tea.Cmd { return nav.Runs(nav.RunsOf{Tenant: t.ID}) }

func newList(env ui.Env, s *ops.Session, p ui.Params) *list {
	return &list{listpage.New(env, listpage.Spec[tenant]{
		Noun: "tenant", ID: func(t tenant) string { return t.ID }, CopyOf: "tenant id", Preview: func(t tenant) tea.Cmd { return nav.TenantDetail(t.ID) }, First: 150, Search: p[Find],
		Columns: []table.Column[tenant]{
			{Title: "ID", Width: 28, Min: 12, Flex: true, Identifies: true, Cell: table.Text(theme.Plain, func(t tenant) string { return t.ID })},
			{Title: "NAME", Width: 28, Min: 12, Flex: true, Cell: table.Text(theme.Plain, func(t tenant) string { return t.Name })},
			{Title: "SETTINGS", Width: 40, Min: 10, Flex: true, Priority: 1, Cell: table.Text(theme.Muted, func(t tenant) string { return string(t.Settings) })},
		},
		Read: func(ctx context.Context, after string) ([]tenant, string, error) {
			page, err := s.Client.ListTenants(ctx, client.Cursor{After: after})
			return page.Items, page.After, err
		},
		Empty: func() (what, help string) {
			return "There are no tenants in " + env.Status().Where() + ".", "They are made in Knock's dashboard or through its API."
		},
	})}
}

func newDetail(env ui.Env, s *ops.Session, id string) *detail {
	return &detail{detailpage.New(env, detailpage.Spec[tenant]{
		Noun: "tenant", Crumb: func() string { return id },
		CopyOf: "tenant id", Copied: func(t tenant) string { return t.ID },
		Raw:  func(t tenant) (string, json.RawMessage) { return "tenant " + t.ID, t.Raw },
		Read: func(ctx context.Context) (tenant, error) { return s.Client.GetTenant(ctx, id) },
		Draw: func(t tenant, sheet *detailpage.Sheet) {
			sheet.Head(theme.Accent, t.ID, t.Name)
			sheet.Section("Properties and settings", "as Knock sent them")
			sheet.JSON(t.Raw, 1000, env.Hint(keymap.DetailRaw)+" shows it whole")
		},
	})}
}
