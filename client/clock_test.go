package client

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

func TestSkew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ahead time.Duration
		c := newClient(t, func(*http.Request) (*http.Response, error) {
			time.Sleep(200 * time.Millisecond)
			r := respond(200, `{}`, "Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
			time.Sleep(200 * time.Millisecond)
			return r, nil
		})
		if d, known := c.Skew(); known || d != 0 {
			t.Errorf("before any answer: %v, %v", d, known)
		}
		for _, ahead = range []time.Duration{0, 90 * time.Second, -time.Hour, 0} {
			for range 20 {
				time.Sleep(130 * time.Millisecond)
				if _, err := c.GetUser(t.Context(), "u"); err != nil {
					t.Fatal(err)
				}
			}
			d, known := c.Skew()
			if !known || (d-ahead).Abs() > 250*time.Millisecond || ahead == 0 && d != 0 {
				t.Errorf("%v ahead, seen as %v", ahead, d)
			}
			if !c.ServerNow().Equal(time.Now().Add(d)) {
				t.Errorf("ServerNow is %v", c.ServerNow())
			}
		}
	})
}

func TestSkewIgnoresCaches(t *testing.T) {
	c := newClient(t, func(*http.Request) (*http.Response, error) {
		return respond(200, `{}`, "Date", "Fri, 01 Jan 1999 00:00:00 GMT", "Age", "100"), nil
	})
	_, err := c.GetUser(t.Context(), "u")
	if _, known := c.Skew(); known || err != nil {
		t.Errorf("%v, %v", known, err)
	}
}

// The skew lies between its bounds, and each answer may only narrow them.
func TestSkewBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const ahead = 90*time.Second + 300*time.Millisecond
		c := newClient(t, func(*http.Request) (*http.Response, error) {
			time.Sleep(170 * time.Millisecond)
			return respond(200, `{}`, "Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat)), nil
		})
		if _, _, known := c.SkewBounds(); known {
			t.Error("known before any answer")
		}
		width := time.Hour
		for range 12 {
			if _, err := c.GetUser(t.Context(), "u"); err != nil {
				t.Fatal(err)
			}
			low, top, known := c.SkewBounds()
			if !known || low > ahead || top < ahead || top-low > width {
				t.Errorf("%v to %v, it is %v", low, top, ahead)
			}
			width = top - low
		}
		if width > 400*time.Millisecond {
			t.Errorf("still %v wide", width)
		}
	})
}

func TestSyncClock(t *testing.T) {
	for name, x := range map[string]struct {
		key    Secret
		answer *http.Response
		path   string
		is     error
	}{
		"one user":                {testKey, respond(200, `{"entries":[]}`, "Date", "Fri, 01 Jan 1999 00:00:00 GMT"), "/v1/users", nil},
		"a refusal tells as much": {testKey, respond(403, `{}`, "Date", "Fri, 01 Jan 1999 00:00:00 GMT"), "/v1/users", nil},
		"with a token only":       {"", respond(200, `{}`, "Date", "Fri, 01 Jan 1999 00:00:00 GMT"), "/v1/whoami", nil},
		"no date":                 {testKey, respond(200, `{"entries":[]}`), "/v1/users", errNoDate},
	} {
		var paths []string
		c := newClient(t, func(r *http.Request) (*http.Response, error) { paths = append(paths, r.URL.Path); return x.answer, nil }, func(o *Options) { o.APIKey = x.key })
		if err := c.SyncClock(t.Context()); !errors.Is(err, x.is) || len(paths) != 1 || paths[0] != x.path {
			t.Errorf("%s: %v, %v", name, err, paths)
		}
		if x.is == nil {
			if err := c.SyncClock(t.Context()); err != nil || len(paths) != 1 {
				t.Errorf("%s, again: %v, %v", name, err, paths)
			}
		}
	}
	c := newClient(t, func(*http.Request) (*http.Response, error) { return respond(404, `{}`), nil })
	var e *Error
	if err := c.SyncClock(t.Context()); !errors.As(err, &e) || e.Status != 404 {
		t.Error(err)
	}
}
