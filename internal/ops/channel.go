package ops

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/knockops/knockops/client"
)

// ChannelID is the id of a channel that is given by its id or by its key, which the management API tells.
func ChannelID(ctx context.Context, c *client.Client, given string) (string, error) {
	if uuid.Validate(given) == nil {
		return given, nil
	}
	channels, err := c.Channels(ctx)
	if err != nil {
		return "", fmt.Errorf("%s is no channel id, and which channel has it as key is not known: %w", given, err)
	}
	var keys []string
	for _, ch := range channels {
		if ch.Key == given {
			return ch.ID, nil
		}
		keys = append(keys, ch.Key)
	}
	return "", fmt.Errorf("there is no channel %s: it is one of %s", given, strings.Join(keys, ", "))
}

// FeedChannel is the id of the in-app feed channel that is meant: the one given, or the only one there is.
func FeedChannel(ctx context.Context, c *client.Client, given string) (string, error) {
	if given != "" {
		return ChannelID(ctx, c, given)
	}
	channels, err := c.Channels(ctx)
	if err != nil {
		return "", fmt.Errorf("the in-app channel is not known: %w", err)
	}
	var ids, names []string
	for _, ch := range channels {
		if ch.Type == "in_app_feed" {
			ids, names = append(ids, ch.ID), append(names, ch.Key+" ("+ch.ID+")")
		}
	}
	switch len(ids) {
	case 0:
		return "", fmt.Errorf("the environment has no in-app feed channel")
	case 1:
		return ids[0], nil
	}
	return "", fmt.Errorf("there are several in-app feed channels, %s", strings.Join(names, ", "))
}
