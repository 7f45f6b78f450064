package client

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
)

const (
	firstDelay = 250 * time.Millisecond
	maxDelay   = 10 * time.Second // of our own choosing
	maxAsked   = 60 * time.Second // when Knock asks for a time
)

// backoff says after how long another attempt makes sense, and whether any does.
func backoff(a answer, err error, attempt int) (time.Duration, bool) {
	delay := min(firstDelay<<(attempt-1), maxDelay)
	delay = delay/2 + rand.N(delay/2) // so that many callers do not come back as one
	switch {
	case err != nil:
		return delay, transient(err)
	case a.status == http.StatusTooManyRequests, a.status >= 500 && a.status != http.StatusNotImplemented:
		if asked, ok := retryAfter(a.header, time.Now()); ok {
			return min(asked, maxAsked), true
		}
		if a.status == http.StatusTooManyRequests {
			delay = max(delay, time.Second) // limits are counted by the second
		}
		return delay, true
	}
	return 0, false
}

// transient tells a network that may recover from a refusal that will not change.
func transient(err error) bool {
	var name *net.DNSError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, resty.ErrResponseBodyTooLarge), Mistrusted(err):
		return false
	case errors.As(err, &name):
		return !name.IsNotFound
	}
	return true
}

// Mistrusted reports that TLS found somebody else than it should, or no TLS at all: nothing was sent, and the next time
// it is the same.
func Mistrusted(err error) bool {
	var (
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
	)
	return errors.As(err, &certificate) || errors.As(err, &record) || errors.Is(err, http.ErrSchemeMismatch)
}

// Permanent reports that an error of a call comes again however often the call is repeated: input that is refused, a
// key that is missing or not accepted, a redirect, a certificate that is not trusted, an answer that cannot be read.
// What may pass, such as limits, faults of Knock's and a network that is gone, is not; nor is what somebody stopped.
func Permanent(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
	}
	switch {
	case e.Err == nil:
		return e.Status/100 == 3 || e.Status == http.StatusNotImplemented ||
			e.Status/100 == 4 && e.Status != http.StatusRequestTimeout && e.Status != http.StatusTooEarly && e.Status != http.StatusTooManyRequests
	case errors.Is(e.Err, ErrNoAPIKey), errors.Is(e.Err, ErrNoServiceToken), errors.Is(e.Err, ErrNoEnvironment), errors.Is(e.Err, ErrUnreadable):
		return true
	}
	return Mistrusted(e.Err) || errors.Is(e.Err, resty.ErrResponseBodyTooLarge)
}

// retryAfter reads how long Knock asks to wait: Retry-After-Ms, or Retry-After in seconds or as a date, which is
// taken against the Date of the same answer where there is one. Never negative.
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	if ms, ok := number(h.Get("Retry-After-Ms")); ok {
		return saturate(ms, time.Millisecond), true
	}
	value := h.Get("Retry-After")
	if seconds, ok := number(value); ok {
		return saturate(seconds, time.Second), true
	}
	date, err := http.ParseTime(value)
	if err != nil {
		return 0, false
	}
	if sent, err := http.ParseTime(h.Get("Date")); err == nil {
		now = sent
	}
	return max(date.Sub(now), 0), true
}

func number(s string) (float64, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return n, err == nil && n >= 0
}

// saturate is n units as a duration, at most an hour: more is cut further down anyway and must not overflow.
func saturate(n float64, unit time.Duration) time.Duration {
	return time.Duration(min(n*float64(unit), float64(time.Hour)))
}
