package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/ops"
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
	work.Go(func() {
		pruneLoop(ctx, d.session.Journal, w, func(format string, args ...any) { d.log.Info(fmt.Sprintf(format, args...)) })
	})
	d.stopReceiving = func() {
		stop()
		work.Wait()
	}
}
