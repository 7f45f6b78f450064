// Package users holds the commands about users.
package users

import (
	"context"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/cli/prompt"
)

// Command holds the commands about users.
func Command(a *app.App) *cobra.Command {
	return input.Group("users", "Identify, read and list users", identifyCmd(a), getCmd(a), listCmd(a), feedCmd(a))
}

func identifyCmd(a *app.App) *cobra.Command {
	var set []string
	var whole string
	var agreed prompt.Agreement
	named := map[string]*string{}
	cmd := &cobra.Command{
		Use: "identify ID", Short: "Set properties of a user, and make the user when there is none", Args: cobra.ExactArgs(1),
		Long: "Properties that are not given stay as they are. --set takes any property: its value is JSON where it\n" +
			"parses as JSON, and text otherwise. --json comes first, the named flags and --set go over it.",
		Example: "  knockops users identify user_1 --email dana@example.com --set plan=pro --set seats=5",
		RunE: func(cmd *cobra.Command, args []string) error {
			properties, err := a.Properties(whole, set)
			if err != nil {
				return err
			}
			for property, value := range named {
				if cmd.Flags().Changed(flagOf(property)) {
					properties[property] = *value
				}
			}
			s, p, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			if _, err := s.Client.IdentifyRequest(args[0], properties); err != nil {
				return err
			}
			if err := a.Allow(cmd.Context(), s, p, &agreed, s.IdentifyPrompt(args[0])); err != nil {
				return err
			}
			user, err := s.Identify(args[0], properties).Wait(cmd.Context())
			if err != nil {
				return err
			}
			a.Say("identified %s", user.ID)
			return printUser(a, user)
		},
	}
	for property, what := range map[string]string{
		"email": "email address", "name": "full name", "phone_number": "phone number, E.164", "timezone": "time zone, such as Europe/Berlin",
		"locale": "locale, such as de-DE", "avatar": "URL of a picture",
	} {
		named[property] = cmd.Flags().String(flagOf(property), "", what)
		cmd.Flags().Lookup(flagOf(property)).Annotations = map[string][]string{input.MayBeEmpty: {"true"}}
	}
	input.PropertyFlags(cmd, &whole, &set)
	prompt.Flags(cmd, &agreed)
	return cmd
}

func flagOf(property string) string {
	if property == "phone_number" {
		return "phone"
	}
	return property
}

func getCmd(a *app.App) *cobra.Command {
	return app.Get(a, "get ID", "Show a user with all properties", (*client.Client).GetUser,
		func(_ context.Context, _ *client.Client, u client.User) error { return printUser(a, u) })
}

func listCmd(a *app.App) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "List the environment's users", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.Reading(cmd)
			if err != nil {
				return err
			}
			return output.List(a.Printer, c.Users(cmd.Context()), limit, "user",
				output.Col("ID", func(u client.User) string { return u.ID }),
				output.Col("NAME", func(u client.User) string { return u.Name }),
				output.Col("EMAIL", func(u client.User) string { return u.Email }),
				output.Col("UPDATED", func(u client.User) string { return output.Stamp(u.UpdatedAt) }),
			)
		},
	}
	input.LimitFlag(cmd, &limit)
	return cmd
}

func printUser(a *app.App, u client.User) error {
	facts := []output.Fact{
		{"id", u.ID}, {"name", u.Name}, {"email", u.Email}, {"phone_number", u.PhoneNumber}, {"timezone", u.Timezone},
		{"locale", u.Locale}, {"avatar", u.Avatar}, {"created_at", output.Stamp(u.CreatedAt)}, {"updated_at", output.Stamp(u.UpdatedAt)},
	}
	for _, name := range slices.Sorted(maps.Keys(u.Custom)) {
		facts = append(facts, output.Fact{name, output.ValueText(u.Custom[name])})
	}
	return a.Item(u, facts...)
}
