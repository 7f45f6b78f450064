package form

import (
	"fmt"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

// maxSuggestions are shown at once.
const maxSuggestions = 6

// completion offers what may be meant by what is typed.
type completion struct {
	suggest func(string) []string
	about   func(string) string

	matches []string
	pick    int // the suggestion that enter takes, -1 none
	closed  bool
	typed   bool // since the cursor came here: only then does esc close the list, and not what it is in
}

func newCompletion(suggest func(string) []string, about func(string) string) completion {
	return completion{suggest: suggest, about: about, pick: -1}
}

// look asks for suggestions anew.
func (c *completion) look(typed string) {
	c.pick, c.closed, c.matches = -1, false, nil
	if c.suggest == nil {
		return
	}
	c.matches = c.suggest(typed)
	if len(c.matches) == 1 && c.matches[0] == typed {
		c.matches = nil
	}
}

// choose handles the keys that work in the list, and returns what enter took from it.
func (c *completion) choose(key string) (taken string, took, used bool) {
	if c.closed || len(c.matches) == 0 {
		return "", false, false
	}
	switch {
	case (key == "down" || key == "ctrl+n") && c.pick < len(c.matches)-1:
		c.pick++
	case (key == "up" || key == "ctrl+p") && c.pick >= 0:
		c.pick--
	case key == "enter" && c.pick >= 0:
		c.closed = true
		return c.matches[c.pick], true, true
	case key == "esc" && (c.typed || c.pick >= 0):
		c.closed = true
	default:
		return "", false, false
	}
	return "", false, true
}

// lines draws the list, and returns the line with the cursor, counted from 1; 0 where there is none.
func (c *completion) lines(t *theme.Theme, w int) (drawn []string, cursor int) {
	if c.closed {
		return nil, 0
	}
	first := max(0, c.pick-maxSuggestions+1)
	for i := first; i < min(len(c.matches), first+maxSuggestions); i++ {
		// The list stands under the text, which starts one cell in.
		line := " " + c.matches[i]
		if c.about != nil {
			if about := c.about(c.matches[i]); about != "" {
				line += "  " + about
			}
		}
		if line = termtext.Truncate(line, w); i == c.pick {
			line = t.PaintSelected(theme.Accent, line)
		} else {
			line = t.Paint(theme.Muted, line)
		}
		drawn = append(drawn, line)
	}
	if rest := len(c.matches) - first - maxSuggestions; rest > 0 {
		drawn = append(drawn, t.Paint(theme.Muted, termtext.Truncate(fmt.Sprintf(" %s more", termtext.Count(rest)), w)))
	}
	return drawn, max(0, c.pick+1-first)
}
