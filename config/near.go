package config

import (
	"slices"
	"strings"
)

// nearest returns the name most like s, or "" when none is like it enough to be what was meant.
func nearest(s string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	best := nearestFirst(s, names)[0]
	if d := distance(s, best); d > max(2, len(best)/4) || d >= len(best) {
		return ""
	}
	return best
}

// nearestFirst returns names sorted by their likeness to s.
func nearestFirst(s string, names []string) []string {
	sorted := slices.Clone(names)
	slices.SortStableFunc(sorted, func(a, b string) int { return distance(s, a) - distance(s, b) })
	return sorted
}

// distance counts the letters to insert, delete, replace or swap to make a of b, whatever their case and with hyphens
// for underscores.
func distance(a, b string) int {
	x, y := []rune(plain(a)), []rune(plain(b))
	if len(x) > 128 { // no name is that long, and the table below grows with it
		return len(x)
	}
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range y {
		rows[0][j+1] = j + 1
	}
	for i := range x {
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			d := min(rows[i][j]+cost, rows[i][j+1]+1, rows[i+1][j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				d = min(d, rows[i-1][j-1]+1)
			}
			rows[i+1][j+1] = d
		}
	}
	return rows[len(x)][len(y)]
}

func plain(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }
