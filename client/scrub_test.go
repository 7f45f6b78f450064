package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
)

// Whoever answers at an ingestion URL may repeat it; nothing of its secret comes back.
func TestIngestionURLIsScrubbedFromAnswers(t *testing.T) {
	const secret = "hush+hush key"
	target := "https://api.knock.app/in/" + url.PathEscape(secret) + "?token=quiet-please"
	path := strings.TrimPrefix(target, "https://api.knock.app")
	echo := func(words string) string {
		b, _ := json.Marshal(words)
		return string(b)
	}
	for name, serve := range map[string]roundTripper{
		"message": func(*http.Request) (*http.Response, error) {
			return respond(404, `{"code":`+echo(secret)+`,"message":`+echo("no route "+target)+`,"type":`+echo(path)+`}`), nil
		},
		"fields": func(*http.Request) (*http.Response, error) {
			return respond(422, `{"errors":[{"field":`+echo(secret)+`,"message":`+echo(url.QueryEscape(secret)+" quiet-please")+`}]}`), nil
		},
		"where a text is cut": func(*http.Request) (*http.Response, error) {
			return respond(404, `{"message":`+echo(strings.Repeat("x", maxRemoteText-5)+secret)+`}`), nil
		},
		"escaped slashes": func(*http.Request) (*http.Response, error) {
			return respond(502, `{"message":"`+strings.ReplaceAll(target, "/", `\/`)+`"}`), nil
		},
		"request id": func(*http.Request) (*http.Response, error) {
			return respond(500, "", "X-Request-Id", url.PathEscape(secret)), nil
		},
		"network": func(*http.Request) (*http.Response, error) { return nil, errors.New("no way to " + target) },
	} {
		synctest.Test(t, func(t *testing.T) {
			var seen []any
			c := newClient(t, serve, func(o *Options) { o.Observe = func(x Exchange) { seen = append(seen, x, x.Err) } })
			err := c.Track(t.Context(), target, TrackEvent{Event: "e"})
			if err == nil {
				t.Fatalf("%s: no error", name)
			}
			for _, v := range append(seen, err) {
				for _, s := range []string{fmt.Sprintf("%v", v), fmt.Sprintf("%+v", v)} {
					if strings.Contains(s, "hush") || strings.Contains(s, "quiet") {
						t.Errorf("%s: %s", name, s)
					}
				}
			}
		})
	}
}
