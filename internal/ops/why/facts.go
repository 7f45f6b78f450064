package why

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/journal"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/ops/events"
)

// facts are what was gathered about a question.
type facts struct {
	Question
	now     time.Time
	command func(string) string

	missing   string // what Knock does not know: "user", "object", "message", "run" or "trigger"
	elsewhere string // a profile that knows it
	runs      []client.Run
	listed    bool // runs were read, and there are no more of them than that
	run       *client.Run
	mails     []*mail
	carrier   string // the run that took over this one's batch
	workflow  *client.Workflow
	triggers  []ops.Action // sent from this machine, the latest first
	refused   []refusal    // events of sources whose trigger Knock refused

	noWorkflow bool // Knock knows no workflow of this key
	user       *client.User
	sets       []client.PreferenceSet
	tokens     map[string]bool // by channel key, whether Knock has channel data

	hooks    []journal.Event // that the run or its messages are known by, where the API does not tell them
	verified bool            // all of them were
	looked   []string
	unread   []string // what could not be read
}

// mail is a message with what is known of its delivery.
type mail struct {
	client.Message
	events []client.MessageEvent
	logs   []client.DeliveryLog
	hook   *journal.Event // that told of it last, where the API does not
}

// refusal is an event of a source that was to trigger the workflow and did not.
type refusal struct {
	source string
	log    client.SourceLog
	action client.SourceLogAction
}

// channel is what one channel step was to send, or sent.
type channel struct {
	step, kind, key string
	id              string // of the channel, where it was read
	conditional     bool   // the step or its branch has conditions
	fork, branch    string // the branch that it is on, and the step that decides
	events          []client.RunEvent
	mail            *mail
}

func (c *channel) untouched() bool { return c.mail == nil && len(c.events) == 0 }

// name is the channel's for a person.
func (c *channel) name() string {
	switch c.kind {
	case "in_app_feed", "in_app", "in_app_guide":
		return "in-app"
	case "sms":
		return "SMS"
	case "":
		return c.step
	}
	return c.kind
}

// vouched says that what the finding rests on is Knock's own word, and its last: no webhook is unverified, and none
// tells of something that went on after it.
func (f *facts) vouched(c *channel) bool {
	switch {
	case c != nil && c.mail != nil && c.mail.hook != nil:
		return c.mail.hook.Verified && !c.mail.going()
	case c != nil && c.mail != nil || len(f.hooks) == 0:
		return true
	}
	return f.verified && f.run != nil && !f.run.Status.Pending()
}

// channels are the channel steps of the run, in its workflow's order, and each message.
func (f *facts) channels() []*channel {
	var all []*channel
	if f.run == nil && len(f.mails) == 0 {
		return nil
	}
	if f.workflow != nil {
		all = channelSteps(f.workflow.Steps, channel{})
	}
	of := func(step string) *channel {
		i := slices.IndexFunc(all, func(c *channel) bool { return c.step == step })
		if i < 0 {
			all = append(all, &channel{step: step})
			i = len(all) - 1
		}
		return all[i]
	}
	if f.run != nil {
		for _, e := range f.run.Events {
			if e.StepType == "channel" {
				c := of(e.StepRef)
				c.events = append(c.events, e)
				c.kind = cmp.Or(kindIn(e), c.kind)
			}
		}
	}
	for _, m := range f.mails {
		c := of(m.Source.StepRef)
		if c.mail != nil { // a group of channels sends several
			c = &channel{step: c.step, events: c.events}
			all = append(all, c)
		}
		c.mail, c.kind, c.key = m, m.Channel.Type, m.Channel.Key
	}
	return all
}

// kindIn is the type of a channel, where the event of its step names it.
func kindIn(e client.RunEvent) string {
	kind, _ := e.Data["channel_type"].(string)
	missing, _ := e.Data["missing"].(string)
	setting, _ := e.Data["setting"].(string)
	_, ofType, _ := strings.Cut(setting, "channel_types.")
	kind = cmp.Or(kind, ofType)
	switch {
	case kind == "" && strings.HasSuffix(missing, ".email"):
		return "email"
	case kind == "" && strings.HasSuffix(missing, ".phone_number"):
		return "sms"
	}
	return kind
}

func channelSteps(steps []client.Step, on channel) []*channel {
	var all []*channel
	for _, s := range steps {
		has := on.conditional || !empty(s.Conditions)
		if s.Type == "channel" {
			key := s.ChannelKey
			if key == "" {
				key = s.ChannelGroupKey
			}
			all = append(all, &channel{step: s.Ref, kind: s.ChannelType, key: key, conditional: has, fork: on.fork, branch: on.branch})
		}
		for _, b := range s.Ways() {
			all = append(all, channelSteps(b.Steps, channel{conditional: true, fork: s.Ref, branch: b.Name})...)
		}
	}
	return all
}

func empty(b json.RawMessage) bool { return len(b) == 0 || string(b) == "null" }

// ended says that the run is over: only then a step that made nothing will make nothing.
func (f *facts) ended() bool { return f.run != nil && f.run.Status == client.RunCompleted }

// at is the last event of a step that is no channel's or, before any, the zero event.
func (f *facts) at() (last client.RunEvent) {
	if f.run == nil {
		return last
	}
	for _, e := range f.run.Events {
		if e.StepRef != "" {
			last = e
		}
	}
	if last.StepType == "" && last.StepRef != "" && f.workflow != nil {
		if s := stepOf(f.workflow.Steps, last.StepRef); s != nil {
			last.StepType = s.Type
		}
	}
	return last
}

func stepOf(steps []client.Step, ref string) *client.Step {
	for i := range steps {
		if steps[i].Ref == ref {
			return &steps[i]
		}
		for _, b := range steps[i].Ways() {
			if s := stepOf(b.Steps, ref); s != nil {
				return s
			}
		}
	}
	return nil
}

// failure is the event of a step whose last attempt failed, of channel steps or of all others.
func failure(events []client.RunEvent, ofChannel bool) *client.RunEvent {
	last := map[string]*client.RunEvent{}
	for i, e := range events {
		if e.StepRef != "" && (e.StepType == "channel") == ofChannel {
			last[e.StepRef] = &events[i]
		}
	}
	for _, e := range events {
		if l := last[e.StepRef]; l != nil && l.Status == "error" {
			return l
		}
	}
	return nil
}

// cutShort says that the run did not get to all of its steps, or not yet.
func (f *facts) cutShort() bool {
	if f.run == nil {
		return true
	}
	if f.run.Status != client.RunCompleted || failure(f.run.Events, true) != nil || failure(f.run.Events, false) != nil {
		return true
	}
	for _, cut := range []func(*facts) *Finding{throttled, batchedIntoOther, runCondition, waitEnded, runHalted} {
		if cut(f) != nil {
			return true
		}
	}
	return false
}

// Evidence of several kinds.

func ofEvent(e client.RunEvent) Evidence {
	text := strings.ReplaceAll(e.Event, "_", " ")
	for _, k := range []string{"reason", "setting", "missing", "condition", "branch", "error", "to"} {
		if s, ok := e.Data[k].(string); ok && s != "" {
			text += ", " + k + " " + s
		}
	}
	if e.StepRef != "" {
		text = e.StepRef + ": " + text
	}
	return Evidence{"run event", e.ID, e.InsertedAt, text}
}

func (f *facts) ofRun() Evidence {
	if len(f.hooks) > 0 {
		return ofHook(f.hooks[0])
	}
	return Evidence{"run", f.run.ID, f.run.UpdatedAt, string(f.run.Status)}
}

func ofHook(e journal.Event) Evidence {
	return Evidence{"webhook", fmt.Sprint(e.ID), e.CreatedAt, e.Type + ", " + events.Verdict(e)}
}

func ofAction(a ops.Action) Evidence {
	return Evidence{"request", a.RequestID, a.At.Add(a.Skew), fmt.Sprintf("%s, action %d: %d %s", a.Kind, a.ID, a.Status, a.Outcome)}
}

func ofWorkflow(w *client.Workflow) Evidence {
	return Evidence{"workflow", w.Key, w.UpdatedAt, map[bool]string{true: "active", false: "inactive"}[w.Active]}
}
