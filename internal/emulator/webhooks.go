package emulator

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

const (
	hookWorkers  = 8
	hookQueue    = 20_000 // deliveries waiting, those between two attempts not counted
	hookAttempts = 8
)

// hookTypes are the 26 types of outbound webhooks.
var hookTypes = func() map[string]bool {
	types := map[string]bool{}
	for _, kind := range []string{
		"sent", "delivered", "delivery_attempted", "undelivered", "bounced", "seen", "unseen", "read", "unread",
		"archived", "unarchived", "interacted", "link_clicked",
	} {
		types["message."+kind] = true
	}
	for _, kind := range []string{"started", "completed", "error"} {
		types["workflow_recipient_run."+kind] = true
	}
	for _, what := range []string{"workflow", "email_layout", "translation", "partial", "source_event_action"} {
		types[what+".updated"], types[what+".committed"] = true, true
	}
	return types
}()

// hooks are the outbound webhooks of the environment.
type hooks struct {
	url, secret string
	queue       chan *hook
}

func newHooks(o Options) hooks {
	return hooks{url: o.WebhookURL, secret: o.WebhookSecret, queue: make(chan *hook, hookQueue)}
}

// hook is one webhook on its way. Every attempt sends the same body.
type hook struct {
	kind    string
	body    []byte
	attempt int
}

// emit sends a webhook, if anyone listens. data is only made when needed.
func (e *Emulator) emit(kind string, data func() any, eventData fields) {
	if e.hooks.url == "" || e.rehearsal {
		return
	}
	body, err := json.Marshal(struct {
		Typename  string `json:"__typename"`
		Type      string `json:"type"`
		CreatedAt stamp  `json:"created_at"`
		Data      any    `json:"data"`
		EventData fields `json:"event_data"`
	}{"Event", kind, e.at, data(), eventData})
	if err != nil {
		e.log.Error("webhook cannot be written", "type", kind, "error", err)
		return
	}
	e.enqueue(&hook{kind: kind, body: body})
}

func (e *Emulator) emitRun(kind string, r *run) {
	e.emit(kind, func() any { return r.json() }, nil)
}

// enqueue hands a webhook to the workers; a full queue drops it and counts it.
func (e *Emulator) enqueue(h *hook) {
	select {
	case e.hooks.queue <- h:
	default:
		e.stats.Webhooks.Dropped++
	}
}

// due makes the next attempt.
func (h *hook) due(e *Emulator, _ stamp) { e.enqueue(h) }

func (e *Emulator) deliverHooks(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case h := <-e.hooks.queue:
			err := e.post(ctx, h)
			if ctx.Err() != nil {
				return
			}
			e.settle(h, err)
		}
	}
}

// settle plans another attempt for a webhook that was not taken.
func (e *Emulator) settle(h *hook, err error) {
	e.enter()
	defer e.mu.Unlock()
	h.attempt++
	switch {
	case err == nil:
		e.stats.Webhooks.Delivered++
	case h.attempt == hookAttempts:
		e.stats.Webhooks.Failed++
		e.log.Warn("webhook given up", "type", h.kind, "attempts", h.attempt, "error", err)
	default:
		e.stats.Webhooks.Retried++
		e.plan(second<<(h.attempt-1), h)
	}
}

type hookRefused int

func (s hookRefused) Error() string { return "answered " + strconv.Itoa(int(s)) }

// post makes one attempt. The signature is of this attempt and in real time,
// because the receiver compares it with its own clock.
func (e *Emulator) post(ctx context.Context, h *hook) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.hooks.url, bytes.NewReader(h.body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Knock/1.0 (emulator)")
	req.Header.Set("x-knock-event", h.kind)
	req.Header.Set("x-knock-environment-id", e.environmentID())
	if e.hooks.secret != "" {
		req.Header.Set("x-knock-signature", sign(e.hooks.secret, time.Now(), h.body))
	}
	res, err := e.client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return hookRefused(res.StatusCode)
	}
	return nil
}

// sign makes the signature header: t in milliseconds, and the HMAC-SHA256 of
// t, a dot and the body.
func sign(secret string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.UnixMilli(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return "t=" + t + ",s=" + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func (e *Emulator) environmentID() string {
	return e.ids.uuid("environment "+e.Environment(), 1).String()
}
