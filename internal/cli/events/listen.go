package events

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/cli/output"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/webhook"
)

// listening is what the listen command was told.
type listening struct {
	addr, path, publicURL, cert, key, ack string
	secrets, forward                      []string
	print                                 output.Format // "": nothing is printed
	tolerance, retain                     string
	retainMB                              int
	limited                               bool // retainMB was given
}

// Listen receives webhooks.
func Listen(a *app.App) *cobra.Command {
	var o listening
	cmd := &cobra.Command{
		Use: "listen", Short: "Take Knock's outbound webhooks into the journal, until ctrl+c", Args: cobra.NoArgs,
		Long: "Each webhook is verified, and acknowledged once it is on disk; one that comes again is counted. They are kept in\n" +
			"the profile's journal, where the console and `knockops events` find them. Knock reaches this machine through a\n" +
			"tunnel, which docs/webhooks.md explains.\n\n" +
			"A signing secret comes from --secret, from " + app.WebhookSecretVariable + ", and from the profile; several count at a time, for while\n" +
			"one is replaced. Without any, everything is taken and marked as unverified.\n\n" +
			"Where the profile has a team, --ack says where a webhook must be before it is acknowledged: on this disk, from\n" +
			"where it is relayed to the team's stream (local); in the stream, and then not on this disk (stream); or both.\n" +
			"Where that cannot be, Knock gets 503 and sends it again.",
		Example: "  knockops listen --print --forward-to 'http://127.0.0.1:3000/hook,type=message.*'\n" +
			"  knockops listen --forward-to 'http://127.0.0.1:3000/bounces,jq=.event_data.failure_reason == \"hard_bounce\"'",
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.limited = cmd.Flags().Changed("retain-mb")
			return listen(cmd.Context(), a, o)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&o.addr, "addr", "", "where to listen (default: the profile's, or 127.0.0.1:4040); port 0 takes a free one")
	fs.StringVar(&o.path, "path", "", "where webhooks are received (default: the profile's, or "+webhook.DefaultPath+")")
	fs.StringArrayVar(&o.secrets, "secret", nil, "a signing secret; others on this machine can see it here, and not in "+app.WebhookSecretVariable)
	fs.StringArrayVar(&o.forward, "forward-to", nil, "send each webhook on to URL[,type=GLOB][,jq=EXPRESSION]; may be repeated")
	fs.StringVar(&o.cert, "tls-cert", "", "serve TLS with this certificate, a PEM file")
	fs.StringVar(&o.key, "tls-key", "", "the certificate's key, a PEM file")
	fs.StringVar(&o.ack, "ack", ackLocal, "where a webhook must be before it is acknowledged: local, stream or both")
	fs.StringVar(&o.publicURL, "public-url", "", "where Knock sends them, such as a tunnel's URL")
	fs.Var(&o.print, "print", "print each new webhook: table or ndjson")
	fs.Lookup("print").NoOptDefVal = string(output.Table)
	fs.StringVar(&o.tolerance, "tolerance", "", "how far a signature's time may be from this machine's (default: the profile's, or 5m)")
	fs.StringVar(&o.retain, "retain", "", "drop webhooks that were received longer ago; 0 keeps all (default: the profile's, or 30d)")
	fs.IntVar(&o.retainMB, "retain-mb", 0, "drop the oldest when the journal holds more megabytes; 0 is no limit (default: the profile's)")
	return cmd
}

func listen(ctx context.Context, a *app.App, o listening) error {
	if o.print == output.JSON {
		return exit.Usage("--print json: a list that goes on cannot be one value; use ndjson")
	}
	if o.print != "" && o.ack == ackStream {
		return exit.Usage("--print shows what is kept here, and with --ack stream that is nothing: `%s` follows the stream", a.Suggest("events tail"))
	}
	p, err := a.JournalProfile()
	if err != nil {
		return err
	}
	if err := o.settle(&p.Webhook); err != nil {
		return err
	}
	options, err := o.options(ctx, p)
	if err != nil {
		return err
	}
	j, err := a.OpenJournal(p.Name)
	if err != nil {
		return err
	}
	kept, err := keep(ctx, a, p, j, o.ack)
	if err != nil {
		return err
	}
	if kept.team != nil {
		defer kept.team.Close()
	}
	options.Store, options.MaxBody = kept.store, kept.maxBody
	options.Log, options.OnForward = a.Log, func(f webhook.Forwarded) { sayForwarded(a, f) }
	l, err := net.Listen("tcp", p.Webhook.Addr)
	if err != nil {
		return fmt.Errorf("webhooks cannot be received on %s: %w; --addr chooses another place", p.Webhook.Addr, err)
	}
	receiver := webhook.NewReceiver(options)
	sayListening(a, p, options, l.Addr(), kept.where)
	started := time.Now()
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return receiver.Serve(ctx, l) })
	work.Go(func() error {
		kept.run(ctx, a)
		return nil
	})
	work.Go(func() error {
		app.StandReadyLoop(ctx, j, a.Say)
		return nil
	})
	work.Go(func() error { return printArrivals(ctx, a, o.print, receiver, j) })
	work.Go(func() error {
		app.PruneLoop(ctx, j, p.Webhook, a.Say)
		return nil
	})
	work.Go(func() error {
		sayTroubles(ctx, a, receiver)
		return nil
	})
	err = work.Wait()
	a.Say("stopped listening after %s: %s", time.Since(started).Round(time.Second), countsOf(receiver.Stats()))
	return err
}

// settle puts what the command line says over the profile's settings.
func (o listening) settle(w *config.WebhookSettings) (err error) {
	w.Addr, w.Path = cmp.Or(o.addr, w.Addr), cmp.Or(o.path, w.Path)
	w.PublicURL = cmp.Or(o.publicURL, w.PublicURL)
	switch {
	case o.retainMB < 0:
		return exit.Usage("--retain-mb is %d: give a positive number, or 0 for no limit", o.retainMB)
	case o.limited:
		w.RetainMB = o.retainMB
	}
	if o.retain != "" {
		if w.Retain, err = termtext.ParseSpan(o.retain); err != nil {
			return exit.Usage("--retain: %w; 0 keeps all", err)
		}
	}
	if o.tolerance != "" {
		if w.Tolerance, err = termtext.ParseSpan(o.tolerance); err == nil && w.Tolerance < time.Second {
			err = errors.New("a signature is never that young: give at least 1s")
		}
		if err != nil {
			return exit.Usage("--tolerance: %w", err)
		}
	}
	return nil
}

// options are the receiver's, from the command line and the profile.
func (o listening) options(ctx context.Context, p config.Profile) (webhook.Options, error) {
	out := webhook.Options{Path: p.Webhook.Path, Tolerance: p.Webhook.Tolerance}
	if !strings.HasPrefix(out.Path, "/") || out.Path == webhook.HealthPath {
		return out, exit.Usage("--path %s: begin it with a slash, and leave %s to health checks", strconv.Quote(out.Path), webhook.HealthPath)
	}
	var err error
	if out.Secrets, err = app.WebhookSecrets(ctx, p, o.secrets); err != nil {
		return out, err
	}
	for _, s := range o.forward {
		t, err := webhook.ParseTarget(s)
		if err == nil {
			err = events.CheckReplay(t.URL)
		}
		if err != nil {
			return out, exit.Usage("--forward-to: %w", err)
		}
		out.Forward = append(out.Forward, t)
	}
	if (o.cert == "") != (o.key == "") {
		return out, exit.Usage("--tls-cert and --tls-key go together: give both")
	}
	if o.cert != "" {
		pair, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return out, exit.Usage("the certificate cannot be used: %w", err)
		}
		out.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	return out, nil
}

// sayListening tells where webhooks are taken, and what is not as it should be.
func sayListening(a *app.App, p config.Profile, options webhook.Options, at net.Addr, kept string) {
	scheme := "http"
	if options.TLS != nil {
		scheme = "https"
	}
	a.Say("webhooks are received at %s://%s%s and kept %s; ctrl+c ends it", scheme, at, options.Path, kept)
	if host, _, err := net.SplitHostPort(at.String()); err == nil && !net.ParseIP(host).IsLoopback() {
		a.Say("note: %s can be reached from other machines, and whoever reaches it can send here", at)
	}
	if len(options.Secrets) == 0 {
		a.Say("note: there is no signing secret, so everything is taken and marked as unverified; set %s, or webhook.secrets in the profile", app.WebhookSecretVariable)
	} else {
		a.Say("signatures are checked with %s", termtext.Plural(len(options.Secrets), "secret"))
	}
	if public := p.Webhook.PublicURL; public != "" {
		a.Say("Knock sends them to %s", public)
	} else {
		a.Say("Knock reaches this machine through a tunnel, such as `cloudflared tunnel --url %s://%s`; --public-url then says where", scheme, at)
	}
	for _, t := range options.Forward {
		a.Say("each is sent on to %s", t.Name())
	}
}
