// Package config reads what knockops is told about the environments it works on: profiles, where their keys come from,
// the look of the console and its key overrides.
//
// Three layers say so, the earlier one first: the command line ([Flags]), the environment (KNOCKOPS_PROFILE,
// KNOCKOPS_CONFIG, KNOCK_API_KEY, KNOCK_SERVICE_TOKEN, KNOCK_BASE_URL, KNOCK_MANAGEMENT_BASE_URL) and a YAML file.
// How they meet is said at [Load].
package config

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/knockops/knockops/internal/termtext"
)

// UnknownEnvironment is the Environment of a profile whose slug nobody told: an API key does not say which environment
// it belongs to. See [Profile.KnowsEnvironment].
const UnknownEnvironment = "unknown"

// ErrNotConfigured says that there is nothing to work with: no profile in a file and no KNOCK_API_KEY.
var ErrNotConfigured = errors.New("no profile is configured: set KNOCK_API_KEY, or write a configuration file with `knockops config init`; `knockops demo` needs neither")

// Config is what [Load] found.
type Config struct {
	Path     string              // the file, whether it exists or not
	Exists   bool                // whether Path was there to be read
	Profiles []Profile           // in the order of the file; the one made of KNOCK_API_KEY comes last
	Current  string              // name of the profile in use; empty when there are several and none was chosen
	Theme    Theme               // the look of the console
	Preset   string              // of keys, which Keys go on top of: default or arrows
	Keys     map[string][]string // key overrides by action id; an empty list unbinds the action
	Commands []Command           // of the operator's own, in the order of the file
	Warnings []Problem           // what the operator should know although it stops nothing

	positions map[string]Position // by the path of the setting
}

// Theme is the look of the console.
type Theme struct {
	Mode         string `koanf:"mode"`          // auto (ask the terminal), dark or light
	ASCII        bool   `koanf:"ascii"`         // draw with ASCII alone
	Plots        string `koanf:"plots"`         // what plots are drawn with: blocks, which is the default, braille or ascii
	HighContrast bool   `koanf:"high_contrast"` // stronger inks
	Accessible   bool   `koanf:"accessible"`    // linear text for screen readers: no frames, no rules, nothing that spins
	Name         string `koanf:"name"`          // of the gallery; empty is the default
	File         string `koanf:"file"`          // of other colours, relative to the configuration's folder

	Dark, Light Colors `koanf:"-"` // what Name and File say
}

// Profile is one Knock environment with the keys that open it.
type Profile struct {
	Name              string
	Environment       string // slug, or [UnknownEnvironment]
	Account           string // slug of the account in Knock's dashboard; may be empty
	BaseURL           string // of the public API, without /v1
	ManagementBaseURL string // of the management API, without /v1
	DashboardURL      string // of Knock's dashboard
	APIKey            KeySource
	ServiceToken      KeySource
	Protected         bool   // starts read-only, and is armed on purpose
	ReadOnly          bool   // every mutating request is refused
	Color             string // the name of a colour, a terminal colour by number, or #rrggbb; empty: the theme's own
	Webhook           WebhookSettings
	Sources           map[string]KeySource // ingestion URLs of sources, by the sources' keys
	Team              TeamSettings
	Runaway           RunawaySettings
	Implicit          bool // made of KNOCK_API_KEY and its like; stands in no file
}

// DefaultWebhook is what a profile has that says nothing of webhooks.
var DefaultWebhook = WebhookSettings{Addr: "127.0.0.1:4040", Path: "/webhooks/knock", Tolerance: 5 * time.Minute, Retain: 30 * 24 * time.Hour}

// WebhookSettings say how outbound webhooks of the profile's environment reach this machine.
type WebhookSettings struct {
	Addr      string      // host:port to listen on
	Path      string      // path of the receiver
	PublicURL string      // where Knock sees the receiver, such as a tunnel's URL; may be empty
	Secrets   []KeySource // signing secrets; several while one is being replaced

	Tolerance time.Duration // how far a signature's time may be from this machine's
	Retain    time.Duration // webhooks received longer ago are dropped; 0 keeps all
	Backfill  bool          // the console fills gaps in what arrived from the API by itself, when it opens
	RetainMB  int           // the oldest are dropped when the journal holds more megabytes; 0 is no limit
}

// RunawaySettings say from when on a workflow is reported as running away; 0 leaves it to the detector.
type RunawaySettings struct {
	LeastPerMinute float64 `koanf:"least_per_minute"` // runs a minute below which nothing is a runaway
	Factor         float64 `koanf:"factor"`           // how many times what is usual for the workflow
}

// Profile returns the named profile, or the current one when name is empty. The error of an unknown name lists the
// known ones, the nearest first.
func (c *Config) Profile(name string) (Profile, error) {
	if name == "" {
		name = c.Current
	}
	for _, p := range c.Profiles {
		if p.Name == name {
			return p, nil
		}
	}
	switch {
	case len(c.Profiles) == 0:
		return Profile{}, ErrNotConfigured
	case name == "":
		return Profile{}, fmt.Errorf("no profile is chosen: write `current: NAME` in %s, or pass --profile; profiles: %s",
			c.Path, strings.Join(c.names(), ", "))
	}
	return Profile{}, fmt.Errorf("there is no profile %q; profiles: %s", name, strings.Join(termtext.NearestFirst(name, c.names()), ", "))
}

// nothingNamed is the error when a profile was named and there is none at all.
func (c *Config) nothingNamed() error {
	where := "there is no file " + c.Path
	if c.Exists {
		where = c.Path + " holds none"
	}
	hint := "`knockops config init` writes a file to begin with"
	if os.Getenv(apiKeyVariable) != "" {
		hint = "name none to use " + apiKeyVariable
	}
	return fmt.Errorf("there is no profile %q: %s; %s", c.Current, where, hint)
}

// KeyPos returns where the file overrides the keys of an action; it is zero when the file does not.
func (c *Config) KeyPos(action string) Position { return c.positions["keys."+action] }

func (c *Config) names() []string {
	names := make([]string, len(c.Profiles))
	for i, p := range c.Profiles {
		names[i] = p.Name
	}
	return names
}

// KnowsEnvironment reports whether the profile's environment slug is known. The management API names an environment
// with every call, so without a slug nothing may be asked of it that belongs to one.
func (p Profile) KnowsEnvironment() bool { return p.Environment != UnknownEnvironment }

// Keys fetches the profile's API key and service token from where they are kept, which may run a command or ask the
// keyring. The service token is empty when the profile has none; an API key it must have.
func (p Profile) Keys(ctx context.Context) (apiKey, serviceToken string, err error) {
	if p.APIKey.IsZero() {
		return "", "", fmt.Errorf("profile %s has no API key: give it an `api_key`, or set KNOCK_API_KEY", p.Name)
	}
	if apiKey, err = p.APIKey.Resolve(ctx); err != nil {
		return "", "", fmt.Errorf("the API key of profile %s: %w", p.Name, err)
	}
	if p.ServiceToken.IsZero() {
		return apiKey, "", nil
	}
	if serviceToken, err = p.ServiceToken.Resolve(ctx); err != nil {
		return "", "", fmt.Errorf("the service token of profile %s: %w", p.Name, err)
	}
	return apiKey, serviceToken, nil
}
