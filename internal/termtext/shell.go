package termtext

import "strings"

// ShellWord is s as one word of a shell, quoted where it has to be.
func ShellWord(s string) string {
	if s != "" && strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-_./:@%+=,", r)
	}) < 0 {
		return s
	}
	return ShellQuote(s)
}

// ShellQuote is s in quotes, as one word that no shell looks into.
func ShellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
