package flow

import (
	"regexp"
	"slices"
	"strings"

	"github.com/knockops/knockops/internal/flow/expr"
)

// Redacted stands where a key or a password was.
const Redacted = "[redacted]"

// looksLikeKey finds keys of Knock's that nobody told of.
var looksLikeKey = regexp.MustCompile(`\b(?:sk|pk|knock_st)_[A-Za-z0-9_\-]{16,}`)

// shortestSecret is how long a value is at least that is taken out of other texts.
const shortestSecret = 4

// redactor takes secrets out of what is shown and kept.
type redactor struct{ secrets []string }

func newRedactor(secrets []string) redactor {
	r := redactor{}
	for _, s := range secrets {
		r.add(s)
	}
	return r
}

func (r *redactor) add(s string) {
	if len(s) >= shortestSecret && !slices.Contains(r.secrets, s) {
		r.secrets = append(r.secrets, s)
	}
}

func (r *redactor) text(s string) string {
	for _, secret := range r.secrets {
		s = strings.ReplaceAll(s, secret, Redacted)
	}
	if strings.Contains(s, "k_") || strings.Contains(s, "knock_st_") {
		s = looksLikeKey.ReplaceAllString(s, Redacted)
	}
	return s
}

func (r *redactor) value(v any) any {
	switch v := v.(type) {
	case string:
		return r.text(v)
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = r.value(x)
		}
		return out
	case map[string]any:
		return r.object(v)
	}
	return v
}

func (r *redactor) object(v map[string]any) map[string]any {
	if v == nil {
		return nil
	}
	out := make(map[string]any, len(v))
	for k, x := range v {
		out[k] = r.value(x)
	}
	return out
}

func (r *redactor) texts(in []string) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = r.text(s)
	}
	return out
}

func (r *redactor) header(in map[string][]string) map[string][]string {
	out := make(map[string][]string, len(in))
	for k, v := range in {
		if strings.EqualFold(k, "Authorization") || strings.EqualFold(k, "Set-Cookie") || strings.EqualFold(k, "Cookie") {
			out[k] = []string{Redacted}
			continue
		}
		out[k] = r.texts(v)
	}
	return out
}

// record is a copy of a record that may be shown and kept.
func (r *redactor) record(rec Record) Record {
	if rec.Request != nil {
		q := *rec.Request
		q.Path, q.Query, q.Body, q.Header = r.text(q.Path), r.text(q.Query), r.text(q.Body), r.header(q.Header)
		rec.Request = &q
	}
	if rec.Response != nil {
		p := *rec.Response
		p.Body, p.Header = r.text(p.Body), r.header(p.Header)
		rec.Response = &p
	}
	if rec.Message != nil {
		m := *rec.Message
		m.Payload = r.text(m.Payload)
		rec.Message = &m
	}
	if rec.Proof != nil {
		p := *rec.Proof
		p.Text = r.text(p.Text)
		rec.Proof = &p
	}
	criteria := make([]CriterionRes, len(rec.Criteria))
	for i, c := range rec.Criteria {
		c.Condition, c.Why = r.text(c.Condition), r.text(c.Why)
		comparisons := make([]expr.Comparison, len(c.Comparisons))
		for j, x := range c.Comparisons {
			x.LeftValue, x.RightValue, x.Missing = r.value(x.LeftValue), r.value(x.RightValue), r.text(x.Missing)
			x.Left, x.Right = r.text(x.Left), r.text(x.Right)
			comparisons[j] = x
		}
		c.Comparisons = comparisons
		criteria[i] = c
	}
	rec.Criteria = criteria
	rec.Outputs, rec.Notes, rec.Error = r.object(rec.Outputs), r.texts(rec.Notes), r.text(rec.Error)
	if rec.Wait != nil {
		w := *rec.Wait
		w.For = r.text(w.For)
		rec.Wait = &w
	}
	return rec
}

// redactedError is an error whose words held a secret.
type redactedError struct {
	error
	words string
}

func (e redactedError) Error() string { return e.words }
func (e redactedError) Unwrap() error { return e.error }

func (r *redactor) result(res *Result) {
	res.Outputs, res.Missing, res.Unproven = r.object(res.Outputs), r.texts(res.Missing), r.texts(res.Unproven)
	if res.Err != nil {
		if words := r.text(res.Err.Error()); words != res.Err.Error() {
			res.Err = redactedError{res.Err, words}
		}
	}
}
