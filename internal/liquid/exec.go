package liquid

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// all executes nodes in order.
func (r *renderer) all(nodes []node) signal {
	for _, n := range nodes {
		r.spend(0)
		if s := n.do(r); s != goOn {
			return s
		}
	}
	return goOn
}

func (n textNode) do(r *renderer) signal {
	r.write(string(n))
	return goOn
}

func (n outputNode) do(r *renderer) signal {
	r.holes = nil
	s := r.show(r.filter(n.of))
	r.reportHoles()
	r.write(s)
	return goOn
}

// set gives a name a value, and keeps which variable it came from where it came to nothing.
func (r *renderer) set(name string, v any) {
	r.spend(len(name))
	r.names[name] = v
	delete(r.from, name)
	if len(r.holes) > 0 {
		r.from[name] = r.holes[0].name
	}
	r.holes = nil
}

func (n assignNode) do(r *renderer) signal {
	r.holes = nil
	r.set(n.name, r.filter(n.of))
	return goOn
}

func (n captureNode) do(r *renderer) signal {
	outer := r.out
	defer func() { r.out = outer }() // where a bound ends it too
	r.out = &strings.Builder{}
	s := r.all(n.body)
	r.holes = nil
	r.set(n.name, r.out.String())
	return s
}

func (n countNode) do(r *renderer) signal {
	r.spend(len(n.name))
	now := whole(r.names["#"+n.name]) // they are apart from what is assigned
	if n.by < 0 {
		now--
	}
	r.write(strconv.FormatInt(now, 10))
	if n.by > 0 {
		now++
	}
	r.names["#"+n.name] = now
	return goOn
}

func (n cycleNode) do(r *renderer) signal {
	r.spend(len(n.group))
	turn := whole(r.names["#cycle "+n.group])
	r.names["#cycle "+n.group] = turn + 1
	return outputNode{filtered{of: n.of[turn%int64(len(n.of))]}}.do(r)
}

func (n chooseNode) do(r *renderer) signal {
	for _, w := range n.ways {
		r.spend(0)
		holds := w.when == nil || w.when(r)
		r.holes = nil // to be asked about is no reason to be there
		if holds {
			return r.all(w.body)
		}
	}
	return goOn
}

func (n forNode) do(r *renderer) signal {
	r.holes = nil
	of := pairsOf(n.in.eval(r))
	from, count := r.rounds(n, of)
	if count <= 0 && n.hasEmpty {
		r.holes = nil
		return r.all(n.empty)
	}
	r.reportHoles()
	source := ""
	if v, is := n.in.(variable); is {
		source = v.String()
	}
	before, had := r.names[n.name]
	outer := r.names["forloop"]
	for i := range count {
		place := from + i
		if n.reversed {
			place = from + count - 1 - i
		}
		r.spend(0)
		r.names[n.name] = element(of, place)
		r.from[n.name] = source + "." + strconv.FormatInt(place, 10)
		r.names["forloop"] = map[string]any{
			"index": i + 1, "index0": i, "rindex": count - i, "rindex0": count - i - 1, "first": i == 0, "last": i == count-1, "length": count, "parentloop": outer,
		}
		if r.all(n.body) == breakLoop {
			break
		}
	}
	delete(r.from, n.name)
	r.names["forloop"] = outer
	if r.names[n.name] = before; !had {
		delete(r.names, n.name)
	}
	return goOn
}

// rounds says which places of a value a loop goes through.
func (r *renderer) rounds(n forNode, of any) (from, count int64) {
	switch v := of.(type) {
	case []any:
		count = int64(len(v))
	case steps:
		count = max(0, v.to-v.from+1)
	}
	if n.offset != nil {
		from = min(count, max(0, whole(n.offset.eval(r))))
	}
	count -= from
	if n.limit != nil {
		count = min(count, max(0, whole(n.limit.eval(r))))
	}
	r.holes = slices.DeleteFunc(r.holes, func(h hole) bool { return of != nil && h.why == noValue })
	return from, count
}

// element is what stands at a place.
func element(of any, place int64) any {
	switch v := of.(type) {
	case []any:
		return plain(v[place])
	case steps:
		return v.from + place
	}
	return nil
}

// pairsOf is an object as a loop goes through it: a list of names, each with what is there.
func pairsOf(v any) any {
	object, is := v.(map[string]any)
	if !is {
		return v
	}
	list := make([]any, 0, len(object))
	for _, name := range slices.Sorted(maps.Keys(object)) {
		list = append(list, []any{name, object[name]})
	}
	return list
}

func (n partialNode) do(r *renderer) signal {
	r.note("partial " + string(n))
	r.mark("partial "+string(n), unrendered)
	return goOn
}

func (n unknownNode) do(r *renderer) signal {
	r.note("tag " + string(n))
	r.mark("tag "+string(n), elsewhere)
	return goOn
}

func (n signalNode) do(*renderer) signal { return signal(n) }
