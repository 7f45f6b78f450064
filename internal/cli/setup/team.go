package setup

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/input"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/team"
	"github.com/knockops/knockops/internal/termtext"
)

// Team holds the commands about what several machines share.
func Team(a *app.App) *cobra.Command {
	cmd := input.Group("team", "Set up what several machines share over NATS JetStream, and see how it is", teamInitCmd(a), teamStatusCmd(a), teamDoctorCmd(a))
	cmd.Long = "A team's machines share one environment's webhooks over NATS servers of its own. `team` of the profile says where these\n" +
		"are; docs/team.md says how to set them up, and what is lost when what breaks."
	return cmd
}

// teamOf is the current profile, which must belong to a team.
func teamOf(a *app.App) (config.Profile, error) {
	p, err := a.JournalProfile()
	if err == nil {
		p.Environment, err = a.Environment(p)
	}
	if err == nil && p.Team.IsZero() {
		err = exit.Usage("profile %s: %w", p.Name, team.ErrNoTeam)
	}
	return p, err
}

// withTeam connects to the current profile's team for one question.
func withTeam(ctx context.Context, a *app.App, do func(context.Context, *team.Team) error) error {
	p, err := teamOf(a)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, probeFor)
	defer cancel()
	t, err := dialTeam(ctx, p)
	if err != nil {
		return err
	}
	defer t.Close()
	return do(ctx, t)
}

func dialTeam(ctx context.Context, p config.Profile) (*team.Team, error) {
	address, err := team.Resolve(ctx, p)
	if err != nil {
		return nil, err
	}
	return address.Connect(ctx)
}

func teamInitCmd(a *app.App) *cobra.Command {
	var update bool
	cmd := &cobra.Command{
		Use: "init", Short: "Make the environment's stream on the team's servers, or check it", Args: cobra.NoArgs,
		Long: "What is missing is made. What is there and is not as the profile says is told, and changed with --update alone: a\n" +
			"shorter retention drops events. Nothing in Knock changes.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withTeam(cmd.Context(), a, func(ctx context.Context, t *team.Team) error {
				made, err := t.Init(ctx, update)
				if err != nil {
					return err
				}
				facts := []output.Fact{{"stream", made.Name}, {"state", made.State}}
				for _, d := range made.Differences {
					facts = append(facts, output.Fact{d.Setting, differs(d)})
				}
				if err := a.Item(made, facts...); err != nil {
					return err
				}
				if made.State == team.Different {
					return fmt.Errorf("%s is not as the profile says; --update changes it", made.Name)
				}
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&update, "update", false, "change what is there to what the profile says; a shorter retention drops events")
	return cmd
}

func differs(d team.Difference) string { return fmt.Sprintf("%s; the profile says %s", d.Have, d.Want) }

func teamStatusCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Show the team's servers and streams", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withTeam(cmd.Context(), a, func(ctx context.Context, t *team.Team) error {
				s, err := t.Status(ctx)
				if err != nil {
					return err
				}
				return a.Item(s, statusFacts(s)...)
			})
		},
	}
}

func statusFacts(s team.Status) []output.Fact {
	e := s.Events
	facts := []output.Fact{
		{"environment", s.Environment},
		{"server", serverWords(s)},
		{"stream", e.Name},
		{"events", fmt.Sprintf("%s, %s", termtext.Count(int(e.Messages)), bytesOf(e.Bytes))},
		{"sequence", fmt.Sprintf("%d to %d", e.First, e.Last)},
		{"oldest", output.Stamp(e.FirstAt)},
		{"newest", output.Stamp(e.LastAt)},
		{"leader", output.OrDash(e.Leader)},
	}
	for _, c := range e.Replicas {
		facts = append(facts, output.Fact{"copy on " + c.Server, copyWords(c)})
	}
	return facts
}

func serverWords(s team.Status) string {
	words := fmt.Sprintf("%s, version %s", s.Server, s.Version)
	if s.Cluster != "" {
		words += ", cluster " + s.Cluster
	}
	return words
}

func copyWords(c team.Copy) string {
	switch {
	case c.Offline:
		return fmt.Sprintf("offline, %d behind", c.Lag)
	case !c.Current:
		return fmt.Sprintf("%d behind", c.Lag)
	}
	return "current"
}

func bytesOf(n uint64) string { return fmt.Sprintf("%.1f MB", float64(n)/(1<<20)) }

func teamDoctorCmd(a *app.App) *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Check the team's servers and streams, and suggest fixes", Args: cobra.NoArgs,
		Long: "What the servers do not tell a client, such as when they write to their disks, is said as not checked.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := teamOf(a)
			if err != nil {
				return err
			}
			return tell(a, examineTeam(cmd.Context(), p))
		},
	}
}

// largestEvent is how large a webhook may be here, with room for its headers.
const largestEvent = 12<<20 + 64<<10

// examineTeam looks at the servers of a team and what they keep.
func examineTeam(ctx context.Context, p config.Profile) []finding {
	ctx, cancel := context.WithTimeout(ctx, probeFor)
	defer cancel()
	t, err := dialTeam(ctx, p)
	if err != nil {
		return []finding{fail("team servers", "", "%v", err), examineSync(p)}
	}
	defer t.Close()
	s, err := t.Status(ctx)
	out := []finding{ok("team servers", "connected to %s", serverWords(s))}
	if s.MaxPayload < largestEvent {
		out = append(out, warn("team payload", "set `max_payload: 13MB` on every server", "the servers take messages of up to %s, and Knock sends webhooks of up to 12 MB", bytesOf(uint64(s.MaxPayload))))
	}
	if err != nil {
		return append(out, fail("team stream", "", "%v", err), examineSync(p))
	}
	return append(out, examineStream(s.Events), examineCopies(p, s.Events), examineSync(p))
}

func examineStream(e team.Stream) finding {
	const check = "team stream"
	if len(e.Differences) == 0 {
		return ok(check, "%s is as the profile says", e.Name)
	}
	var all []string
	for _, d := range e.Differences {
		all = append(all, d.Setting+" "+differs(d))
	}
	return warn(check, "correct the profile, or `knockops team init --update`", "%s: %s", e.Name, strings.Join(all, "; "))
}

func examineCopies(p config.Profile, e team.Stream) finding {
	const check = "team copies"
	if e.Leader == "" {
		return fail(check, "see that most of its servers run", "%s has no leader, and takes nothing", e.Name)
	}
	var bad []string
	for _, c := range e.Replicas {
		if !c.Current || c.Offline {
			bad = append(bad, c.Server+" is "+copyWords(c))
		}
	}
	switch {
	case len(bad) > 0:
		return warn(check, "see that these servers run", "%s leads; %s", e.Leader, strings.Join(bad, ", "))
	case p.Team.Replicas == 1:
		return ok(check, "one, on %s: what that disk loses is lost", e.Leader)
	}
	return ok(check, "%d, all current; %s leads", 1+len(e.Replicas), e.Leader)
}

// examineSync tells what rests on the operator's word.
func examineSync(p config.Profile) finding {
	const check = "team sync"
	if !p.Team.Synced {
		return warn(check, "set `sync_interval: always` on every server, and then `synced: true` in the team of the profile",
			"servers acknowledge before they write to their disks unless told otherwise, and the profile does not say that they were: nothing is acknowledged to Knock on their word")
	}
	return warn(check, "", "not checked, for servers do not tell it to clients: the profile says that each has `sync_interval: always`")
}
