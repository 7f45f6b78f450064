// Package users finds users, shows what Knock knows of one and what was sent to
// them, and identifies them.
package users

import (
	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/keymap"
	"github.com/knockops/knockops/ui"
	"github.com/knockops/knockops/views/internal/detailpage"
	"github.com/knockops/knockops/views/internal/fields"
	"github.com/knockops/knockops/views/internal/listpage"
	"github.com/knockops/knockops/views/internal/nav"
)

// Names of the pages, for those who open them.
const (
	Name     = "users"
	Profile  = nav.UserPage
	Object   = nav.ObjectPage
	Feed     = nav.FeedPage
	Identify = nav.IdentifyPage
	Message  = nav.MessagePage
)

// ID is the param that names the user of a profile and of the form, and the
// message of its detail. Find is the text that the list is opened with.
const (
	ID   = nav.ID
	Find = "find"
)

// Pages returns the list of users, what is known of one and of an object, a feed, the form and a message's detail.
func Pages(s *ops.Session) []ui.Page {
	left := drafts{}
	return []ui.Page{
		{
			Name: Name, Title: "Users", Help: "Find a user, see what was sent to them, identify",
			Scopes: listpage.Scopes, Arg: Find, Bindings: listBindings(), Fields: fields.User((*list).Selected),
			Open: func(env ui.Env, p ui.Params) ui.View { return newList(env, s, p) },
		},
		{
			Name: Profile, Title: "User", Hidden: true, Arg: nav.ID, Scopes: detailpage.Scopes, Bindings: profileBindings(Profile), Fields: fields.User((*profile).shown),
			Open: func(env ui.Env, p ui.Params) ui.View { return newProfile(env, s, client.Ref{ID: p[ID]}) },
		},
		{
			Name: Object, Title: "Object", Hidden: true, Arg: nav.ID, Scopes: detailpage.Scopes, Bindings: profileBindings(Object), Fields: fields.Ref((*profile).ref),
			Open: func(env ui.Env, p ui.Params) ui.View {
				of := client.Ref{Collection: p[nav.Collection], ID: p[ID]}
				if whole, err := client.ParseRef(of.ID); err == nil && of.Collection == "" {
					of = whole // as it is typed
				}
				return newProfile(env, s, of)
			},
		},
		{
			Name: Feed, Title: "Feed", Hidden: true, Scopes: listpage.Scopes, Bindings: feedBindings(),
			Open: func(env ui.Env, p ui.Params) ui.View { return newFeed(env, s, p) },
		},
		{
			Name: Identify, Title: "Identify", Hidden: true, Scopes: []string{keymap.List}, Bindings: identifyBindings(),
			Open: func(env ui.Env, p ui.Params) ui.View { return newIdentify(env, s, p, left) },
		},
		{
			Name: Message, Title: "Message", Hidden: true, Arg: nav.ID, Scopes: detailpage.Scopes, Bindings: messageBindings(), Fields: fields.Message((*message).shown),
			Open: func(env ui.Env, p ui.Params) ui.View { return newMessage(env, s, p) },
		},
	}
}
