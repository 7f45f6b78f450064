package flow

import (
	"context"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/flow"
	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/builtin"
	"github.com/knockops/knockops/internal/flow/value"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/consent"
	"github.com/knockops/knockops/internal/ops/flows"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/webhook"
)

// testsAtOnce is how many flows are tested at a time: they wait most of it.
const testsAtOnce = 4

// flowTestFlags is a test of flows as the command line has it.
type flowTestFlags struct {
	runFlags
	junit, world string
	seed         uint64
}

func testCmd(a *app.App) *cobra.Command {
	var f flowTestFlags
	cmd := &cobra.Command{
		Use: "test FOLDER|FILE|NAME…", Short: "Run flows against an emulator of their own, and report as tests", Args: cobra.MinimumNArgs(1),
		Long: "Each document runs alone, on a fresh emulator that sends its webhooks back. Inputs without a default come from\n" +
			"FILE" + flows.InputsSuffix + " beside the document, or from --input for all. It needs no account and no network.",
		Example: "  knockops flow test flows/ --junit report.xml",
		RunE:    func(cmd *cobra.Command, args []string) error { return flowTest(cmd.Context(), a, args, f) },
	}
	f.add(cmd)
	cmd.Flags().StringVar(&f.junit, "junit", "", "write a JUnit report to this file, - for stdout")
	cmd.Flags().StringVar(&f.world, "world", "", "a YAML file with the workflows, users and so on that exist (default: the demo's)")
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "decides every id and outcome of the emulator")
	return cmd
}

// flowTested is what came of the test of one document.
type flowTested struct {
	Name    string        `json:"name"`
	Outcome string        `json:"outcome"`
	Steps   int           `json:"steps"`
	Seconds float64       `json:"seconds"`
	Error   string        `json:"error,omitempty"`
	records []flow.Record // what was kept of its steps
}

func flowTest(ctx context.Context, a *app.App, args []string, f flowTestFlags) error {
	names, err := documents(args)
	if err != nil {
		return err
	}
	var w *emulator.World
	if f.world != "" {
		if w, err = emulator.LoadWorld(f.world); err != nil {
			return exit.Usage("%w", err)
		}
	}
	tested := make([]flowTested, len(names))
	work, within := errgroup.WithContext(ctx)
	work.SetLimit(testsAtOnce)
	for i, name := range names {
		work.Go(func() error {
			tested[i] = testFlow(within, a, name, w, f)
			return within.Err()
		})
	}
	if err := work.Wait(); err != nil {
		return err
	}
	if err := printTested(a, tested, f.junit); err != nil {
		return err
	}
	failed := 0
	for _, t := range tested {
		if t.Outcome != string(flow.Succeeded) {
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %s failed", failed, termtext.Plural(len(tested), "flow"))
	}
	a.Say("%s passed", termtext.Plural(len(tested), "flow"))
	return nil
}

// documents are the flows that the arguments name, those of folders in order.
func documents(args []string) (out []string, err error) {
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil || !info.IsDir() {
			out = append(out, arg)
			continue
		}
		entries, err := os.ReadDir(arg)
		if err != nil {
			return nil, exit.Usage("%w", err)
		}
		before := len(out)
		for _, e := range entries {
			if ext := filepath.Ext(e.Name()); slices.Contains([]string{".yml", ".yaml", ".json"}, ext) && !strings.HasSuffix(e.Name(), flows.InputsSuffix) {
				out = append(out, filepath.Join(arg, e.Name()))
			}
		}
		if len(out) == before {
			return nil, exit.Usage("the folder %s holds no documents", arg)
		}
	}
	return out, nil
}

// testFlow runs one document on an emulator of its own.
func testFlow(ctx context.Context, a *app.App, name string, w *emulator.World, flags flowTestFlags) flowTested {
	out := flowTested{Name: name, Outcome: string(flow.NotDone)}
	started := time.Now()
	res, records, err := runTest(ctx, a, name, w, flags)
	out.Seconds, out.Steps, out.records = time.Since(started).Seconds(), res.Steps, records
	switch {
	case err != nil:
		out.Error = err.Error()
	case res.Err != nil:
		out.Outcome, out.Error = string(res.Outcome), res.Err.Error()
	default:
		out.Outcome, out.Error = string(res.Outcome), strings.Join(slices.Concat(res.Unproven, res.Missing), "; ")
		if len(res.Missing) > 0 {
			out.Outcome = string(flow.NotDone)
		}
	}
	return out
}

func runTest(ctx context.Context, a *app.App, name string, world *emulator.World, flags flowTestFlags) (flow.Result, []flow.Record, error) {
	f, err := load(a, name)
	if err != nil {
		return flow.Result{}, nil, err
	}
	w, err := workflowOf(f, flags.workflow)
	if err != nil {
		return flow.Result{}, nil, err
	}
	inputs, err := testInputs(a, name, f, w, flags)
	if err != nil {
		return flow.Result{}, nil, err
	}
	o, stop, err := testBench(ctx, a, world, flags.seed)
	if err != nil {
		return flow.Result{}, nil, err
	}
	defer stop()
	var trace flow.Trace
	res, _, err := o.Run(ctx, f, w, flow.Options{Inputs: inputs, MaxSteps: flags.maxSteps, Observe: trace.Add})
	records, _ := trace.Records()
	return res, records, err
}

func testInputs(a *app.App, name string, f *flow.Flow, w *arazzo.Workflow, flags flowTestFlags) (map[string]any, error) {
	inputs := map[string]any{}
	text, err := os.ReadFile(strings.TrimSuffix(name, filepath.Ext(name)) + flows.InputsSuffix)
	if err == nil {
		v, err := value.Decode(text)
		object, ok := v.(map[string]any)
		if err != nil || !ok {
			return nil, exit.Usage("%s%s has to hold a JSON object", strings.TrimSuffix(name, filepath.Ext(name)), flows.InputsSuffix)
		}
		inputs = object
	}
	given, err := givenInputs(a, f, w, flags.runFlags)
	for k, v := range given {
		inputs[k] = v
	}
	return inputs, err
}

// testBench is an emulator with a session on it, whose webhooks come back.
func testBench(ctx context.Context, a *app.App, w *emulator.World, seed uint64) (*flows.Operator, func(), error) {
	api, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	hooks, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, errors.Join(err, api.Close())
	}
	secret := rand.Text()
	e, err := emulator.New(emulator.Options{World: w, Seed: seed, WebhookURL: "http://" + hooks.Addr().String() + webhook.DefaultPath, WebhookSecret: secret})
	if err != nil {
		return nil, nil, errors.Join(err, api.Close(), hooks.Close())
	}
	serving, end := context.WithCancel(ctx)
	served := make(chan error, 1)
	go func() { served <- e.Serve(serving, api) }()
	base := "http://" + api.Addr().String()
	key, token := emulator.DemoAPIKey, emulator.DemoServiceToken
	if w != nil {
		key, token = append(w.APIKeys, key)[0], append(w.ServiceTokens, token)[0]
	}
	conn, err := a.Dial(config.Profile{Name: "emulator", Environment: e.Environment(), BaseURL: base, ManagementBaseURL: base}, key, token, nil)
	var j *journal.Journal
	if err == nil {
		j, err = journal.OpenMemory()
	}
	if err != nil {
		end()
		return nil, nil, errors.Join(err, <-served, hooks.Close())
	}
	s := conn.Session(j)
	stopReceiving := receiveOn(ctx, a, s, hooks, config.DefaultWebhook, []string{secret})
	agree := func(context.Context, consent.Prompt) error { return nil } // nobody is behind the emulator
	return &flows.Operator{Session: s, Reason: "flow test", Ask: agree}, func() {
		stopReceiving()
		if err := s.Close(); err != nil {
			a.Say("the test's journal was not closed: %v", err)
		}
		end()
		if err := <-served; err != nil {
			a.Say("the emulator: %v", err)
		}
	}, nil
}

// printTested prints the results, and writes them as JUnit where that was asked for.
func printTested(a *app.App, tested []flowTested, junit string) error {
	if junit != "" {
		text, err := junitReport(tested)
		if err != nil {
			return err
		}
		if junit == "-" {
			_, err = a.Stdout.Write(text)
			return err
		}
		if err := os.WriteFile(junit, text, 0o644); err != nil {
			return fmt.Errorf("the report cannot be written: %w", err)
		}
	}
	l := output.NewLister(a.Printer,
		output.Col("FLOW", func(t flowTested) string { return strings.TrimPrefix(t.Name, builtin.Prefix) }),
		output.Col("OUTCOME", func(t flowTested) string { return t.Outcome }),
		output.Col("STEPS", func(t flowTested) string { return fmt.Sprint(t.Steps) }),
		output.Col("SECONDS", func(t flowTested) string { return fmt.Sprintf("%.1f", t.Seconds) }),
		output.Col("WHY", func(t flowTested) string { return t.Error }),
	)
	return l.Rows(tested)
}

// The elements of a JUnit report.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Time     string      `xml:"time,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitFailure `xml:"failure,omitempty"`
		Output  string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// junitReport has a suite for each flow and a case for each step, whose failure tells every criterion.
func junitReport(tested []flowTested) ([]byte, error) {
	all := junitSuites{}
	seconds := 0.0
	for _, t := range tested {
		suite := junitSuite{Name: t.Name, Time: fmt.Sprintf("%.3f", t.Seconds)}
		for _, r := range lastAttempts(t.records) {
			c := junitCase{Name: r.Step, Class: t.Name + "." + r.Workflow, Time: fmt.Sprintf("%.3f", r.Ended.Sub(r.Started).Seconds()), Output: recordWords(r)}
			if r.State != flow.Passed && t.Outcome != string(flow.Succeeded) {
				c.Failure = &junitFailure{Message: r.Error, Text: criteriaWords(r.Criteria)}
				suite.Failures++
			}
			suite.Cases = append(suite.Cases, c)
		}
		if suite.Failures == 0 && t.Outcome != string(flow.Succeeded) {
			suite.Cases = append(suite.Cases, junitCase{Name: "run", Class: t.Name, Time: suite.Time, Failure: &junitFailure{Message: t.Outcome, Text: t.Error}})
			suite.Failures++
		}
		suite.Tests = len(suite.Cases)
		all.Tests, all.Failures, seconds = all.Tests+suite.Tests, all.Failures+suite.Failures, seconds+t.Seconds
		all.Suites = append(all.Suites, suite)
	}
	all.Time = fmt.Sprintf("%.3f", seconds)
	text, err := xml.MarshalIndent(all, "", "  ")
	return append([]byte(xml.Header), append(text, '\n')...), err
}

// lastAttempts are the records of a run without attempts that were made again.
func lastAttempts(all []flow.Record) (out []flow.Record) {
	for _, r := range all {
		if n := len(out); n > 0 && out[n-1].Step == r.Step && out[n-1].Workflow == r.Workflow {
			out[n-1] = r
			continue
		}
		out = append(out, r)
	}
	return out
}

func criteriaWords(all []flow.CriterionRes) string {
	var b strings.Builder
	for _, c := range all {
		word := "met"
		if !c.Pass {
			word = "not met"
		}
		fmt.Fprintf(&b, "%s: %s (%s)\n", word, c.Condition, c.Why)
	}
	return b.String()
}
