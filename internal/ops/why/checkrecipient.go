package why

import (
	"context"
	"encoding/json"
	"maps"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops/conditions"
)

// walk follows the workflow's steps as the run of one recipient would.
type walk struct {
	*checker
	ctx   context.Context
	facts *facts
	knows conditions.Variables
	open  bool // preferences could not be read
	out   *CheckRecipient
}

// recipient reads one recipient, and judges each channel for it.
func (c *checker) recipient(ctx context.Context, to client.Recipient) CheckRecipient {
	out := CheckRecipient{Recipient: to.Ref.String(), Channels: []CheckChannel{}}
	w := &walk{
		checker: c, ctx: ctx, open: c.open, out: &out, knows: conditions.Variables{"data": c.data(to)},
		facts: &facts{Question: Question{Recipient: to.Ref}, workflow: c.workflow, now: c.session.Client.ServerNow(), command: c.session.Command},
	}
	properties, err := c.properties(ctx, to, &out)
	if w.read("who it is", err) {
		w.knows["recipient"] = properties
	}
	w.facts.sets, err = c.session.Client.Preferences(ctx, to.Ref)
	w.open = !w.read("preferences", err) || w.open
	if c.defaults != nil {
		w.facts.sets = append(w.facts.sets, *c.defaults)
	}
	if c.workflow != nil {
		only := c.settings.Conditions
		w.through(c.workflow.Steps, way{would: WouldSend}.where(w.knows.Of(only), "the workflow's conditions do not hold: "+only.String(), "it depends on the workflow's conditions: "+only.String()))
	}
	return out
}

// read reports whether something is known: Knock told it, or that there is none.
func (w *walk) read(what string, err error) bool {
	if err == nil || notFound(err) {
		return true
	}
	w.out.Unread = append(w.out.Unread, what+": "+err.Error())
	return false
}

// properties are the recipient's, those that the trigger brings along last.
func (c *checker) properties(ctx context.Context, to client.Recipient, out *CheckRecipient) (map[string]any, error) {
	all := map[string]any{"id": to.ID}
	var err error
	if to.Collection != "" {
		var o client.Object
		if o, err = c.session.Client.GetObject(ctx, to.Collection, to.ID); err == nil {
			out.Known = true
			maps.Copy(all, o.Properties)
			subscribers, listed := c.session.Client.Subscribers(ctx, to.Ref, client.Cursor{})
			out.Subscribers, out.MoreSubscribers = len(subscribers.Items), subscribers.After != "" || listed != nil
			if listed != nil {
				out.Unread = append(out.Unread, "subscribers: "+listed.Error())
			}
		}
	} else {
		var u client.User
		if u, err = c.session.Client.GetUser(ctx, to.ID); err == nil {
			out.Known = true
			maps.Copy(all, u.Custom)
			for name, value := range map[string]string{"name": u.Name, "email": u.Email, "phone_number": u.PhoneNumber, "timezone": u.Timezone, "locale": u.Locale, "avatar": u.Avatar} {
				if value != "" {
					all[name] = value
				}
			}
		}
	}
	for name, value := range to.Properties {
		if !strings.HasPrefix(name, "$") {
			all[name] = value
		}
	}
	return all, err
}

// data is the trigger's with what is the recipient's alone.
func (c *checker) data(to client.Recipient) map[string]any {
	all := map[string]any{}
	d := json.NewDecoder(strings.NewReader(string(c.trigger.Data)))
	d.UseNumber()
	_ = d.Decode(&all) // without data there is none
	own, _ := to.Properties["$trigger_data"].(map[string]any)
	maps.Copy(all, own)
	return all
}

// judge adds to the way to a channel step what preferences and the address make of it.
func (w *walk) judge(step *channel, at way) way {
	tenant := ""
	if w.trigger.Tenant != nil {
		tenant = w.trigger.Tenant.ID
	}
	if !w.settings.Override {
		if cause, setting := w.against(tenant, step, refuses); setting != "" {
			at = at.stops(cause, w.facts.refusedBy(setting))
		}
		if cause, setting := w.against(tenant, step, conditional); setting != "" {
			at = at.depends(cause, "it depends on conditions of the preference "+setting)
		}
		if w.open {
			at = at.depends("unknown", "preferences could not be read")
		}
	}
	switch address := w.address(step); address {
	case conditions.Fails:
		at = at.stops("no_address", "there is no "+noun("", step)+" to send it to")
	case conditions.Unknown:
		at = at.depends("unknown", "it is not known where it would be sent to")
	}
	return at
}

// against is the first setting that a judge finds against a channel, with the cause that it is.
func (w *walk) against(tenant string, c *channel, judge func(any, *channel) bool) (cause, setting string) {
	for _, of := range []struct {
		cause string
		owner owner
	}{
		{"preference_tenant", ofTenant}, {"preference_workflow", ofWorkflows}, {"preference_category", ofCategories},
		{"preference_channel", ofChannels}, {"preference_commercial", ofCommercial},
	} {
		if _, setting := w.facts.setting(of.owner, tenant, c, judge); setting != "" {
			return of.cause, setting
		}
	}
	return "", ""
}

// address is whether there is somewhere to send to. Which channel of a group sends is not known.
func (w *walk) address(step *channel) conditions.Truth {
	property := map[string]string{"email": "email", "sms": "phone_number"}[step.kind]
	switch {
	case property != "":
		properties, known := w.knows["recipient"]
		switch address, _ := properties[property].(string); {
		case !known:
			return conditions.Unknown
		case address == "":
			return conditions.Fails
		}
		return conditions.Holds
	case step.id == "":
		return conditions.Unknown
	case step.kind != "push" && step.kind != "chat":
		return conditions.Holds
	}
	data, err := w.session.Client.ChannelData(w.ctx, w.facts.Recipient, step.id)
	switch {
	case notFound(err):
		return conditions.Fails
	case !w.read("channel data of "+step.key, err):
		return conditions.Unknown
	}
	return somewhere(data.Data)
}

// somewhere reports whether channel data name anybody. Of a form that is not known here that is not known.
func somewhere(data json.RawMessage) conditions.Truth {
	var of map[string]json.RawMessage
	if json.Unmarshal(data, &of) != nil {
		return conditions.Unknown
	}
	truth := conditions.Unknown
	for _, name := range []string{"tokens", "player_ids", "target_arns", "devices", "connections"} {
		var list []any
		switch err := json.Unmarshal(of[name], &list); {
		case err != nil:
		case len(list) > 0:
			return conditions.Holds
		default:
			truth = conditions.Fails
		}
	}
	return truth
}
