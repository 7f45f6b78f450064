package users

import (
	"context"

	"github.com/knockops/knockops/client"
)

// userRuns are a user's pending runs and the newest of any status, the pending
// ones first and none twice.
type userRuns struct {
	runs    []client.Run
	pending int
	more    bool // there are older ones
}

// recentRuns is how many runs are listed that may be over. One that ended
// without a message tells why something did not come.
const recentRuns = 15

func readRuns(ctx context.Context, c *client.Client, who client.Ref) (userRuns, error) {
	to := &who
	pending, err := c.ListRuns(ctx, client.RunFilter{Recipient: to, Statuses: client.PendingStatuses}, client.Cursor{})
	if err != nil {
		return userRuns{}, err
	}
	recent, err := c.ListRuns(ctx, client.RunFilter{Recipient: to}, client.Cursor{Size: recentRuns})
	if err != nil {
		return userRuns{}, err
	}
	out := userRuns{runs: pending.Items, pending: len(pending.Items), more: pending.After != "" || recent.After != ""}
	listed := map[string]bool{}
	for _, r := range pending.Items {
		listed[r.ID] = true
	}
	for _, r := range recent.Items {
		if !listed[r.ID] {
			out.runs = append(out.runs, r)
		}
	}
	return out, nil
}

// channelData is what channels know of a user.
type channelData struct {
	sets  []client.ChannelData
	names map[string]string // of channels, by id
	// partial is why only the channels of messages could be asked for; nil when all were.
	partial error
}

// readChannelData asks every channel that keeps something of its recipients.
// Which channels there are, only the management API tells; without it those of
// the user's messages are asked.
func readChannelData(ctx context.Context, c *client.Client, who client.Ref) (channelData, error) {
	out := channelData{names: map[string]string{}}
	var ids []string
	add := func(id, kind, name string) {
		if _, known := out.names[id]; !known && (kind == "push" || kind == "chat") {
			out.names[id] = name
			ids = append(ids, id)
		}
	}
	channels, err := c.Channels(ctx)
	for _, ch := range channels {
		add(ch.ID, ch.Type, ch.Key)
	}
	if err != nil {
		out.partial = err
		page, err := c.RecipientMessages(ctx, who, client.MessageFilter{}, client.Cursor{})
		if err != nil {
			return out, err
		}
		for _, m := range page.Items {
			add(m.ChannelID, m.Channel.Type, m.Channel.Key)
		}
	}
	for _, channel := range ids {
		data, err := c.ChannelData(ctx, who, channel)
		if missing(err) {
			continue // it knows nothing of this user
		}
		if err != nil {
			return out, err
		}
		out.sets = append(out.sets, data)
	}
	return out, nil
}
