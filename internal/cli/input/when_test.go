package input

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/knockops/knockops/client"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Fifteen minutes ago are fifteen minutes ago at Knock, whatever this machine's clock says; a date asks nobody.
func TestAgesCountByKnocksClock(t *testing.T) {
	const ahead = 3 * time.Hour
	asked := 0
	c, err := client.New(client.Options{APIKey: "sk_test", Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		asked++
		header := http.Header{"Date": {time.Now().Add(ahead).UTC().Format(http.TimeFormat)}}
		return &http.Response{StatusCode: 200, Header: header, Body: io.NopCloser(strings.NewReader(`{"entries":[]}`))}, nil
	})})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if at, err := When(t.Context(), "--since", "2026-11-21T14:02:00Z", c); err != nil || !at.Equal(time.Date(2026, 11, 21, 14, 2, 0, 0, time.UTC)) || asked != 0 {
		t.Errorf("a date: %v after %d requests: %v", at, asked, err)
	}
	at, err := When(t.Context(), "--since", "15m", c)
	if there := time.Until(at.Add(15 * time.Minute)); err != nil || asked != 1 || (there-ahead).Abs() > time.Minute {
		t.Errorf("an age: %v after %d requests: %v", at, asked, err)
	}
	if _, err := When(t.Context(), "--since", "soon", c); err == nil || asked != 1 {
		t.Errorf("nonsense: %v after %d requests", err, asked)
	}
	if at, err := When(t.Context(), "--since", "", c); err != nil || !at.IsZero() {
		t.Errorf("nothing: %v, %v", at, err)
	}
}
