// Package team is what several machines that work on one environment of Knock share over NATS JetStream. Streams,
// deduplication, agreement and authorization are NATS's; here is how knockops uses them.
package team

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/wait"
)

// dialTimeout bounds the attempt to reach one server.
const dialTimeout = 5 * time.Second

// Team is a connection to the servers of a profile's team. Its methods may be called from several goroutines.
type Team struct {
	profile config.Profile
	names   names
	nc      *nats.Conn
	js      jetstream.JetStream
	news    wait.News // the connection was lost, or is there again
}

// Connect connects to one of the team's servers, and fails when none answers or takes the key.
func Connect(ctx context.Context, p config.Profile) (*Team, error) {
	return dial(ctx, p, nats.SetCustomDialer(dialer{ctx}))
}

// Open is Connect for who stays: a server that is away, now or later, is asked again until it is there. It takes as
// long as one attempt at each server.
func Open(ctx context.Context, p config.Profile) (*Team, error) {
	return dial(ctx, p, nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1))
}

func dial(ctx context.Context, p config.Profile, more ...nats.Option) (*Team, error) {
	t := &Team{profile: p}
	var err error
	if t.names, err = namesOf(p); err != nil {
		return nil, err
	}
	options, err := optionsOf(ctx, p.Team)
	if err != nil {
		return nil, fmt.Errorf("the team of profile %s: %w", p.Name, err)
	}
	options = append(options,
		nats.Name("knockops"), nats.Timeout(dialTimeout),
		nats.ConnectHandler(func(*nats.Conn) { t.news.Tell() }),
		nats.ReconnectHandler(func(*nats.Conn) { t.news.Tell() }),
		nats.DisconnectErrHandler(func(*nats.Conn, error) { t.news.Tell() }),
	)
	servers := strings.Join(p.Team.Servers, ",")
	if t.nc, err = nats.Connect(servers, append(options, more...)...); err != nil {
		return nil, fmt.Errorf("the team of profile %s at %s cannot be reached: %w", p.Name, servers, cause(ctx, err))
	}
	if t.js, err = jetstream.New(t.nc); err != nil {
		t.nc.Close()
		return nil, err
	}
	return t, nil
}

// cause is why a connection failed: that whoever waited gave up goes first.
func cause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// Close ends the connection.
func (t *Team) Close() { t.nc.Close() }

// Connected reports whether a server is there now.
func (t *Team) Connected() bool { return t.nc.IsConnected() }

// optionsOf are how the team's servers are shown who asks, and how they show who they are.
func optionsOf(ctx context.Context, s config.TeamSettings) ([]nats.Option, error) {
	var options []nats.Option
	switch {
	case s.Credentials != "":
		options = append(options, nats.UserCredentials(s.Credentials))
	case !s.NKey.IsZero():
		option, err := nkeyOf(ctx, s.NKey)
		if err != nil {
			return nil, err
		}
		options = append(options, option)
	}
	if s.CA != "" {
		options = append(options, nats.RootCAs(s.CA))
	}
	if s.Cert != "" {
		options = append(options, nats.ClientCert(s.Cert, s.Key))
	}
	if plain(s) {
		// A cluster tells its other servers, to which this connection would go on in the clear.
		options = append(options, nats.IgnoreDiscoveredServers())
	}
	return options, nil
}

// plain reports whether no server is reached over TLS; then all of them are on this machine.
func plain(s config.TeamSettings) bool {
	for _, server := range s.Servers {
		if strings.HasPrefix(server, "tls:") {
			return false
		}
	}
	return s.CA == "" && s.Cert == ""
}

// nkeyOf signs what a server asks to be signed. The seed stays here.
func nkeyOf(ctx context.Context, source config.KeySource) (nats.Option, error) {
	seed, err := source.Resolve(ctx)
	if err != nil {
		return nil, fmt.Errorf("its nkey: %w", err)
	}
	pair, err := nkeys.FromSeed([]byte(seed))
	if err != nil {
		return nil, fmt.Errorf("its nkey from %s is not the seed of one, which begins with SU", source)
	}
	public, err := pair.PublicKey()
	if err != nil {
		return nil, errors.New("its nkey has no public half")
	}
	return nats.Nkey(public, pair.Sign), nil
}

// dialer gives up when its context ends.
type dialer struct{ ctx context.Context }

func (d dialer) Dial(network, address string) (net.Conn, error) {
	return (&net.Dialer{Timeout: dialTimeout}).DialContext(d.ctx, network, address)
}
