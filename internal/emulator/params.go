package emulator

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// params are a request's query parameters under one name for each, in whichever
// form a client writes nested ones: inserted_at[gt] and inserted_at.gt are the
// same, and so are status, status[] and status[0].
type params struct {
	values url.Values
	asked  map[string]bool // what a handler has looked for
}

var (
	listMark   = regexp.MustCompile(`\[\d*\]`)
	nestedMark = regexp.MustCompile(`\[([^\[\]]+)\]`)
)

func readParams(raw string) (params, error) {
	given, err := url.ParseQuery(raw)
	p := params{url.Values{}, map[string]bool{}}
	for name, values := range given {
		plain := nestedMark.ReplaceAllString(listMark.ReplaceAllString(name, ""), ".$1")
		p.values[plain] = append(p.values[plain], values...)
	}
	return p, err
}

// list is a parameter that can be repeated.
func (p params) list(name string) []string {
	p.asked[name] = true
	return p.values[name]
}

// one is a parameter given once, or "".
func (p params) one(name string) string {
	p.asked[name] = true
	return p.values.Get(name)
}

// unknown reports the parameters that no handler has looked for, so that a filter
// that was misspelt does not select everything.
func (q *query) unknown() {
	for name := range q.values {
		if !q.asked[name] {
			q.bad.add(name, "unknown", "is no parameter of this endpoint, or not in this form")
		}
	}
}

// choices is a list of which each must be known.
func (q *query) choices(name string, known []string) []string {
	values := q.list(name)
	for _, v := range values {
		if !slices.Contains(known, v) {
			q.bad.add(name, "inclusion", "%q is not one of %s", v, strings.Join(known, ", "))
		}
	}
	return values
}

// choice is a parameter given once of which the value must be known, or "".
func (q *query) choice(name string, known ...string) string {
	if len(q.choices(name, known)) > 1 {
		q.bad.add(name, "length", "must be given once")
	}
	return q.one(name)
}

// flag is a boolean parameter; given says whether it is there.
func (q *query) flag(name string) (value, given bool) {
	s := q.one(name)
	if s == "" {
		return false, false
	}
	value, err := strconv.ParseBool(s)
	if err != nil {
		q.bad.add(name, "type", "must be true or false")
	}
	return value, true
}

// instant is a time parameter, or 0.
func (q *query) instant(name string) stamp {
	s := q.one(name)
	if s == "" {
		return 0
	}
	for _, form := range []string{time.RFC3339, "2006-01-02"} {
		if t, err := time.Parse(form, s); err == nil {
			return stampOf(t)
		}
	}
	q.bad.add(name, "format", "is not an ISO-8601 time")
	return 0
}

// span is a range of time given as name.gt, name.gte, name.lt and name.lte.
func (q *query) span(name string) func(stamp) bool {
	gt, gte := q.instant(name+".gt"), q.instant(name+".gte")
	lt, lte := q.instant(name+".lt"), q.instant(name+".lte")
	return func(at stamp) bool {
		return (gt == 0 || at > gt) && (gte == 0 || at >= gte) && (lt == 0 || at < lt) && (lte == 0 || at <= lte)
	}
}

// reference is a recipient as a parameter, or nil.
func (q *query) reference(name string) *ref {
	refs := q.references(name)
	switch {
	case len(refs) > 1:
		q.bad.add(name, "length", "must be given once")
	case len(refs) == 1:
		return &refs[0]
	case q.values.Has(name):
		q.bad.add(name, "format", "must be a user id, or the id and collection of an object")
	}
	return nil
}

// references is a list of recipients as a parameter: name=user_1 and
// name[id]=…&name[collection]=…, each repeated, or a JSON string.
func (q *query) references(name string) []ref {
	var refs []ref
	for _, s := range q.list(name) {
		if s != "" {
			refs = append(refs, q.referenceOf(name, s))
		}
	}
	ids, collections := q.list(name+".id"), q.list(name+".collection")
	if len(collections) != len(ids) && len(collections) > 0 {
		q.bad.add(name, "format", "each object needs an id and a collection")
		return refs
	}
	for i, id := range ids {
		r := ref{id: id}
		if len(collections) > 0 {
			r.collection = collections[i]
		}
		refs = append(refs, r)
	}
	return refs
}

func (q *query) referenceOf(name, s string) ref {
	var m map[string]any
	if !strings.HasPrefix(s, "{") || json.Unmarshal([]byte(s), &m) != nil {
		return ref{id: s}
	}
	r, wrong := refOf(m)
	if wrong != "" {
		q.bad.add(name, "format", "%s", wrong)
	}
	return r
}
