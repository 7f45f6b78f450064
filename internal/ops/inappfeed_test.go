package ops

import (
	"testing"

	"github.com/knockops/knockops/client"
)

func TestFeedText(t *testing.T) {
	for rendered, want := range map[string]string{
		"<p>Hi <strong>Dana</strong>, welcome.</p><p>Bye</p>": "Hi Dana, welcome. Bye",
		"<p>Tom &amp; Jerry &lt;3</p>":                        "Tom & Jerry <3",
		"one<br/>two":                                         "one two",
		`<a href="https://x.test">link</a>.`:                  "link.",
		"<blockquote>quoted</blockquote>text":                 "quoted text",
		"   ":                                                 "",
	} {
		if got := FeedText(client.FeedItem{Blocks: []client.FeedBlock{{Rendered: rendered}}}); got != want {
			t.Errorf("%q: %q, want %q", rendered, got, want)
		}
	}
}
