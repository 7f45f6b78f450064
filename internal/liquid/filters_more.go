package liquid

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/itchyny/timefmt-go"
)

// fraction says that a number is not whole, or too large to be counted with as one.
func fraction(v any) bool {
	f, is := decimal(v)
	return is && (f != math.Trunc(f) || math.Abs(f) > 1<<53)
}

// exact is a result as a whole number where it is one.
func exact(f float64) any {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	if fraction(f) {
		return f
	}
	return int64(f)
}

func ofNumber(do func(float64) float64) filter {
	return func(_ *renderer, v any, _ []any) any {
		f, _ := decimal(v)
		return exact(do(f))
	}
}

func ofNumbers(do func(a, b float64) float64) filter {
	return func(_ *renderer, v any, args []any) any {
		a, _ := decimal(v)
		b, _ := decimal(arg(args, 0))
		return exact(do(a, b))
	}
}

// divide gives a whole number where both are whole.
func divide(_ *renderer, v any, args []any) any {
	a, _ := decimal(v)
	b, _ := decimal(arg(args, 0))
	_, isFraction := plain(arg(args, 0)).(float64)
	switch {
	case b == 0:
		return nil
	case !isFraction && !fraction(v):
		return exact(math.Floor(a / b))
	}
	return exact(a / b)
}

func round(_ *renderer, v any, args []any) any {
	f, _ := decimal(v)
	places := math.Pow10(int(min(12, max(0, whole(arg(args, 0))))))
	return exact(math.Round(f*places) / places)
}

func ofList(do func([]any) any) filter {
	return func(_ *renderer, v any, _ []any) any {
		list, is := v.([]any)
		if !is {
			return v
		}
		return do(list)
	}
}

func join(r *renderer, v any, args []any) any {
	list, is := v.([]any)
	if !is {
		return v
	}
	with := " "
	if len(args) > 0 {
		with = r.show(args[0])
	}
	var b strings.Builder
	for i, one := range list {
		if i > 0 {
			b.WriteString(with)
		}
		s := r.show(plain(one))
		r.grown(b.Len(), len(s)+len(with))
		b.WriteString(s)
	}
	return b.String()
}

// by is what a list is ordered or narrowed by: a member of its elements, or they themselves.
func by(one any, args []any) any {
	if len(args) == 0 {
		return plain(one)
	}
	return plain(at(one, args[0]))
}

func sorted(r *renderer, v any, args []any) any {
	list, is := v.([]any)
	if !is {
		return v
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b any) int {
		r.spend(0)
		order, comparable := ordered(by(a, args), by(b, args))
		if !comparable {
			return cmp.Compare(text(by(a, args)), text(by(b, args)))
		}
		return order
	})
	return list
}

func unique(r *renderer, v any, args []any) any {
	list, is := v.([]any)
	if !is {
		return v
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(list), func(one any) bool {
		key := r.json(by(one, args))
		was := seen[key]
		seen[key] = true
		return was
	})
}

func mapped(r *renderer, v any, args []any) any {
	list, is := v.([]any)
	if !is || len(args) == 0 {
		return v
	}
	out := make([]any, len(list))
	for i, one := range list {
		r.spend(0)
		out[i] = by(one, args)
	}
	return out
}

func where(r *renderer, v any, args []any) any {
	list, is := v.([]any)
	if !is || len(args) == 0 {
		return v
	}
	return slices.DeleteFunc(slices.Clone(list), func(one any) bool {
		member := by(one, args[:1])
		if len(args) == 1 {
			return !truth(member)
		}
		return !r.compare("==", member, args[1])
	})
}

func concat(r *renderer, v any, args []any) any {
	a, _ := v.([]any)
	b, _ := arg(args, 0).([]any)
	r.sized((len(a) + len(b)) * bytesPerStep)
	return slices.Concat(a, b)
}

// moment reads a time as templates have it: a text, seconds since 1970, or now.
func moment(v any) (time.Time, bool) {
	if s, is := v.(string); is {
		if s == "now" || s == "today" {
			return time.Now(), true
		}
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05 -0700", time.DateTime, time.DateOnly} {
			if at, err := time.Parse(layout, s); err == nil {
				return at, true
			}
		}
	}
	if seconds, is := decimal(v); is && math.Abs(seconds) < 1e11 {
		return time.Unix(int64(seconds), 0).UTC(), true
	}
	return time.Time{}, false
}

func date(r *renderer, v any, args []any) any {
	at, is := moment(v)
	format := r.show(arg(args, 0))
	if !is || format == "" {
		return v
	}
	if len(format) > 200 { // each letter may be padded to a thousand
		format = format[:200]
	}
	s := timefmt.Format(at, format)
	r.sized(len(s))
	return s
}

// timezone is Knock's: the same moment by the clocks of a place.
func timezone(r *renderer, v any, args []any) any {
	at, is := moment(v)
	place, err := time.LoadLocation(r.show(arg(args, 0)))
	if !is || err != nil {
		return v
	}
	return at.In(place).Format(time.RFC3339)
}
