package config

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// fileSchema is all that a configuration file may say.
var fileSchema = mapping(map[string]reader{
	"current":    text(nil),
	"theme":      mapping(map[string]reader{"mode": text(oneOf("auto", "dark", "light")), "ascii": boolean, "plots": text(oneOf("blocks", "braille", "ascii")), "high_contrast": boolean, "accessible": boolean, "name": text(oneOf(ThemeNames()...)), "file": text(nil)}),
	"key_preset": text(oneOf("default", "arrows")),
	"profiles":   named(profileName, profileSchema),
	"keys":       named(nil, texts),
	"commands":   named(commandName, commandSchema),
})

var profileSchema = mapping(map[string]reader{
	"environment":         text(slug),
	"account":             text(slug),
	"base_url":            address(apiURL),
	"management_base_url": address(apiURL),
	"dashboard_url":       address(secureURL),
	"api_key":             keySource,
	"service_token":       keySource,
	"sources":             named(nil, keySource),
	"protected":           boolean,
	"read_only":           boolean,
	"color":               text(color),
	"webhook": mapping(map[string]reader{
		"addr":       text(hostPort),
		"path":       text(absolutePath),
		"public_url": address(secureURL),
		"secrets":    list(keySource),
		"tolerance":  span(time.Second),
		"retain":     span(0),
		"retain_mb":  wholeNumber,
		"backfill":   boolean,
	}),
	"team": teamSchema,
	"runaway": mapping(map[string]reader{
		"least_per_minute": number(moreThan(0)),
		"factor":           number(moreThan(1)),
	}),
}, "environment")

// Sources of keys, as they stand first in the list that keySource makes of them.
const (
	sourceEnv     = "env"
	sourceKeyring = "keyring"
	sourceCommand = "command"
	sourcePlain   = "plain"
)

// keySource reads where a key is kept, as a list: the kind of source, then what belongs to it. A list, because a layer
// of the configuration replaces the list of the layer below it, where it would merge into a mapping.
func keySource(c *checker, at string, n *yaml.Node) any {
	if n.Kind == yaml.ScalarNode {
		if complaint := checkSecret(strings.TrimSpace(n.Value)); complaint != "" {
			return c.fail(n, at, "the key here %s", complaint)
		}
		return []any{sourcePlain, strings.TrimSpace(n.Value)}
	}
	kinds := map[string]reader{sourceEnv: text(variable), sourceKeyring: text(keyringEntry), sourceCommand: argv}
	if n.Kind == yaml.MappingNode && len(n.Content) != 2 {
		return c.fail(n, at, "wants one source: {env: NAME}, {keyring: service/user}, {command: [program, argument]} or the key itself")
	}
	m, _ := mapping(kinds)(c, at, n).(map[string]any)
	for kind, value := range m {
		if words, ok := value.([]any); ok {
			return append([]any{kind}, words...)
		}
		return []any{kind, value}
	}
	return nil
}

// source makes a KeySource of the list that keySource made.
func source(words []string) KeySource {
	if len(words) < 2 {
		return KeySource{}
	}
	switch words[0] {
	case sourceEnv:
		return EnvKey(words[1])
	case sourceKeyring:
		service, user, _ := strings.Cut(words[1], "/")
		return KeyringKey(service, user)
	case sourceCommand:
		return CommandKey(words[1:]...)
	}
	return PlainKey(words[1])
}

// argv reads a command: a list of words, or one line without anything that would need a shell.
func argv(c *checker, at string, n *yaml.Node) any {
	if n.Kind == yaml.ScalarNode && strings.ContainsAny(n.Value, "\"'\\$`|&;<>()*?~") {
		return c.fail(n, at, "is run without a shell: write it as a list of words, [program, argument, …]")
	}
	words, ok := texts(c, at, n).([]any)
	if ok && n.Kind == yaml.ScalarNode {
		line := strings.Fields(n.Value)
		words = make([]any, len(line))
		for i, word := range line {
			words[i] = word
		}
	}
	if ok && (len(words) == 0 || words[0] == "") {
		return c.fail(n, at, "names no program")
	}
	return words
}

var (
	variablePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	namePattern     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	hexColor        = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
)

// The checks below say what is wrong with a value, or nothing. Their words follow the value.

func profileName(s string) string {
	switch {
	case s == overridingProfile:
		return "is what the profile made of that environment variable is called: choose another name"
	case !namePattern.MatchString(s):
		return "cannot name a profile: use at most 64 letters, digits, dots, hyphens and underscores"
	}
	return ""
}

func slug(s string) string {
	if !namePattern.MatchString(s) {
		return "is not a slug: copy it from Knock's dashboard, such as development or production"
	}
	return ""
}

func variable(s string) string {
	if keyLike.MatchString(s) || !variablePattern.MatchString(s) {
		return "is not the name of an environment variable"
	}
	return ""
}

func keyringEntry(s string) string {
	if service, user, ok := strings.Cut(s, "/"); !ok || service == "" || user == "" {
		return "is not of the form service/user"
	}
	return ""
}

func color(s string) string {
	if hexColor.MatchString(s) {
		return ""
	}
	if n, err := strconv.Atoi(s); err == nil && n >= 0 && n <= 255 {
		return ""
	}
	return oneOf("blue", "cyan", "green", "grey", "orange", "pink", "purple", "red", "yellow")(s)
}

func hostPort(s string) string {
	if _, port, err := net.SplitHostPort(s); err != nil || !isPort(port) {
		return "is not of the form host:port, such as 127.0.0.1:4040"
	}
	return ""
}

func isPort(s string) bool {
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}

func absolutePath(s string) string {
	if !strings.HasPrefix(s, "/") || strings.ContainsAny(s, "?# ") {
		return "is not a path: begin it with /"
	}
	return ""
}

// apiURL wants the base of an API: secure, and without the /v1 that every call adds.
func apiURL(s string) string {
	if complaint := secureURL(s); complaint != "" {
		return complaint
	}
	if strings.HasSuffix(strings.TrimRight(s, "/"), "/v1") {
		return "ends in /v1, which every call adds by itself: leave it out"
	}
	return ""
}

// secureURL wants https, or http to this machine, because keys travel along.
func secureURL(s string) string {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return "is not a URL: write it as https://host"
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return "may hold neither a user, nor a query, nor a fragment"
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return "would send keys in the clear: plain http is for this machine alone, use https"
	}
	return ""
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && addr.IsLoopback()
}
