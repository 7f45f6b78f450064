package config

import (
	"fmt"
	"slices"
	"time"

	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/v2"
)

// separator divides the paths of settings inside koanf. Names of profiles and actions may hold dots.
const separator = "\x1f"

// Where Knock is, unless a profile says otherwise.
const (
	DefaultBaseURL           = "https://api.knock.app"
	DefaultManagementBaseURL = "https://control.knock.app"
	DefaultDashboardURL      = "https://dashboard.knock.app"
)

var defaults = map[string]any{
	"environment":         UnknownEnvironment,
	"base_url":            DefaultBaseURL,
	"management_base_url": DefaultManagementBaseURL,
	"dashboard_url":       DefaultDashboardURL,
	"webhook": map[string]any{
		"addr": DefaultWebhook.Addr, "path": DefaultWebhook.Path, "tolerance": DefaultWebhook.Tolerance, "retain": DefaultWebhook.Retain,
	},
	"team": map[string]any{"replicas": DefaultTeamReplicas, "retain": DefaultTeamRetain},
}

// settings are those of a profile as the layers hold them.
type settings struct {
	Environment       string   `koanf:"environment"`
	Account           string   `koanf:"account"`
	BaseURL           string   `koanf:"base_url"`
	ManagementBaseURL string   `koanf:"management_base_url"`
	DashboardURL      string   `koanf:"dashboard_url"`
	APIKey            []string `koanf:"api_key"`
	ServiceToken      []string `koanf:"service_token"`
	Protected         bool     `koanf:"protected"`
	ReadOnly          bool     `koanf:"read_only"`
	Color             string   `koanf:"color"`
	Webhook           struct {
		Addr      string     `koanf:"addr"`
		Path      string     `koanf:"path"`
		PublicURL string     `koanf:"public_url"`
		Secrets   [][]string `koanf:"secrets"`

		Tolerance time.Duration `koanf:"tolerance"`
		Retain    time.Duration `koanf:"retain"`
		RetainMB  int           `koanf:"retain_mb"`
		Backfill  bool          `koanf:"backfill"`
	} `koanf:"webhook"`
	Team    teamFile            `koanf:"team"`
	Runaway RunawaySettings     `koanf:"runaway"`
	Sources map[string][]string `koanf:"sources"`
}

// layered puts layers of settings over one another, the last one on top.
func layered(layers ...map[string]any) (*koanf.Koanf, error) {
	k := koanf.New(separator)
	for _, layer := range layers {
		if err := k.Load(confmap.Provider(layer, ""), nil); err != nil {
			return nil, fmt.Errorf("putting the configuration together: %w", err)
		}
	}
	return k, nil
}

// profile makes the named profile of the defaults and what the document says.
func (d *document) profile(name string) (Profile, error) {
	profiles, _ := d.values["profiles"].(map[string]any)
	written, _ := profiles[name].(map[string]any)
	k, err := layered(defaults, written)
	if err != nil {
		return Profile{}, err
	}
	var s settings
	if err := k.Unmarshal("", &s); err != nil {
		return Profile{}, fmt.Errorf("reading profile %s: %w", name, err)
	}
	p := Profile{
		Name:              name,
		Environment:       s.Environment,
		Account:           s.Account,
		BaseURL:           s.BaseURL,
		ManagementBaseURL: s.ManagementBaseURL,
		DashboardURL:      s.DashboardURL,
		APIKey:            source(s.APIKey),
		ServiceToken:      source(s.ServiceToken),
		Protected:         s.Protected,
		ReadOnly:          s.ReadOnly,
		Color:             s.Color,
		Webhook: WebhookSettings{
			Addr: s.Webhook.Addr, Path: s.Webhook.Path, PublicURL: s.Webhook.PublicURL,
			Tolerance: s.Webhook.Tolerance, Retain: s.Webhook.Retain, RetainMB: s.Webhook.RetainMB, Backfill: s.Webhook.Backfill,
		},
		Team:    s.Team.settings(),
		Runaway: s.Runaway,
	}
	for _, words := range s.Webhook.Secrets {
		p.Webhook.Secrets = append(p.Webhook.Secrets, source(words))
	}
	for name, words := range s.Sources {
		if p.Sources == nil {
			p.Sources = map[string]KeySource{}
		}
		p.Sources[name] = source(words)
	}
	return p, nil
}

// secrets are all that the profile keeps.
func (p Profile) secrets() []KeySource {
	all := append([]KeySource{p.APIKey, p.ServiceToken, p.Team.NKey}, p.Webhook.Secrets...)
	for _, k := range p.Sources {
		all = append(all, k)
	}
	return all
}

func (p Profile) holdsKey() bool { return slices.ContainsFunc(p.secrets(), KeySource.IsPlain) }
