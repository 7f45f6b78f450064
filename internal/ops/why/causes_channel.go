package why

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/internal/termtext"
)

// owner is whose setting refused a channel, by the part of a preference set that it stands in.
type owner string

const (
	ofTenant     owner = "tenant"
	ofWorkflows  owner = "workflows"
	ofCategories owner = "categories"
	ofChannels   owner = "channels"
	ofCommercial owner = "commercial_subscribed"
)

// preference finds a setting of one owner, in the event of the step or else in the sets as they are now.
func preference(of owner) func(*facts, *channel) *Finding {
	return each(func(f *facts, c *channel) *Finding {
		for _, e := range c.events {
			if sign, exact := ops.SignOf(e); sign == ops.ByPreference {
				setting, _ := e.Data["setting"].(string)
				if ownerOf(setting) != of {
					return nil
				}
				return proven("was not sent: "+f.refusedBy(setting), ofEvent(e)).only(exact)
			}
		}
		if f.telling(c) != "" || f.workflow != nil && ops.SettingsOf(*f.workflow).Override {
			return nil
		}
		if set, setting := f.setting(of, f.run.Tenant, c, refuses); setting != "" {
			return likely(fmt.Sprintf("was not sent: %s, as it is now", f.refusedBy(setting)), Evidence{Kind: "preference", ID: set, At: f.now, Text: setting})
		}
		return nil
	})
}

// setting is the first of an owner under a tenant that a judge finds against a channel, and the set that it stands in.
func (f *facts) setting(of owner, tenant string, c *channel, judge func(any, *channel) bool) (set, setting string) {
	for _, set := range f.sets {
		own := tenant != "" && (set.ID == tenant || set.ID == defaultsOf(tenant))
		if set.ID != "default" && !own || (set.ID != "default") != (of == ofTenant) {
			continue
		}
		if setting := against(set, of, f.workflow, c, judge); setting != "" {
			return set.ID, setting
		}
	}
	return "", ""
}

// defaultsOf names the set of what a tenant's recipients prefer unless they say otherwise.
func defaultsOf(tenant string) string { return "tenant " + tenant }

// ownerOf sorts a setting as Knock names it; one of a tenant has the tenant before a colon.
func ownerOf(setting string) owner {
	part, _, _ := strings.Cut(setting, ".")
	switch {
	case strings.Contains(part, ": "):
		return ofTenant
	case part == "workflows":
		return ofWorkflows
	case part == "categories":
		return ofCategories
	case part == "commercial_subscribed":
		return ofCommercial
	}
	return ofChannels
}

func (f *facts) refusedBy(setting string) string {
	if setting == "" {
		return "a preference refuses it"
	}
	whose := f.Recipient.String() + "'s preference "
	if strings.HasPrefix(setting, "tenant ") {
		whose = "the preference of "
	}
	return whose + setting + " refuses it"
}

// against is the first setting of an owner in a set that a judge finds against the channel, "" for none.
func against(set client.PreferenceSet, of owner, w *client.Workflow, c *channel, judge func(any, *channel) bool) string {
	var workflow string
	var categories []string
	if w != nil {
		workflow, categories = w.Key, w.Categories
	}
	look := func(part string, entries json.RawMessage, names ...string) string {
		var all map[string]any
		if json.Unmarshal(entries, &all) != nil {
			return ""
		}
		for _, name := range names {
			if name != "" && judge(all[name], c) {
				return part + "." + name
			}
		}
		return ""
	}
	parts := map[owner]func() string{
		ofWorkflows:  func() string { return look("workflows", set.Workflows, workflow) },
		ofCategories: func() string { return look("categories", set.Categories, categories...) },
		ofChannels: func() string {
			if setting := look("channel_types", set.ChannelTypes, c.kind); setting != "" {
				return setting
			}
			return look("channels", set.Channels, c.key, c.id)
		},
	}
	if of == ofCommercial && w != nil && ops.SettingsOf(*w).Commercial {
		var subscribed any
		if json.Unmarshal(set.CommercialSubscribed, &subscribed) == nil && judge(subscribed, c) {
			return "commercial_subscribed"
		}
	}
	if of != ofTenant {
		if find := parts[of]; find != nil {
			return find()
		}
		return ""
	}
	for _, part := range []owner{ofWorkflows, ofCategories, ofChannels} {
		if setting := parts[part](); setting != "" {
			return set.ID + ": " + setting
		}
	}
	return ""
}

// refuses judges a setting without its conditions: those are not evaluated.
func refuses(setting any, c *channel) bool {
	switch v := setting.(type) {
	case bool:
		return !v
	case map[string]any:
		types, _ := v["channel_types"].(map[string]any)
		channels, _ := v["channels"].(map[string]any)
		return types[c.kind] == false || channels[c.key] == false || channels[c.id] == false
	}
	return false
}

// conditional judges whether it hangs on conditions that a setting refuses a channel.
func conditional(setting any, c *channel) bool {
	v, _ := setting.(map[string]any)
	if v == nil {
		return false
	}
	types, _ := v["channel_types"].(map[string]any)
	channels, _ := v["channels"].(map[string]any)
	return v["conditions"] != nil || conditional(types[c.kind], c) || conditional(channels[c.key], c) || conditional(channels[c.id], c)
}

func noAddress(f *facts, c *channel) *Finding {
	identify := func(flag string) string {
		return f.command("users identify " + termtext.ShellWord(f.Recipient.ID) + " --" + flag + " …")
	}
	advise := func(found *Finding) *Finding {
		switch {
		case f.Recipient.Collection != "":
		case c.kind == "email":
			found.next(identify("email"))
		case c.kind == "sms":
			found.next(identify("phone"))
		}
		return found
	}
	for _, e := range c.events {
		if sign, exact := ops.SignOf(e); sign == ops.ByAddress {
			missing, _ := e.Data["missing"].(string)
			return advise(proven("was not sent: there is no "+noun(missing, c)+" to send it to", ofEvent(e)).only(exact))
		}
	}
	if f.telling(c) != "" {
		return nil
	}
	has, read := f.tokens[c.key]
	if u := f.user; u != nil && (c.kind == "email" && u.Email == "" || c.kind == "sms" && u.PhoneNumber == "") || read && !has {
		return advise(likely("was not sent: there is no "+noun("", c)+" to send it to, as it is now", Evidence{Kind: "user", ID: f.Recipient.ID, At: f.now}))
	}
	return nil
}

func noun(missing string, c *channel) string {
	switch {
	case c.kind == "email" || strings.HasSuffix(missing, ".email"):
		return "email address"
	case c.kind == "sms" || strings.HasSuffix(missing, ".phone_number"):
		return "phone number"
	case missing != "":
		return strings.ReplaceAll(missing, "_", " ")
	}
	return "channel data"
}

func conditionNotMet(f *facts, c *channel) *Finding {
	if c == nil {
		return runCondition(f)
	}
	return each(stepCondition)(f, c)
}

func stepCondition(f *facts, c *channel) *Finding {
	for _, e := range c.events {
		if sign, exact := ops.SignOf(e); sign == ops.ByCondition {
			return proven("was not sent: the step's conditions did not hold"+conditionText(e), ofEvent(e)).only(exact)
		}
	}
	if f.telling(c) != "" {
		return nil
	}
	for _, e := range f.run.Events {
		if c.fork == "" || e.StepRef != c.fork || !c.untouched() {
			continue
		}
		taken, _ := e.Data["branch"].(string)
		switch sign, exact := ops.SignOf(e); {
		case e.Event == "branch_taken" && taken != c.branch:
			return proven(fmt.Sprintf("was not sent: the run took the branch %s, and it is on %s", taken, c.branch), ofEvent(e))
		case sign == ops.ByCondition:
			return proven("was not sent: no branch's conditions held", ofEvent(e)).only(exact)
		}
	}
	if c.conditional && (f.user != nil || c.untouched()) {
		return likely("was not sent: its step has conditions, and nothing else explains it", ofWorkflow(f.workflow))
	}
	return nil
}

// untold is a step that made no message, where nothing says why.
func untold(f *facts, c *channel) *Finding {
	if slices.ContainsFunc(c.events, func(e client.RunEvent) bool { return e.Data["message_id"] != nil }) {
		return likely("made a message that Knock no longer tells of", f.ofRun())
	}
	return likely("was not sent, and nothing tells why; looked at "+strings.Join(f.looked, ", "), f.ofRun())
}
