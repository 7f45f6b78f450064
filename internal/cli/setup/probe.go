package setup

import (
	"context"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/config"
	"github.com/knockops/knockops/internal/app"
)

// badSkew is from how far apart the two clocks are worth a word. Webhook
// signatures are refused at five minutes; ages are wrong long before.
const badSkew = 5 * time.Second

// examineProfile fetches the keys and asks both APIs.
func examineProfile(ctx context.Context, a *app.App, p config.Profile) []finding {
	key, found := examineKey(ctx, p)
	out := []finding{found}
	if key == "" {
		return out
	}
	token, found := examineToken(ctx, p)
	out = append(out, found)
	conn, err := a.Dial(p, key, token, nil)
	if err != nil {
		return append(out, fail("client", "", "%v", err))
	}
	ctx, cancel := context.WithTimeout(ctx, probeFor)
	defer cancel()
	start := time.Now()
	if _, err := conn.Client.ListUsers(ctx, client.Cursor{Size: 1}); err != nil {
		out = append(out, fail("public API", "", "%v", err))
	} else {
		out = append(out, ok("public API", "%s answers in %d ms and takes the key", p.BaseURL, time.Since(start).Milliseconds()))
	}
	if token != "" {
		out = append(out, examineManagement(ctx, p, conn.Client)...)
	}
	return append(out, examineClock(conn.Client))
}

func examineKey(ctx context.Context, p config.Profile) (string, finding) {
	const check = "API key"
	if p.APIKey.IsZero() {
		return "", fail(check, "set KNOCK_API_KEY, or give the profile an api_key", "profile %s has none", p.Name)
	}
	key, err := p.APIKey.Resolve(ctx)
	switch {
	case err != nil:
		return "", fail(check, "", "%v", err)
	case !strings.HasPrefix(key, "sk_"):
		return key, warn(check, "check that it is the secret key of this environment", "from %s, and it does not begin with sk_ as secret keys do", p.APIKey)
	}
	return key, ok(check, "a secret key, from %s", p.APIKey)
}

func examineToken(ctx context.Context, p config.Profile) (string, finding) {
	const check = "service token"
	if p.ServiceToken.IsZero() {
		return "", warn(check, "make one in the dashboard under Settings > Service tokens and set KNOCK_SERVICE_TOKEN", "none, so workflows cannot be listed or frozen here")
	}
	token, err := p.ServiceToken.Resolve(ctx)
	if err != nil {
		return "", fail(check, "", "%v", err)
	}
	if strings.HasPrefix(token, "sk_") {
		return token, fail(check, "swap them: a service token comes from Settings > Service tokens", "what %s gives is a secret API key", p.ServiceToken)
	}
	return token, ok(check, "from %s", p.ServiceToken)
}

// examineManagement asks who the token is, and whether it sees the environment.
func examineManagement(ctx context.Context, p config.Profile, c *client.Client) []finding {
	const check = "management API"
	who, err := c.WhoAmI(ctx)
	if err != nil {
		return []finding{fail(check, "", "%v", err)}
	}
	out := []finding{ok(check, "%s answers, account %s", p.ManagementBaseURL, who.AccountName)}
	environments, err := c.Environments(ctx)
	if err != nil {
		return append(out, fail("environment", "", "%v", err))
	}
	var slugs []string
	for _, e := range environments {
		if e.Slug == p.Environment {
			return append(out, ok("environment", "%s is there", p.Environment))
		}
		slugs = append(slugs, e.Slug)
	}
	if !p.KnowsEnvironment() {
		return append(out, warn("environment", "", "the account has %s; which one the key belongs to is not known", strings.Join(slugs, ", ")))
	}
	return append(out, fail("environment", "correct `environment` of the profile", "the account has no %s; it has %s", p.Environment, strings.Join(slugs, ", ")))
}

func examineClock(c *client.Client) finding {
	const check = "clock"
	skew, seen := c.Skew()
	switch {
	case !seen:
		return warn(check, "", "not compared: Knock did not answer")
	case skew.Abs() > badSkew:
		return warn(check, "let this machine set its clock from the network", "Knock's clock is %s off this machine's: ages and the 5 s before a cancel go by Knock's", skew.Round(time.Second))
	}
	return ok(check, "agrees with Knock's to about a second")
}
