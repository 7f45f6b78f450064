package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
)

// pages gives n pages of two, and counts how many were asked for.
func pages(n int, asked *int) func(context.Context, Cursor) (Page[int], error) {
	return func(_ context.Context, at Cursor) (Page[int], error) {
		*asked++
		i := 0
		if at.After != "" {
			_, _ = fmt.Sscan(at.After, &i)
		}
		p := Page[int]{Items: []int{2 * i, 2*i + 1}}
		if i+1 < n {
			p.After = fmt.Sprint(i + 1)
		}
		return p, nil
	}
}

func TestAllReadsEveryPage(t *testing.T) {
	asked, next := 0, 0
	for got, err := range All(t.Context(), pages(3, &asked)) {
		if err != nil || got != next {
			t.Fatalf("%d, %v; want %d", got, err, next)
		}
		next++
	}
	if asked != 3 || next != 6 {
		t.Errorf("%d items in %d pages", next, asked)
	}
}

func TestAllStopsWithItsCaller(t *testing.T) {
	for stop, want := range map[int]int{0: 1, 1: 1, 2: 2, 5: 3} {
		asked := 0
		for got := range All(t.Context(), pages(4, &asked)) {
			if got == stop {
				break
			}
		}
		if asked != want {
			t.Errorf("stopped at item %d: %d pages were read, want %d", stop, asked, want)
		}
	}
}

func TestAllEndsWithAnError(t *testing.T) {
	broken := errors.New("broken")
	asked := 0
	var errs []error
	for _, err := range All(t.Context(), func(ctx context.Context, at Cursor) (Page[int], error) {
		if at.After == "1" {
			return Page[int]{}, broken
		}
		return pages(4, &asked)(ctx, at)
	}) {
		errs = append(errs, err)
	}
	if len(errs) != 3 || errs[0] != nil || errs[2] != broken {
		t.Errorf("%v", errs)
	}
	turns := 0
	for _, err := range All(t.Context(), func(context.Context, Cursor) (Page[int], error) { return Page[int]{After: "same"}, nil }) {
		if turns++; err == nil {
			t.Error("a cursor that leads nowhere is no error")
		}
	}
	if turns != 1 {
		t.Errorf("%d turns", turns)
	}
}

func TestPagesAreDecoded(t *testing.T) {
	for _, list := range []string{"items", "entries"} {
		c := newClient(t, func(*http.Request) (*http.Response, error) {
			return respond(200, `{"`+list+`":[{"id":"a"},{"id":"b"}],"page_info":{"after":"x","before":null,"page_size":2}}`), nil
		})
		p, err := c.ListUsers(t.Context(), Cursor{})
		if err != nil || len(p.Items) != 2 || p.Items[1].ID != "b" || p.After != "x" || p.Before != "" {
			t.Errorf("%s: %+v, %v", list, p, err)
		}
	}
}

func TestBadCursorsAreNotSent(t *testing.T) {
	c := newClient(t, func(*http.Request) (*http.Response, error) {
		t.Error("a request was sent")
		return respond(200, `{}`), nil
	})
	for _, at := range []Cursor{{Size: 51}, {Size: -1}, {After: "a", Before: "b"}} {
		if _, err := c.ListUsers(t.Context(), at); err == nil {
			t.Errorf("%+v is accepted", at)
		}
	}
}

func TestIteratorsFollowTheCursor(t *testing.T) {
	var asked []string
	c := newClient(t, func(r *http.Request) (*http.Response, error) {
		asked = append(asked, r.URL.RequestURI())
		if r.URL.Query().Get("after") == "" {
			return respond(200, `{"items":[{"id":"a","key":"a"}],"page_info":{"after":"x"}}`), nil
		}
		return respond(200, `{"items":[{"id":"b","key":"b"}],"page_info":{}}`), nil
	})
	var got []string
	for u, err := range c.Users(t.Context()) {
		got = append(got, u.ID, fmt.Sprint(err))
	}
	for r, err := range c.Runs(t.Context(), RunFilter{Workflow: "w"}) {
		got = append(got, r.ID, fmt.Sprint(err))
	}
	for m, err := range c.Messages(t.Context(), MessageFilter{Tenant: "t"}) {
		got = append(got, m.ID, fmt.Sprint(err))
	}
	for w, err := range c.Workflows(t.Context()) {
		got = append(got, w.Key, fmt.Sprint(err))
	}
	channels, err := c.Channels(t.Context())
	if len(channels) != 2 || err != nil {
		t.Errorf("%+v, %v", channels, err)
	}
	if want := "[a <nil> b <nil> a <nil> b <nil> a <nil> b <nil> a <nil> b <nil>]"; fmt.Sprint(got) != want {
		t.Errorf("%v", got)
	}
	want := []string{
		"/v1/users?page_size=50", "/v1/users?page_size=50&after=x",
		"/v1/workflow_recipient_runs?workflow=w&page_size=50", "/v1/workflow_recipient_runs?workflow=w&page_size=50&after=x",
		"/v1/messages?tenant=t&page_size=50", "/v1/messages?tenant=t&page_size=50&after=x",
		"/v1/workflows?environment=staging&limit=50", "/v1/workflows?environment=staging&limit=50&after=x",
		"/v1/channels?limit=50", "/v1/channels?limit=50&after=x",
	}
	if !slices.Equal(asked, want) {
		t.Errorf("%q", asked)
	}
}
