package flow

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/cli/prompt"
	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/value"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/ops/flows"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/webhook"
)

// runFlags is a run of a flow as the command line has it.
type runFlags struct {
	workflow, inputs, from                   string
	input                                    []string
	dryRun, step, asWritten, documentKey, on bool
	maxSteps                                 int
	consent                                  prompt.Agreement
}

func (f *runFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.workflow, "workflow", "", "the workflowId, where a document has several (default: its first)")
	fs.StringArrayVar(&f.input, "input", nil, "an input as name=value; may be repeated")
	fs.StringVar(&f.inputs, "inputs", "", "the inputs as a JSON object: itself, @FILE, or - for stdin")
	fs.IntVar(&f.maxSteps, "max-steps", 0, "end a loop after so many steps (default: 1,000)")
}

func runCmd(a *app.App) *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use: "run FILE|NAME", Short: "Run a flow against Knock", Args: cobra.ExactArgs(1),
		Long: "Every request goes through the profile's client: limits, read-only, journal. An input that the document puts\n" +
			"into an Authorization header is filled with the profile's key and never shown.\n\n" +
			"A cancel waits until its runs are 5 s old, because Knock may miss one that comes sooner, and is then followed\n" +
			"until each run is proven; --as-written sends it at once, which proves nothing. A cancel without recipients is\n" +
			"for everyone, and asks. Outputs go to stdout. Every run is kept: `knockops flow replay` shows it again.",
		Example: "  knockops flow run identify-trigger-cancel --input userId=user_1\n" +
			"  knockops flow run flow.yml --inputs @inputs.json --dry-run",
		RunE: func(cmd *cobra.Command, args []string) error { return flowRun(cmd.Context(), a, args[0], f) },
	}
	f.add(cmd)
	fs := cmd.Flags()
	fs.BoolVar(&f.dryRun, "dry-run", false, "print the requests and send none; what is not known yet is marked ‹…›")
	fs.BoolVar(&f.step, "step", false, "ask before each request")
	fs.StringVar(&f.from, "from", "", "begin with this step; what earlier steps set is taken from the last run in the journal")
	fs.BoolVar(&f.asWritten, "as-written", false, "send cancels at once and prove nothing")
	fs.BoolVar(&f.documentKey, "use-document-key", false, "use the key that the document or its inputs hold, in place of the profile's")
	fs.BoolVar(&f.on, "listen", false, "receive webhooks at the profile's address while it runs")
	prompt.Flags(cmd, &f.consent)
	prompt.Reason(cmd, &f.consent)
	return cmd
}

// givenInputs are the inputs that the command line gives, as the workflow's types.
func givenInputs(a *app.App, f *flow.Flow, w *arazzo.Workflow, flags runFlags) (map[string]any, error) {
	inputs := map[string]any{}
	if flags.inputs != "" {
		text, err := a.JSON("--inputs", flags.inputs)
		if err != nil {
			return nil, err
		}
		v, err := value.Decode(text)
		object, ok := v.(map[string]any)
		if err != nil || !ok {
			return nil, exit.Usage("--inputs has to be a JSON object")
		}
		inputs = object
	}
	declared := map[string]flow.Input{}
	for _, in := range f.Inputs(w) {
		declared[in.Name] = in
	}
	for _, pair := range flags.input {
		name, text, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, exit.Usage("--input %s: write it as name=value", strconv.Quote(pair))
		}
		in, known := declared[name]
		if !known {
			in = flow.Input{Name: name}
		}
		v, err := flow.ParseInput(in, text)
		if err != nil {
			return nil, exit.Usage("--input: %w", err)
		}
		inputs[name] = v
	}
	return inputs, nil
}

func flowRun(ctx context.Context, a *app.App, name string, flags runFlags) error {
	f, err := load(a, name)
	if err != nil {
		return err
	}
	w, err := workflowOf(f, flags.workflow)
	if err != nil {
		return err
	}
	inputs, err := givenInputs(a, f, w, flags)
	if err != nil {
		return err
	}
	s, p, err := flowSession(ctx, a, f, w, inputs, flags)
	if err != nil {
		return err
	}
	options := flow.Options{Inputs: inputs, From: flags.from, MaxSteps: flags.maxSteps, SameKey: s.Client.HasKey}
	plan, err := f.DryRun(w, options)
	if err != nil {
		return notRun(err)
	}
	if flags.dryRun {
		return printFlowPlan(a, plan)
	}
	o := &flows.Operator{Session: s, Reason: flags.consent.Reason, AsWritten: flags.asWritten}
	if changes := flows.Changes(plan); len(changes) > 0 {
		prompt := flows.Prompt(s, f, w.ID, changes, true)
		if err := a.Allow(ctx, s, p, &flags.consent, prompt); err != nil {
			return err
		}
		o.Granted, o.Reason = prompt.Question, flags.consent.Reason
	}
	o.Ask = func(ctx context.Context, q consent.Prompt) error { return a.Allow(ctx, s, p, &flags.consent, q) }
	if flags.from != "" {
		if options.Outputs, err = lastOutputs(ctx, a, s, f, w); err != nil {
			return err
		}
	}
	if flags.on {
		stop, err := receiveFor(ctx, a, s, p)
		if err != nil {
			return err
		}
		defer stop()
	} else if waits(plan) {
		a.Say("note: it waits for webhooks; they arrive where `knockops listen` or the console receives them, or here with --listen")
	}
	if flags.step {
		options.Pause = func(ctx context.Context, at flow.Point) flow.Decision { return stepByStep(ctx, a, at) }
	}
	options.Observe = func(r flow.Record) { sayStep(a, r) }
	return carryOutFlow(ctx, a, o, f, w, options)
}

// carryOutFlow runs a flow that was agreed to, and says what it came to.
func carryOutFlow(ctx context.Context, a *app.App, o *flows.Operator, f *flow.Flow, w *arazzo.Workflow, options flow.Options) error {
	var trace flow.Trace
	tell := options.Observe
	options.Observe = func(r flow.Record) {
		trace.Add(r)
		tell(r)
	}
	res, id, err := o.Run(ctx, f, w, options)
	if err != nil && res.Outcome == "" {
		return notRun(err)
	}
	if err != nil {
		a.Say("the run is not kept in full: %v", err)
	}
	if err := printOutputs(a, res, id); err != nil {
		return err
	}
	for _, m := range res.Missing {
		a.Say("the output %s", m)
	}
	switch {
	case res.Outcome == flow.Succeeded:
		a.Say("%s: %s, %s%s; run %d", w.ID, "succeeded", termtext.Plural(res.Steps, "step"), proven(&trace), id)
		return nil
	case res.Outcome == flow.Unconfirmed:
		return exit.Part("%s ran to its end, and what it cancelled is unconfirmed: %s; run %d", w.ID, strings.Join(res.Unproven, "; "), id)
	}
	if done := doneBefore(&trace); done != "" {
		a.Say("done before: %s", done)
	}
	return failure(ctx, res, id)
}

func failure(ctx context.Context, res flow.Result, id int64) error {
	var refusal *runner.Refusal
	err := fmt.Errorf("%w; run %d", res.Err, id)
	switch {
	case ctx.Err() != nil && res.Outcome == flow.WasStopped:
		return ctx.Err()
	case errors.Is(res.Err, client.ErrReadOnly), errors.As(res.Err, &refusal):
		return exit.With(exit.CodeRefused, err)
	}
	var coded *exit.Error
	if errors.As(res.Err, &coded) {
		return exit.With(coded.Code, err)
	}
	return exit.With(exit.CodeFailed, err)
}

// notRun marks what kept a flow from being run: nothing was sent.
func notRun(err error) error {
	var key *flow.KeyError
	if errors.As(err, &key) {
		return exit.Refused("%w; nothing was sent", err)
	}
	return exit.Usage("%w", err)
}

// proven says in the last sentence what was confirmed.
func proven(t *flow.Trace) string {
	records, _ := t.Records()
	for i := len(records) - 1; i >= 0; i-- {
		if p := records[i].Proof; p != nil {
			return ", " + p.Verdict + ": " + p.Text
		}
	}
	return ""
}

// doneBefore names the changes that were made before a run ended.
func doneBefore(t *flow.Trace) string {
	records, _ := t.Records()
	var out []string
	for _, r := range records {
		if r.State == flow.Passed && r.Request != nil && r.Request.Method != "GET" {
			out = append(out, fmt.Sprintf("%s (%s %s: %d)", r.Step, r.Request.Method, r.Request.Path, r.Response.Status))
		}
	}
	return strings.Join(out, ", ")
}

// flowSession opens the profile, with the document's own key where that is asked for.
func flowSession(ctx context.Context, a *app.App, f *flow.Flow, w *arazzo.Workflow, inputs map[string]any, flags runFlags) (*ops.Session, config.Profile, error) {
	if key := f.Key(w, inputs); flags.documentKey && key != "" {
		return a.SessionWith(ctx, key)
	}
	return a.Session(ctx)
}

// lastOutputs are what the steps of the last run set.
func lastOutputs(ctx context.Context, a *app.App, s *ops.Session, f *flow.Flow, w *arazzo.Workflow) (map[string]map[string]any, error) {
	runs, err := s.Journal.FlowRuns(ctx, 200)
	if err != nil {
		return nil, err
	}
	for _, r := range runs {
		if r.Document != f.File || r.Workflow != w.ID {
			continue
		}
		kept, err := flows.Load(ctx, s.Journal, r.ID)
		if err != nil {
			return nil, err
		}
		out := map[string]map[string]any{}
		for _, rec := range kept.Records {
			if rec.State == flow.Passed && rec.Workflow == w.ID {
				out[rec.Step] = rec.Outputs
			}
		}
		a.Say("what earlier steps set is taken from run %d of %s", r.ID, output.Stamp(r.At))
		return out, nil
	}
	return nil, nil
}

// receiveFor receives webhooks into the session's journal while a command runs.
func receiveFor(ctx context.Context, a *app.App, s *ops.Session, p config.Profile) (stop func(), err error) {
	secrets, err := app.WebhookSecrets(ctx, p, nil)
	if err != nil {
		return nil, err
	}
	if len(secrets) == 0 {
		return nil, exit.Usage("--listen needs a signing secret, from the profile or %s: a flow goes by verified webhooks alone", app.WebhookSecretVariable)
	}
	l, err := net.Listen("tcp", p.Webhook.Addr)
	if err != nil {
		return nil, fmt.Errorf("webhooks cannot be received on %s: %w", p.Webhook.Addr, err)
	}
	return receiveOn(ctx, a, s, l, p.Webhook, secrets), nil
}

func receiveOn(ctx context.Context, a *app.App, s *ops.Session, l net.Listener, w config.WebhookSettings, secrets []string) (stop func()) {
	r := webhook.NewReceiver(webhook.Options{Store: s.Journal, Path: w.Path, Secrets: secrets, Tolerance: w.Tolerance, Log: a.Log})
	s.Events.Receive(events.Receiving{Receiver: r, URL: "http://" + l.Addr().String() + w.Path, Secrets: secrets})
	ctx, end := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- r.Serve(ctx, l) }()
	return func() {
		end()
		if err := <-served; err != nil {
			a.Say("webhooks were not received to the end: %v", err)
		}
	}
}

func waits(plan []flow.Planned) bool {
	for _, p := range plan {
		if p.Waits != "" {
			return true
		}
	}
	return false
}

// stepByStep asks before each request and after a failure.
func stepByStep(ctx context.Context, a *app.App, at flow.Point) flow.Decision {
	if at.Failed {
		a.Say("%s failed: %s", at.Record.Step, at.Record.Error)
		answer, err := a.Ask(ctx, "Try it again? [y/N] ")
		if err == nil && strings.HasPrefix(strings.ToLower(answer), "y") {
			return flow.TryAgain
		}
		return flow.Continue
	}
	a.Say("%s: %s %s\n%s", at.Record.Step, at.Record.Request.Method, at.Record.Request.Path, at.Record.Request.Body)
	answer, err := a.Ask(ctx, "Send it? [Y/n] ")
	if err != nil || strings.HasPrefix(strings.ToLower(answer), "n") {
		return flow.Stop
	}
	return flow.Continue
}
