package liquid

import (
	"html"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// filter makes a value of a value.
type filter func(r *renderer, v any, args []any) any

// arg is the argument at a place, nil where there is none.
func arg(args []any, i int) any {
	if i < len(args) {
		return args[i]
	}
	return nil
}

// ofText is a filter of a text alone.
func ofText(do func(string) string) filter {
	return func(r *renderer, v any, _ []any) any {
		s := do(r.show(v))
		r.sized(len(s))
		return s
	}
}

// ofTexts is a filter of a text and arguments that are texts.
func ofTexts(do func(r *renderer, s, a, b string) string) filter {
	return func(r *renderer, v any, args []any) any {
		s := do(r, r.show(v), r.show(arg(args, 0)), r.show(arg(args, 1)))
		r.sized(len(s))
		return s
	}
}

// filters are those of Liquid that messages have use for. default is one too, and stands where holes are known.
var filters map[string]filter

func init() {
	filters = map[string]filter{
		"upcase": ofText(strings.ToUpper), "downcase": ofText(strings.ToLower), "capitalize": ofText(capitalize),
		"strip": ofText(strings.TrimSpace), "lstrip": ofText(func(s string) string { return strings.TrimLeftFunc(s, unicode.IsSpace) }),
		"rstrip":         ofText(func(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) }),
		"strip_newlines": ofText(func(s string) string { return strings.NewReplacer("\r", "", "\n", "").Replace(s) }),
		"strip_html":     stripHTML,
		"escape":         ofText(html.EscapeString), "escape_once": ofText(func(s string) string { return html.EscapeString(html.UnescapeString(s)) }),
		"url_encode": ofText(url.QueryEscape),
		"url_decode": ofText(func(s string) string {
			if out, err := url.QueryUnescape(s); err == nil {
				return out
			}
			return s
		}),
		"newline_to_br": ofTexts(func(r *renderer, s, _, _ string) string { return r.replace(s, "\n", "<br />\n", -1) }),
		"append":        ofTexts(func(_ *renderer, s, a, _ string) string { return s + a }),
		"prepend":       ofTexts(func(_ *renderer, s, a, _ string) string { return a + s }),
		"replace":       ofTexts(func(r *renderer, s, a, b string) string { return r.replace(s, a, b, -1) }),
		"replace_first": ofTexts(func(r *renderer, s, a, b string) string { return r.replace(s, a, b, 1) }),
		"remove":        ofTexts(func(r *renderer, s, a, _ string) string { return r.replace(s, a, "", -1) }),
		"remove_first":  ofTexts(func(r *renderer, s, a, _ string) string { return r.replace(s, a, "", 1) }),
		"truncate":      truncate, "truncatewords": truncateWords, "split": split, "slice": slice, "json": func(r *renderer, v any, _ []any) any { return r.json(v) },
		"size": func(_ *renderer, v any, _ []any) any { return at(v, "size") },
		"plus": ofNumbers(func(a, b float64) float64 { return a + b }), "minus": ofNumbers(func(a, b float64) float64 { return a - b }),
		"times": ofNumbers(func(a, b float64) float64 { return a * b }), "modulo": ofNumbers(math.Mod), "divided_by": divide,
		"at_least": ofNumbers(math.Max), "at_most": ofNumbers(math.Min), "round": round,
		"abs": ofNumber(math.Abs), "ceil": ofNumber(math.Ceil), "floor": ofNumber(math.Floor),
		"pluralize": pluralize, "date": date, "timezone": timezone,
		"first": ofList(func(l []any) any { return word(l, "first") }), "last": ofList(func(l []any) any { return word(l, "last") }),
		"reverse": ofList(func(l []any) any { l = slices.Clone(l); slices.Reverse(l); return l }),
		"compact": ofList(func(l []any) any {
			return slices.DeleteFunc(slices.Clone(l), func(v any) bool { return v == nil })
		}),
		"join": join, "sort": sorted, "uniq": unique, "map": mapped, "where": where, "concat": concat,
	}
}

var htmlTag = regexp.MustCompile(`(?s)<script.*?</script>|<style.*?</style>|<!--.*?-->|<.*?>`)

func stripHTML(r *renderer, v any, _ []any) any {
	s := r.show(v)
	r.spend(len(s) * bytesPerStep / 4) // looking for tags is slower than copying
	return htmlTag.ReplaceAllString(s, "")
}

func capitalize(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + strings.ToLower(s[n:])
}

// replace counts before it makes anything: little can be replaced by much.
func (r *renderer) replace(s, old, with string, most int) string {
	n := strings.Count(s, old)
	if most > 0 {
		n = min(n, most)
	}
	r.sized(len(s) + n*(len(with)-len(old)))
	return strings.Replace(s, old, with, most)
}

func truncate(r *renderer, v any, args []any) any {
	most, end := 50, "..."
	if len(args) > 0 {
		most = int(min(maxText, max(0, whole(args[0]))))
	}
	if len(args) > 1 {
		end = r.show(args[1])
	}
	all := []rune(r.show(v))
	if len(all) <= most {
		return string(all)
	}
	return string(all[:max(0, most-utf8.RuneCountInString(end))]) + end
}

func truncateWords(r *renderer, v any, args []any) any {
	most, end := 15, "..."
	if len(args) > 0 {
		most = int(min(maxText, max(1, whole(args[0]))))
	}
	if len(args) > 1 {
		end = r.show(args[1])
	}
	all := strings.Fields(r.show(v))
	if len(all) <= most {
		return r.show(v)
	}
	return strings.Join(all[:most], " ") + end
}

func split(r *renderer, v any, args []any) any {
	s := r.show(v)
	r.sized(len(s))
	parts := strings.Split(s, r.show(arg(args, 0)))
	r.spend(len(parts) * bytesPerStep)
	list := make([]any, len(parts))
	for i, part := range parts {
		list[i] = part
	}
	return list
}

// slice takes a part of a text or of a list.
func slice(r *renderer, v any, args []any) any {
	from, n := whole(arg(args, 0)), int64(1)
	if len(args) > 1 {
		n = max(0, whole(args[1]))
	}
	within := func(length int64) (int64, int64) {
		if from < 0 {
			from += length
		}
		from = min(length, max(0, from))
		return from, from + min(n, length-from)
	}
	if list, is := v.([]any); is {
		a, b := within(int64(len(list)))
		return list[a:b]
	}
	all := []rune(r.show(v))
	a, b := within(int64(len(all)))
	return string(all[a:b])
}

// pluralize is Knock's: the first word for one, the second for any other number.
func pluralize(_ *renderer, v any, args []any) any {
	if n, is := decimal(v); is && n == 1 {
		return arg(args, 0)
	}
	return arg(args, 1)
}
