// Package history holds the commands that show and export what was done from this machine.
package history

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/runner"
)

// Command holds the commands about the history.
func Command(a *app.App) *cobra.Command {
	return input.Group("history", "What was done on this machine: who, when, why, what, and what came of it",
		listCmd(a), showCmd(a), exportCmd(a))
}

// auditEntry is an action of the journal as JSON. The request never holds a key.
type auditEntry struct {
	ID            int64           `json:"id,omitempty"` // of one request; a sweep has none
	At            time.Time       `json:"at"`
	Who           string          `json:"who"`
	Profile       string          `json:"profile"`
	Environment   string          `json:"environment"`
	Kind          journal.Kind    `json:"kind"`
	Workflow      string          `json:"workflow,omitempty"`
	Key           string          `json:"cancellation_key,omitempty"`
	Everyone      bool            `json:"everyone,omitempty"`
	Recipients    []string        `json:"recipients,omitempty"`
	Act           string          `json:"act,omitempty"`      // that the requests of one act share
	Requests      int             `json:"requests,omitempty"` // of an act of several
	Named         int             `json:"named,omitempty"`    // how many recipients those name
	Standing      string          `json:"standing"`
	Reason        string          `json:"reason,omitempty"`
	Sweep         int64           `json:"sweep,omitempty"`
	State         journal.State   `json:"state"`
	Outcome       string          `json:"outcome,omitempty"`
	Status        int             `json:"status,omitempty"`
	RequestID     string          `json:"request_id,omitempty"`
	WorkflowRunID string          `json:"workflow_run_id,omitempty"`
	Idempotency   string          `json:"idempotency_key,omitempty"`
	Method        string          `json:"method"`
	Path          string          `json:"path"`
	Request       json.RawMessage `json:"request,omitempty"`
	FinishedAt    time.Time       `json:"finished_at,omitzero"`
	Verdicts      map[string]int  `json:"verdicts,omitempty"`
	Notes         []auditNote     `json:"notes,omitempty"`

	entry ops.AuditEntry
}

type auditNote struct {
	At      time.Time `json:"at"`
	Run     string    `json:"workflow_recipient_run_id"`
	Verdict string    `json:"verdict"`
	Detail  string    `json:"detail,omitempty"`
}

func auditEntryOf(x ops.AuditEntry) auditEntry {
	e := auditEntry{
		ID: x.ID, At: x.At.UTC(), Who: x.Who, Profile: x.Profile, Environment: x.Environment, Kind: x.Kind, Workflow: x.Workflow, Key: x.Key,
		Everyone: x.Everyone, Recipients: x.Recipients, Act: x.Act, Standing: x.Standing().String(), Reason: x.Reason, Sweep: x.Sweep, State: x.State,
		Outcome: x.Outcome, Status: x.Status, RequestID: x.RequestID, WorkflowRunID: x.WorkflowRunID, Idempotency: x.IdempotencyKey,
		Method: x.Method, Path: x.Path, Request: x.Request, FinishedAt: inUTC(x.FinishedAt), Verdicts: x.Verdicts, entry: x,
	}
	if x.Together != nil {
		e.Recipients, e.Requests, e.Named = nil, x.Together.Requests, x.To // those of the first alone would pass for all
	}
	return e
}

func inUTC(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC()
}

var historyColumns = []output.Column[auditEntry]{
	output.Col("ID", id),
	output.Col("TIME", func(p auditEntry) string { return output.Stamp(p.At) }),
	output.Col("WHO", func(p auditEntry) string { return p.Who }),
	output.Col("WHAT", func(p auditEntry) string { return p.entry.Words() }),
	output.Col("RUNS", func(p auditEntry) string { return output.OrDash(p.entry.VerdictWords()) }),
	output.Col("STATE", func(p auditEntry) string { return p.entry.StateWords() }),
	output.Col("REQUEST ID", func(p auditEntry) string { return output.OrDash(p.RequestID) }),
	output.Col("REASON", func(p auditEntry) string { return output.OrDash(p.Reason) }),
}

// id is what shows an entry: the number of a request, of the first one of an act, or of a sweep.
func id(p auditEntry) string {
	switch {
	case p.entry.Swept != nil:
		return "sweep " + strconv.FormatInt(p.Sweep, 10)
	case p.entry.Together != nil:
		return "act " + strconv.FormatInt(p.ID, 10)
	}
	return strconv.FormatInt(p.ID, 10)
}

// historyFlags narrow what was done.
type historyFlags struct {
	kinds                                  []string
	state, workflow, key, to, since, until string
	sweep, act                             int64
}

func (f *historyFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringSliceVar(&f.kinds, "kind", nil, "any of "+strings.Join(kindNames(), ", "))
	fs.StringVar(&f.state, "state", "", "begun, done, failed or unknown")
	fs.StringVar(&f.workflow, "workflow", "", "the workflow's key")
	fs.StringVar(&f.key, "key", "", "the cancellation key")
	fs.StringVar(&f.to, "to", "", "a recipient that the request named: a user's id, or collection/id")
	fs.Int64Var(&f.sweep, "sweep", 0, "the requests of this sweep")
	fs.Int64Var(&f.act, "act", 0, "the requests of the act that this one is part of")
	input.TimeFlags(cmd, &f.since, &f.until)
}

func kindNames() []string {
	var out []string
	for _, k := range ops.ActionKinds {
		out = append(out, string(k))
	}
	return out
}

func (f *historyFlags) filter() (journal.Filter, error) {
	out := journal.Filter{State: journal.State(f.state), Workflow: f.workflow, Key: f.key, Recipient: f.to, Sweep: f.sweep, Act: f.act}
	for _, k := range f.kinds {
		if !slices.Contains(kindNames(), k) {
			return out, exit.Usage("--kind %s: it is one of %s", strconv.Quote(k), strings.Join(kindNames(), ", "))
		}
		out.Kinds = append(out.Kinds, journal.Kind(k))
	}
	if states := []journal.State{"", journal.Begun, journal.Done, journal.Failed, journal.Unknown}; !slices.Contains(states, out.State) {
		return out, exit.Usage("--state %s: it is one of begun, done, failed, unknown", strconv.Quote(f.state))
	}
	var err error
	out.Since, out.Until, err = input.Span(f.since, f.until)
	return out, err
}

func auditEntries(all iter.Seq2[ops.AuditEntry, error]) iter.Seq2[auditEntry, error] {
	return func(yield func(auditEntry, error) bool) {
		for x, err := range all {
			if !yield(auditEntryOf(x), err) {
				return
			}
		}
	}
}

func listCmd(a *app.App) *cobra.Command {
	var f historyFlags
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "List what was done, the latest first", Args: cobra.NoArgs,
		Long: "A sweep is one line: `knockops sweep show` tells of it, and --sweep, --key or --to list its requests one by one.\n" +
			"So is any other act of several requests, such as a cancel of many keys: --act lists them.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, err := f.filter()
			if err != nil {
				return err
			}
			j, err := a.CurrentJournal()
			if err != nil {
				return err
			}
			return output.List(a.Printer, auditEntries(ops.ReadHistory(cmd.Context(), j, filter)), limit, "action", historyColumns...)
		},
	}
	f.add(cmd)
	input.LimitFlag(cmd, &limit)
	return cmd
}

func showCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "show ID", Short: "Show one request, its outcome, and what became of its runs", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := input.Number("ID", args[0])
			if err != nil {
				return err
			}
			j, err := a.CurrentJournal()
			if err != nil {
				return err
			}
			x, notes, err := ops.ReadAuditEntry(cmd.Context(), j, id)
			if err != nil {
				return a.Absent(err, "action", id, "history list")
			}
			p := auditEntryOf(x)
			for _, n := range notes {
				p.Notes = append(p.Notes, auditNote{n.At.UTC(), n.Run, n.Verdict, n.Detail})
			}
			return printAuditEntry(a, p)
		},
	}
}

func printAuditEntry(a *app.App, p auditEntry) error {
	optional := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	standing := p.entry.Standing()
	stands := standing.String() + ": " + standing.Means()
	if command := ops.FindOut(p.entry.Action); standing.Open() && command != "" {
		profile, err := a.JournalProfile()
		if err != nil {
			return err
		}
		stands += " To find out: " + runner.Bound(command, a.ProfileFlags(profile))
	}
	err := a.Item(p,
		output.Fact{"id", fmt.Sprint(p.ID)}, output.Fact{"what", ops.ActionWords(p.entry.Action)}, output.Fact{"time", output.Stamp(p.At)}, output.Fact{"who", p.Who},
		output.Fact{"profile", p.Profile}, output.Fact{"environment", p.Environment}, output.Fact{"reason", p.Reason}, output.Fact{"sweep", optional(p.Sweep)},
		output.Fact{"request", p.Method + " " + p.Path}, output.Fact{"body", string(p.Request)}, output.Fact{"state", string(p.State)}, output.Fact{"stands", stands}, output.Fact{"outcome", p.Outcome},
		output.Fact{"status", optional(int64(p.Status))}, output.Fact{"request_id", p.RequestID}, output.Fact{"workflow_run_id", p.WorkflowRunID}, output.Fact{"idempotency_key", p.Idempotency}, output.Fact{"finished", output.Stamp(p.FinishedAt)},
	)
	if err != nil || a.Format != output.Table {
		return err
	}
	return output.Section(a.Printer, "runs", output.NewLister(a.Printer,
		output.Col("TIME", func(n auditNote) string { return output.Stamp(n.At) }),
		output.Col("RUN", func(n auditNote) string { return n.Run }),
		output.Col("VERDICT", func(n auditNote) string { return n.Verdict }),
		output.Col("DETAIL", func(n auditNote) string { return n.Detail }),
	), p.Notes)
}

func exportCmd(a *app.App) *cobra.Command {
	var f historyFlags
	var as string
	cmd := &cobra.Command{
		Use: "export", Short: "Print what was done as JSON, CSV or a Markdown incident report, the first thing first", Args: cobra.NoArgs,
		Example: "  knockops history export --since 3h --format md > incident.md",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.ExportFormat(cmd, &as, "json", "ndjson", "csv", "md"); err != nil {
				return err
			}
			filter, err := f.filter()
			if err != nil {
				return err
			}
			j, err := a.CurrentJournal()
			if err != nil {
				return err
			}
			return export(cmd.Context(), a, j, filter, as)
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&as, "format", "json", "json, ndjson, csv or md")
	return cmd
}

func export(ctx context.Context, a *app.App, j *journal.Journal, f journal.Filter, as string) error {
	if as == "md" {
		return exportReport(ctx, a, j, f)
	}
	var all []ops.AuditEntry
	for x, err := range ops.ReadAudit(ctx, j, f) {
		if err != nil {
			return err
		}
		all = append(all, x)
	}
	slices.Reverse(all)
	if as == "csv" {
		return exportCSV(a, all)
	}
	a.Format = output.Format(as)
	l := output.NewLister(a.Printer, historyColumns...)
	for _, x := range all {
		if err := l.Add(auditEntryOf(x)); err != nil {
			return err
		}
	}
	return l.End()
}

func exportReport(ctx context.Context, a *app.App, j *journal.Journal, f journal.Filter) error {
	p, err := a.JournalProfile()
	if err != nil {
		return err
	}
	report, _, err := ops.ReadReport(ctx, j, f, a.ProfileFlags(p))
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(a.Stdout, report)
	return err
}

func exportCSV(a *app.App, all []ops.AuditEntry) error {
	w := csv.NewWriter(a.Stdout)
	rows := [][]string{{
		"id", "at", "who", "profile", "environment", "kind", "workflow", "cancellation_key", "everyone", "recipients", "reason", "sweep",
		"state", "status", "outcome", "request_id", "workflow_run_id", "method", "path", "request", "finished_at", "idempotency_key", "verdicts", "act",
	}}
	for _, x := range all {
		row := []string{
			fmt.Sprint(x.ID), output.RFC3339(x.At), x.Who, x.Profile, x.Environment, string(x.Kind), x.Workflow, x.Key, strconv.FormatBool(x.Everyone),
			strings.Join(x.Recipients, " "), x.Reason, fmt.Sprint(x.Sweep), string(x.State), fmt.Sprint(x.Status), x.Outcome, x.RequestID,
			x.WorkflowRunID, x.Method, x.Path, string(x.Request), output.RFC3339(x.FinishedAt), x.IdempotencyKey, x.VerdictWords(), x.Act,
		}
		for i := range row {
			row[i] = output.Cell(row[i])
		}
		rows = append(rows, row)
	}
	return w.WriteAll(rows)
}
