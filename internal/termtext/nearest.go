package termtext

import "github.com/agnivade/levenshtein"

// Nearest returns the candidate that a misspelt word most likely meant, or ""
// when none is close: more than a third of the word would have to change.
func Nearest(word string, candidates []string) string {
	best, at := "", max(2, len(word)/3)+1
	for _, c := range candidates {
		if d := levenshtein.ComputeDistance(word, c); d < at {
			best, at = c, d
		}
	}
	return best
}
