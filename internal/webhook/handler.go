package webhook

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"time"
)

const (
	storeTimeout   = 10 * time.Second // how long Knock waits at most until it hears that the disk does not answer
	retryAfter     = "5"              // seconds; Knock's own pauses count more
	smallBody      = 64 << 10         // bytes; larger ones are taken only a few at a time
	maxLargeBodies = 8
)

// Handler takes webhooks at the receiver's path and answers health checks. Behind a server of another's making the
// headers of a delivery are in the order of their names; [Receiver.Serve] keeps that of the request.
func (r *Receiver) Handler() http.Handler { return http.HandlerFunc(r.serve) }

func (r *Receiver) serve(w http.ResponseWriter, req *http.Request) {
	if c, ok := recorderOf(req); ok {
		defer c.forget()
	}
	switch {
	case req.URL.Path == HealthPath && (req.Method == http.MethodGet || req.Method == http.MethodHead):
		r.health(w)
	case req.URL.Path != r.options.Path:
		r.refuse(w, req, http.StatusNotFound, BadPath, "webhooks are not taken here", nil)
	case req.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		r.refuse(w, req, http.StatusMethodNotAllowed, BadMethod, "webhooks are sent with POST", nil)
	default:
		r.received.Add(1)
		r.take(w, req)
	}
}

func (r *Receiver) health(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if r.ailing.Load() {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, "the last webhook could not be stored\n")
		return
	}
	_, _ = io.WriteString(w, "ok\n")
}

// refuse answers what cannot be taken. why is for the log alone.
func (r *Receiver) refuse(w http.ResponseWriter, req *http.Request, status int, reason Reason, answer string, why error) {
	r.count(func(s *Stats) { s.refuse(reason) })
	said := []any{"reason", reason, "from", req.RemoteAddr, "method", req.Method, "path", req.URL.Path, "status", status}
	if why != nil {
		said = append(said, "why", why)
	}
	r.options.Log.Warn("webhook refused", said...)
	// What is left of the body is not worth reading.
	w.Header().Set("Connection", "close")
	http.Error(w, answer, status)
}

// take verifies, reads and stores one webhook, in this order: nothing in a body counts before its signature does.
func (r *Receiver) take(w http.ResponseWriter, req *http.Request) {
	if !isJSON(req.Header) {
		r.refuse(w, req, http.StatusUnsupportedMediaType, BadType, "a webhook is application/json, not encoded", nil)
		return
	}
	if req.ContentLength > r.options.MaxBody {
		r.refuse(w, req, http.StatusRequestEntityTooLarge, TooLarge, "the body is too large", nil)
		return
	}
	header := headerOf(req)
	if size := req.ContentLength; size < 0 || size > smallBody {
		select {
		case r.bulky <- struct{}{}:
			defer func() { <-r.bulky }() // once it is stored: until then it is in memory
		default:
			r.unavailable(w, "", errBusy)
			return
		}
	}
	body, err := r.read(req)
	switch {
	case errors.Is(err, errTooLarge):
		r.refuse(w, req, http.StatusRequestEntityTooLarge, TooLarge, "the body is too large", nil)
		return
	case errors.Is(err, os.ErrDeadlineExceeded):
		r.refuse(w, req, http.StatusRequestTimeout, TooSlow, "the body took too long", nil)
		return
	case err != nil:
		r.refuse(w, req, http.StatusBadRequest, CutOff, "the body was cut off", err)
		return
	}
	now := time.Now()
	if len(r.options.Secrets) > 0 {
		if err := r.verify(req.Header[signatureKey], body, now); err != nil {
			r.refuse(w, req, http.StatusUnauthorized, BadSignature, "the signature is missing or wrong", err)
			return
		}
	}
	d, _, err := received(now, header, body)
	if err != nil {
		r.refuse(w, req, http.StatusBadRequest, NotEvent, "the body is not an event of Knock's", err)
		return
	}
	d.Verified = len(r.options.Secrets) > 0
	if _, err := r.queue.add(&d); err != nil {
		r.unavailable(w, d.Type, err)
		return
	}
	w.WriteHeader(http.StatusOK)
}

var signatureKey = http.CanonicalHeaderKey(HeaderSignature)

// verify wants exactly one signature.
func (r *Receiver) verify(headers []string, body []byte, now time.Time) error {
	switch len(headers) {
	case 0:
		return ErrNoSignature
	case 1:
		return Verify(r.options.Secrets, headers[0], body, now, r.options.Tolerance)
	}
	return ErrMalformed
}

// unavailable asks Knock to send it again later.
func (r *Receiver) unavailable(w http.ResponseWriter, eventType string, err error) {
	r.count(func(s *Stats) { s.Unavailable++; s.Problem = err })
	r.options.Log.Error("webhook not stored; Knock sends it again", "type", eventType, "error", err)
	w.Header().Set("Retry-After", retryAfter)
	w.Header().Set("Connection", "close")
	http.Error(w, "it cannot be stored now", http.StatusServiceUnavailable)
}

var (
	errTooLarge = errors.New("the body is too large")
	errBusy     = errors.New("as many large bodies are on their way to the disk already as fit in memory")
)

// read reads the body. Memory grows with what arrives, not with what is announced.
func (r *Receiver) read(req *http.Request) ([]byte, error) {
	size := req.ContentLength
	if size < 0 || size > smallBody {
		body, err := io.ReadAll(io.LimitReader(req.Body, r.options.MaxBody+1))
		if err == nil && int64(len(body)) > r.options.MaxBody {
			err = errTooLarge
		}
		return body, err
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(req.Body, body); err != nil {
		return nil, err
	}
	return body, nil
}

func isJSON(h http.Header) bool {
	mediaType, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	encoding := h.Get("Content-Encoding")
	return err == nil && mediaType == "application/json" && (encoding == "" || encoding == "identity")
}

// store writes a batch to the store and, once it is there, hands it to those it is forwarded to.
func (r *Receiver) store(batch []*waiting) {
	ds := make([]Delivery, len(batch))
	for i, w := range batch {
		ds[i] = *w.delivery
	}
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	fresh, err := r.options.Store.AddDeliveries(ctx, ds)
	r.ailing.Store(err != nil)
	for _, w := range batch {
		w.err = err
	}
	if fresh == nil {
		return
	}
	r.count(func(s *Stats) {
		for i := range ds {
			s.keep(&ds[i], fresh[i])
		}
		r.rate.add(time.Now(), len(ds))
	})
	for i, w := range batch {
		w.fresh = fresh[i]
		if w.fresh {
			r.forward(&ds[i])
		}
	}
}
