package emulator

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// Fault spoils the answers to chosen requests, where Chaos spoils a share of
// all. The zero value cuts the connection of every request before anything is
// done.
type Fault struct {
	// Match chooses requests; nil means all but the emulator's own controls. It is called once for each,
	// in the order in which they come, and must not read the body.
	Match func(*http.Request) bool
	// Skip lets so many of them pass first; Times is how many are spoiled
	// then, 0 for all.
	Skip, Times int
	// CarryOut gives the request its effect, so that only the answer is lost.
	CarryOut bool
	// Hang leaves the caller without an answer until it goes away.
	Hang bool
	// Status is answered, with an error in Knock's form unless it is a good one;
	// 0 cuts the connection.
	Status int
	// RetryAfter is the answer's header of that name, if not empty.
	RetryAfter string
}

// faults are those that were injected and not yet taken back.
type faults struct {
	mu  sync.Mutex
	all []*injected
}

type injected struct {
	Fault
	seen int
}

// Inject adds a fault. The first that chooses a request decides. remove takes
// it back.
func (e *Emulator) Inject(f Fault) (remove func()) {
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	in := &injected{Fault: f}
	e.faults.all = append(e.faults.all, in)
	return func() {
		e.faults.mu.Lock()
		defer e.faults.mu.Unlock()
		e.faults.all = slices.DeleteFunc(e.faults.all, func(other *injected) bool { return other == in })
	}
}

// next is the fault that the request meets, or nil.
func (f *faults) next(req *http.Request) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, in := range f.all {
		if in.Match != nil && !in.Match(req) {
			continue
		}
		in.seen++
		if in.seen > in.Skip && (in.Times == 0 || in.seen <= in.Skip+in.Times) {
			return &in.Fault
		}
	}
	return nil
}

// spoil answers as the fault says.
func (x *exchange) spoil(f *Fault) {
	if f.Hang {
		<-x.req.Context().Done()
		panic(http.ErrAbortHandler)
	}
	if f.Status == 0 {
		panic(http.ErrAbortHandler)
	}
	if f.RetryAfter != "" {
		x.w.Header().Set("Retry-After", f.RetryAfter)
	}
	switch {
	case f.Status/100 == 2: // and nothing was done
		x.w.WriteHeader(f.Status)
	case f.Status == http.StatusTooManyRequests:
		x.fail(fault(f.Status, rateLimited, "rate_limit_exceeded", "Too many requests"))
	case f.Status >= 500:
		x.fail(fault(f.Status, apiFault, "internal_server_error", "Something went wrong"))
	default:
		x.fail(fault(f.Status, invalidRequest, "invalid_request", "The request was refused"))
	}
}

// survives plays latency, chaos and injected faults. It says whether the
// request goes on.
func (x *exchange) survives() bool {
	x.sleep(x.e.opts.Latency)
	if f := x.e.faults.next(x.req); f != nil {
		if f.CarryOut {
			x.fault = f
			return true
		}
		x.spoil(f)
		return false
	}
	switch x.e.chaos.next() {
	case tooMany:
		x.spoil(&Fault{Status: http.StatusTooManyRequests})
		return false
	case broken:
		x.spoil(&Fault{Status: http.StatusInternalServerError})
		return false
	case wasReset:
		x.spoil(&Fault{})
	case wasSlow:
		x.sleep(x.e.chaos.slowBy())
	case answerLost:
		x.fault = &Fault{CarryOut: true}
	}
	return x.req.Context().Err() == nil
}

func (x *exchange) sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-x.req.Context().Done():
	}
}
