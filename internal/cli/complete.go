package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/messages"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/sweep"
)

// latest is how many of the latest actions and events of the journal words are taken from.
const latest = 500

// completer knows what completes which flags and arguments.
type completer struct {
	flags     map[string]cobra.CompletionFunc
	arguments map[string]cobra.CompletionFunc // by the group of the command and what its use calls the argument
	statuses  map[string]cobra.CompletionFunc // of --status, by the group
	pages     cobra.CompletionFunc
}

// complete lets shells complete what the configuration holds, what the journal has heard of, and what Knock tells.
func complete(a *app.App, root *cobra.Command) {
	workflows := a.Complete(app.Words{Journal: fromJournal(func(x journal.Action) []string { return []string{x.Workflow} }, func(e journal.Event) string { return e.Workflow }), Knock: workflowKeys})
	recipients := a.Complete(app.Words{Journal: fromJournal(func(x journal.Action) []string { return x.Recipients }, func(e journal.Event) string { return e.Recipient }), Knock: userIDs})
	templates := a.Complete(app.Words{Journal: templateNames})
	sweeps := a.Complete(app.Words{Journal: sweepIDs})
	c := completer{
		pages: func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			return words(app.PageNames()...)(cmd, args, typed)
		},
		flags: map[string]cobra.CompletionFunc{
			"profile": a.ProfileNames, "view": a.SavedViews, "template": templates, "workflow": workflows, "runaway": workflows,
			"output": words(string(output.Table), string(output.JSON), string(output.NDJSON)),
			"to":     recipients, "user": recipients, "actor": recipients, "compare": recipients,
			"outcome": words(sweep.Outcomes()...), "only": words(sweep.Outcomes()...), "kind": words(texts(ops.ActionKinds)...),
		},
		arguments: map[string]cobra.CompletionFunc{
			"WORKFLOW": workflows, "workflows KEY": workflows, "RECIPIENT": recipients, "users ID": recipients, "USER": recipients,
			"sweep ID": sweeps, "templates NAME": templates,
		},
		statuses: map[string]cobra.CompletionFunc{
			"runs":     words("pending", "all", string(client.RunQueued), string(client.RunProcessing), string(client.RunPaused), string(client.RunCompleted), string(client.RunCancelled)),
			"messages": words(texts(messages.Statuses)...), "users": words("unread", "read", "unseen", "seen", "all"),
		},
	}
	c.command(root)
}

// command gives a command its completions, and all below it.
func (c completer) command(cmd *cobra.Command) {
	set := func(f *pflag.Flag) {
		complete := c.flags[f.Name]
		if f.Name == "status" {
			complete = c.statuses[cmd.Parent().Name()]
		}
		if complete != nil {
			if cmd.HasParent() && f.Name == "view" {
				complete = c.pages // a demo has no saved views
			}
			if err := cmd.RegisterFlagCompletionFunc(f.Name, complete); err != nil {
				panic(err) // a flag has two completions
			}
		}
	}
	cmd.Flags().VisitAll(set)
	cmd.PersistentFlags().VisitAll(set)
	if complete := c.argument(cmd); complete != nil && cmd.ValidArgsFunction == nil {
		cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return complete(cmd, args, typed)
		}
	}
	for _, below := range cmd.Commands() {
		c.command(below)
	}
}

// argument is what completes a command's first argument, nil for nothing.
func (c completer) argument(cmd *cobra.Command) cobra.CompletionFunc {
	_, use, _ := strings.Cut(cmd.Use, " ")
	name := strings.FieldsFunc(use+" ", func(r rune) bool { return strings.ContainsRune(" ([|", r) })
	if len(name) == 0 || cmd.Parent() == nil {
		return nil
	}
	if complete := c.arguments[cmd.Parent().Name()+" "+name[0]]; complete != nil {
		return complete
	}
	return c.arguments[name[0]]
}

// words completes with words of this program, also behind a comma.
func words(all ...string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndex(typed, ",")+1]
		out := make([]string, len(all))
		for i, word := range all {
			out[i] = before + word
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}

func texts[S ~string](all []S) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = string(s)
	}
	return out
}

// fromJournal takes words from the latest actions and events.
func fromJournal(ofAction func(journal.Action) []string, ofEvent func(journal.Event) string) func(context.Context, *journal.Journal) ([]string, error) {
	return func(ctx context.Context, j *journal.Journal) (all []string, err error) {
		actions, err := j.Actions(ctx, journal.Filter{}, latest, 0)
		for _, x := range actions {
			all = append(all, ofAction(x)...)
		}
		if err != nil {
			return all, err
		}
		events, err := j.Events(ctx, journal.EventFilter{}, latest, 0)
		for _, e := range events {
			all = append(all, ofEvent(e))
		}
		return all, err
	}
}

func templateNames(ctx context.Context, j *journal.Journal) (names []string, err error) {
	all, err := j.Templates(ctx)
	for _, t := range all {
		names = append(names, t.Name)
	}
	return names, err
}

func sweepIDs(ctx context.Context, j *journal.Journal) (ids []string, err error) {
	all, err := j.Sweeps(ctx)
	for _, s := range all {
		ids = append(ids, fmt.Sprintf("%d\t%s, %s", s.ID, s.Workflow, s.At.Local().Format("Jan 02 15:04")))
	}
	return ids, err
}

func workflowKeys(ctx context.Context, c *client.Client) (keys []string, err error) {
	page, err := c.ListWorkflows(ctx, client.Cursor{})
	for _, w := range page.Items {
		keys = append(keys, w.Key)
	}
	return keys, err
}

func userIDs(ctx context.Context, c *client.Client) (ids []string, err error) {
	page, err := c.ListUsers(ctx, client.Cursor{})
	for _, u := range page.Items {
		ids = append(ids, u.ID)
	}
	return ids, err
}
