package ops

import (
	"html"
	"regexp"
	"strings"

	"github.com/knockops/knockops/client"
)

// FeedState is what the user did with an entry of the feed.
func FeedState(i client.FeedItem) string {
	switch {
	case !i.ArchivedAt.IsZero():
		return "archived"
	case !i.ReadAt.IsZero():
		return "read"
	case !i.SeenAt.IsZero():
		return "seen"
	}
	return "unseen"
}

// A block begins a new word, what stands in a line does not: "Hi <b>Dana</b>, …".
var (
	inline = regexp.MustCompile(`</?(?:a|abbr|b|code|em|i|mark|s|small|span|strong|sub|sup|u)(?:\s[^>]*)?>`)
	markup = regexp.MustCompile(`<[^>]*>`)
)

// FeedText is what an entry says, without its markup.
func FeedText(i client.FeedItem) string {
	var says []string
	for _, b := range i.Blocks {
		if text := plain(b.Rendered); text != "" {
			says = append(says, text)
		}
	}
	return strings.Join(says, " · ")
}

func plain(rendered string) string {
	text := markup.ReplaceAllString(inline.ReplaceAllString(rendered, ""), " ")
	return strings.Join(strings.Fields(html.UnescapeString(text)), " ")
}
