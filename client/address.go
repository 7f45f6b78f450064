package client

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"unicode"
)

// Loopback reports whether a host, without its port, is this very machine.
func Loopback(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Unmap().IsLoopback()
	}
	return strings.EqualFold(host, "localhost")
}

// confidential reports whether nobody can listen on the way: TLS, or this very machine.
func confidential(u *url.URL) bool { return u.Scheme == "https" || Loopback(u.Hostname()) }

// Proxy is http.ProxyFromEnvironment, except that what goes to this machine never leaves it: the standard library knows
// localhost in small letters alone.
func Proxy(r *http.Request) (*url.URL, error) {
	if Loopback(r.URL.Hostname()) {
		return nil, nil
	}
	return fromEnvironment(r)
}

var fromEnvironment = http.ProxyFromEnvironment // which reads the environment once: tests have one of their own

const (
	hidden = "…"
	// longestWord is how long a part of a path is at most that is no token; one that mixes letters and digits is
	// taken for a token from mixedWord on.
	longestWord = 20
	mixedWord   = 8
)

// ShownURL is an address as screens, logs and errors may show it: without its user, password, query and fragment, and
// without the parts of its path that look like tokens. Of what is no URL nothing is shown.
func ShownURL(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" {
		return hidden
	}
	parts := strings.Split(u.EscapedPath(), "/")
	for i, part := range parts {
		if tokenLike(part) {
			parts[i] = hidden
		}
	}
	return visible(u.Scheme + "://" + u.Host + strings.Join(parts, "/"))
}

func tokenLike(part string) bool {
	mixed := strings.ContainsFunc(part, unicode.IsLetter) && strings.ContainsFunc(part, unicode.IsDigit)
	return len(part) > longestWord || mixed && len(part) >= mixedWord
}
