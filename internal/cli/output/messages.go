package output

import (
	"github.com/knockops/knockops/client"
)

// MessageColumns are what lists show of a message.
var MessageColumns = []Column[client.Message]{
	Col("ID", func(m client.Message) string { return m.ID }),
	Col("STATUS", func(m client.Message) string { return string(m.Status) }),
	Col("ENGAGEMENT", func(m client.Message) string { return OrDash(Joined(m.EngagementStatuses)) }),
	Col("CHANNEL", ChannelName),
	Col("RECIPIENT", func(m client.Message) string { return m.Recipient.String() }),
	Col("WORKFLOW", func(m client.Message) string { return m.Source.Key }),
	Col("INSERTED", func(m client.Message) string { return Stamp(m.InsertedAt) }),
}

// ChannelName is how a message names the channel it went by.
func ChannelName(m client.Message) string {
	if m.Channel.Key != "" {
		return m.Channel.Key
	}
	return m.Channel.Type
}
