package emulator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// query is what a handler reads a request from.
type query struct {
	*exchange
	params
	body any
	bad  problems
}

// path is what stands in the request's path for the route's placeholder.
func (q *query) path(name string) string { return q.req.PathValue(name) }

// decode reads the body, which must be one JSON value.
func (q *query) decode() *apiError {
	dec := json.NewDecoder(bytes.NewReader(q.exchange.body))
	dec.UseNumber()
	err := dec.Decode(&q.body)
	if err == nil {
		if _, err = dec.Token(); err == nil {
			err = errors.New("there is something after the end of the value")
		} else if errors.Is(err, io.EOF) {
			return nil
		}
	}
	return fault(http.StatusBadRequest, invalidRequest, "invalid_params", "The body is not JSON: %s", err)
}

// object is the body as an object.
func (q *query) object() map[string]any {
	m, ok := q.body.(map[string]any)
	if !ok && q.body != nil {
		q.bad.add("body", "type", "must be a JSON object")
	}
	return m
}

// refOf reads a reference from a body: a string, or a map with id and
// collection. What is wrong with it is said in words.
func refOf(v any) (r ref, wrong string) {
	switch v := v.(type) {
	case string:
		r.id = v
	case map[string]any:
		id, isText := v["id"].(string)
		if !isText {
			return ref{}, "must have an id"
		}
		r.id = id
		if c, given := v["collection"]; given && c != nil && c != "$users" {
			if r.collection, isText = c.(string); !isText || r.collection == "" {
				return ref{}, "collection must be a string"
			}
		}
	default:
		return ref{}, "must be a user id, or a map with an id"
	}
	if r.id == "" {
		return ref{}, "the id can't be blank"
	}
	return r, ""
}

const (
	defaultPage        = 50
	largestPage        = 50
	largestManagedPage = 100
)

// page is a place in a listing. Rows are told newest first.
type page struct {
	size          int
	after, before int64 // row numbers, or -1
}

// page reads the cursors of a listing of that name. The size is called
// page_size in the public API and limit in the other.
func (q *query) page(listing, sizeName string, largest int) page {
	p := page{defaultPage, -1, -1}
	if s := q.one(sizeName); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > largest {
			q.bad.add(sizeName, "number", "must be from 1 to %d", largest)
		}
		p.size = n
	}
	for name, at := range map[string]*int64{"after": &p.after, "before": &p.before} {
		if s := q.one(name); s != "" {
			n, ok := readCursor(listing, s)
			if !ok {
				q.bad.add(name, "format", "is not a cursor of this listing")
			}
			*at = n
		}
	}
	return p
}

// cursor is opaque to the caller: the listing's name and a row number.
func cursor(listing string, row uint32) *string {
	s := base64.RawURLEncoding.EncodeToString([]byte(listing + ":" + strconv.FormatUint(uint64(row), 10)))
	return &s
}

func readCursor(listing, s string) (int64, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return -1, false
	}
	number, ok := strings.CutPrefix(string(raw), listing+":")
	n, err := strconv.ParseUint(number, 10, 32)
	return int64(n), ok && err == nil
}
