package cli

import (
	"context"
	"fmt"
	"html"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
)

func (a *app) messagesCmd() *cobra.Command {
	return group("messages", "List and read messages, and take them out of feeds",
		a.messageListCmd(), a.messageGetCmd(), a.messageContentCmd(), a.messageEventsCmd(), a.messageLogsCmd(), a.archiveCmd())
}

var (
	messageStatuses = []client.MessageStatus{
		client.MessageQueued, client.MessageSent, client.MessageDelivered, client.MessageDeliveryAttempted, client.MessageUndelivered,
		client.MessageNotSent, client.MessageBounced,
	}
	engagements = []client.EngagementStatus{
		client.EngagementSeen, client.EngagementUnseen, client.EngagementRead, client.EngagementUnread, client.EngagementArchived,
		client.EngagementUnarchived, client.EngagementLinkClicked, client.EngagementInteracted,
	}
)

// oneOf reads words of which each has to be one of those there are.
func oneOf[S ~string](flag string, words []string, all []S) ([]S, error) {
	var out []S
	for _, word := range words {
		if !slices.Contains(all, S(word)) {
			return nil, usage("%s %s: it is one of %s", flag, strconv.Quote(word), joined(all))
		}
		out = append(out, S(word))
	}
	return out, nil
}

// messageFlags narrow a list of messages.
type messageFlags struct {
	to, run, workflowRun, workflow, channel, tenant, data, since, until string
	status, engagement, category, id                                    []string
}

func (f *messageFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.to, "to", "", "the id of the user they are for")
	fs.StringVar(&f.run, "run", "", "id of the workflow recipient run that made them")
	fs.StringVar(&f.workflowRun, "workflow-run", "", "id of the workflow run, a trigger's, that made them")
	fs.StringVar(&f.workflow, "workflow", "", "key of the workflow, broadcast or guide that made them")
	fs.StringVar(&f.channel, "channel", "", "the channel's id")
	fs.StringSliceVar(&f.status, "status", nil, "any of "+joined(messageStatuses))
	fs.StringSliceVar(&f.engagement, "engagement", nil, "any of "+joined(engagements))
	fs.StringSliceVar(&f.category, "category", nil, "category of the workflow")
	fs.StringSliceVar(&f.id, "id", nil, "the message's id")
	fs.StringVar(&f.tenant, "tenant", "", "the tenant's id")
	fs.StringVar(&f.data, "data", "", "a JSON object that the trigger's data contains")
	timeFlags(cmd, &f.since, &f.until)
}

func (f *messageFlags) filter(ctx context.Context, c *client.Client) (client.MessageFilter, error) {
	out := client.MessageFilter{
		Tenant: f.tenant, ChannelID: f.channel, MessageIDs: f.id, WorkflowCategories: f.category, Source: f.workflow,
		WorkflowRunID: f.workflowRun, WorkflowRecipientRunID: f.run, TriggerData: f.data,
	}
	if f.data != "" {
		if err := client.CheckJSON("--data", []byte(f.data)); err != nil {
			return out, showPlace(err, f.data)
		}
		if !strings.HasPrefix(strings.TrimSpace(f.data), "{") {
			return out, usage(`--data must be a JSON object, like {"plan": "pro"}`)
		}
	}
	var err error
	if out.Statuses, err = oneOf("--status", f.status, messageStatuses); err != nil {
		return out, err
	}
	if out.EngagementStatuses, err = oneOf("--engagement", f.engagement, engagements); err != nil {
		return out, err
	}
	if out.InsertedFrom, err = when(ctx, "--since", f.since, c); err != nil {
		return out, err
	}
	if out.InsertedTo, err = when(ctx, "--until", f.until, c); err != nil {
		return out, err
	}
	return out, checkSpan(out.InsertedFrom, out.InsertedTo)
}

func (a *app) messageListCmd() *cobra.Command {
	var f messageFlags
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "List messages, the newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.reading(cmd)
			if err != nil {
				return err
			}
			filter, err := f.filter(cmd.Context(), c)
			if err != nil {
				return err
			}
			all := c.Messages(cmd.Context(), filter)
			if f.to != "" {
				all = client.All(cmd.Context(), func(ctx context.Context, at client.Cursor) (client.Page[client.Message], error) {
					return c.UserMessages(ctx, f.to, filter, at)
				})
			}
			return list(a.Printer, all, limit, "message", messageColumns...)
		},
	}
	f.add(cmd)
	limitFlag(cmd, &limit)
	return cmd
}

var messageColumns = []column[client.Message]{
	{"ID", func(m client.Message) string { return m.ID }},
	{"STATUS", func(m client.Message) string { return string(m.Status) }},
	{"ENGAGEMENT", func(m client.Message) string { return orDash(joined(m.EngagementStatuses)) }},
	{"CHANNEL", channelName},
	{"RECIPIENT", func(m client.Message) string { return m.Recipient.String() }},
	{"WORKFLOW", func(m client.Message) string { return m.Source.Key }},
	{"INSERTED", func(m client.Message) string { return stamp(m.InsertedAt) }},
}

func channelName(m client.Message) string {
	if m.Channel.Key != "" {
		return m.Channel.Key
	}
	return m.Channel.Type
}

func joined[S ~string](all []S) string {
	words := make([]string, len(all))
	for i, s := range all {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}

func (a *app) messageGetCmd() *cobra.Command {
	return &cobra.Command{
		Use: "get ID", Short: "Show a message", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.reading(cmd)
			if err != nil {
				return err
			}
			m, err := c.GetMessage(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			data := ""
			if len(m.Data) > 0 {
				data = valueText(m.Data)
			}
			return a.Item(m,
				fact{"id", m.ID}, fact{"status", string(m.Status)}, fact{"engagement", joined(m.EngagementStatuses)},
				fact{"channel", strings.TrimSpace(channelName(m) + " " + m.Channel.Provider)}, fact{"channel_id", m.ChannelID},
				fact{"recipient", m.Recipient.String()}, fact{"tenant", m.Tenant}, fact{"workflow", m.Source.Key}, fact{"step", m.Source.StepRef},
				fact{"run", m.Source.WorkflowRecipientRunID}, fact{"workflow_run_id", m.Source.WorkflowRunID}, fact{"data", data},
				fact{"inserted_at", stamp(m.InsertedAt)}, fact{"scheduled_at", stamp(m.ScheduledAt)}, fact{"seen_at", stamp(m.SeenAt)},
				fact{"read_at", stamp(m.ReadAt)}, fact{"link_clicked_at", stamp(m.LinkClickedAt)}, fact{"interacted_at", stamp(m.InteractedAt)},
				fact{"archived_at", stamp(m.ArchivedAt)},
			)
		},
	}
}

func (a *app) messageContentCmd() *cobra.Command {
	return &cobra.Command{
		Use: "content ID", Short: "Show a message as it was rendered", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.reading(cmd)
			if err != nil {
				return err
			}
			content, err := c.MessageContent(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if a.Format != table {
				return a.Object(content)
			}
			return a.printContent(content)
		},
	}
}

// printContent prints what a person would have read: what stands above it as
// facts, then the body. Content of a channel not known here is printed as it came.
func (a *app) printContent(m client.MessageContent) error {
	var facts []fact
	var body string
	switch {
	case m.Email != nil:
		e := m.Email
		facts = []fact{{"from", e.From}, {"to", e.To}, {"cc", e.CC}, {"bcc", e.BCC}, {"reply_to", e.ReplyTo}, {"subject", e.Subject}}
		if body = e.TextBody; body == "" {
			body = e.HTMLBody
		}
	case m.SMS != nil:
		facts, body = []fact{{"to", m.SMS.To}}, m.SMS.Body
	case m.Push != nil:
		facts, body = []fact{{"title", m.Push.Title}}, m.Push.Body
	case m.Chat != nil:
		facts, body = []fact{{"summary", m.Chat.Template.Summary}}, blocksText(m.Chat.Template.Blocks)
		if body == "" {
			body = string(m.Chat.Template.JSONContent)
		}
	case m.Feed != nil:
		body = blocksText(m.Feed.Blocks)
	default:
		body = string(indent(m.Raw, ""))
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

func (a *app) messageEventsCmd() *cobra.Command {
	return a.ofMessage("events ID", "List what happened to a message", func(ctx context.Context, c *client.Client, id string, limit int) error {
		all := pagesOf(ctx, id, c.MessageEvents)
		return list(a.Printer, all, limit, "event",
			column[client.MessageEvent]{"TIME", func(e client.MessageEvent) string { return stamp(e.InsertedAt) }},
			column[client.MessageEvent]{"EVENT", func(e client.MessageEvent) string { return e.Type }},
			column[client.MessageEvent]{"RECIPIENT", func(e client.MessageEvent) string { return e.Recipient.String() }},
			column[client.MessageEvent]{"DATA", func(e client.MessageEvent) string {
				if len(e.Data) == 0 {
					return ""
				}
				return valueText(e.Data)
			}},
		)
	})
}

func (a *app) messageLogsCmd() *cobra.Command {
	return a.ofMessage("logs ID", "List the attempts to hand a message to the provider", func(ctx context.Context, c *client.Client, id string, limit int) error {
		all := pagesOf(ctx, id, c.MessageDeliveryLogs)
		return list(a.Printer, all, limit, "attempt",
			column[client.DeliveryLog]{"TIME", func(l client.DeliveryLog) string { return stampText(l.InsertedAt) }},
			column[client.DeliveryLog]{"PROVIDER", func(l client.DeliveryLog) string { return l.ServiceName }},
			column[client.DeliveryLog]{"REQUEST", func(l client.DeliveryLog) string {
				return strings.TrimSpace(l.Request.Method + " " + l.Request.Host + l.Request.Path)
			}},
			column[client.DeliveryLog]{"STATUS", func(l client.DeliveryLog) string { return fmt.Sprint(l.Response.Status) }},
			column[client.DeliveryLog]{"ANSWER", func(l client.DeliveryLog) string { return string(l.Response.Body) }},
		)
	})
}

// ofMessage is a command that lists something of one message.
func (a *app) ofMessage(use, short string, run func(ctx context.Context, c *client.Client, id string, limit int) error) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.reading(cmd)
			if err != nil {
				return err
			}
			return run(cmd.Context(), c, args[0], limit)
		},
	}
	limitFlag(cmd, &limit)
	return cmd
}

func pagesOf[T any](ctx context.Context, id string, read func(context.Context, string, client.Cursor) (client.Page[T], error)) iter.Seq2[T, error] {
	return client.All(ctx, func(ctx context.Context, at client.Cursor) (client.Page[T], error) { return read(ctx, id, at) })
}
