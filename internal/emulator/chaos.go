package emulator

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Chaos is the share of answers, each from 0 to 1, that is spoiled in each
// way. TooMany and Broken answer 429 and 500 and Reset cuts the connection,
// all before anything was done; Slow delays the answer by SlowBy; Lost does
// what was asked and then cuts the connection.
type Chaos struct {
	TooMany, Broken, Reset, Slow, Lost float64
	SlowBy                             time.Duration
}

const defaultSlow = 2 * time.Second

// ParseChaos reads "429=5%,500=5%,reset=2%,slow=1%:2s,lost=2%".
func ParseChaos(spec string) (Chaos, error) {
	c := Chaos{SlowBy: defaultSlow}
	shares := map[string]*float64{"429": &c.TooMany, "500": &c.Broken, "reset": &c.Reset, "slow": &c.Slow, "lost": &c.Lost}
	for part := range strings.SplitSeq(spec, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		share := shares[name]
		if share == nil {
			return Chaos{}, fmt.Errorf("chaos %q: %q is not one of 429, 500, reset, slow, lost", spec, name)
		}
		value, extra, timed := strings.Cut(value, ":")
		if timed {
			d, err := time.ParseDuration(extra)
			if err != nil || d <= 0 || name != "slow" {
				return Chaos{}, fmt.Errorf("chaos %q: %q: only slow takes a duration, as in slow=1%%:2s", spec, part)
			}
			c.SlowBy = d
		}
		number, percent := strings.CutSuffix(value, "%")
		f, err := strconv.ParseFloat(number, 64)
		if percent {
			f /= 100
		}
		if err != nil || !(f >= 0 && f <= 1) {
			return Chaos{}, fmt.Errorf("chaos %q: %q: give a share from 0%% to 100%%", spec, part)
		}
		*share = f
	}
	if sum := c.TooMany + c.Broken + c.Reset + c.Slow + c.Lost; sum > 1 {
		return Chaos{}, fmt.Errorf("chaos %q: the shares come to %.0f %%, more than all answers", spec, sum*100)
	}
	return c, nil
}

// mishap is what happens to one answer.
type mishap string

const (
	noMishap   mishap = ""
	tooMany    mishap = "429"
	broken     mishap = "500"
	wasReset   mishap = "reset"
	wasSlow    mishap = "slow"
	answerLost mishap = "lost"
)

// chaos draws mishaps, from a sequence of its own so that it changes no id.
type chaos struct {
	Chaos
	mu    *sync.Mutex
	draw  *rand.Rand
	drawn map[string]int
}

func newChaos(c Chaos, seed uint64) chaos {
	if c.SlowBy == 0 {
		c.SlowBy = defaultSlow
	}
	return chaos{c, &sync.Mutex{}, rand.New(rand.NewPCG(seed, 0xc4a05)), map[string]int{}}
}

// SetChaos changes the share of answers that is spoiled from now on.
func (e *Emulator) SetChaos(c Chaos) {
	e.chaos.mu.Lock()
	defer e.chaos.mu.Unlock()
	c.SlowBy = cmp.Or(c.SlowBy, defaultSlow)
	e.chaos.Chaos = c
}

func (c *chaos) next() mishap {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.TooMany+c.Broken+c.Reset+c.Slow+c.Lost == 0 {
		return noMishap
	}
	x := c.draw.Float64()
	for _, way := range []struct {
		what  mishap
		share float64
	}{{tooMany, c.TooMany}, {broken, c.Broken}, {wasReset, c.Reset}, {wasSlow, c.Slow}, {answerLost, c.Lost}} {
		if x < way.share {
			c.drawn[string(way.what)]++
			return way.what
		}
		x -= way.share
	}
	return noMishap
}

func (c *chaos) slowBy() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.SlowBy
}

func (c *chaos) counts() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.drawn)
}
