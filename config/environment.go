package config

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/termtext"
)

// The environment variables that are read. Those of Knock have the names that its own tools use.
const (
	configVariable        = "KNOCKOPS_CONFIG"
	profileVariable       = "KNOCKOPS_PROFILE"
	apiKeyVariable        = "KNOCK_API_KEY"
	serviceTokenVariable  = "KNOCK_SERVICE_TOKEN"
	baseURLVariable       = "KNOCK_BASE_URL"
	managementURLVariable = "KNOCK_MANAGEMENT_BASE_URL"
)

var variables = []string{configVariable, profileVariable, apiKeyVariable, serviceTokenVariable, baseURLVariable, managementURLVariable}

// Names of the profile made of KNOCK_API_KEY: without a file, and where it goes before the profiles of one.
const (
	defaultProfile    = "default"
	overridingProfile = apiKeyVariable
)

// applyEnvironment lets the environment's keys and hosts meet the file's, as Load says. fileCurrent is the profile that
// the file chooses; named is whether somebody chose c.Current outside the file.
func (c *Config) applyEnvironment(fileCurrent string, named bool) error {
	for _, variable := range []string{baseURLVariable, managementURLVariable} {
		if value := os.Getenv(variable); value != "" {
			if complaint := apiURL(value); complaint != "" {
				return fmt.Errorf("%s: %q %s", variable, shownURL(value), complaint)
			}
		}
	}
	if os.Getenv(apiKeyVariable) != "" {
		if err := c.applyAPIKey(c.find(fileCurrent), named); err != nil {
			return err
		}
	}
	p := c.find(c.Current)
	switch {
	case p == nil && len(c.Profiles) > 0 && c.Current != "":
		_, err := c.Profile(c.Current)
		return err
	case p == nil:
		return nil
	}
	c.applyServiceToken(p, named)
	return c.redirect(p)
}

// applyAPIKey lets KNOCK_API_KEY fill in the current profile's key, be ignored, or make a profile of its own, which
// then talks to the hosts of base (nil: Knock's).
func (c *Config) applyAPIKey(base *Profile, named bool) error {
	p := c.find(c.Current)
	own := defaultProfile
	if len(c.Profiles) > 0 {
		own = overridingProfile
	}
	switch {
	case p != nil && p.APIKey.IsZero():
		p.APIKey = EnvKey(apiKeyVariable)
		c.warn("profile %s has no api_key and uses %s; if that is meant, write `api_key: {env: %s}`", p.Name, apiKeyVariable, apiKeyVariable)
	case p != nil && p.APIKey.sameAs(apiKeyVariable): // nothing to decide
	case p != nil && named:
		c.warn("%s is ignored: profile %s was named, and uses its own key from %s", apiKeyVariable, p.Name, p.APIKey)
	case p == nil && named && c.Current != own: // an unknown name, which is reported as such
	default:
		if p != nil {
			c.warn("%s goes before profile %s: this is the environment of that key, whichever it is; `--profile %s` uses the profile's own key from %s",
				apiKeyVariable, p.Name, p.Name, p.APIKey)
		}
		return c.addImplicit(own, base)
	}
	return nil
}

func (c *Config) addImplicit(name string, base *Profile) error {
	p, err := new(document).profile(name)
	if err != nil {
		return err
	}
	p.Implicit = true
	p.APIKey = EnvKey(apiKeyVariable)
	p.Protected = slices.ContainsFunc(c.Profiles, func(p Profile) bool { return p.Protected })
	if base != nil {
		p.BaseURL, p.ManagementBaseURL, p.ReadOnly, p.Runaway = base.BaseURL, base.ManagementBaseURL, base.ReadOnly, base.Runaway
	}
	c.Profiles = append(c.Profiles, p)
	c.Current = name
	return nil
}

func (c *Config) applyServiceToken(p *Profile, named bool) {
	environment := EnvKey(serviceTokenVariable)
	switch {
	case os.Getenv(serviceTokenVariable) == "" || p.ServiceToken.sameAs(serviceTokenVariable):
	case p.Implicit:
		p.ServiceToken = environment
	case p.ServiceToken.IsZero():
		p.ServiceToken = environment
		c.warn("profile %s has no service_token and uses %s; if that is meant, write `service_token: {env: %s}`", p.Name, serviceTokenVariable, serviceTokenVariable)
	case named || p.Protected:
		c.warn("%s is ignored: profile %s uses its own service token from %s", serviceTokenVariable, p.Name, p.ServiceToken)
	default:
		c.warn("profile %s uses %s in place of its own service token from %s", p.Name, serviceTokenVariable, p.ServiceToken)
		p.ServiceToken = environment
	}
}

// redirect sends the profile to the hosts that the environment names.
func (c *Config) redirect(p *Profile) error {
	for _, host := range []struct {
		variable string
		url      *string
	}{{baseURLVariable, &p.BaseURL}, {managementURLVariable, &p.ManagementBaseURL}} {
		value := os.Getenv(host.variable)
		switch {
		case value == "" || value == *host.url:
			continue
		case p.Protected && !p.Implicit:
			return fmt.Errorf("profile %s is protected and belongs to %s, and %s would send it to %s: unset the variable, or use another profile",
				p.Name, *host.url, host.variable, value)
		case !p.Implicit:
			c.warn("%s sends profile %s to %s in place of %s", host.variable, p.Name, value, *host.url)
		}
		*host.url = value
	}
	return nil
}

// sameAs reports whether the source is known to give what the environment variable holds. What a keyring or a command
// would give is not known before they are asked.
func (k KeySource) sameAs(variable string) bool {
	value := os.Getenv(variable)
	return k.env == variable || value != "" && (k.plain == value || k.env != "" && os.Getenv(k.env) == value)
}

// warnOfSharedKeys warns of profiles that claim different environments under one key.
func (c *Config) warnOfSharedKeys() {
	for i, p := range c.Profiles {
		for _, other := range c.Profiles[:i] {
			if !p.APIKey.IsZero() && reflect.DeepEqual(p.APIKey, other.APIKey) && p.BaseURL == other.BaseURL && p.Environment != other.Environment {
				at := "profiles." + p.Name + ".api_key"
				c.Warnings = append(c.Warnings, Problem{
					Position: c.positions[at],
					Key:      at,
					Message:  fmt.Sprintf("is the key of profile %s as well, which names another environment (%s, here %s): a key belongs to one", other.Name, other.Environment, p.Environment),
					Warning:  true,
				})
			}
		}
	}
}

// misspelt are names that people reach for, and what they mean.
var misspelt = map[string]string{
	"KNOCK_TOKEN":          apiKeyVariable,
	"KNOCK_KEY":            apiKeyVariable,
	"KNOCK_API_TOKEN":      apiKeyVariable,
	"KNOCK_API_SECRET":     apiKeyVariable,
	"KNOCK_SECRET":         apiKeyVariable,
	"KNOCK_SECRET_KEY":     apiKeyVariable,
	"KNOCK_SECRET_API_KEY": apiKeyVariable,
	"KNOCK_SERVICE_KEY":    serviceTokenVariable,
	"KNOCK_API_URL":        baseURLVariable,
	"KNOCK_URL":            baseURLVariable,
	"KNOCK_HOST":           baseURLVariable,
	"KNOCK_CONTROL_URL":    managementURLVariable,
	"KNOCK_MANAGEMENT_URL": managementURLVariable,
}

// warnOfMisspeltVariables warns of variables in environ (NAME=value) that are not read but look as if they should be.
func (c *Config) warnOfMisspeltVariables(environ []string) {
	set := map[string]bool{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		set[name] = value != ""
	}
	for _, p := range c.Profiles {
		for _, k := range p.secrets() {
			delete(set, k.env) // somebody reads it after all
		}
	}
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		if !set[name] || !strings.HasPrefix(name, "KNOCK") || slices.Contains(variables, name) {
			continue
		}
		meant := misspelt[name]
		if meant == "" {
			meant = termtext.Nearest(name, variables)
		}
		if meant != "" && os.Getenv(meant) == "" {
			c.warn("the environment variable %s is not read; did you mean %s?", name, meant)
		}
	}
}

func (c *Config) warn(format string, args ...any) {
	c.Warnings = append(c.Warnings, Problem{Message: fmt.Sprintf(format, args...), Warning: true})
}

func (c *Config) find(name string) *Profile {
	for i := range c.Profiles {
		if c.Profiles[i].Name == name {
			return &c.Profiles[i]
		}
	}
	return nil
}
