package events

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/internal/webhook"
)

// Replayed is what became of an event that was sent again.
type Replayed = webhook.Forwarded

const replayTimeout = 10 * time.Second

// Replay sends an event to a URL as it came; with a signing secret signed anew,
// since the signature that it came with is good for five minutes. It sends
// nothing to Knock. The error tells an address that it does not send to, or why
// the event was not taken there.
func Replay(ctx context.Context, e Event, to, secret string) (Replayed, error) {
	if err := CheckReplay(to); err != nil {
		return Replayed{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, replayTimeout)
	defer cancel()
	c := webhook.NewSender(replayTimeout)
	defer c.CloseIdleConnections()
	r := webhook.Post(ctx, c, to, signed(e, secret), e.Body)
	return r, r.Err
}

// CheckReplay says why events are not sent to a URL: they tell of people, so
// they leave this machine only under TLS.
func CheckReplay(to string) error {
	u, err := url.Parse(to)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return errors.New("this is no URL: write it like http://127.0.0.1:3000/hook")
	case u.Scheme == "http" && !client.Loopback(u.Hostname()):
		return fmt.Errorf("over plain http events are sent to this machine alone: use https for %s", u.Hostname())
	}
	return nil
}

// signed are the event's headers, with a signature of now.
func signed(e Event, secret string) []webhook.Header {
	header := slices.Clone(e.Header)
	if secret == "" {
		return header
	}
	sign := webhook.Sign(secret, time.Now(), e.Body)
	header = slices.DeleteFunc(header, func(h webhook.Header) bool { return strings.EqualFold(h.Name, webhook.HeaderSignature) })
	return append(header, webhook.Header{Name: webhook.HeaderSignature, Value: sign})
}

// Replay is [Replay] with the secret that this program receives webhooks with.
func (f *Feed) Replay(ctx context.Context, e Event, to string) (Replayed, error) {
	return Replay(ctx, e, to, f.secret())
}

// CanSign reports that there is a secret to sign events with.
func (f *Feed) CanSign() bool { return f.secret() != "" }

// Curl is [Curl] with the secret that this program receives webhooks with.
func (f *Feed) Curl(e Event) string { return Curl(e, f.secret()) }

func (f *Feed) secret() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.receiving.Secrets) == 0 {
		return ""
	}
	return f.receiving.Secrets[0]
}

// Curl gives an event as one line for a POSIX shell that sends it to $URL,
// signed now: the line holds the signature, not the secret.
func Curl(e Event, secret string) string {
	words := []string{"curl", "-X", http.MethodPost, `"$URL"`}
	for _, h := range signed(e, secret) {
		switch strings.ToLower(h.Name) {
		case "host", "connection", "content-length", "transfer-encoding", "accept-encoding", "expect":
			continue // of the connection that it came over
		}
		words = append(words, "-H", termtext.ShellWord(h.Name+": "+h.Value))
	}
	return strings.Join(append(words, "--data-raw", termtext.ShellWord(string(e.Body))), " ")
}
