package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/backfill"
	"github.com/knockops/knockops/internal/webhook"
)

// receiveFor starts the receiver of the profile, when it has a secret to
// check signatures with. That it cannot is no reason not to open the console:
// the events page and the header say so.
func (d *openedProfile) receiveFor(ctx context.Context, p config.Profile) {
	secrets, err := webhookSecrets(ctx, p, nil)
	switch {
	case err != nil:
		d.cannotReceive(p, err)
		return
	case len(secrets) == 0:
		return
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", p.Webhook.Addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		d.cannotReceive(p, fmt.Errorf("another program listens on %s", p.Webhook.Addr))
	case err != nil:
		d.cannotReceive(p, err)
	default:
		d.receive(ctx, l, p.Webhook, secrets)
	}
}

func (d *openedProfile) cannotReceive(p config.Profile, err error) {
	d.session.Events.Receive(ops.Receiving{URL: "http://" + p.Webhook.Addr + p.Webhook.Path, Err: err})
	if d.notice == "" {
		d.notice = "webhooks are not received here: " + err.Error()
	}
}

// fill restores what gaps kept from arriving.
func (d *openedProfile) fill(ctx context.Context, gaps []journal.Gap, info func(string, ...any)) {
	if err := d.session.Client.SyncClock(ctx); err != nil {
		info("gaps in what arrived are not filled: %v", err)
		return
	}
	for _, s := range backfill.ScopesOf(gaps, backfill.DefaultLookback, d.session.Client) {
		p, err := backfill.Run(ctx, d.session.Client, d.session.Journal, s, nil)
		if err != nil {
			info("the gap from %s to %s is not filled: %v", s.Since, s.Until, err)
			return
		}
		info("the gap from %s to %s is filled: %d of %d events restored", s.Since, s.Until, p.Restored, p.Events)
	}
}

// receive takes webhooks on a listener into the profile's journal and drops what is too old, until the profile is closed.
func (d *openedProfile) receive(ctx context.Context, l net.Listener, w config.WebhookSettings, secrets []string) {
	r := webhook.NewReceiver(webhook.Options{Store: d.session.Journal, Path: w.Path, Secrets: secrets, Tolerance: w.Tolerance, Log: d.log})
	at := ops.Receiving{Receiver: r, URL: "http://" + l.Addr().String() + w.Path, Secrets: secrets}
	d.session.Events.Receive(at)
	ctx, stop := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() {
		if err := r.Serve(ctx, l); err != nil {
			at.Err = err
			d.session.Events.Receive(at)
		}
	})
	info := func(format string, args ...any) { d.log.Info(fmt.Sprintf(format, args...)) }
	gaps, err := d.session.Journal.Gaps(ctx, time.Now().AddDate(0, 0, -1))
	if err != nil {
		info("gaps in what arrived cannot be read: %v", err)
	}
	work.Go(func() { pruneLoop(ctx, d.session.Journal, w, info) })
	work.Go(func() { standReadyLoop(ctx, d.session.Journal, info) })
	if w.Backfill {
		work.Go(func() { d.fill(ctx, gaps, info) })
	}
	d.stopReceiving = func() {
		stop()
		work.Wait()
	}
}
