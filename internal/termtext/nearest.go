package termtext

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// DidYouMean ends a complaint about a word that is none of the candidates: with a question for the
// one that is near, or with nothing.
func DidYouMean(word string, candidates []string) string {
	if near := Nearest(word, candidates); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}

// Nearest returns the candidate that a misspelt word most likely meant, or ""
// when none is close: more than a third of the word would have to change, or all of the candidate.
func Nearest(word string, candidates []string) string {
	best, at := "", max(2, len(word)/3)+1
	for _, c := range candidates {
		if d := distance(word, c); d < at && d < len(c) {
			best, at = c, d
		}
	}
	return best
}

// NearestFirst returns the candidates sorted by their likeness to a word.
func NearestFirst(word string, candidates []string) []string {
	return slices.SortedStableFunc(slices.Values(candidates), func(a, b string) int { return distance(word, a) - distance(word, b) })
}

// distance counts the letters to change, whatever their case and with hyphens for underscores.
func distance(a, b string) int { return levenshtein.ComputeDistance(plain(a), plain(b)) }

func plain(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }

// Matching returns the candidates one of whose words has what was typed in it, capitals or not: first those where it
// stands at the beginning, each in the order in which they came. Without words a candidate is its own.
func Matching(typed string, candidates []string, words func(string) []string) []string {
	typed = strings.ToLower(strings.TrimSpace(typed))
	if words == nil {
		words = func(s string) []string { return []string{s} }
	}
	var begin, within []string
	for _, c := range candidates {
		at := -1
		for _, w := range words(c) {
			if i := strings.Index(strings.ToLower(w), typed); i >= 0 && (at < 0 || i < at) {
				at = i
			}
		}
		switch {
		case at == 0:
			begin = append(begin, c)
		case at > 0:
			within = append(within, c)
		}
	}
	return append(begin, within...)
}
