package workflows

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops/rendering"
	"github.com/knockops/knockops/internal/termtext"
)

func renderCmd(a *app.App) *cobra.Command {
	var to, actor, tenant, data, step string
	cmd := &cobra.Command{
		Use: "render KEY --to REF", Short: "Fill in the templates of a workflow's messages for a recipient", Args: cobra.ExactArgs(1),
		Long: "Fill in the templates of the channel steps with what Knock knows of a recipient and with data, on this machine.\n" +
			"Nothing is sent or changed. What has no value is marked in the text, as [data.total: no value], and so is what\n" +
			"only Knock can render: layouts, partials, translations and the account's own variables. Conditions are told and\n" +
			"not evaluated: trigger --check says what would be sent.\n\n" +
			"A REF is a user's id, an object as collection/id, or a JSON object that identifies one inline; --data begins\n" +
			"well with what trigger --skeleton prints.",
		RunE: func(cmd *cobra.Command, args []string) error {
			of := rendering.Request{Workflow: args[0], Step: step}
			var err error
			if to == "" {
				return exit.Usage("name whom it is for with --to")
			}
			if of.To, err = client.ParseRecipient(to); err != nil {
				return exit.Usage("--to: %w", err)
			}
			if of.Actor, of.Tenant, err = input.ActorAndTenant(actor, tenant); err != nil {
				return err
			}
			if of.Data, err = a.JSON("--data", data); err != nil {
				return err
			}
			s, _, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			r, err := rendering.Render(cmd.Context(), s, of)
			if err != nil {
				return Managing(err)
			}
			return printRendering(a, r)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&to, "to", "", "whom it is for: a REF")
	fs.StringVar(&actor, "actor", "", "who caused it: a REF")
	fs.StringVar(&tenant, "tenant", "", "the tenant's id, or a JSON object that identifies it inline")
	fs.StringVar(&data, "data", "", "a JSON object: itself, @FILE, or - for stdin")
	fs.StringVar(&step, "step", "", "one step's reference (default: every channel step)")
	return cmd
}

func printRendering(a *app.App, r rendering.Rendering) error {
	if a.Format != output.Table {
		return a.Object(r)
	}
	for _, note := range r.Notes {
		a.Say("%s", note)
	}
	var b strings.Builder
	for i, s := range r.Steps {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintln(&b, strings.TrimSpace(termtext.Clean(s.Ref+"  "+s.ChannelType+"  "+s.ChannelKey)))
		if s.When != "" {
			fmt.Fprintln(&b, "  "+termtext.Clean(s.When))
		}
		for _, words := range s.Words() {
			fmt.Fprintln(&b, "  "+termtext.Clean(words))
		}
		for _, f := range s.Template {
			fmt.Fprintln(&b, "  "+termtext.Clean(f.Name))
			for line := range strings.SplitSeq(termtext.CleanLines(f.Text), "\n") {
				fmt.Fprintln(&b, "    "+line)
			}
		}
	}
	_, err := fmt.Fprint(a.Stdout, b.String())
	return err
}
