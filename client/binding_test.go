package client

import (
	"strings"
	"testing"
)

func TestBinding(t *testing.T) {
	bind := func(base string, key Secret) Binding {
		return newClient(t, nil, func(o *Options) { o.BaseURL, o.APIKey = base, key }).Binding()
	}
	here := bind("https://api.knock.app", testKey)
	for name, x := range map[string]struct {
		base string
		key  Secret
		same bool
	}{
		"written otherwise": {" https://API.knock.app:443/", " " + testKey + "\n", true},
		"another host":      {"https://api.knock.example", testKey, false},
		"another port":      {"https://api.knock.app:8443", testKey, false},
		"another key":       {"https://api.knock.app", testKey + "0", false},
		"no key":            {"https://api.knock.app", "", false},
	} {
		if got := bind(x.base, x.key); (got == here) != x.same {
			t.Errorf("%s: %+v beside %+v", name, got, here)
		}
	}
	if here != (Binding{"api.knock.app", "1b6e6a17f7d5"}) {
		t.Errorf("%+v: what was stored before is no longer recognised", here)
	}
	if strings.Contains(testKey.Reveal(), here.Key) || bind("https://x.example", "").Key != "" {
		t.Error("the fingerprint gives something away")
	}
	if got := bind("http://[::1]:8080", testKey).Host; got != "[::1]:8080" {
		t.Error(got)
	}
}
