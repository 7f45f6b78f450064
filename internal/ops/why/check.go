package why

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/conditions"
	"github.com/knockops/knockops/internal/termtext"
)

// What a channel step would do.
const (
	WouldSend = "sends"
	WouldStop = "stops"
	Depends   = "depends"
)

// Check is what a trigger would do, as far as that can be known before it is sent. Nothing of it is proven: what it
// rests on may change until then.
type Check struct {
	Workflow string `json:"workflow"`
	// Stops are what stops all of it.
	Stops []Stop `json:"stops"`
	// Warnings are what to think about before it is sent.
	Warnings   []string         `json:"warnings"`
	Recipients []CheckRecipient `json:"recipients"`
	// Unchecked counts the recipients that were not looked at: there are too many.
	Unchecked int `json:"unchecked,omitempty"`
	// Runs is how many runs come of it at least, with those of an object's subscribers; MoreRuns says that there are more.
	Runs     int  `json:"runs"`
	MoreRuns bool `json:"more_runs,omitempty"`
}

// Stop is why something is not sent.
type Stop struct {
	Cause string `json:"cause"` // an ID of [Causes]
	Text  string `json:"text"`
}

// CheckRecipient is what would become of a trigger for one of its recipients.
type CheckRecipient struct {
	Recipient string `json:"recipient"`
	// Known is false for one that Knock does not know: a user's run still happens, with an id alone.
	Known bool `json:"known"`
	// Subscribers counts those of an object, each of which gets a run of its own.
	Subscribers     int            `json:"subscribers,omitempty"`
	MoreSubscribers bool           `json:"more_subscribers,omitempty"`
	Channels        []CheckChannel `json:"channels"`
	Unread          []string       `json:"unread,omitempty"` // what could not be read
}

// CheckChannel is what one channel step would do for one recipient.
type CheckChannel struct {
	Channel string   `json:"channel"`
	Step    string   `json:"step"`
	After   []string `json:"after,omitempty"` // steps before it that wait, gather or limit
	Would   string   `json:"would"`
	Stop
}

// Stopped reports that something would not be sent.
func (c Check) Stopped() bool {
	return len(c.Stops) > 0 || slices.ContainsFunc(c.Recipients, func(r CheckRecipient) bool {
		return slices.ContainsFunc(r.Channels, func(ch CheckChannel) bool { return ch.Would == WouldStop })
	})
}

// MostChecked is how many recipients a check looks at: each takes two requests and one for each push or chat channel.
const MostChecked = 20

// checkTogether is how many recipients are read at once.
const checkTogether = 5

// checker knows what is the same for all recipients.
type checker struct {
	session  *ops.Session
	trigger  client.Trigger
	workflow *client.Workflow
	steps    []*aheadChannel
	ids      map[string]string // of channels, by their keys
}

// aheadChannel is a channel step with what lies before it.
type aheadChannel struct {
	channel
	after  []string
	passes []*conditions.Group // all of them must hold
	others []*conditions.Group // of branches that come before its own: none may hold
}

// CheckTrigger says what a trigger would do. It sends nothing.
func CheckTrigger(ctx context.Context, s *ops.Session, t client.Trigger) (Check, error) {
	c := &checker{session: s, trigger: t}
	check := Check{Workflow: t.Workflow, Stops: []Stop{}, Warnings: ops.KeyWarnings(t), Recipients: []CheckRecipient{}}
	if err := c.readWorkflow(ctx, &check); err != nil {
		return check, err
	}
	if pending, more := s.PendingUnder(ctx, t.Workflow, t.CancellationKey); pending > 0 {
		runs := termtext.Plural(pending, "run")
		if more {
			runs = "at least " + runs
		}
		check.Warnings = append(check.Warnings, fmt.Sprintf("%s pending under the key %s already: a cancel reaches them too", runs, t.CancellationKey))
	}
	looked := t.Recipients[:min(len(t.Recipients), MostChecked)]
	check.Unchecked, check.Runs = len(t.Recipients)-len(looked), len(t.Recipients)
	check.Recipients = make([]CheckRecipient, len(looked))
	room := make(chan struct{}, checkTogether)
	var all sync.WaitGroup
	for i, r := range looked {
		all.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			check.Recipients[i] = c.recipient(ctx, r)
		})
	}
	all.Wait()
	for _, r := range check.Recipients {
		check.Runs += r.Subscribers
		check.MoreRuns = check.MoreRuns || r.MoreSubscribers
	}
	return check, ctx.Err()
}

// readWorkflow finds what stops a trigger as a whole.
func (c *checker) readWorkflow(ctx context.Context, check *Check) error {
	if c.session.Client.Unmanaged() != nil {
		check.Warnings = append(check.Warnings, "the workflow's steps, its state and its schema are not known: they need a service token")
		return nil
	}
	w, err := c.session.Client.GetWorkflow(ctx, c.trigger.Workflow)
	if notFound(err) {
		check.Stops = append(check.Stops, Stop{"workflow_missing", "there is no workflow " + c.trigger.Workflow + " in " + c.session.Where()})
		return nil
	}
	if err != nil {
		return err
	}
	c.workflow, c.steps = &w, ahead(w.Steps, aheadChannel{})
	if !w.Active {
		check.Stops = append(check.Stops, Stop{"workflow_inactive", "the workflow is inactive: Knock refuses its triggers until it is thawed"})
	}
	schema, _ := ops.NewDataSchema(w.TriggerDataSchema) // without one that can be used Knock itself judges the data
	for _, o := range schema.Check(c.trigger.Data) {
		check.Stops = append(check.Stops, Stop{"data_invalid", "the data breaks the workflow's schema: " + o.String()})
	}
	channels, err := c.session.Client.Channels(ctx)
	if err != nil {
		return err
	}
	c.ids = map[string]string{}
	for _, ch := range channels {
		c.ids[ch.Key] = ch.ID
	}
	for _, step := range c.steps {
		step.id = c.ids[step.key]
		for _, ch := range channels {
			if step.kind == "" && ch.Key == step.key {
				step.kind = ch.Type
			}
		}
	}
	return nil
}

// ahead lists the channel steps of a workflow, with what each lies behind.
func ahead(steps []client.Step, on aheadChannel) (all []*aheadChannel) {
	for _, s := range steps {
		here := on
		here.passes = append(slices.Clone(on.passes), conditions.Parse(s.Conditions))
		switch s.Type {
		case "channel":
			here.channel = channel{step: s.Ref, kind: s.ChannelType, key: s.ChannelKey}
			if s.ChannelGroupKey != "" {
				here.key = s.ChannelGroupKey
			}
			all = append(all, &here)
		case "branch":
			for _, b := range s.Branches {
				within := here
				within.passes = append(slices.Clone(here.passes), conditions.Parse(b.Conditions))
				all = append(all, ahead(b.Steps, within)...)
				here.others = append(slices.Clone(here.others), conditions.Parse(b.Conditions))
			}
		case "delay", "batch", "throttle", "wait_for_event", "http_fetch":
			on.after = append(slices.Clone(on.after), s.Ref)
		}
	}
	return all
}

// recipient reads one recipient, and judges each channel for it.
func (c *checker) recipient(ctx context.Context, to client.Recipient) CheckRecipient {
	out := CheckRecipient{Recipient: to.Ref.String(), Channels: []CheckChannel{}}
	facts := &facts{Question: Question{Recipient: to.Ref}, workflow: c.workflow, now: c.session.Client.ServerNow(), command: c.session.Command}
	unread := func(what string, err error) {
		if err != nil && !notFound(err) {
			out.Unread = append(out.Unread, what+": "+err.Error())
		}
	}
	properties, err := c.properties(ctx, to, &out, facts)
	unread("who it is", err)
	if facts.sets, err = c.session.Client.Preferences(ctx, to.Ref); err != nil {
		unread("preferences", err)
	}
	knows := conditions.Variables{"recipient": properties, "data": c.data(to)}
	for _, step := range c.steps {
		ch := CheckChannel{Channel: step.name(), Step: step.step, After: step.after}
		ch.Would, ch.Stop = c.judge(ctx, facts, step, knows, unread)
		out.Channels = append(out.Channels, ch)
	}
	return out
}

// properties are the recipient's, those that the trigger brings along last.
func (c *checker) properties(ctx context.Context, to client.Recipient, out *CheckRecipient, f *facts) (map[string]any, error) {
	all := map[string]any{"id": to.ID}
	var err error
	if to.Collection != "" {
		var o client.Object
		if o, err = c.session.Client.GetObject(ctx, to.Collection, to.ID); err == nil {
			out.Known = true
			maps.Copy(all, o.Properties)
			subscribers, listed := c.session.Client.Subscribers(ctx, to.Ref, client.Cursor{})
			out.Subscribers, out.MoreSubscribers = len(subscribers.Items), subscribers.After != ""
			err = listed
		}
	} else {
		var u client.User
		if u, err = c.session.Client.GetUser(ctx, to.ID); err == nil || notFound(err) {
			out.Known, f.user = err == nil, &u
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
	if f.user != nil {
		f.user.Email, _ = all["email"].(string)
		f.user.PhoneNumber, _ = all["phone_number"].(string)
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

// judge says what a channel step would do: conditions, preferences, and where it is sent to, in this order.
func (c *checker) judge(ctx context.Context, f *facts, step *aheadChannel, knows conditions.Variables, unread func(string, error)) (string, Stop) {
	would, depends := WouldSend, Stop{}
	open := func(cause, text string) {
		if would == WouldSend {
			would, depends = Depends, Stop{cause, text}
		}
	}
	for _, g := range append([]*conditions.Group{conditions.Parse(workflowConditions(c.workflow.Raw))}, step.passes...) {
		switch knows.Of(g) {
		case conditions.Fails:
			return WouldStop, Stop{"condition_not_met", "its conditions do not hold: " + g.String()}
		case conditions.Unknown:
			open("condition_not_met", "it depends on conditions: "+g.String())
		}
	}
	for _, g := range step.others {
		switch knows.Of(g) {
		case conditions.Holds:
			return WouldStop, Stop{"condition_not_met", strings.TrimSpace("the run takes another branch: " + g.String())}
		case conditions.Unknown:
			open("condition_not_met", "it depends on which branch is taken: "+g.String())
		}
	}
	if !settings(c.workflow).Override {
		if cause, setting := refusedNow(f, c.trigger.Tenant, &step.channel); cause != "" {
			return WouldStop, Stop{cause, f.refusedBy(setting)}
		}
	}
	if missing := c.unreachable(ctx, f, step, unread); missing != "" {
		return WouldStop, Stop{"no_address", missing}
	}
	return would, depends
}

func workflowConditions(raw json.RawMessage) json.RawMessage {
	var w struct {
		Conditions json.RawMessage `json:"conditions"`
	}
	_ = json.Unmarshal(raw, &w) // without conditions there are none
	return w.Conditions
}

// refusedNow is the first setting that refuses a channel, with the cause that it is.
func refusedNow(f *facts, tenant *client.Tenant, c *channel) (cause, setting string) {
	id := ""
	if tenant != nil {
		id = tenant.ID
	}
	for _, of := range []struct {
		cause string
		owner owner
	}{
		{"preference_tenant", ofTenant}, {"preference_workflow", ofWorkflows}, {"preference_category", ofCategories},
		{"preference_channel", ofChannels}, {"preference_commercial", ofCommercial},
	} {
		if _, setting := f.refusing(of.owner, id, c); setting != "" {
			return of.cause, setting
		}
	}
	return "", ""
}

// unreachable says that there is nowhere to send to, "" where there is, or where that is not known.
func (c *checker) unreachable(ctx context.Context, f *facts, step *aheadChannel, unread func(string, error)) string {
	switch u := f.user; {
	case u != nil && (step.kind == "email" && u.Email == "" || step.kind == "sms" && u.PhoneNumber == ""):
		return "there is no " + noun("", &step.channel) + " to send it to"
	case step.kind != "push" && step.kind != "chat" || step.id == "":
		return ""
	}
	_, err := c.session.Client.ChannelData(ctx, f.Recipient, step.id)
	if notFound(err) {
		return "there is no " + noun("", &step.channel) + " to send it to"
	}
	unread("channel data of "+step.key, err)
	return ""
}
