package app

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/cli/exit"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/termtext"
)

// WebhookSecretVariable holds a signing secret, beside those of the profile.
const WebhookSecretVariable = "KNOCKOPS_WEBHOOK_SECRET"

// WebhookSecrets gathers the signing secrets. One that is there and empty would have everything taken unverified, so
// that is an error.
func WebhookSecrets(ctx context.Context, p config.Profile, given []string) ([]string, error) {
	secrets := slices.Clone(given)
	if slices.Contains(secrets, "") {
		return nil, exit.Usage("--secret is empty: give it a value, or leave it out")
	}
	if s, set := os.LookupEnv(WebhookSecretVariable); set && s == "" {
		return nil, exit.Usage("%s is empty: give it a value, or unset it", WebhookSecretVariable)
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

// pruneEvery is how often what is too old is dropped.
const pruneEvery = time.Hour

// PruneLoop drops what is too old, now and then.
func PruneLoop(ctx context.Context, j *journal.Journal, w config.WebhookSettings, say func(string, ...any)) {
	ticker := time.NewTicker(pruneEvery)
	defer ticker.Stop()
	for {
		n, err := j.Prune(ctx, w.Retain, int64(w.RetainMB)<<20)
		if n > 0 {
			say("dropped %s that were kept long enough", termtext.Plural(n, "webhook"))
		}
		if err != nil && ctx.Err() == nil {
			say("old webhooks are not dropped now: %v", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// StandReadyLoop writes down that webhooks are received here, so that the times in which they are not are known.
func StandReadyLoop(ctx context.Context, j *journal.Journal, say func(string, ...any)) {
	since := time.Now()
	ticker := time.NewTicker(journal.ReceivingEvery)
	defer ticker.Stop()
	for {
		if err := j.StandReady(ctx, since); err != nil && ctx.Err() == nil {
			say("that webhooks are received here cannot be written down: %v", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
