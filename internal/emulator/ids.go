package emulator

import (
	"encoding/binary"
	"math/big"

	"github.com/google/uuid"
)

// generator makes ids and decides outcomes. Nothing it says depends on when it
// is asked: a value is a function of the seed, what it is for, and a number,
// so timers that fire in another order change no id.
type generator struct {
	seed   uint64
	counts map[string]uint64
}

func newGenerator(seed uint64) generator {
	return generator{seed: mix(seed + 0x6b6e6f636b6f7073), counts: map[string]uint64{}}
}

// mix is the finaliser of splitmix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// fold reads a name into a number, the same one in every process.
func fold(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

func (g *generator) at(what string, n uint64) uint64 {
	return mix(g.seed ^ mix(fold(what)^mix(n)))
}

// next counts what is made of a kind.
func (g *generator) next(kind string) uint64 {
	g.counts[kind]++
	return g.counts[kind]
}

// uuid is the nth id of a kind, shaped as a random UUID.
func (g *generator) uuid(kind string, n uint64) uuid.UUID {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], g.at(kind, 2*n))
	binary.BigEndian.PutUint64(id[8:], g.at(kind, 2*n+1))
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// ksuid is an id of 27 letters and digits, as Knock gives to messages.
func (g *generator) ksuid(kind string, n uint64) string {
	var raw [20]byte
	copy(raw[:4], "\x13\x9d\xb2\x51") // the same beginning for all, as ids of one week have
	binary.BigEndian.PutUint64(raw[4:12], g.at(kind, 2*n))
	binary.BigEndian.PutUint64(raw[12:], g.at(kind, 2*n+1))
	left, rest, base := new(big.Int).SetBytes(raw[:]), new(big.Int), big.NewInt(62)
	var out [27]byte
	for i := len(out) - 1; i >= 0; i-- {
		left.DivMod(left, base, rest)
		out[i] = base62[rest.Int64()]
	}
	return string(out[:])
}

// number is a number for what a run or message does, from its id.
func (g *generator) number(id uuid.UUID, what string) uint64 {
	return g.at(what, binary.BigEndian.Uint64(id[:8]))
}

// share is such a number in [0, 1).
func (g *generator) share(id uuid.UUID, what string) float64 {
	return float64(g.number(id, what)>>11) / (1 << 53)
}

// between is such a duration in [low, high).
func (g *generator) between(id uuid.UUID, what string, low, high stamp) stamp {
	return low + stamp(g.share(id, what)*float64(high-low))
}
