// Package team is what several machines that work on one environment of Knock share over NATS JetStream. Streams,
// deduplication, agreement and authorization are NATS's; here is how knockops uses them.
package team

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
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

// reconnectEvery is how often one that is away is asked again.
const reconnectEvery = 500 * time.Millisecond

// Address is where a profile's team is, with what it is shown there.
type Address struct {
	profile config.Profile
	names   names
	options []nats.Option
}

// Resolve finds out what it takes to connect to a profile's team: it may ask a keyring or run a command for the key.
func Resolve(ctx context.Context, p config.Profile) (Address, error) {
	a := Address{profile: p}
	var err error
	if a.names, err = namesOf(p); err != nil {
		return a, err
	}
	if a.options, err = optionsOf(ctx, p.Team); err != nil {
		return a, fmt.Errorf("the team of profile %s: %w", p.Name, err)
	}
	return a, nil
}

// Stream is the name of the stream of webhooks.
func (a Address) Stream() string { return a.names.events }

// Team is a connection to the servers of a profile's team. Its methods may be called from several goroutines.
type Team struct {
	Address
	nc   *nats.Conn
	js   jetstream.JetStream
	news wait.News // the connection was lost, or is there again
}

// Connect connects to one of the team's servers, and fails when none answers or takes the key. A connection that is
// lost later is made again.
func (a Address) Connect(ctx context.Context) (*Team, error) {
	return a.dial(ctx)
}

// Open is Connect for who can do without: a server that is away from the beginning is asked again until it is there. It
// takes as long as one attempt at each server.
func (a Address) Open(ctx context.Context) (*Team, error) {
	return a.dial(ctx, nats.RetryOnFailedConnect(true))
}

func (a Address) dial(ctx context.Context, more ...nats.Option) (*Team, error) {
	t := &Team{Address: a}
	options := append(slices.Clone(a.options),
		nats.Name("knockops"), nats.SetCustomDialer(dialer{ctx}), nats.Timeout(dialTimeout), nats.MaxReconnects(-1), nats.ReconnectWait(reconnectEvery),
		nats.ReconnectBufSize(-1), // what cannot be sent now is not sent later behind the back of who was told so
		nats.ConnectHandler(func(*nats.Conn) { t.news.Tell() }),
		nats.ReconnectHandler(func(*nats.Conn) { t.news.Tell() }),
		nats.DisconnectErrHandler(func(*nats.Conn, error) { t.news.Tell() }),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}), // or they are printed over the screen
	)
	servers := strings.Join(a.profile.Team.Servers, ",")
	var err error
	if t.nc, err = nats.Connect(servers, append(options, more...)...); err != nil {
		return nil, fmt.Errorf("the team of profile %s at %s cannot be reached: %w", a.profile.Name, servers, cause(ctx, err))
	}
	if t.js, err = jetstream.New(t.nc, jetstream.WithPublishAsyncTimeout(publishTimeout)); err != nil {
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
