package pulse

import (
	"time"

	"github.com/knockops/knockops/internal/ops/events"
)

// hour is how many minutes are kept.
const hour = 60

// minutes counts events by something of theirs, minute by minute of the last hour.
type minutes struct {
	newest int64
	counts map[string]*[hour]float64
}

// mostKinds bounds what is told apart; the rest is counted together.
const mostKinds = 40

func (m *minutes) add(kind string, at time.Time) {
	minute := at.Unix() / 60
	if m.counts == nil {
		m.counts = map[string]*[hour]float64{}
	}
	m.advance(minute)
	if minute <= m.newest-hour {
		return
	}
	if m.counts[kind] == nil && len(m.counts) >= mostKinds {
		kind = "other"
	}
	c := m.counts[kind]
	if c == nil {
		c = new([hour]float64)
		m.counts[kind] = c
	}
	c[minute%hour]++
}

// advance empties the minutes until this one.
func (m *minutes) advance(minute int64) {
	for _, c := range m.counts {
		for i := max(m.newest+1, minute-hour+1); i <= minute; i++ {
			c[i%hour] = 0
		}
	}
	m.newest = max(m.newest, minute)
}

// of are the last hour's counts of a kind, oldest first.
func (m *minutes) of(kind string, now time.Time) []float64 {
	m.advance(now.Unix() / 60)
	out := make([]float64, hour)
	if c := m.counts[kind]; c != nil {
		for i := range out {
			out[i] = c[(m.newest+1+int64(i))%hour]
		}
	}
	return out
}

// channels counts what was delivered and what was not, by kind of channel.
type channels map[string]*struct{ failed, decided int }

func (c channels) add(e events.Event) {
	kind := e.ChannelType
	if kind == "" || len(c) >= mostKinds && c[kind] == nil {
		return
	}
	if c[kind] == nil {
		c[kind] = &struct{ failed, decided int }{}
	}
	switch {
	case undelivered(e):
		c[kind].failed++
		c[kind].decided++
	case e.Type == "message.delivered":
		c[kind].decided++
	}
}

// undelivered reports that an event says that something did not arrive.
func undelivered(e events.Event) bool {
	return e.ChannelType != "" && (e.Type == "message.undelivered" || e.Type == "message.bounced")
}
