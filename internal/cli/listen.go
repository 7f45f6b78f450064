package cli

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/webhook"
)

// webhookSecretVariable holds a signing secret, beside those of the profile.
const webhookSecretVariable = "KNOCKOPS_WEBHOOK_SECRET"

// listening is what the listen command was told.
type listening struct {
	addr, path, publicURL, cert, key string
	secrets, forward                 []string
	print                            format // "": nothing is printed
	tolerance, retain                string
	retainMB                         int
	limited                          bool // retainMB was given
}

func (a *app) listenCmd() *cobra.Command {
	var o listening
	cmd := &cobra.Command{
		Use: "listen", Short: "Take Knock's outbound webhooks into the journal, until ctrl+c", Args: cobra.NoArgs,
		Long: "Each webhook is verified, and acknowledged once it is on disk; one that comes again is counted. They are kept in\n" +
			"the profile's journal, where the console and `knockops events` find them. Knock reaches this machine through a\n" +
			"tunnel, which docs/webhooks.md explains.\n\n" +
			"A signing secret comes from --secret, from " + webhookSecretVariable + ", and from the profile; several count at a time, for while\n" +
			"one is replaced. Without any, everything is taken and marked as unverified.",
		Example: "  knockops listen --print --forward-to 'http://127.0.0.1:3000/hook,type=message.*'\n" +
			"  knockops listen --forward-to 'http://127.0.0.1:3000/bounces,jq=.event_data.failure_reason == \"hard_bounce\"'",
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.limited = cmd.Flags().Changed("retain-mb")
			return a.listen(cmd.Context(), o)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&o.addr, "addr", "", "where to listen (default: the profile's, or 127.0.0.1:4040); port 0 takes a free one")
	fs.StringVar(&o.path, "path", "", "where webhooks are received (default: the profile's, or "+webhook.DefaultPath+")")
	fs.StringArrayVar(&o.secrets, "secret", nil, "a signing secret; others on this machine can see it here, and not in "+webhookSecretVariable)
	fs.StringArrayVar(&o.forward, "forward-to", nil, "send each webhook on to URL[,type=GLOB][,jq=EXPRESSION]; may be repeated")
	fs.StringVar(&o.cert, "tls-cert", "", "serve TLS with this certificate, a PEM file")
	fs.StringVar(&o.key, "tls-key", "", "the certificate's key, a PEM file")
	fs.StringVar(&o.publicURL, "public-url", "", "where Knock sends them, such as a tunnel's URL")
	fs.Var(&o.print, "print", "print each new webhook: table or ndjson")
	fs.Lookup("print").NoOptDefVal = string(table)
	fs.StringVar(&o.tolerance, "tolerance", "", "how far a signature's time may be from this machine's (default: the profile's, or 5m)")
	fs.StringVar(&o.retain, "retain", "", "drop webhooks that were received longer ago; 0 keeps all (default: the profile's, or 30d)")
	fs.IntVar(&o.retainMB, "retain-mb", 0, "drop the oldest when the journal holds more megabytes; 0 is no limit (default: the profile's)")
	return cmd
}

func (a *app) listen(ctx context.Context, o listening) error {
	if o.print == asJSON {
		return usage("--print json: a list that goes on cannot be one value; use ndjson")
	}
	p, err := a.journalProfile()
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
	j, err := a.openJournal(p.Name)
	if err != nil {
		return err
	}
	options.Store, options.Log, options.OnForward = j, a.log, func(f webhook.Forwarded) { a.sayForwarded(f) }
	l, err := net.Listen("tcp", p.Webhook.Addr)
	if err != nil {
		return fmt.Errorf("webhooks cannot be received on %s: %w; --addr chooses another place", p.Webhook.Addr, err)
	}
	receiver := webhook.NewReceiver(options)
	a.sayListening(p, options, l.Addr(), j.Path())
	started := time.Now()
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return receiver.Serve(ctx, l) })
	work.Go(func() error {
		standReadyLoop(ctx, j, a.Say)
		return nil
	})
	work.Go(func() error { return a.printArrivals(ctx, o.print, receiver, j) })
	work.Go(func() error {
		pruneLoop(ctx, j, p.Webhook, a.Say)
		return nil
	})
	work.Go(func() error {
		a.sayTroubles(ctx, receiver)
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
		return usage("--retain-mb is %d: give a positive number, or 0 for no limit", o.retainMB)
	case o.limited:
		w.RetainMB = o.retainMB
	}
	if o.retain != "" {
		if w.Retain, err = termtext.ParseSpan(o.retain); err != nil {
			return usage("--retain: %w; 0 keeps all", err)
		}
	}
	if o.tolerance != "" {
		if w.Tolerance, err = termtext.ParseSpan(o.tolerance); err == nil && w.Tolerance < time.Second {
			err = errors.New("a signature is never that young: give at least 1s")
		}
		if err != nil {
			return usage("--tolerance: %w", err)
		}
	}
	return nil
}

// options are the receiver's, from the command line and the profile.
func (o listening) options(ctx context.Context, p config.Profile) (webhook.Options, error) {
	out := webhook.Options{Path: p.Webhook.Path, Tolerance: p.Webhook.Tolerance}
	if !strings.HasPrefix(out.Path, "/") || out.Path == webhook.HealthPath {
		return out, usage("--path %s: begin it with a slash, and leave %s to health checks", strconv.Quote(out.Path), webhook.HealthPath)
	}
	var err error
	if out.Secrets, err = webhookSecrets(ctx, p, o.secrets); err != nil {
		return out, err
	}
	for _, s := range o.forward {
		t, err := webhook.ParseTarget(s)
		if err == nil {
			err = ops.CheckReplay(t.URL)
		}
		if err != nil {
			return out, usage("--forward-to: %w", err)
		}
		out.Forward = append(out.Forward, t)
	}
	if (o.cert == "") != (o.key == "") {
		return out, usage("--tls-cert and --tls-key go together: give both")
	}
	if o.cert != "" {
		pair, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return out, usage("the certificate cannot be used: %w", err)
		}
		out.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	return out, nil
}

// webhookSecrets gathers the signing secrets. One that is there and empty would have everything taken unverified, so
// that is an error.
func webhookSecrets(ctx context.Context, p config.Profile, given []string) ([]string, error) {
	secrets := slices.Clone(given)
	if slices.Contains(secrets, "") {
		return nil, usage("--secret is empty: give it a value, or leave it out")
	}
	if s, set := os.LookupEnv(webhookSecretVariable); set && s == "" {
		return nil, usage("%s is empty: give it a value, or unset it", webhookSecretVariable)
	} else if set {
		secrets = append(secrets, s)
	}
	for _, source := range p.Webhook.Secrets {
		s, err := source.Resolve(ctx)
		if err != nil {
			return nil, notUsable(fmt.Errorf("the webhook secret of profile %s: %w", p.Name, err))
		}
		secrets = append(secrets, s)
	}
	return secrets, nil
}

// journalProfile is the current profile, for what needs its journal and no key of Knock's: webhooks are taken, and what
// was done is read again, where nothing is set up as well.
func (a *app) journalProfile() (config.Profile, error) {
	cfg, err := a.loadConfig()
	switch {
	case errors.Is(err, config.ErrNotConfigured):
		return config.Profile{
			Name: "default", Environment: config.UnknownEnvironment, Implicit: true,
			Webhook: config.DefaultWebhook,
		}, nil
	case err != nil:
		return config.Profile{}, err
	}
	p, err := cfg.Profile("")
	if err != nil {
		return p, notUsable(err)
	}
	return p, nil
}

// openJournal opens a profile's journal until the program ends.
func (a *app) openJournal(profile string) (*journal.Journal, error) {
	j, err := journal.Open(journalPath(profile))
	if err != nil {
		return nil, err
	}
	a.closers = append(a.closers, func() {
		if err := j.Close(); err != nil {
			a.Say("the journal was not closed: %v", err)
		}
	})
	return j, nil
}

// sayListening tells where webhooks are taken, and what is not as it should be.
func (a *app) sayListening(p config.Profile, options webhook.Options, at net.Addr, journal string) {
	scheme := "http"
	if options.TLS != nil {
		scheme = "https"
	}
	a.Say("webhooks are received at %s://%s%s and kept in %s; ctrl+c ends it", scheme, at, options.Path, journal)
	if host, _, err := net.SplitHostPort(at.String()); err == nil && !net.ParseIP(host).IsLoopback() {
		a.Say("note: %s can be reached from other machines, and whoever reaches it can send here", at)
	}
	if len(options.Secrets) == 0 {
		a.Say("note: there is no signing secret, so everything is taken and marked as unverified; set %s, or webhook.secrets in the profile", webhookSecretVariable)
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
