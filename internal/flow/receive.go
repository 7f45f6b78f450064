package flow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/knockops/knockops/internal/flow/arazzo"
	"github.com/knockops/knockops/internal/flow/expr"
	"github.com/knockops/knockops/internal/flow/value"
)

// defaultReceive is how long a step waits for a message that gives no timeout.
const defaultReceive = time.Minute

// receive waits for a webhook (section "Defining Success for Asynchronous Steps"). Those that arrived
// since the run began count. A channel of Knock's carries many types of events, so one that does not
// meet the criteria is passed over; the step fails when its time is over.
func (fr *frame) receive(ctx context.Context, s *arazzo.Step, rec *Record) (bool, error) {
	c, err := fr.flow.Sources.FindChannel(s)
	switch {
	case err != nil:
		return false, &FatalError{err}
	case s.Action == "send":
		return false, &FatalError{errors.New("a webhook of Knock can be received, not sent")}
	case fr.Receiver == nil:
		return false, &FatalError{fmt.Errorf("it waits for %s, and no webhooks are received here", c.Name)}
	}
	correlation := ""
	if s.CorrelationID != nil {
		v, err := fr.need(s.CorrelationID)
		if err != nil {
			return false, err
		}
		correlation = value.Text(v)
	}
	if s.Timeout == 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, defaultReceive)
		defer cancel()
	}
	until, _ := ctx.Deadline()
	rec.State, rec.Wait = Waiting, &Wait{Until: until, For: waitsFor(c.Name, correlation)}
	fr.emit(rec)
	passed, looked := false, 0
	var last []CriterionRes
	err = fr.Receiver.Receive(ctx, c.Types, fr.started, func(m Message) bool {
		if correlation != "" && !correlates(m.Payload, correlation) {
			return false
		}
		fr.env.Message = &expr.Exchange{Header: m.Header, Body: m.Payload, Filled: true}
		ok, results := fr.criteria(s.Criteria, fr.env)
		if !ok {
			looked, last = looked+1, results
			return false
		}
		passed, rec.Criteria = true, results
		rec.Message = &MessageSeen{ID: m.ID, Type: m.Type, At: m.At, Payload: shown(value.Encode(m.Payload)), Passed: looked}
		return true
	})
	rec.State, rec.Wait = Running, nil
	if passed {
		return true, nil
	}
	rec.Criteria = last
	switch {
	case err != nil && ctx.Err() == nil:
		return false, err
	case errors.Is(ctx.Err(), context.Canceled):
		return false, ctx.Err()
	case looked > 0:
		rec.Error = fmt.Sprintf("none of the %d messages that arrived for %s meets the criteria; the last: %s", looked, waitsFor(c.Name, correlation), rec.unmet())
	default:
		rec.Error = fmt.Sprintf("nothing arrived for %s within %s", waitsFor(c.Name, correlation), time.Since(rec.Started).Round(time.Millisecond))
	}
	return false, nil
}

func waitsFor(channel, correlation string) string {
	if correlation == "" {
		return channel
	}
	return channel + " of " + correlation
}

// correlates says whether an id stands in a payload: of the message, its run or its recipient.
func correlates(v any, id string) bool {
	switch v := v.(type) {
	case string:
		return v == id
	case []any:
		for _, x := range v {
			if correlates(x, id) {
				return true
			}
		}
	case map[string]any:
		for _, x := range v {
			if correlates(x, id) {
				return true
			}
		}
	case nil, bool:
		return false
	default:
		return value.Text(v) == id
	}
	return false
}
