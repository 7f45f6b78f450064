package ops

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/knockops/knockops/internal/ops/runner"
)

// Dashboard is where a profile's environment is in Knock's dashboard.
type Dashboard struct {
	// URL is the dashboard's own, "" when there is none, as of an emulator.
	URL string
	// Account is the account's slug; when it is "", the management API is asked.
	Account string
	// Environment is the environment's slug, "" when nobody told it.
	Environment string
}

// DashboardURL is where the dashboard shows a workflow. Knock's own command line
// program opens workflows there; where the dashboard shows runs, messages and
// users is published nowhere, so those have no address here.
func (s *Session) DashboardURL(ctx context.Context, workflow string) (string, error) {
	switch {
	case s.Dashboard.URL == "":
		return "", runner.Refuse("profile %s has no dashboard", s.Profile)
	case s.Dashboard.Environment == "":
		return "", runner.Refuse("the address in the dashboard holds the environment, which nobody named: give the profile an `environment`")
	}
	account := s.Dashboard.Account
	if account == "" {
		who, err := s.Client.WhoAmI(ctx)
		if err != nil {
			return "", fmt.Errorf("the address in the dashboard holds the account's slug: give the profile an `account`, or a service token: %w", err)
		}
		account = who.AccountSlug
	}
	return strings.TrimRight(s.Dashboard.URL, "/") + "/" +
		strings.Join([]string{url.PathEscape(account), url.PathEscape(strings.ToLower(s.Dashboard.Environment)), "workflows", url.PathEscape(workflow)}, "/"), nil
}
