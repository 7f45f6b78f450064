package users

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
	"github.com/knockops/knockops/views/internal/nav"
	"github.com/knockops/knockops/views/internal/status"
)

// build draws all that is known into the sheet.
func (p *profile) draw() {
	b := &rows{theme: p.env.Theme, width: p.sheet.width}
	p.identity(b)
	p.messageRows(b)
	p.runRows(b)
	p.preferenceRows(b)
	p.channelRows(b)
	p.scheduleRows(b)
	if p.who.Collection != "" {
		p.subscriberRows(b)
	}
	p.subscriptionRows(b)
	p.sheet.set(b.all)
}

func (p *profile) identity(b *rows) {
	if p.who.Collection != "" {
		p.objectRows(b)
		return
	}
	u := p.user.value
	note := ""
	if p.user.read {
		note = "updated " + age(p.session, u.UpdatedAt) + " ago"
	}
	if !b.section("user "+p.who.ID, "USER", note, u.Raw, &p.user) {
		return
	}
	b.fact("property id", "id", u.ID)
	for _, f := range named {
		if v := f.of(u); v != "" {
			b.fact("property "+f.id, f.id, v)
		}
	}
	if !u.CreatedAt.IsZero() {
		b.fact("property created_at", "created_at", u.CreatedAt.Local().Format(time.DateTime))
	}
	for _, name := range slices.Sorted(maps.Keys(u.Custom)) {
		b.fact("property "+name, name, jsonText(u.Custom[name]))
	}
}

// jsonText is a value as JSON.
func jsonText(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(out)
}

func (p *profile) messageRows(b *rows) {
	t, page := p.env.Theme, p.messages.value
	note := ""
	if len(page.Items) > 0 {
		note = termtext.Plural(len(page.Items), "message")
		if page.After != "" {
			note = "the newest " + termtext.Count(len(page.Items)) + ", older ones are not shown"
		}
	}
	b.list("messages", "MESSAGES", note, &p.messages, len(page.Items), "Nothing was sent. RUNS says whether something was tried.")
	for _, m := range page.Items {
		status, ink := status.Message(t, m.Status)
		b.add(row{
			id: "message " + m.ID, json: m.Raw, copy: m.ID, what: "message id " + termtext.Middle(m.ID, 12),
			open: nav.Message(m.ID),
			spans: []span{
				{status, ink, 21}, {m.Source.Key, theme.Plain, 20}, {age(p.session, m.InsertedAt), theme.Muted, 5},
				{channelName(m), theme.Muted, 18}, {engagement(m), theme.Plain, 0},
			},
		})
	}
	if p.who.Collection == "" && slices.ContainsFunc(page.Items, func(m client.Message) bool { return m.Channel.Type == "in_app_feed" }) {
		b.add(row{id: "feed", open: nav.Feed(p.who.ID), spans: []span{{"The in-app feed as the user sees it", theme.Accent, 0}}})
	}
}

func channelName(m client.Message) string {
	provider := strings.TrimPrefix(m.Channel.Provider, m.Channel.Type+"_")
	return strings.TrimSpace(status.Words(m.Channel.Type) + " " + status.Words(provider))
}

func engagement(m client.Message) string {
	words := make([]string, len(m.EngagementStatuses))
	for i, s := range m.EngagementStatuses {
		words[i] = status.Words(string(s))
	}
	return strings.Join(words, ", ")
}

func (p *profile) runRows(b *rows) {
	t, r := p.env.Theme, p.runs.value
	note := ""
	if len(r.runs) > 0 {
		note = fmt.Sprintf("%s pending, %s over", termtext.Count(r.pending), termtext.Count(len(r.runs)-r.pending))
		if r.more {
			note += ", older ones are not shown"
		}
	}
	b.list("runs", "RUNS", note, &p.runs, len(r.runs), "No workflow ran for this "+p.noun()+".")
	for i := range r.runs {
		run := &r.runs[i]
		status, ink := status.Run(t, p.session, run)
		key, keyInk := "key "+run.TriggerSource.CancellationKey, theme.Plain
		if run.TriggerSource.CancellationKey == "" {
			key, keyInk = "no key ("+run.TriggerSource.Type+")", theme.Muted
		}
		errors := ""
		if run.ErrorCount > 0 {
			errors = "  " + t.Glyphs.Error + " " + termtext.Plural(run.ErrorCount, "error")
		}
		b.add(row{
			id: "run " + run.ID, json: run.Raw, copy: run.ID, what: "run id " + termtext.Middle(run.ID, 12),
			open: nav.Run(run.ID),
			spans: []span{
				{status, ink, 21}, {run.Workflow, theme.Plain, 20}, {age(p.session, run.InsertedAt), theme.Muted, 5},
				{key, keyInk, 24}, {errors, theme.Danger, 0},
			},
		})
	}
}

func (p *profile) preferenceRows(b *rows) {
	b.edit = preferenceEdit(p.who, client.PreferenceSet{ID: "default"})
	b.edit.unset = nil
	b.list("preferences", "PREFERENCES", "", &p.preferences, len(p.preferences.value), "None: everything is sent.")
	for _, set := range p.preferences.value {
		b.add(row{
			id: "preferences " + set.ID, json: set.Raw, copy: string(set.Raw), what: "the preference set", edit: preferenceEdit(p.who, set),
			spans: []span{{set.ID, theme.Plain, 16}, {preferenceText(set), theme.Plain, 0}},
		})
	}
}

func (p *profile) channelRows(b *rows) {
	d := p.channelData.value
	note := ""
	if d.partial != nil {
		note = "of the channels in MESSAGES: the others could not be read"
		if why, _ := ops.Unmanaged(d.partial); why != "" {
			note = "of the channels in MESSAGES: " + why
		}
	}
	b.list("channel data", "CHANNEL DATA", note, &p.channelData, len(d.sets), "No push token and no chat connection.")
	for _, set := range d.sets {
		name := d.names[set.ChannelID]
		if name == "" {
			name = termtext.Middle(set.ChannelID, 13)
		}
		b.add(row{
			id: "channel data " + set.ChannelID, json: set.Raw, copy: string(set.Raw), what: "the channel data", edit: channelEdit(p.who, set.ChannelID),
			spans: []span{{name, theme.Plain, 20}, {set.Provider, theme.Muted, 16}, {channelDataText(set), theme.Plain, 0}},
		})
	}
}

func (p *profile) scheduleRows(b *rows) {
	page := p.schedules.value
	b.list("schedules", "SCHEDULES", cut(page.After, len(page.Items)), &p.schedules, len(page.Items), "None.")
	for _, s := range page.Items {
		next := ops.NextWords(s, p.session.Client.ServerNow())
		if next != "" {
			next = "next " + next
		}
		b.add(row{
			id: "schedule " + s.ID, json: s.Raw, copy: s.ID, what: "schedule id " + termtext.Middle(s.ID, 12),
			open:  nav.Runs(nav.RunsOf{Workflow: s.Workflow, Recipient: p.who.String(), Status: "all"}),
			spans: []span{{s.Workflow, theme.Plain, 22}, {ops.ScheduleWords(s), theme.Plain, 40}, {next, theme.Muted, 0}},
		})
	}
}

func (p *profile) subscriptionRows(b *rows) {
	page := p.subscriptions.value
	b.list("subscriptions", "SUBSCRIPTIONS", cut(page.After, len(page.Items)), &p.subscriptions, len(page.Items), "None.")
	for _, s := range page.Items {
		object := client.Ref{Collection: s.Object.Collection, ID: s.Object.ID}.String()
		b.add(row{
			id: "subscription " + object, json: s.Raw, copy: object, what: "the object's reference",
			open: nav.Of(client.Ref{Collection: s.Object.Collection, ID: s.Object.ID}), edit: subscriptionEdit(client.Ref{Collection: s.Object.Collection, ID: s.Object.ID}, p.who),
			spans: []span{{object, theme.Plain, 30}, {"since " + age(p.session, s.InsertedAt), theme.Muted, 0}},
		})
	}
}

// objectRows are an object's properties.
func (p *profile) objectRows(b *rows) {
	o := p.object.value
	note := ""
	if p.object.read {
		note = "updated " + age(p.session, o.UpdatedAt) + " ago"
	}
	if !b.section("object "+p.who.String(), "OBJECT", note, o.Raw, &p.object) {
		return
	}
	b.fact("property collection", "collection", o.Collection)
	b.fact("property id", "id", o.ID)
	for _, name := range slices.Sorted(maps.Keys(o.Properties)) {
		b.fact("property "+name, name, jsonText(o.Properties[name]))
	}
}

// subscriberRows are whom a trigger for the object reaches.
func (p *profile) subscriberRows(b *rows) {
	page := p.subscribers.value
	b.list("subscribers", "SUBSCRIBERS", cut(page.After, len(page.Items)), &p.subscribers, len(page.Items), "None: a trigger for this object reaches the object alone.")
	for _, s := range page.Items {
		b.add(row{
			id: "subscriber " + s.Recipient.String(), json: s.Raw, copy: s.Recipient.String(), what: "the subscriber's reference",
			open: nav.Of(s.Recipient), edit: subscriptionEdit(p.who, s.Recipient),
			spans: []span{{s.Recipient.String(), theme.Plain, 30}, {"since " + age(p.session, s.InsertedAt), theme.Muted, 0}},
		})
	}
}

// cut says that a list goes on.
func cut(after string, n int) string {
	if after == "" {
		return ""
	}
	return "the first " + termtext.Count(n) + ", more are not shown"
}
