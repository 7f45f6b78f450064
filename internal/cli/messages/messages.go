// Package messages holds the commands that read messages, and take them out of feeds.
package messages

import (
	"context"
	"fmt"
	"html"
	"iter"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/termtext"
)

// Command holds the commands about messages.
func Command(a *app.App) *cobra.Command {
	return input.Group("messages", "List and read messages, and take them out of feeds",
		listCmd(a), getCmd(a), contentCmd(a), eventsCmd(a), logsCmd(a), archiveCmd(a))
}

// Statuses are all that a message can have.
var Statuses = []client.MessageStatus{
	client.MessageQueued, client.MessageSent, client.MessageDelivered, client.MessageDeliveryAttempted, client.MessageUndelivered,
	client.MessageNotSent, client.MessageBounced,
}

var (
	engagements = []client.EngagementStatus{
		client.EngagementSeen, client.EngagementUnseen, client.EngagementRead, client.EngagementUnread, client.EngagementArchived,
		client.EngagementUnarchived, client.EngagementLinkClicked, client.EngagementInteracted,
	}
)

// filterFlags narrow a list of messages.
type filterFlags struct {
	to, run, workflowRun, workflow, channel, tenant, data, since, until string
	status, engagement, category, id                                    []string
}

func (f *filterFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.to, "to", "", "whom they are for: a user's id, or collection/id")
	fs.StringVar(&f.run, "run", "", "id of the workflow recipient run that made them")
	fs.StringVar(&f.workflowRun, "workflow-run", "", "id of the workflow run, a trigger's, that made them")
	fs.StringVar(&f.workflow, "workflow", "", "key of the workflow, broadcast or guide that made them")
	fs.StringVar(&f.channel, "channel", "", "the channel's id")
	fs.StringSliceVar(&f.status, "status", nil, "any of "+output.Joined(Statuses))
	fs.StringSliceVar(&f.engagement, "engagement", nil, "any of "+output.Joined(engagements))
	fs.StringSliceVar(&f.category, "category", nil, "category of the workflow")
	fs.StringSliceVar(&f.id, "id", nil, "the message's id")
	fs.StringVar(&f.tenant, "tenant", "", "the tenant's id")
	fs.StringVar(&f.data, "data", "", "a JSON object that the trigger's data contains")
	input.TimeFlags(cmd, &f.since, &f.until)
}

func (f *filterFlags) filter(ctx context.Context, c *client.Client) (client.MessageFilter, error) {
	out := client.MessageFilter{
		Tenant: f.tenant, ChannelID: f.channel, MessageIDs: f.id, WorkflowCategories: f.category, Source: f.workflow,
		WorkflowRunID: f.workflowRun, WorkflowRecipientRunID: f.run, TriggerData: f.data,
	}
	if f.data != "" {
		if err := client.CheckJSON("--data", []byte(f.data)); err != nil {
			return out, input.ShowPlace(err, f.data)
		}
		if !strings.HasPrefix(strings.TrimSpace(f.data), "{") {
			return out, exit.Usage(`--data must be a JSON object, like {"plan": "pro"}`)
		}
	}
	var err error
	if out.Statuses, err = input.OneOf("--status", f.status, Statuses); err != nil {
		return out, err
	}
	if out.EngagementStatuses, err = input.OneOf("--engagement", f.engagement, engagements); err != nil {
		return out, err
	}
	if out.InsertedFrom, err = input.When(ctx, "--since", f.since, c); err != nil {
		return out, err
	}
	if out.InsertedTo, err = input.When(ctx, "--until", f.until, c); err != nil {
		return out, err
	}
	return out, input.CheckSpan(out.InsertedFrom, out.InsertedTo)
}

func listCmd(a *app.App) *cobra.Command {
	var f filterFlags
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "List messages, the newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.Reading(cmd)
			if err != nil {
				return err
			}
			filter, err := f.filter(cmd.Context(), c)
			if err != nil {
				return err
			}
			all := c.Messages(cmd.Context(), filter)
			if f.to != "" {
				to, err := client.ParseRef(f.to)
				if err != nil {
					return err
				}
				all = client.All(cmd.Context(), func(ctx context.Context, at client.Cursor) (client.Page[client.Message], error) {
					return c.RecipientMessages(ctx, to, filter, at)
				})
			}
			return output.List(a.Printer, all, limit, "message", output.MessageColumns...)
		},
	}
	f.add(cmd)
	input.LimitFlag(cmd, &limit)
	return cmd
}

func getCmd(a *app.App) *cobra.Command {
	return app.Get(a, "get ID", "Show a message", (*client.Client).GetMessage, func(_ context.Context, _ *client.Client, m client.Message) error {
		data := ""
		if len(m.Data) > 0 {
			data = output.ValueText(m.Data)
		}
		return a.Item(m,
			output.Fact{"id", m.ID}, output.Fact{"status", string(m.Status)}, output.Fact{"engagement", output.Joined(m.EngagementStatuses)},
			output.Fact{"channel", strings.TrimSpace(output.ChannelName(m) + " " + m.Channel.Provider)}, output.Fact{"channel_id", m.ChannelID},
			output.Fact{"recipient", m.Recipient.String()}, output.Fact{"tenant", m.Tenant}, output.Fact{"workflow", m.Source.Key}, output.Fact{"step", m.Source.StepRef},
			output.Fact{"run", m.Source.WorkflowRecipientRunID}, output.Fact{"workflow_run_id", m.Source.WorkflowRunID}, output.Fact{"data", data},
			output.Fact{"inserted_at", output.Stamp(m.InsertedAt)}, output.Fact{"scheduled_at", output.Stamp(m.ScheduledAt)}, output.Fact{"seen_at", output.Stamp(m.SeenAt)},
			output.Fact{"read_at", output.Stamp(m.ReadAt)}, output.Fact{"link_clicked_at", output.Stamp(m.LinkClickedAt)}, output.Fact{"interacted_at", output.Stamp(m.InteractedAt)},
			output.Fact{"archived_at", output.Stamp(m.ArchivedAt)},
		)
	})
}

func contentCmd(a *app.App) *cobra.Command {
	return app.Get(a, "content ID", "Show a message as it was rendered", (*client.Client).MessageContent, func(_ context.Context, _ *client.Client, content client.MessageContent) error {
		if a.Format != output.Table {
			return a.Object(content)
		}
		return printContent(a, content)
	})
}

// printContent prints what a person would have read: what stands above it as
// facts, then the body. Content of a channel not known here is printed as it came.
func printContent(a *app.App, m client.MessageContent) error {
	var facts []output.Fact
	var body string
	switch {
	case m.Email != nil:
		e := m.Email
		facts = []output.Fact{{"from", e.From}, {"to", e.To}, {"cc", e.CC}, {"bcc", e.BCC}, {"reply_to", e.ReplyTo}, {"subject", e.Subject}}
		if body = e.TextBody; body == "" {
			body = e.HTMLBody
		}
	case m.SMS != nil:
		facts, body = []output.Fact{{"to", m.SMS.To}}, m.SMS.Body
	case m.Push != nil:
		facts, body = []output.Fact{{"title", m.Push.Title}}, m.Push.Body
	case m.Chat != nil:
		facts, body = []output.Fact{{"summary", m.Chat.Template.Summary}}, blocksText(m.Chat.Template.Blocks)
		if body == "" {
			body = string(m.Chat.Template.JSONContent)
		}
	case m.Feed != nil:
		body = blocksText(m.Feed.Blocks)
	default:
		body = string(output.Indent(m.Raw, ""))
	}
	if err := a.Item(nil, facts...); err != nil {
		return err
	}
	if body == "" {
		return nil
	}
	lead := ""
	if len(facts) > 0 {
		lead = "\n"
	}
	_, err := fmt.Fprintln(a.Stdout, lead+termtext.CleanLines(strings.TrimRight(body, "\n")))
	return err
}

func blocksText(blocks []client.ContentBlock) string {
	var lines []string
	for _, b := range blocks {
		shown := b.Content
		if b.Rendered != "" {
			shown = b.Rendered
		}
		if b.Rendered != "" && b.Type == "markdown" {
			shown = textOfHTML(b.Rendered)
		}
		if shown != "" {
			lines = append(lines, shown)
		}
		for _, button := range b.Buttons {
			lines = append(lines, "["+button.Label+"] "+button.Action)
		}
	}
	return strings.Join(lines, "\n")
}

var (
	htmlBreaks = regexp.MustCompile(`(?i)</(p|div|li|h[1-6])>|<br\s*/?>`)
	htmlTags   = regexp.MustCompile(`<[^>]*>`)
)

// textOfHTML is what a reader of HTML would see, without its links and marks.
func textOfHTML(s string) string {
	s = htmlTags.ReplaceAllString(htmlBreaks.ReplaceAllString(s, "\n"), "")
	return strings.TrimSpace(html.UnescapeString(s))
}

func eventsCmd(a *app.App) *cobra.Command {
	return ofMessage(a, "events ID", "List what happened to a message", func(ctx context.Context, c *client.Client, id string, limit int) error {
		all := pagesOf(ctx, id, c.MessageEvents)
		return output.List(a.Printer, all, limit, "event",
			output.Col("TIME", func(e client.MessageEvent) string { return output.Stamp(e.InsertedAt) }),
			output.Col("EVENT", func(e client.MessageEvent) string { return e.Type }),
			output.Col("RECIPIENT", func(e client.MessageEvent) string { return e.Recipient.String() }),
			output.Col("DATA", func(e client.MessageEvent) string {
				if len(e.Data) == 0 {
					return ""
				}
				return output.ValueText(e.Data)
			}),
		)
	})
}

func logsCmd(a *app.App) *cobra.Command {
	return ofMessage(a, "logs ID", "List the attempts to hand a message to the provider", func(ctx context.Context, c *client.Client, id string, limit int) error {
		all := pagesOf(ctx, id, c.MessageDeliveryLogs)
		return output.List(a.Printer, all, limit, "attempt",
			output.Col("TIME", func(l client.DeliveryLog) string { return output.StampText(l.InsertedAt) }),
			output.Col("PROVIDER", func(l client.DeliveryLog) string { return l.ServiceName }),
			output.Col("REQUEST", func(l client.DeliveryLog) string {
				return strings.TrimSpace(l.Request.Method + " " + l.Request.Host + l.Request.Path)
			}),
			output.Col("STATUS", func(l client.DeliveryLog) string { return fmt.Sprint(l.Response.Status) }),
			output.Col("ANSWER", func(l client.DeliveryLog) string { return string(l.Response.Body) }),
		)
	})
}

// ofMessage is a command that lists something of one message.
func ofMessage(a *app.App, use, short string, run func(ctx context.Context, c *client.Client, id string, limit int) error) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.Reading(cmd)
			if err != nil {
				return err
			}
			return run(cmd.Context(), c, args[0], limit)
		},
	}
	input.LimitFlag(cmd, &limit)
	return cmd
}

func pagesOf[T any](ctx context.Context, id string, read func(context.Context, string, client.Cursor) (client.Page[T], error)) iter.Seq2[T, error] {
	return client.All(ctx, func(ctx context.Context, at client.Cursor) (client.Page[T], error) { return read(ctx, id, at) })
}
