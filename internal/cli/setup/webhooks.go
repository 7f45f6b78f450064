package setup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/app"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/webhook"
)

// examineWebhooks looks at whether webhooks can be taken, and how Knock reaches this machine.
func examineWebhooks(ctx context.Context, p config.Profile) []finding {
	ctx, cancel := context.WithTimeout(ctx, probeFor)
	defer cancel()
	listens, found := examineAddress(ctx, p.Webhook.Addr)
	return []finding{examineWebhookSecret(ctx, p), found, examineReach(ctx, p.Webhook, listens), examineEvents(ctx, p.Name)}
}

func examineWebhookSecret(ctx context.Context, p config.Profile) finding {
	const check = "webhook secret"
	secrets, err := app.WebhookSecrets(ctx, p, nil)
	switch {
	case err != nil:
		return fail(check, "", "%v", err)
	case len(secrets) == 0:
		return warn(check, "copy it from the dashboard under Developers > Webhooks into webhook.secrets of the profile, or "+app.WebhookSecretVariable,
			"none, so webhooks are taken without being verified")
	}
	return ok(check, "%s to check signatures with", termtext.Plural(len(secrets), "secret"))
}

// examineAddress tells whether the address is free, or whose it is. listens says that a receiver of this program is there.
func examineAddress(ctx context.Context, addr string) (listens bool, f finding) {
	const check = "webhook address"
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err == nil {
		_ = l.Close()
		return false, ok(check, "%s is free: `knockops listen` or the console takes webhooks there", addr)
	}
	if !errors.Is(err, syscall.EADDRINUSE) {
		return false, fail(check, "give another address as webhook.addr of the profile", "%v", err)
	}
	switch status, err := get(ctx, "http://"+addr+webhook.HealthPath); {
	case err == nil && status == http.StatusOK:
		return true, ok(check, "a receiver listens on %s", addr)
	case err == nil && status == http.StatusServiceUnavailable:
		return true, fail(check, "see what it says", "a receiver listens on %s and cannot store what it gets", addr)
	}
	return false, warn(check, "end it, or give another address as webhook.addr of the profile", "another program listens on %s", addr)
}

// examineReach tells how webhooks come here from outside.
func examineReach(ctx context.Context, w config.WebhookSettings, listens bool) finding {
	const check = "webhook reach"
	switch {
	case w.PublicURL == "":
		return warn(check, fmt.Sprintf("open a tunnel, such as `cloudflared tunnel --url http://%[1]s` or `ngrok http %[1]s`, and set its URL with %[2]s as "+
			"webhook.public_url here and as the webhook's URL in Knock's dashboard", w.Addr, w.Path), "Knock cannot reach this machine by itself")
	case !listens:
		return ok(check, "Knock sends to %s; it is not tried, because nothing listens here now", w.PublicURL)
	}
	// The receiver takes POST alone and says so, and nothing else is likely to.
	status, err := get(ctx, w.PublicURL)
	switch {
	case err != nil:
		return fail(check, "see that the tunnel runs and leads to "+w.Addr, "%s does not answer: %v", w.PublicURL, err)
	case status != http.StatusMethodNotAllowed:
		return warn(check, "see that it leads to "+w.Addr+" and ends in "+w.Path, "%s answers %d, which is not how the receiver here answers", w.PublicURL, status)
	}
	return ok(check, "%s leads here", w.PublicURL)
}

func examineEvents(ctx context.Context, profile string) finding {
	const check = "events"
	path := app.JournalPath(profile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return ok(check, "none yet")
	}
	j, err := journal.Open(path)
	if err != nil {
		return fail(check, "", "%v", err)
	}
	defer j.Close()
	n, err := j.CountEvents(ctx, journal.EventFilter{})
	if err != nil {
		return fail(check, "", "%v", err)
	}
	dropped, err := j.Dropped(ctx)
	if err != nil {
		return fail(check, "", "%v", err)
	}
	return ok(check, "%s in the journal, %s dropped because of their age or its size", termtext.Plural(n, "event"), termtext.Count(dropped))
}

// get asks for a URL and returns the status. Its errors do not hold the URL, which may have a password in it.
func get(ctx context.Context, url string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, errors.New("it is no URL")
	}
	c := &http.Client{Timeout: 5 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer c.CloseIdleConnections()
	res, err := c.Do(req)
	if err != nil {
		return 0, errors.New(strings.ReplaceAll(errors.Unwrap(err).Error(), url, "it"))
	}
	return res.StatusCode, res.Body.Close()
}
