package schedules

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/cli/prompt"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
)

// timingFlags say when schedules come round.
type timingFlags struct {
	at, every, until, actor, tenant, data string
	once                                  bool     // of an update
	unset                                 []string // of an update
}

func (f *timingFlags) add(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.at, "at", "", "the one time, or the first that --every counts from: 2026-12-01T09:00:00Z")
	fs.StringVar(&f.every, "every", "", "how it repeats: 'Monday and Friday at 09:00', 'day at 9:30', '2 weeks on mon at 09:00', 'month on day 1 at 08:00'")
	fs.StringVar(&f.until, "until", "", "when the repeats end")
	fs.StringVar(&f.actor, "actor", "", "who caused it: a REF")
	fs.StringVar(&f.tenant, "tenant", "", "the tenant's id, or a JSON object that identifies it inline")
	fs.StringVar(&f.data, "data", "", "a JSON object for each trigger: itself, @FILE, or - for stdin")
}

// unsettable are Knock's fields by the flags that set them.
var unsettable = map[string]string{"until": "ending_at", "actor": "actor", "tenant": "tenant", "data": "data"}

func (f *timingFlags) timing(a *app.App) (t client.Timing, err error) {
	if f.every != "" {
		if t.Repeats, err = ops.ParseRepeat(f.every); err != nil {
			return t, exit.Usage("--every: %w", err)
		}
	}
	for _, moment := range []struct {
		flag, text string
		into       *time.Time
	}{{"--at", f.at, &t.ScheduledAt}, {"--until", f.until, &t.EndingAt}} {
		if moment.text == "" {
			continue
		}
		if *moment.into, err = time.Parse(time.RFC3339, moment.text); err != nil {
			return t, exit.Usage("%s %s: write it like 2026-12-01T09:00:00Z, or with a zone, 2026-12-01T09:00:00+01:00", moment.flag, strconv.Quote(moment.text))
		}
	}
	if t.Actor, t.Tenant, err = input.ActorAndTenant(f.actor, f.tenant); err != nil {
		return t, err
	}
	if t.Data, err = a.JSON("--data", f.data); err != nil {
		return t, err
	}
	if t.Once = f.once; t.Once && f.at == "" {
		return t, exit.Usage("--once needs --at: a schedule that repeats no more comes round at that time")
	}
	for _, name := range f.unset {
		field, ok := unsettable[name]
		if !ok {
			return t, exit.Usage("--unset %s: it is one of %s", strconv.Quote(name), strings.Join(slices.Sorted(maps.Keys(unsettable)), ", "))
		}
		t.Unset = append(t.Unset, field)
	}
	return t, nil
}

func createCmd(a *app.App) *cobra.Command {
	var f timingFlags
	var to []string
	var toFile string
	var agreed prompt.Agreement
	var dryRun bool
	cmd := &cobra.Command{
		Use: "create WORKFLOW --to REF (--at TIME | --every WHEN)", Short: "Make a schedule of a workflow for each recipient", Args: cobra.ExactArgs(1),
		Long: "Repeats are counted in the recipient's time zone, or in the account's for one who has none. What a schedule triggers has\n" +
			"no cancellation key: deleting the schedule, or freezing the workflow, is what stops it.",
		Example: "  knockops schedules create weekly-digest --to dana --every 'Monday at 09:00'\n" +
			"  knockops schedules create invoice-due --to dana --at 2026-12-01T09:00:00+01:00 --data '{\"invoice_id\": \"INV-1\"}'",
		RunE: func(cmd *cobra.Command, args []string) error {
			recipients, err := a.Recipients(to, toFile)
			if err != nil {
				return err
			}
			if len(recipients) == 0 {
				return exit.Usage("for whom? Name recipients with --to or --to-file")
			}
			t, err := f.timing(a)
			if err != nil {
				return err
			}
			s, p, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			r, err := s.Client.CreateSchedulesRequest(args[0], recipients, t)
			if err != nil || dryRun {
				return a.DryRun(r, err)
			}
			if err := a.Allow(cmd.Context(), s, p, &agreed, s.CreateSchedulesPrompt(args[0], recipients, t, true)); err != nil {
				return err
			}
			made, err := s.CreateSchedules(args[0], recipients, t, agreed.Reason).Wait(cmd.Context())
			return told(a, "made", made, err)
		},
	}
	fs := cmd.Flags()
	fs.StringArrayVar(&to, "to", nil, "a recipient; may be repeated")
	fs.StringVar(&toFile, "to-file", "", "a file (- for stdin) with a recipient on each line")
	fs.BoolVar(&dryRun, "dry-run", false, "print the request and send nothing")
	f.add(cmd)
	prompt.Flags(cmd, &agreed)
	prompt.Reason(cmd, &agreed)
	return cmd
}

func updateCmd(a *app.App) *cobra.Command {
	var f timingFlags
	var agreed prompt.Agreement
	cmd := &cobra.Command{
		Use: "update WORKFLOW ID …", Short: "Give schedules of a workflow another time, or other data", Args: cobra.MinimumNArgs(2),
		Long: "What is not given stays as it is. --every makes a schedule for one time repeat, --once with --at one that repeats come\n" +
			"round once more.",
		Example: "  knockops schedules update weekly-digest 0190… --every 'Tuesday at 10:00'\n" +
			"  knockops schedules update weekly-digest 0190… --once --at 2026-12-01T09:00:00+01:00 --unset until",
		RunE: func(cmd *cobra.Command, args []string) error {
			workflow, ids := args[0], args[1:]
			t, err := f.timing(a)
			if err != nil {
				return err
			}
			s, p, err := a.Session(cmd.Context())
			if err != nil {
				return err
			}
			if _, err := s.Client.UpdateSchedulesRequest(ids, t); err != nil {
				return err
			}
			there, err := s.Schedules(cmd.Context(), workflow)
			if err != nil {
				return err
			}
			chosen, err := pick(s, workflow, there, ids)
			if err != nil {
				return err
			}
			if err := a.Allow(cmd.Context(), s, p, &agreed, s.UpdateSchedulesPrompt(workflow, chosen, t, true)); err != nil {
				return err
			}
			changed, err := s.UpdateSchedules(workflow, chosen, t, agreed.Reason).Wait(cmd.Context())
			return told(a, "changed", changed, err)
		},
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&f.once, "once", false, "repeat no more, and come round at --at")
	cmd.Flags().StringSliceVar(&f.unset, "unset", nil, "take away: until, actor, tenant, data")
	prompt.Flags(cmd, &agreed)
	prompt.Reason(cmd, &agreed)
	return cmd
}

func told(a *app.App, did string, schedules []client.Schedule, err error) error {
	if err != nil {
		return err
	}
	if err := output.NewLister(a.Printer, columns...).Rows(schedules); err != nil {
		return err
	}
	a.Say("%s %s", did, termtext.Plural(len(schedules), "schedule"))
	return nil
}
