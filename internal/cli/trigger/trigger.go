// Package trigger holds the command that triggers a workflow, and follows its runs.
package trigger

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/cli/prompt"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/why"
	"github.com/knockops/knockops/internal/termtext"
)

// triggerFlags is a trigger as the command line has it.
type triggerFlags struct {
	to                                      []string
	toFile, actor, tenant, data, key, idKey string
	sandbox, skipDelay, follow, dryRun      bool
	check, skeleton                         bool
	template, save                          string
	workflow, keyFrom                       string // what a template says, or the argument
	consent                                 prompt.Agreement
}

// Command triggers a workflow.
func Command(a *app.App) *cobra.Command {
	var f triggerFlags
	cmd := &cobra.Command{
		Use: "trigger (WORKFLOW | --template NAME) --to REF", Short: "Trigger a workflow", Args: cobra.MaximumNArgs(1),
		Long: "A REF is a user's id, an object as collection/id, or a JSON object that identifies a user or an object\n" +
			"inline; its $trigger_data goes to that recipient alone. A user whose id holds a slash is written as a JSON\n" +
			"string: '\"a/b\"'.\n\n" +
			"Without a cancellation key nothing can be cancelled, so by default (auto) each trigger gets a UUID as its key,\n" +
			"made of its idempotency key. Repeated under --idempotency-key, it is the same request. hash makes the key of workflow and data, a pattern\n" +
			"such as 'invite-{data.id}' takes it from the data, none sends none. The key that was used is printed.\n\n" +
			"--check reads the first " + strconv.Itoa(why.MostChecked) + " recipients, and ends with 3 when something would not be sent.\n\n" +
			"--save NAME keeps what the flags say as a template and sends nothing; --template NAME begins with it, and other\n" +
			"flags take the place of what it says. A template belongs to the key and the host that it was saved with.",
		Example: "  knockops trigger invite-reminder --skeleton\n" +
			"  knockops trigger invite-reminder --to user_1 --to projects/atlas --data @data.json --check\n" +
			"  knockops trigger invite-reminder --to user_1 --data '{\"id\": 99121}' --cancellation-key invite-99121 --follow\n" +
			"  knockops trigger welcome --to '{\"id\": \"user_2\", \"email\": \"dana@example.com\"}' --dry-run\n" +
			"  knockops trigger weekly-digest --data '{\"week\": 31}' --save digest\n" +
			"  knockops trigger --template digest --to user_1",
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 1 && f.template == "":
				f.workflow = args[0]
			case len(args) == 1 || f.template == "":
				return exit.Usage("name a workflow, or a template with --template")
			default:
				if err := f.fill(a, cmd); err != nil {
					return err
				}
			}
			return trigger(a, cmd, f)
		},
	}
	fs := cmd.Flags()
	fs.StringArrayVar(&f.to, "to", nil, "a recipient; may be repeated")
	fs.StringVar(&f.toFile, "to-file", "", "a file (- for stdin) with a recipient on each line")
	fs.StringVar(&f.actor, "actor", "", "who caused it: a REF")
	fs.StringVar(&f.tenant, "tenant", "", "the tenant's id, or a JSON object that identifies it inline")
	fs.StringVar(&f.data, "data", "", "a JSON object: itself, @FILE, or - for stdin")
	fs.StringVar(&f.key, "cancellation-key", "auto", "the key to cancel it with: a KEY, a pattern, auto, hash, or none")
	fs.StringVar(&f.idKey, "idempotency-key", "", "Knock carries out one trigger under it within 24 hours (default: a fresh one)")
	fs.BoolVar(&f.sandbox, "sandbox-mode", false, "generate messages without delivering them")
	fs.BoolVar(&f.skipDelay, "skip-delay", false, "skip delay steps")
	fs.BoolVar(&f.follow, "follow", false, "follow the runs until they end")
	fs.BoolVar(&f.dryRun, "dry-run", false, "print the request and send nothing")
	fs.BoolVar(&f.check, "check", false, "say per recipient and channel what would be sent and what would stop it, and send nothing")
	fs.BoolVar(&f.skeleton, "skeleton", false, "print data of the form that the workflow wants, and send nothing")
	fs.StringVar(&f.template, "template", "", "begin with what this template says")
	fs.StringVar(&f.save, "save", "", "keep what the flags say as a template of this name, and send nothing")
	prompt.Flags(cmd, &f.consent)
	prompt.Reason(cmd, &f.consent)
	return cmd
}

// build makes the trigger that the flags describe. Flags that were not given are not sent.
func buildTrigger(a *app.App, cmd *cobra.Command, f triggerFlags) (client.Trigger, error) {
	t := client.Trigger{Workflow: f.workflow, IdempotencyKey: f.idKey}
	var err error
	if t.Recipients, err = a.Recipients(f.to, f.toFile); err != nil {
		return t, err
	}
	if len(t.Recipients) == 0 {
		return t, exit.Usage("there is nobody to send to: name recipients with --to or --to-file")
	}
	if t.Actor, t.Tenant, err = input.ActorAndTenant(f.actor, f.tenant); err != nil {
		return t, err
	}
	if t.Data, err = a.JSON("--data", f.data); err != nil {
		return t, err
	}
	if t.IdempotencyKey == "" {
		t.IdempotencyKey = uuid.NewString()
	}
	if t.CancellationKey, err = f.cancellationKey(t.IdempotencyKey, t.Data); err != nil {
		return t, err
	}
	if cmd.Flags().Changed("sandbox-mode") {
		t.SandboxMode = &f.sandbox
	}
	if cmd.Flags().Changed("skip-delay") {
		t.SkipDelay = &f.skipDelay
	}
	return t, nil
}

// keyChoice is how the key comes about, and the key or the pattern where one was given.
func (f triggerFlags) keyChoice() (from, typed string) {
	switch {
	case f.keyFrom != "":
		return f.keyFrom, f.key
	case f.key == "auto":
		return ops.KeyUUID, ""
	case f.key == "none", f.key == "hash":
		return f.key, ""
	case strings.Contains(f.key, "{data."):
		return ops.KeyPattern, f.key
	}
	return ops.KeyTyped, f.key
}

// cancellationKey is the key to send. An automatic one depends on the idempotency
// key alone: a repeat under that must have the same body.
func (f triggerFlags) cancellationKey(idempotencyKey string, data []byte) (string, error) {
	d := ops.Draft{Workflow: f.workflow, Data: string(data)}
	d.KeyFrom, d.Key = f.keyChoice()
	key, err := d.CancellationKey(uuid.NewSHA1(uuid.NameSpaceURL, []byte(idempotencyKey)).String())
	if err != nil {
		return "", exit.Usage("--cancellation-key %s: %w", strconv.Quote(f.key), err)
	}
	if d.KeyFrom == ops.KeyNone {
		return "", nil
	}
	return key, client.CheckID("cancellation key", key)
}

func trigger(a *app.App, cmd *cobra.Command, f triggerFlags) error {
	ctx, workflow := cmd.Context(), f.workflow
	if f.save != "" {
		return save(a, cmd, f)
	}
	if f.skeleton {
		return skeleton(ctx, a, workflow)
	}
	t, err := buildTrigger(a, cmd, f)
	if err != nil {
		return err
	}
	if f.check {
		return check(ctx, a, t)
	}
	if f.dryRun {
		c, err := a.Reading(cmd)
		if err != nil {
			return err
		}
		r, err := c.TriggerRequest(t)
		return a.DryRun(r, err)
	}
	s, p, err := a.Session(ctx)
	if err != nil {
		return err
	}
	if _, err := s.Client.TriggerRequest(t); err != nil {
		return err
	}
	if objections := s.CheckTriggerData(ctx, t); len(objections) > 0 {
		return exit.Usage("the data breaks the schema of %s, and Knock would refuse it: %s; nothing was sent", workflow, objectionWords(objections))
	}
	who := termtext.Plural(len(t.Recipients), "recipient")
	if err := a.Allow(ctx, s, p, &f.consent, s.TriggerPrompt(t, s.CountRuns(ctx, t), f.template == "")); err != nil {
		return err
	}
	since := s.Client.ServerNow()
	done, err := s.Trigger(t, f.consent.Reason).Wait(ctx)
	if err != nil {
		return err
	}
	if done.Replayed {
		since = since.Add(-24 * time.Hour) // Knock remembers idempotency keys for as long
	}
	a.Say("%s", triggeredWords(s, t, done, who))
	result := triggered{
		Workflow: workflow, WorkflowRunID: done.WorkflowRunID, CancellationKey: t.CancellationKey, IdempotencyKey: done.IdempotencyKey,
		Replayed: done.Replayed, RequestID: done.RequestID, OriginalRequestID: done.OriginalRequestID,
	}
	if !f.follow {
		return printTriggered(a, result)
	}
	return follow(ctx, a, s, result, ops.Followed{Workflow: workflow, WorkflowRunID: done.WorkflowRunID, Recipients: t.Recipients, Since: since})
}

// objectionWords lists what a schema has against data; of much, the first and a count.
func objectionWords(all []ops.Objection) string {
	words := make([]string, len(all))
	for i, o := range all {
		words[i] = o.String()
	}
	return output.Names(words)
}

// triggered is what came of a trigger.
type triggered struct {
	Workflow          string       `json:"workflow"`
	WorkflowRunID     string       `json:"workflow_run_id"`
	CancellationKey   string       `json:"cancellation_key,omitempty"`
	IdempotencyKey    string       `json:"idempotency_key"`
	Replayed          bool         `json:"replayed"`
	RequestID         string       `json:"request_id,omitempty"`
	OriginalRequestID string       `json:"original_request_id,omitempty"`
	Runs              []client.Run `json:"runs,omitempty"` // as far as they were followed
}

func printTriggered(a *app.App, t triggered) error {
	replayed := ""
	if t.Replayed {
		replayed = "yes, nothing new was started"
	}
	return a.Item(t,
		output.Fact{"workflow", t.Workflow}, output.Fact{"workflow_run_id", t.WorkflowRunID}, output.Fact{"cancellation_key", t.CancellationKey},
		output.Fact{"idempotency_key", t.IdempotencyKey}, output.Fact{"replayed", replayed}, output.Fact{"request_id", t.RequestID},
		output.Fact{"original_request_id", t.OriginalRequestID},
	)
}

func triggeredWords(s *ops.Session, t client.Trigger, done client.Triggered, who string) string {
	if done.Replayed {
		return fmt.Sprintf("Knock had this idempotency key already and answers as it did then: %s was not triggered again; %s", t.Workflow, ops.KeyWords(t.CancellationKey))
	}
	words := fmt.Sprintf("triggered %s for %s; %s", t.Workflow, who, ops.KeyWords(t.CancellationKey))
	if t.CancellationKey != "" {
		words += "\n  to cancel it: " + s.Command(fmt.Sprintf("cancel %s --key %s --everyone --wait", termtext.ShellWord(t.Workflow), termtext.ShellWord(t.CancellationKey)))
	}
	return words
}
