package client

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"
)

// Binding says which environment of which Knock something belongs to, for what is kept and can act later: where the
// two differ, it must not act.
type Binding struct {
	Host string // of the public API, with its port where that is not the scheme's own
	Key  string // Fingerprint of the API key
}

// String is host and key in one word, for what is written down.
func (b Binding) String() string { return b.Host + " " + b.Key }

// Binding is what things made with this client are bound to.
func (c *Client) Binding() Binding { return Binding{host(c.apis[public].base), c.fingerprint} }

// Fingerprint tells API keys apart without giving anything of them away: 12 hexadecimal digits, the same for the same
// key on any machine; empty when there is no key.
func (c *Client) Fingerprint() string { return c.fingerprint }

func fingerprint(key Secret) string {
	if key == "" {
		return ""
	}
	h := hmac.New(sha256.New, []byte("knockops: fingerprint of a Knock API key"))
	h.Write([]byte(key.Reveal()))
	return hex.EncodeToString(h.Sum(nil)[:6])
}

func host(u *url.URL) string {
	name, port := u.Hostname(), u.Port()
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	if port == "" || u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		return name
	}
	return name + ":" + port
}
