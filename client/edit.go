package client

import (
	"context"
	"encoding/json"
	"strconv"
)

// Edit is a change to what Knock keeps of a recipient, an object or a tenant. The functions below make one, and
// [Client.Edit] sends it.
type Edit struct {
	// Of is what it is about: a recipient as a reference, a tenant by its id.
	Of string
	// Unsets says that it takes something away.
	Unsets bool
	// Replaces says that what is kept already goes, whether it is given anew or not.
	Replaces bool

	call    call
	invalid error
}

// Edit sends a change, and returns what Knock keeps by then; nothing for what was taken away.
func (c *Client) Edit(ctx context.Context, e Edit) (json.RawMessage, error) {
	if e.invalid == nil && e.Unsets && e.call.body == nil { // Knock answers with nothing
		_, err := c.do(ctx, e.call, nil)
		return nil, err
	}
	return fetch[json.RawMessage](ctx, c, e.call, e.invalid)
}

// EditRequest is the request that Edit would send.
func (c *Client) EditRequest(e Edit) (Request, error) { return c.preview(e.call, e.invalid) }

// What says what it does to what: "set preferences default of dana".
func (e Edit) What() string { return e.call.op }

// SetObject merges properties into an object, making it when it is new.
func SetObject(of Ref, properties map[string]any) Edit {
	x := call{endpoint: &setObject, op: "set object " + of.String(), params: []string{of.Collection, of.ID}, body: properties}
	return Edit{of.String(), false, false, x, firstError(CheckID("collection", of.Collection), CheckID("object id", of.ID))}
}

// SetTenant merges properties and settings into a tenant, making it when it is new.
func SetTenant(id string, properties map[string]any) Edit {
	return Edit{id, false, false, call{endpoint: &setTenant, op: "set tenant " + id, params: []string{id}, body: properties}, CheckID("tenant id", id)}
}

// SetPreferences merges settings into one of a recipient's preference sets: "default", or a tenant's id for the one
// that applies there.
func SetPreferences(of Ref, set string, settings map[string]any) Edit {
	x, err := setPreferences.call("set preferences "+set+" of", of, set)
	body := map[string]any{"__persistence_strategy__": "merge"}
	for name, value := range settings {
		body[name] = value
	}
	x.body = body
	return Edit{of.String(), false, false, x, firstError(err, CheckID("preference set", set))}
}

// UnsetPreferences takes one of a recipient's preference sets away.
func UnsetPreferences(of Ref, set string) Edit {
	x, err := unsetPreferences.call("unset preferences "+set+" of", of, set)
	return Edit{of.String(), true, false, x, firstError(err, CheckID("preference set", set))}
}

// SetChannelData replaces what a channel knows of a recipient. What it must look like depends on the channel.
func SetChannelData(of Ref, channelID string, data map[string]any) Edit {
	x, err := setChannelData.call("set data of channel "+channelID+" of", of, channelID)
	x.body = map[string]any{"data": data}
	return Edit{Of: of.String(), Replaces: true, call: x, invalid: firstError(err, CheckID("channel id", channelID))}
}

// UnsetChannelData makes a channel forget a recipient.
func UnsetChannelData(of Ref, channelID string) Edit {
	x, err := unsetChannelData.call("unset data of channel "+channelID+" of", of, channelID)
	return Edit{of.String(), true, false, x, firstError(err, CheckID("channel id", channelID))}
}

// maxSubscribers is how many recipients one request subscribes, or takes out.
const maxSubscribers = 100

// Subscribe makes recipients subscribers of an object: a trigger for the object reaches them.
func Subscribe(to Ref, recipients []Ref) Edit {
	return subscription(&subscribe, "subscribe "+named(recipients)+" to", to, recipients, false)
}

// Unsubscribe takes recipients out of an object's subscribers.
func Unsubscribe(from Ref, recipients []Ref) Edit {
	return subscription(&unsubscribe, "unsubscribe "+named(recipients)+" from", from, recipients, true)
}

func subscription(e *endpoint, what string, object Ref, recipients []Ref, unsets bool) Edit {
	x := call{endpoint: e, op: what + " " + object.String(), params: []string{object.Collection, object.ID}, body: map[string]any{"recipients": recipients}}
	err := firstError(CheckID("collection", object.Collection), CheckID("object id", object.ID))
	switch n := len(recipients); {
	case err != nil:
	case n == 0:
		err = invalid("recipients", "are missing: say who")
	case n > maxSubscribers:
		err = invalid("recipients", "are %d, and one request takes at most %d", n, maxSubscribers)
	}
	for _, r := range recipients {
		err = firstError(err, CheckID("recipient", r.ID))
	}
	return Edit{object.String(), unsets, false, x, err}
}

// named says who they are: the first by name, the rest as a number.
func named(recipients []Ref) string {
	switch len(recipients) {
	case 0:
		return "nobody"
	case 1:
		return recipients[0].String()
	}
	return recipients[0].String() + " and " + strconv.Itoa(len(recipients)-1) + " more"
}
