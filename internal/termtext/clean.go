// Package termtext prepares what comes from outside for a terminal: it makes
// dangerous characters visible, fits strings into cells, and words numbers
// and ages the way every screen and command shows them.
//
// Widths are those of grapheme clusters as ansi.StringWidth counts them, so
// they agree with what Lip Gloss and Bubble Tea draw.
package termtext

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Clean returns s with everything visible that could move the cursor, change
// the terminal, or hide or reorder text: controls appear as their control
// pictures (␛ ␊ ␉), other invisible characters and broken bytes as escapes
// (\u202e, \xff). The result holds no control character and fits one line.
//
// The result is for eyes: it is not unambiguous and is never parsed again.
func Clean(s string) string { return clean(s, false) }

// CleanLines is Clean for text of several lines: line feeds stay, and a
// carriage return before one is dropped.
func CleanLines(s string) string { return clean(s, true) }

func clean(s string, lines bool) string {
	i := firstUnusual(s, lines)
	prev := noRune
	if i > 0 && s[i-1] != '\n' {
		prev = rune(s[i-1])
	}
	var b strings.Builder
	done := 0 // how much of s is in b
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		shown, keep := visible(r, size, s[i:], prev, lines)
		switch {
		case !keep:
			b.WriteString(s[done:i])
			b.WriteString(shown)
			done = i + size
			prev, _ = utf8.DecodeLastRuneInString(shown)
		case r == '\n':
			prev = noRune
		default:
			prev = r
		}
		i += size
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// noRune stands for the character before the first one of a line.
const noRune rune = -1

// firstUnusual returns the offset of the first character which is not
// printable ASCII, or len(s).
func firstUnusual(s string, lines bool) int {
	for i := range len(s) {
		if c := s[i]; (c < 0x20 && !(lines && c == '\n')) || c > 0x7e {
			return i
		}
	}
	return len(s)
}

// visible returns what to show for r, the first character of s, or keep when
// it shows itself.
func visible(r rune, size int, s string, prev rune, lines bool) (shown string, keep bool) {
	switch {
	case r == utf8.RuneError && size == 1:
		return fmt.Sprintf(`\x%02x`, s[0]), false
	case lines && r == '\n':
		return "", true
	case lines && r == '\r' && strings.HasPrefix(s, "\r\n"):
		return "", false
	case r < 0x20:
		return string('␀' + r), false
	case r == 0x7f:
		return "␡", false
	case invisible(r) && !joinsEmoji(prev, r, s[size:]):
		if r > 0xffff {
			return fmt.Sprintf(`\U%08x`, r), false
		}
		return fmt.Sprintf(`\u%04x`, r), false
	case prev == noRune && r >= firstJoining && joins(" "+string(r)):
		return "◌" + string(r), false
	case (len(s) == size || s[size] == '\n') && r >= firstJoining && joins(string(r)+" "):
		return string(r) + "◌", false
	}
	return "", true
}

// firstJoining is the first character that can join a neighbour which is not
// a control: the first combining mark.
const firstJoining = '\u0300'

// joins reports whether s, a space and a character, is one cluster. Such a
// character at the edge of a string would join whatever is drawn beside it and
// take another width there; it is shown on a dotted circle.
func joins(s string) bool {
	cluster, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return len(cluster) == len(s)
}

// invisible reports whether r draws nothing of its own: C1 controls, format
// characters (bidi overrides, zero-width characters, tags), separators of
// lines, fillers, variation selectors, what is no character at all.
func invisible(r rune) bool {
	switch {
	case r < 0x80:
		return false
	case r < 0xa0:
		return true
	case r == '\u034f', r == '\u115f', r == '\u1160', r == '\u17b4', r == '\u17b5', r == '\u3164', r == '\uffa0':
		return true
	case r == '\u2028', r == '\u2029':
		return true
	case r >= 0xe0000 && r <= 0xe0fff, r&0xfffe == 0xfffe, r >= 0xfdd0 && r <= 0xfdef:
		return true
	}
	return unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Cf, r)
}

// joinsEmoji reports whether the invisible r belongs to an emoji: a joiner
// between two of them, or the selector that asks for the coloured form.
func joinsEmoji(prev, r rune, rest string) bool {
	next, _ := utf8.DecodeRuneInString(rest)
	switch r {
	case '\u200d':
		return (prev == '\ufe0f' || emoji(prev)) && emoji(next)
	case '\ufe0f':
		keycap := next == '\u20e3' && (prev >= '0' && prev <= '9' || prev == '#' || prev == '*')
		return keycap || emoji(prev)
	}
	return false
}

// emoji reports whether r is a symbol that may be drawn as an emoji, or the
// tone of one. It takes in more than is ever used so.
func emoji(r rune) bool {
	switch {
	case r < 0xa9, r >= '␀' && r <= '␡', r == utf8.RuneError:
		return false
	}
	return unicode.In(r, unicode.So, unicode.Sk, unicode.Sm)
}
