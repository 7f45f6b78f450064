package app

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops/events"
	"github.com/knockops/knockops/internal/webhook"
)

// receivingProfile opens a profile with these webhook settings.
func receivingProfile(t *testing.T, w config.WebhookSettings) *OpenedProfile {
	t.Helper()
	t.Setenv(WebhookSecretVariable, "x") // to be put back
	if err := os.Unsetenv(WebhookSecretVariable); err != nil {
		t.Fatal(err)
	}
	c, err := client.New(client.Options{APIKey: "sk_test"})
	if err != nil {
		t.Fatal(err)
	}
	j, err := journal.OpenMemory()
	if err != nil {
		t.Fatal(err)
	}
	p := config.Profile{Name: "test", Webhook: w}
	d := connection{profile: p, Client: c, guard: client.NewGuard(false)}.opened(j, &Link{}, &config.Config{}, "", slog.New(slog.DiscardHandler))
	d.receiveFor(t.Context(), p)
	t.Cleanup(func() {
		if d.stopReceiving != nil {
			d.stopReceiving()
		}
		if err := d.Session.Close(); err != nil {
			t.Error(err)
		}
	})
	return &d
}

func TestConsoleReceivesWebhooks(t *testing.T) {
	const secret = "whsec_test"
	d := receivingProfile(t, config.WebhookSettings{Addr: "127.0.0.1:0", Path: "/hook", Secrets: []config.KeySource{config.PlainKey(secret)}})
	if s := d.Status(); s.Events != "webhooks 0/s" || s.EventsBad || d.notice != "" {
		t.Errorf("the header says %q, bad %v; the notice is %q", s.Events, s.EventsBad, d.notice)
	}
	body := `{"type":"message.seen","data":{"recipient":"dana"}}`
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.Session.Events.State().URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(webhook.HeaderSignature, webhook.Sign(secret, time.Now(), []byte(body)))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	events, err := d.Session.Events.Older(context.Background(), events.Filter{}, 0)
	if err != nil || res.StatusCode/100 != 2 || len(events) != 1 || !events[0].Verified {
		t.Errorf("answered %d, journalled %+v, %v", res.StatusCode, events, err)
	}
}

func TestConsoleOpensWhereItCannotReceive(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, tt := range map[string]struct {
		secrets []config.KeySource
		want    string
	}{
		"nobody asked":  {nil, ""},
		"a taken port":  {[]config.KeySource{config.PlainKey("x")}, "another program listens on " + taken.Addr().String()},
		"a secret gone": {[]config.KeySource{config.EnvKey("KNOCKOPS_TEST_NOT_SET")}, "the webhook secret of profile test"},
	} {
		t.Run(name, func(t *testing.T) {
			d := receivingProfile(t, config.WebhookSettings{Addr: taken.Addr().String(), Path: "/hook", Secrets: tt.secrets})
			s := d.Status()
			if bad := tt.want != ""; s.EventsBad != bad || !strings.Contains(d.notice, tt.want) || (d.notice != "") != bad || (s.Events == "no webhooks") != bad {
				t.Errorf("the header says %q, bad %v; the notice is %q", s.Events, s.EventsBad, d.notice)
			}
		})
	}
}
