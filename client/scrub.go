package client

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// shortestPart is how long a part of an ingestion URL is at least that counts as its secret.
const shortestPart = 6

// scrubbed is s without the secret of an ingestion URL: whatever answers there may repeat the URL, whole, in part or
// with other escapes.
func (x call) scrubbed(s string) string {
	for _, part := range x.secretParts() {
		s = strings.ReplaceAll(s, part, "…")
	}
	return s
}

// secretParts are the parts of the call's target that nobody is shown, the longest first.
func (x call) secretParts() []string {
	u, err := url.Parse(x.target)
	if x.target == "" || err != nil {
		return nil
	}
	var parts []string
	add := func(s string) {
		for _, form := range []string{s, url.PathEscape(s), url.QueryEscape(s)} {
			if len(form) >= shortestPart && !slices.Contains(parts, form) {
				parts = append(parts, form)
			}
		}
	}
	for _, segment := range append(strings.Split(u.EscapedPath(), "/"), u.RawQuery, u.Fragment) {
		add(segment)
		if plain, err := url.PathUnescape(segment); err == nil {
			add(plain)
		}
	}
	for _, values := range u.Query() {
		for _, v := range values {
			add(v)
		}
	}
	slices.SortFunc(parts, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	return parts
}

// scrubbedError is an error of the network whose words hold the secret of an ingestion URL.
type scrubbedError struct {
	error
	words string
}

func (e scrubbedError) Error() string { return e.words }
func (e scrubbedError) Unwrap() error { return e.error }

func (x call) scrubbedError(err error) error {
	if err == nil {
		return nil
	}
	if words := x.scrubbed(err.Error()); words != err.Error() {
		return scrubbedError{err, words}
	}
	return err
}
