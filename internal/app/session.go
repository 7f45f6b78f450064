package app

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/termtext"
)

// LoadConfig reads the configuration once and says what it warns of.
func (a *App) LoadConfig() (*config.Config, error) {
	if a.cfg != nil {
		return a.cfg, nil
	}
	cfg, err := config.Load(config.Flags{Profile: a.Flags.Profile, ConfigPath: a.Flags.Config, ReadOnly: a.ReadOnly})
	if err != nil {
		return cfg, notUsable(err)
	}
	for _, w := range cfg.Warnings {
		a.Say("note: %s", w)
	}
	a.cfg = cfg
	return cfg, nil
}

// notUsable marks an error as one of the set-up: nothing was tried.
func notUsable(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return exit.Usage("%w", err)
}

// connection is a profile in use.
type connection struct {
	profile config.Profile
	Client  *client.Client
	guard   *client.Guard

	apiKey, token client.Secret
}

// connect makes the client of the current profile. It sends nothing, but
// fetching the keys may run a command or ask the keyring.
func (a *App) connect(ctx context.Context, observe func(client.Exchange)) (connection, error) {
	return a.connectTo(ctx, "", observe)
}

// connectTo makes the client of a profile; "" is the current one.
func (a *App) connectTo(ctx context.Context, profile string, observe func(client.Exchange)) (connection, error) {
	cfg, err := a.LoadConfig()
	if err != nil {
		return connection{}, err
	}
	p, err := cfg.Profile(profile)
	if err != nil {
		return connection{}, notUsable(err)
	}
	if p.Environment, err = a.Environment(p); err != nil {
		return connection{}, err
	}
	apiKey, token, err := p.Keys(ctx)
	if err != nil {
		return connection{}, notUsable(err)
	}
	return a.Dial(p, apiKey, token, observe)
}

// Environment is the profile's, or the one that the command line names for it.
func (a *App) Environment(p config.Profile) (string, error) {
	switch named := a.Flags.Environment; {
	case named == "" || named == p.Environment:
		return p.Environment, nil
	case p.KnowsEnvironment():
		return "", exit.Refused("--environment %s: profile %s belongs to %s, nothing was sent; choose another profile with --profile", strconv.Quote(named), p.Name, p.Environment)
	default:
		return named, nil
	}
}

// ProfileFlags choose where a command acts that is suggested: the profile in use, and what else the
// command line named. A profile that is made of the environment alone has no name to choose it by.
func (a *App) ProfileFlags(p config.Profile) string {
	name, environment := p.Name, a.Flags.Environment
	if p.Implicit {
		name = ""
		if p.KnowsEnvironment() {
			environment = p.Environment
		}
	}
	flags := runner.ProfileFlags(name, environment)
	if a.Flags.Config != "" {
		flags = strings.TrimSpace(flags + " --config " + termtext.ShellWord(a.Flags.Config))
	}
	return flags
}

// Suggest is a command line that acts where this one does.
func (a *App) Suggest(line string) string {
	p, err := a.JournalProfile()
	if err != nil {
		return runner.Bound(line, "")
	}
	return runner.Bound(line, a.ProfileFlags(p))
}

// Dial makes a profile's client with its keys.
func (a *App) Dial(p config.Profile, apiKey, token string, observe func(client.Exchange)) (connection, error) {
	guard := client.NewGuard(p.Protected || p.ReadOnly)
	environment := p.Environment
	if !p.KnowsEnvironment() {
		environment = ""
	}
	c, err := client.New(client.Options{
		BaseURL: p.BaseURL, ManagementBaseURL: p.ManagementBaseURL,
		APIKey: client.Secret(apiKey), ServiceToken: client.Secret(token),
		Environment: environment, Guard: guard, UserAgent: userAgent(),
		Observe: func(x client.Exchange) {
			a.logExchange(x)
			if observe != nil {
				observe(x)
			}
		},
	})
	if err != nil {
		return connection{}, exit.Usage("profile %s: %w", p.Name, err)
	}
	return connection{p, c, guard, client.Secret(apiKey), client.Secret(token)}, nil
}

func (a *App) logExchange(x client.Exchange) {
	attrs := []any{"method", x.Method, "host", x.Host, "path", x.Path, "status", x.Status, "ms", x.Duration.Milliseconds(), "attempt", x.Attempt, "request_id", x.RequestID}
	if x.Err != nil {
		attrs = append(attrs, "error", x.Err.Error())
	}
	a.Log.Debug("exchange", attrs...)
}

// Session opens the current profile with its journal. The caller's closers end it.
func (a *App) Session(ctx context.Context) (*ops.Session, config.Profile, error) {
	return a.SessionWith(ctx, "")
}

// SessionWith is session with another key than the profile's; "" for the profile's.
func (a *App) SessionWith(ctx context.Context, key string) (*ops.Session, config.Profile, error) {
	requests := &ops.RequestLog{}
	conn, err := a.connect(ctx, requests.Observe)
	if err == nil && key != "" {
		conn.Client.Close()
		conn, err = a.Dial(conn.profile, key, "", requests.Observe)
	}
	if err != nil {
		return nil, config.Profile{}, err
	}
	j, err := journal.Open(JournalPath(conn.profile.Name))
	if err != nil {
		return nil, config.Profile{}, err
	}
	s := conn.Session(j)
	s.Flags = a.ProfileFlags(conn.profile)
	s.Elsewhere = a.elsewhere(conn.profile.Name)
	s.Requests = requests
	a.closers = append(a.closers, func() {
		if err := s.Close(); err != nil {
			a.Say("the journal was not closed: %v", err)
		}
	})
	return s, conn.profile, nil
}

// Session ties a connection to its journal.
func (c connection) Session(j *journal.Journal) *ops.Session {
	s := ops.NewSession(c.profile.Name, c.profile.Environment, c.profile.Protected, c.Client, c.guard, j)
	s.Pulse.Thresholds = ops.RunawayOptions{Least: c.profile.Runaway.LeastPerMinute, Factor: c.profile.Runaway.Factor}
	s.Dashboard = ops.Dashboard{URL: c.profile.DashboardURL, Account: c.profile.Account}
	if c.profile.KnowsEnvironment() {
		s.Dashboard.Environment = c.profile.Environment
	}
	return s
}

// elsewhere gives clients of the other profiles whose keys are at hand: nobody is asked for one.
func (a *App) elsewhere(current string) func() []ops.Elsewhere {
	return func() (all []ops.Elsewhere) {
		cfg, err := a.LoadConfig()
		if err != nil {
			return nil
		}
		for _, p := range cfg.Profiles {
			if p.Name == current || !p.APIKey.AtHand() {
				continue
			}
			key, err := p.APIKey.Resolve(context.Background())
			if err != nil {
				continue
			}
			if conn, err := a.Dial(p, key, "", nil); err == nil {
				all = append(all, ops.Elsewhere{Profile: p.Name, Client: conn.Client})
			}
		}
		return all
	}
}

// Reading is a command's client for requests that change nothing.
func (a *App) Reading(cmd *cobra.Command) (*client.Client, error) {
	conn, err := a.connect(cmd.Context(), nil)
	return conn.Client, err
}
