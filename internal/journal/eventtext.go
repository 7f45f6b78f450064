package journal

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
)

// maxText is how many bytes of a body's text are indexed.
const maxText = 256 << 10

// term is one thing to search for: words that stand together.
type term struct {
	words  string // as writeWords writes them
	prefix bool   // the last word may go on
}

// CheckText says what is wrong with a text to search for: an [ErrNoWords].
func CheckText(text string) error {
	_, err := parseTerms(text)
	return err
}

// parseTerms reads what somebody searches for.
func parseTerms(s string) ([]term, error) {
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	var terms []term
	for i, part := range strings.Split(s, `"`) {
		pieces := []string{part}
		if i%2 == 0 { // outside quotes
			pieces = strings.Fields(part)
		}
		for _, piece := range pieces {
			var words strings.Builder
			writeWords(&words, piece)
			if words.Len() > 0 {
				terms = append(terms, term{words.String(), strings.HasSuffix(piece, "*")})
			}
		}
	}
	if len(terms) == 0 {
		return nil, ErrNoWords
	}
	return terms, nil
}

// whole are the words that do not go on.
func (t term) whole() string {
	if !t.prefix {
		return t.words
	}
	return t.words[:max(0, strings.LastIndexByte(t.words, ' '))]
}

// match is the term as the index understands it.
func (t term) match() string {
	if t.prefix {
		return `text:"` + t.words + `"*`
	}
	return `text:"` + t.words + `"`
}

// inText says of a body what the index would say of it.
func inText(terms []term, body []byte) bool {
	if len(terms) == 0 {
		return true
	}
	text := " " + textOf(body) + " "
	for _, t := range terms {
		wanted := " " + t.words
		if !t.prefix {
			wanted += " "
		}
		if !strings.Contains(text, wanted) {
			return false
		}
	}
	return true
}

// textOf is what can be searched of a body: the words of its strings and numbers, not of its keys.
func textOf(body []byte) string {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var b strings.Builder
	var objects []bool // for each level around: whether it is an object
	key := false       // the next token is a property's key
	for b.Len() < maxText {
		token, err := d.Token()
		if err != nil {
			break
		}
		isKey := key
		switch v := token.(type) {
		case json.Delim:
			if v == '{' || v == '[' {
				objects = append(objects, v == '{')
			} else {
				objects = objects[:len(objects)-1]
			}
			isKey = false
		case string:
			if !isKey {
				writeWords(&b, v)
			}
		case json.Number:
			writeWords(&b, v.String())
		}
		key = !isKey && len(objects) > 0 && objects[len(objects)-1]
	}
	return b.String()
}

// writeWords appends the words of s in small letters, with one space between them. Where writing knows no spaces each
// character is a word, so that any part of a sentence is found.
func writeWords(b *strings.Builder, s string) {
	apart := b.Len() > 0
	for _, r := range s {
		if b.Len() >= maxText {
			return
		}
		alone := r >= 0x80 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
		if !alone && !inWord(r) {
			apart = b.Len() > 0
			continue
		}
		if apart || alone && b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
		apart = alone
	}
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
