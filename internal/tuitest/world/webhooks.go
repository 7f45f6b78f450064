package world

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/internal/emulator"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/webhook"
)

// Secret is what the emulator signs webhooks with here.
const Secret = "whsec_of_the_stage"

const hooksURL = "http://127.0.0.1" + webhook.DefaultPath

// hooks bring webhooks to the console's receiver, on a network of their own.
type hooks struct {
	network *Network
	client  *http.Client
}

// newHooks makes the emulator send its webhooks there.
func newHooks(o *emulator.Options) *hooks {
	h := &hooks{network: NewNetwork()}
	h.client = &http.Client{Transport: h.network.Transport(), Timeout: 10 * time.Second}
	o.WebhookURL, o.WebhookSecret, o.HTTPClient = hooksURL, Secret, h.client
	return h
}

// receive starts the console's receiver. It returns what ends it.
func (h *hooks) receive(t *testing.T, s *ops.Session, j *journal.Journal, secrets []string) (stop func()) {
	r := webhook.NewReceiver(webhook.Options{Store: j, Secrets: secrets})
	s.Events.Receive(events.Receiving{Receiver: r, URL: hooksURL, Secrets: secrets})
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- r.Serve(ctx, h.network) }()
	return func() {
		h.client.CloseIdleConnections()
		cancel()
		if err := <-served; err != nil {
			t.Errorf("the receiver ended with: %v", err)
		}
		_ = h.network.Close()
	}
}

// HooksNetwork is what the emulator's webhooks come over; cut, none arrives.
func (w *World) HooksNetwork() *Network { return w.hooks.network }

// Deliver sends a webhook past the emulator, signed with the secret unless that
// is empty, and returns the status that answers it.
func (w *World) Deliver(body, secret string) int {
	w.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, hooksURL, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if secret != "" {
		req.Header.Set(webhook.HeaderSignature, webhook.Sign(secret, time.Now(), []byte(body)))
	}
	res, err := w.hooks.client.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

// Updates counts the messages that the console's program has handled so far.
func (w *World) Updates() int { return int(w.frames.updates.Load()) }
