package config

import (
	"net/url"
	"path/filepath"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// TeamSettings say where the NATS servers of a team are, and how its streams are kept there. A profile without servers
// belongs to no team.
type TeamSettings struct {
	Servers     []string
	Credentials string    // a file as `nsc` writes it; "": none
	NKey        KeySource // the seed of an nkey; never together with Credentials
	CA          string    // a file with the certificates that sign the servers'; "": those of the system
	Cert, Key   string    // files of a certificate that this machine shows, both or neither

	Replicas int           // servers that hold a copy
	Retain   time.Duration // what is older is dropped from the stream
	RetainMB int           // the oldest is dropped when the stream holds more megabytes; 0 is no limit
	Synced   bool          // the operator says that every server has sync_interval: always
}

// IsZero reports whether the profile belongs to no team.
func (t TeamSettings) IsZero() bool { return len(t.Servers) == 0 }

// The defaults of a team.
const (
	DefaultTeamReplicas = 1
	DefaultTeamRetain   = 7 * 24 * time.Hour
)

// teamFile is a team as a file has it.
type teamFile struct {
	Servers     []string `koanf:"servers"`
	Credentials string   `koanf:"credentials"`
	NKey        []string `koanf:"nkey"`
	TLS         struct {
		CA   string `koanf:"ca"`
		Cert string `koanf:"cert"`
		Key  string `koanf:"key"`
	} `koanf:"tls"`
	Replicas int           `koanf:"replicas"`
	Retain   time.Duration `koanf:"retain"`
	RetainMB int           `koanf:"retain_mb"`
	Synced   bool          `koanf:"synced"`
}

func (t teamFile) settings() TeamSettings {
	if len(t.Servers) == 0 {
		return TeamSettings{}
	}
	return TeamSettings{
		Servers: t.Servers, Credentials: t.Credentials, NKey: source(t.NKey), CA: t.TLS.CA, Cert: t.TLS.Cert, Key: t.TLS.Key,
		Replicas: t.Replicas, Retain: t.Retain, RetainMB: t.RetainMB, Synced: t.Synced,
	}
}

// within takes files that are not named from the root on as lying in a folder.
func (t *TeamSettings) within(folder string) {
	for _, file := range []*string{&t.Credentials, &t.CA, &t.Cert, &t.Key} {
		if *file != "" && !filepath.IsAbs(*file) {
			*file = filepath.Join(folder, *file)
		}
	}
}

var teamMapping = mapping(map[string]reader{
	"servers":     list(address(natsURL)),
	"credentials": text(nil),
	"nkey":        keySource,
	"tls":         mapping(map[string]reader{"ca": text(nil), "cert": text(nil), "key": text(nil)}),
	"replicas":    replicas,
	"retain":      span(time.Hour),
	"retain_mb":   wholeNumber,
	"synced":      boolean,
}, "servers")

// teamSchema reads a team, of which some settings go together and others do not.
func teamSchema(c *checker, at string, n *yaml.Node) any {
	v := teamMapping(c, at, n)
	m, _ := v.(map[string]any)
	if m["credentials"] != nil && m["nkey"] != nil {
		return c.fail(valueOf(n, "nkey"), at+".nkey", "stands beside credentials, and a server is shown one of them: leave the other out")
	}
	if tls, _ := m["tls"].(map[string]any); (tls["cert"] == nil) != (tls["key"] == nil) {
		return c.fail(valueOf(n, "tls"), at+".tls", "wants cert and key together")
	}
	return v
}

// replicas reads how many servers hold a copy. A majority has to agree, so an even number helps nobody.
func replicas(c *checker, at string, n *yaml.Node) any {
	if complaint := oneOf("1", "3", "5")(n.Value); complaint != "" {
		return c.fail(n, at, "%q %s", n.Value, complaint)
	}
	count, _ := strconv.Atoi(n.Value)
	return count
}

// natsURL wants TLS, or this machine: webhooks tell of people.
func natsURL(s string) string {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "tls" && u.Scheme != "nats"):
		return "is not where a NATS server is: write it as tls://host:4222"
	case u.User != nil:
		return "may hold no user: name a credentials file or an nkey"
	case u.Path != "" || u.RawQuery != "" || u.Fragment != "":
		return "may hold nothing after the port"
	case u.Scheme == "nats" && !isLoopback(u.Hostname()):
		return "would send what webhooks tell of people in the clear: nats:// is for this machine alone, use tls://"
	}
	return ""
}
