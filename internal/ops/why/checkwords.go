package why

import (
	"strings"

	"github.com/knockops/knockops/internal/termtext"
)

// RunsWords says how many runs come of a trigger.
func (c Check) RunsWords() string {
	words := termtext.Plural(c.Runs, "run")
	if c.MoreRuns {
		words = "at least " + words
	}
	if c.Unchecked > 0 {
		words += ", " + termtext.Plural(c.Unchecked, "recipient") + " of them not looked at"
	}
	return words
}

// Words are what there is to say of a channel.
func (c CheckChannel) Words() (words []string) {
	if c.Text != "" {
		words = append(words, c.Text)
	}
	if len(c.After) > 0 && c.Would != WouldStop {
		words = append(words, "after "+strings.Join(c.After, ", "))
	}
	return words
}

// Words are what there is to say of a recipient, whatever the channel.
func (r CheckRecipient) Words() (words []string) {
	if !r.Known && len(r.Unread) == 0 {
		words = append(words, "Knock does not know them yet")
	}
	if r.Subscribers > 0 {
		more := ""
		if r.MoreSubscribers {
			more = "at least "
		}
		words = append(words, "and "+more+termtext.Plural(r.Subscribers, "subscriber")+", each by their own settings")
	}
	for _, u := range r.Unread {
		words = append(words, "not read: "+u)
	}
	return words
}
