package emulator

import (
	_ "embed"
	"fmt"
	"os"
	"sync"
)

// World is what exists in the emulated environment at the start. Its YAML form
// uses the same names in snake case; unknown keys are errors.
type World struct {
	// Environment is the slug, Account the name of the account.
	Environment string `yaml:"environment"`
	// Environments are the slugs of those after it, in the order of promotion.
	Environments []string `yaml:"environments"`
	Account      string   `yaml:"account"`
	// APIKeys (secret), PublicKeys and ServiceTokens, when given, are the only
	// ones accepted, whatever they look like; ExpiredKeys are answered with
	// api_key_expired. SignedTokens are demanded of whoever comes with a public
	// key, as Knock does with enhanced security on.
	APIKeys       []string `yaml:"api_keys"`
	PublicKeys    []string `yaml:"public_keys"`
	SignedTokens  bool     `yaml:"signed_tokens"`
	ExpiredKeys   []string `yaml:"expired_keys"`
	ServiceTokens []string `yaml:"service_tokens"`

	Channels  []Channel  `yaml:"channels"`
	Workflows []Workflow `yaml:"workflows"`
	Users     []Entity   `yaml:"users"`
	Objects   []Object   `yaml:"objects"`
	Tenants   []Entity   `yaml:"tenants"`
	Audiences []Audience `yaml:"audiences"`
	Guides    []Guide    `yaml:"guides"`
	// EmailLayouts, Partials, Translations and MessageTypes are kept for the
	// management API alone; each has a key, a translation a locale_code.
	EmailLayouts []Entity `yaml:"email_layouts"`
	Partials     []Entity `yaml:"partials"`
	Translations []Entity `yaml:"translations"`
	MessageTypes []Entity `yaml:"message_types"`

	Schedules []Schedule `yaml:"schedules"`
	Sources   []Source   `yaml:"sources"`
	Traffic   []Traffic  `yaml:"traffic"`
}

// Channel is a configured channel. Type is one of email, in_app_feed,
// in_app_guide, sms, push, chat, http.
type Channel struct {
	Key      string `yaml:"key"`
	Name     string `yaml:"name"`
	Type     string `yaml:"type"`
	Provider string `yaml:"provider"`
	From     string `yaml:"from"` // an email channel's sender
}

// Entity is a user or a tenant: an id and any properties. A user's
// channel_data (by channel key) and preferences (a preference set) are kept
// apart from the other properties.
type Entity map[string]any

// Object is an entity in a collection. Subscribers are user ids or
// collection/id.
type Object struct {
	Collection  string   `yaml:"collection"`
	ID          string   `yaml:"id"`
	Properties  Entity   `yaml:"properties"`
	Subscribers []string `yaml:"subscribers"`
}

// Audience is a list of users whose members a workflow can be triggered for.
type Audience struct {
	Key     string   `yaml:"key"`
	Name    string   `yaml:"name"`
	Members []string `yaml:"members"` // user ids
}

// Guide is an in-app guide on a channel of the type in_app_guide. It is shown to
// the members of its Audience, if it has one, for whom its Conditions hold.
type Guide struct {
	Key        string      `yaml:"key"`
	Name       string      `yaml:"name"`
	Type       string      `yaml:"type"` // banner, if not given
	Channel    string      `yaml:"channel"`
	Inactive   bool        `yaml:"inactive"`
	Audience   string      `yaml:"audience"`
	Conditions *Conditions `yaml:"conditions"`
	Steps      []GuideStep `yaml:"steps"`
}

// GuideStep is one thing that a guide shows; strings in its Content are templates.
type GuideStep struct {
	Ref     string         `yaml:"ref"`
	Content map[string]any `yaml:"content"`
}

// Workflow is a workflow as the dashboard would hold it.
type Workflow struct {
	Key         string   `yaml:"key"`
	Name        string   `yaml:"name"`
	Description string   `yaml:"description"`
	Inactive    bool     `yaml:"inactive"`
	Categories  []string `yaml:"categories"`
	Tags        []string `yaml:"tags"`
	// Audience is the key of the one whose new members trigger the workflow.
	Audience string `yaml:"audience"`
	// Commercial messages are not sent to who is not commercial_subscribed.
	Commercial bool `yaml:"is_commercial"`
	// OverridePreferences sends whatever the recipients prefer.
	OverridePreferences bool           `yaml:"override_preferences"`
	Schema              map[string]any `yaml:"trigger_data_json_schema"`
	Conditions          *Conditions    `yaml:"conditions"`
	Steps               []Step         `yaml:"steps"`
}

// Step is one step of a workflow. Type is delay, batch, http_fetch, throttle,
// branch, random_cohort, wait_for_event, trigger_workflow, update_data,
// update_user, update_object, update_tenant, ai_agent or channel; the other
// fields belong to some of them.
type Step struct {
	Ref        string      `yaml:"ref"`
	Type       string      `yaml:"type"`
	Name       string      `yaml:"name"`
	Conditions *Conditions `yaml:"conditions"`

	For   Duration `yaml:"for"`   // delay
	Until string   `yaml:"until"` // delay: the path of a timestamp, instead of For

	Window Duration `yaml:"window"` // batch, throttle
	Key    string   `yaml:"key"`    // batch, throttle: the path of what to group by
	Limit  int      `yaml:"limit"`  // throttle: runs per window, 1 if not given

	Method  string     `yaml:"method"`  // http_fetch, http channels
	URL     string     `yaml:"url"`     // http_fetch, http channels
	Respond []Response `yaml:"respond"` // http_fetch: the answers it will get, the last one from then on

	Branches []Branch `yaml:"branches"` // branch, random_cohort

	Trigger *TriggerStep `yaml:"trigger"` // trigger_workflow

	Event *WaitEvent `yaml:"event"` // wait_for_event

	Channel string `yaml:"channel"` // channel: its key
	Subject string `yaml:"subject"` // email: subject, push: title
	Body    string `yaml:"body"`    // what is said, or what an update writes, as a template
	HTML    string `yaml:"html"`    // email: the body in HTML; made of Body if not given
	Action  string `yaml:"action"`  // in_app_feed: where a click leads
	Fails   int    `yaml:"fails"`   // channel: how many attempts fail before one succeeds
}

// Response is an answer that a fetch step gets without anything being sent.
type Response struct {
	Status int            `yaml:"status"`
	Body   map[string]any `yaml:"body"`
}

// TriggerStep says what a step triggers. Recipients, Actor, Tenant, Data and
// CancellationKey are templates; the first four are the run's own where they
// give nothing.
type TriggerStep struct {
	Workflow        string `yaml:"workflow"`
	Recipients      string `yaml:"recipients"`
	Actor           string `yaml:"actor"`
	Tenant          string `yaml:"tenant"`
	Data            string `yaml:"data"`
	CancellationKey string `yaml:"cancellation_key"`
}

// Branch is one way out of a branch step; the first whose conditions hold is
// taken.
type Branch struct {
	Name       string      `yaml:"name"`
	Conditions *Conditions `yaml:"conditions"`
	Steps      []Step      `yaml:"steps"`
	Terminates bool        `yaml:"terminates"`
	Percentage float64     `yaml:"percentage"` // random_cohort
}

// WaitEvent is what a wait_for_event step waits for: the Event of a Source, a
// Message event ("read") or the start or end ("started", "completed") of a
// Workflow for the same recipient, or, with none of these, an update of the
// recipient.
type WaitEvent struct {
	Source       string   `yaml:"source"`
	Event        string   `yaml:"event"`
	Message      string   `yaml:"message"`
	Workflow     string   `yaml:"workflow"`
	ExpiresAfter Duration `yaml:"expires_after"`
	HaltOnMatch  bool     `yaml:"halt_on_match"`
	HaltOnExpiry bool     `yaml:"halt_on_expiry"`
}

// Conditions hold when all of All do and, if there are any, one of Any does.
type Conditions struct {
	All []Condition `yaml:"all" json:"all,omitempty"`
	Any []Condition `yaml:"any" json:"any,omitempty"`
}

// Condition compares a variable, such as recipient.plan, with an argument; or
// it is a Group that holds when all in it do.
type Condition struct {
	Variable string      `yaml:"variable" json:"variable"`
	Operator string      `yaml:"operator" json:"operator"`
	Argument any         `yaml:"argument" json:"argument"`
	Group    []Condition `yaml:"group" json:"-"`
}

// Schedule triggers a workflow again and again, without a cancellation key.
type Schedule struct {
	Workflow   string         `yaml:"workflow"`
	Recipients []string       `yaml:"recipients"`
	Tenant     string         `yaml:"tenant"`
	Data       map[string]any `yaml:"data"`
	Repeats    []Repeat       `yaml:"repeats"`
}

// Repeat is one rule of a schedule. Frequency is hourly, daily, weekly or
// monthly.
type Repeat struct {
	Frequency  string   `yaml:"frequency"`
	Interval   int      `yaml:"interval"`
	Days       []string `yaml:"days"`
	DayOfMonth int      `yaml:"day_of_month"`
	Hours      int      `yaml:"hours"`
	Minutes    int      `yaml:"minutes"`
}

// Source receives events at an ingestion URL of its own.
type Source struct {
	Key         string    `yaml:"key"`
	Name        string    `yaml:"name"`
	Description string    `yaml:"description"`
	Mappings    []Mapping `yaml:"mappings"`
}

// Mapping triggers a workflow for an event. The fields are paths: userId,
// event, messageId, timestamp, or data.x for properties.x; an empty Data hands
// over all the properties.
type Mapping struct {
	Event           string `yaml:"event"`
	Workflow        string `yaml:"workflow"`
	Inactive        bool   `yaml:"inactive"`
	Recipients      string `yaml:"recipients"`
	Actor           string `yaml:"actor"`
	Tenant          string `yaml:"tenant"`
	Data            string `yaml:"data"`
	CancellationKey string `yaml:"cancellation_key"`
}

// Traffic is what Options.Lively plays: a trigger about every Every. In Key
// and in the strings of Data, {n} is a running number. An empty Key gives none.
type Traffic struct {
	Workflow string   `yaml:"workflow"`
	Every    Duration `yaml:"every"`
	// Scheduled sets off the workflow's schedules instead of triggering it.
	Scheduled bool `yaml:"scheduled"`
	// As makes the trigger a broadcast or a rehearsal instead of one by the API.
	As string `yaml:"as"`
	// Audience takes a user into an audience, or out again, instead.
	Audience string `yaml:"audience"`
	// Edits changes a workflow or something else that is versioned, instead, and
	// commits it half a minute later.
	Edits bool `yaml:"edits"`
	// Source and Event send an event to a source instead, with Data as its
	// properties and the first recipient as its user.
	Source string `yaml:"source"`
	Event  string `yaml:"event"`
	Repeat int    `yaml:"repeat_one_in"` // send every nth event twice, as who had no answer does

	Recipients []string       `yaml:"recipients"` // whom to choose from; none means any user
	AtOnce     int            `yaml:"at_once"`    // up to so many recipients under one key
	Actor      bool           `yaml:"actor"`      // with a user as actor
	Tenants    []string       `yaml:"tenants"`
	Key        string         `yaml:"key"`
	Data       map[string]any `yaml:"data"`
	CancelOne  int            `yaml:"cancel_one_in"` // cancel every nth trigger later
}

// LoadWorld reads a world file. Errors name the file, the line and the key.
func LoadWorld(path string) (*World, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("world file %s cannot be read: %w", path, err)
	}
	w, err := parseWorld(raw)
	if err != nil {
		return nil, fmt.Errorf("world file %s: %w", path, err)
	}
	return w, nil
}

//go:embed world.yml
var defaultWorld []byte

var parseDefault = sync.OnceValue(func() *World {
	w, err := parseWorld(defaultWorld)
	if err != nil {
		panic("the built-in world: " + err.Error())
	}
	return w
})

// DefaultWorld is the world of the demo: the workflows welcome,
// invite-reminder, comment-created, invoice-due, weekly-digest and a few more,
// with the people they are sent to. It is shared: do not change it.
func DefaultWorld() *World { return parseDefault() }
