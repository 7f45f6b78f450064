package cli

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/runner"
	"github.com/knockops/knockops/internal/termtext"
)

// loadConfig reads the configuration once and says what it warns of.
func (a *app) loadConfig() (*config.Config, error) {
	if a.cfg != nil {
		return a.cfg, nil
	}
	cfg, err := config.Load(config.Flags{Profile: a.flags.profile, ConfigPath: a.flags.config, ReadOnly: a.ReadOnly})
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
	return usage("%w", err)
}

// connection is a profile in use.
type connection struct {
	profile config.Profile
	client  *client.Client
	guard   *client.Guard
}

// connect makes the client of the current profile. It sends nothing, but
// fetching the keys may run a command or ask the keyring.
func (a *app) connect(ctx context.Context, observe func(client.Exchange)) (connection, error) {
	return a.connectTo(ctx, "", observe)
}

// connectTo makes the client of a profile; "" is the current one.
func (a *app) connectTo(ctx context.Context, profile string, observe func(client.Exchange)) (connection, error) {
	cfg, err := a.loadConfig()
	if err != nil {
		return connection{}, err
	}
	p, err := cfg.Profile(profile)
	if err != nil {
		return connection{}, notUsable(err)
	}
	if p.Environment, err = a.environment(p); err != nil {
		return connection{}, err
	}
	apiKey, token, err := p.Keys(ctx)
	if err != nil {
		return connection{}, notUsable(err)
	}
	return a.dial(p, apiKey, token, observe)
}

// environment is the profile's, or the one that the command line names for it.
func (a *app) environment(p config.Profile) (string, error) {
	switch named := a.flags.environment; {
	case named == "" || named == p.Environment:
		return p.Environment, nil
	case p.KnowsEnvironment():
		return "", refused("--environment %s: profile %s belongs to %s, nothing was sent; choose another profile with --profile", strconv.Quote(named), p.Name, p.Environment)
	default:
		return named, nil
	}
}

// place is the environment as a question names it.
func place(p config.Profile) string {
	if p.KnowsEnvironment() {
		return p.Environment
	}
	return "profile " + p.Name + ", whose environment is not known"
}

// profileFlags choose where a command acts that is suggested: the profile in use, and what else the
// command line named. A profile that is made of the environment alone has no name to choose it by.
func (a *app) profileFlags(p config.Profile) string {
	name, environment := p.Name, a.flags.environment
	if p.Implicit {
		name = ""
		if p.KnowsEnvironment() {
			environment = p.Environment
		}
	}
	flags := runner.ProfileFlags(name, environment)
	if a.flags.config != "" {
		flags = strings.TrimSpace(flags + " --config " + termtext.ShellWord(a.flags.config))
	}
	return flags
}

// suggest is a command line that acts where this one does.
func (a *app) suggest(line string) string {
	p, err := a.journalProfile()
	if err != nil {
		return runner.Bound(line, "")
	}
	return runner.Bound(line, a.profileFlags(p))
}

// dial makes a profile's client with its keys.
func (a *app) dial(p config.Profile, apiKey, token string, observe func(client.Exchange)) (connection, error) {
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
		return connection{}, usage("profile %s: %w", p.Name, err)
	}
	return connection{p, c, guard}, nil
}

func (a *app) logExchange(x client.Exchange) {
	attrs := []any{"method", x.Method, "host", x.Host, "path", x.Path, "status", x.Status, "ms", x.Duration.Milliseconds(), "attempt", x.Attempt, "request_id", x.RequestID}
	if x.Err != nil {
		attrs = append(attrs, "error", x.Err.Error())
	}
	a.log.Debug("exchange", attrs...)
}

// session opens the current profile with its journal. The caller's closers end it.
func (a *app) session(ctx context.Context) (*ops.Session, config.Profile, error) {
	return a.sessionWith(ctx, "")
}

// sessionWith is session with another key than the profile's; "" for the profile's.
func (a *app) sessionWith(ctx context.Context, key string) (*ops.Session, config.Profile, error) {
	requests := &ops.RequestLog{}
	conn, err := a.connect(ctx, requests.Observe)
	if err == nil && key != "" {
		conn.client.Close()
		conn, err = a.dial(conn.profile, key, "", requests.Observe)
	}
	if err != nil {
		return nil, config.Profile{}, err
	}
	j, err := journal.Open(journalPath(conn.profile.Name))
	if err != nil {
		return nil, config.Profile{}, err
	}
	s := conn.session(j)
	s.Flags = a.profileFlags(conn.profile)
	s.Requests = requests
	a.closers = append(a.closers, func() {
		if err := s.Close(); err != nil {
			a.Say("the journal was not closed: %v", err)
		}
	})
	return s, conn.profile, nil
}

// session ties a connection to its journal.
func (c connection) session(j *journal.Journal) *ops.Session {
	s := ops.NewSession(c.profile.Name, c.profile.Environment, c.profile.Protected, c.client, c.guard, j)
	s.Pulse.Thresholds = ops.RunawayOptions{Least: c.profile.Runaway.LeastPerMinute, Factor: c.profile.Runaway.Factor}
	s.Dashboard = ops.Dashboard{URL: c.profile.DashboardURL, Account: c.profile.Account}
	if c.profile.KnowsEnvironment() {
		s.Dashboard.Environment = c.profile.Environment
	}
	return s
}

// journalPath is the file of a profile's journal. A profile's name may hold anything.
func journalPath(profile string) string {
	_, state := config.Paths()
	return filepath.Join(state, "journal", url.PathEscape(profile)+".db")
}

// reading is a command's client for requests that change nothing.
func (a *app) reading(cmd *cobra.Command) (*client.Client, error) {
	conn, err := a.connect(cmd.Context(), nil)
	return conn.client, err
}

// stamp is a moment as tables show it: local, to the second.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format(time.DateTime)
}

// stampText is stamp for a moment that Knock gives as text, which is shown as it is when it is none.
func stampText(s string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return s
	}
	return stamp(t)
}
