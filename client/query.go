package client

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// query is a query string in bracket encoding: lists as key[]=a&key[]=b, references to objects as
// key[id]=…&key[collection]=…. It keeps the order of its pairs, which tells objects of a list apart.
// What has no value is left out.
type query []pair

type pair struct{ key, value string }

func (q *query) add(key, value string) { *q = append(*q, pair{key, value}) }

func (q *query) text(key, value string) {
	if value != "" {
		q.add(key, value)
	}
}

func (q *query) number(key string, value int) { q.add(key, strconv.Itoa(value)) }

func (q *query) flag(key string, value *bool) {
	if value != nil {
		q.add(key, strconv.FormatBool(*value))
	}
}

func (q *query) time(key string, value time.Time) {
	if !value.IsZero() {
		q.add(key, value.UTC().Format(time.RFC3339Nano))
	}
}

func (q *query) ref(key string, r Ref) {
	if r.Collection == "" {
		q.add(key, r.ID)
		return
	}
	q.add(key+"[id]", r.ID)
	q.add(key+"[collection]", r.Collection)
}

// texts adds a list of anything that is a string underneath.
func texts[T ~string](q *query, key string, values []T) {
	for _, v := range values {
		q.add(key+"[]", string(v))
	}
}

func (q query) encode() string {
	var b strings.Builder
	for i, p := range q {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.key) + "=" + url.QueryEscape(p.value))
	}
	return b.String()
}
