// Package recipients holds the commands about what Knock keeps of users, objects and tenants beside
// who they are: preferences, channel data, subscriptions.
package recipients

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/cli/prompt"
	"github.com/knockops/knockops/internal/ops/runner"
)

// editOf makes a change of a command's arguments and properties.
type editOf func(ctx context.Context, c *client.Client, args []string, properties map[string]any) (client.Edit, error)

// editCmd is a command that changes something.
func editCmd(a *app.App, cmd *cobra.Command, of editOf) *cobra.Command {
	return changing(a, cmd, of, func() (map[string]any, error) { return nil, nil })
}

func changing(a *app.App, cmd *cobra.Command, of editOf, properties func() (map[string]any, error)) *cobra.Command {
	var agreed prompt.Agreement
	prompt.Flags(cmd, &agreed)
	prompt.Reason(cmd, &agreed)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		given, err := properties()
		if err != nil {
			return err
		}
		s, p, err := a.Session(cmd.Context())
		if err != nil {
			return err
		}
		e, err := of(cmd.Context(), s.Client, args, given)
		if err != nil {
			return err
		}
		if _, err := s.Client.EditRequest(e); err != nil {
			return err
		}
		if err := a.Allow(cmd.Context(), s, p, &agreed, s.EditPrompt(e, true)); err != nil {
			return err
		}
		kept, err := s.Edit(e, agreed.Reason).Wait(cmd.Context())
		if err != nil {
			return exit.Guarded(err)
		}
		a.Say("done: %s", e.What())
		if len(kept) == 0 {
			return nil
		}
		return show(a, kept)
	}
	return cmd
}

// show prints what Knock sent, without the tokens of channel data.
func show(a *app.App, raw json.RawMessage) error {
	var kept map[string]json.RawMessage
	if json.Unmarshal(raw, &kept) != nil {
		return a.Object(raw)
	}
	if data, ok := kept["data"]; ok && kept["channel_id"] != nil {
		kept["data"], _ = runner.WithoutTokens(data, true)
	}
	var facts []output.Fact
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		var value any
		if name != "__typename" && json.Unmarshal(kept[name], &value) == nil {
			facts = append(facts, output.Fact{name, output.ValueText(value)})
		}
	}
	return a.Item(kept, facts...)
}

// setCmd is editCmd with properties.
func setCmd(a *app.App, cmd *cobra.Command, of editOf) *cobra.Command {
	var whole string
	var set []string
	input.PropertyFlags(cmd, &whole, &set)
	return changing(a, cmd, of, func() (map[string]any, error) {
		properties, err := a.Properties(whole, set)
		if err == nil && len(properties) == 0 {
			err = exit.Usage("what should be set? Give --json, or --set name=value")
		}
		return properties, err
	})
}

// ref reads a recipient: a user's id, or collection/id.
func ref(s string) (client.Ref, error) {
	r, err := client.ParseRef(s)
	if err != nil {
		return r, exit.Usage("%w", input.ShowPlace(err, s))
	}
	return r, nil
}

// object is ref for what must be an object.
func object(s string) (client.Ref, error) {
	r, err := ref(s)
	if err == nil && r.Collection == "" {
		err = exit.Usage("%s is a user: write an object as collection/id", s)
	}
	return r, err
}
