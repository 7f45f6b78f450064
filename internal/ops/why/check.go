package why

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
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
	settings ops.WorkflowSettings
	channels map[string]client.Channel // by their keys
	defaults *client.PreferenceSet     // the tenant's, nil for none
	open     bool                      // they could not be read
}

// CheckTrigger says what a trigger would do. It sends nothing.
func CheckTrigger(ctx context.Context, s *ops.Session, t client.Trigger) (Check, error) {
	c := &checker{session: s, trigger: t}
	check := Check{Workflow: t.Workflow, Stops: []Stop{}, Warnings: ops.KeyWarnings(t), Recipients: []CheckRecipient{}}
	exists, err := c.readWorkflow(ctx, &check)
	if err != nil || !exists {
		return check, err
	}
	check.Warnings = append(check.Warnings, c.pending(ctx)...)
	if err := c.readTenant(ctx); err != nil {
		c.open = true
		check.Warnings = append(check.Warnings, "what the tenant's recipients prefer is not known: "+err.Error())
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

// pending warns of what a cancel under the trigger's key would reach besides it.
func (c *checker) pending(ctx context.Context) []string {
	key := c.trigger.CancellationKey
	if key == "" {
		return nil
	}
	n, more, err := c.session.PendingUnder(ctx, c.trigger.Workflow, key)
	runs := termtext.Plural(n, "run")
	switch {
	case err != nil:
		return []string{"what is pending under the key " + key + " already is not known: " + err.Error()}
	case n == 0:
		return nil
	case more:
		runs = "at least " + runs
	}
	return []string{fmt.Sprintf("%s pending under the key %s already: a cancel reaches them too", runs, key)}
}

// readWorkflow finds what stops a trigger as a whole. exists is false where Knock knows no such workflow.
func (c *checker) readWorkflow(ctx context.Context, check *Check) (exists bool, err error) {
	if c.session.Client.Unmanaged() != nil {
		check.Warnings = append(check.Warnings, "the workflow's steps, its state and its schema are not known: they need a service token")
		return true, nil
	}
	w, err := c.session.Client.GetWorkflow(ctx, c.trigger.Workflow)
	if notFound(err) {
		check.Stops = append(check.Stops, Stop{"workflow_missing", "there is no workflow " + c.trigger.Workflow + " in " + c.session.Where()})
		return false, nil
	}
	if err != nil {
		return false, err
	}
	c.workflow, c.settings = &w, ops.SettingsOf(w)
	if !w.Active {
		check.Stops = append(check.Stops, Stop{"workflow_inactive", "the workflow is inactive: Knock refuses its triggers until it is thawed"})
	}
	schema, _ := ops.NewDataSchema(w.TriggerDataSchema) // without one that can be used Knock itself judges the data
	for _, o := range schema.Check(c.trigger.Data) {
		check.Stops = append(check.Stops, Stop{"data_invalid", "the data breaks the workflow's schema: " + o.String()})
	}
	channels, err := c.session.Client.Channels(ctx)
	c.channels = map[string]client.Channel{}
	for _, ch := range channels {
		c.channels[ch.Key] = ch
	}
	return true, err
}

// readTenant reads what the tenant's recipients prefer unless they say otherwise, with what the trigger brings along.
func (c *checker) readTenant(ctx context.Context) error {
	if c.trigger.Tenant == nil {
		return nil
	}
	known, err := c.session.Client.GetTenant(ctx, c.trigger.Tenant.ID)
	if err != nil && !notFound(err) {
		return err
	}
	var settings struct {
		Set *client.PreferenceSet `json:"preference_set"`
	}
	for _, raw := range []json.RawMessage{known.Settings, settingsOf(c.trigger.Tenant.Properties)} {
		_ = json.Unmarshal(raw, &settings) // without settings there are none
	}
	if c.defaults = settings.Set; c.defaults != nil {
		c.defaults.ID = defaultsOf(c.trigger.Tenant.ID)
	}
	return nil
}

func settingsOf(tenant map[string]any) json.RawMessage {
	raw, _ := json.Marshal(tenant["settings"]) // it came from JSON
	return raw
}
