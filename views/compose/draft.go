package compose

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui/kit/form"
	"github.com/knockops/knockops/ui/kit/jsonedit"
	"github.com/knockops/knockops/ui/theme"
)

// The form's fields.
const (
	recipients  = "recipients"
	actor       = "actor"
	tenant      = "tenant"
	data        = "data"
	keyMode     = "key from"
	key         = "key"
	sandboxMode = "sandbox_mode"
	skipDelay   = "skip_delay"
)

// draft is a trigger that is being written.
type draft struct {
	form      *form.Form
	json      *jsonedit.Editor
	catalogue *catalogue
	clean     ops.Draft // the form's values when nothing was typed, or when it was sent

	uuid        string // the key in the way [ops.KeyUUID]
	idempotency string
	next        string // the idempotency key for another request than the one that may have been sent

	attempt *attempt  // under way
	sent    *attempt  // the last that Knock took
	tried   string    // body of a request whose answer was lost
	triedAt time.Time // when it was sent first, by Knock's clock
	failure error

	read    once[string, parsed[[]client.Recipient]]
	checked once[dataAt, parsed[[]ops.Objection]]
	made    once[keyAt, parsed[string]]
}

type parsed[T any] struct {
	value T
	err   error
}

type dataAt struct {
	workflow, text string
	version        int
}

type keyAt struct{ mode, typed, uuid, workflow, data string }

// once remembers the last answer: forms ask at every frame.
type once[K comparable, V any] struct {
	key   K
	value V
	known bool
}

func (o *once[K, V]) get(k K, f func() V) V {
	if !o.known || o.key != k {
		o.key, o.value, o.known = k, f(), true
	}
	return o.value
}

func newDraft(t *theme.Theme, c *catalogue, of ops.Draft) *draft {
	d := &draft{catalogue: c, json: jsonedit.New()}
	unset := []form.Option{{Value: "", Label: "as it is set up"}, {Value: "true", Label: "on"}, {Value: "false", Label: "off"}}
	d.form = form.New(
		form.Text{ID: Workflow, Label: "Workflow", Value: of.Workflow, Placeholder: "its key", Suggest: c.suggest, About: c.about, Validate: checkWorkflow},
		form.Area{ID: recipients, Label: "Recipients", Value: of.Recipients, Lines: 4, Placeholder: "user_1, collection/id or JSON, one a line",
			Suggest: c.suggestRecipient, About: c.aboutRecipient,
			Help:     `JSON identifies inline: {"id": "user_1", "email": "…", "$trigger_data": {…}}`,
			Validate: func(string) error { _, err := d.recipients(); return err }},
		form.Text{ID: actor, Label: "Actor", Value: of.Actor, Placeholder: "as a recipient, or nobody", Suggest: c.suggestRecipient, About: c.aboutRecipient,
			Validate: func(s string) error { _, err := parseActor(s); return err }},
		form.Text{ID: tenant, Label: "Tenant", Value: of.Tenant, Placeholder: "an id or a JSON object, or none", Validate: func(s string) error { _, err := parseTenant(s); return err }},
		form.Custom{ID: data, Label: "Data", Lines: 7, Widget: d.json, Validate: func(string) error { return d.checkData() }},
		form.Choice{ID: keyMode, Label: "Cancellation key", Value: cmp.Or(of.KeyFrom, ops.KeyUUID), Help: "← → · without one nothing of this can be cancelled", Options: []form.Option{
			{Value: ops.KeyUUID, Label: "a new UUID"}, {Value: ops.KeyTyped, Label: "what is typed below"}, {Value: ops.KeyPattern, Label: "the pattern below, from the data"},
			{Value: ops.KeyHash, Label: "a hash of workflow and data"}, {Value: ops.KeyNone, Label: "nowhere: none"},
		}},
		form.Text{ID: key, Label: "Key or pattern", Value: of.Key, Placeholder: "invite-99121, or a pattern: invite-{data.id}", Validate: func(string) error { _, err := d.key(); return err }},
		form.Choice{ID: sandboxMode, Label: "Sandbox mode", Value: of.SandboxMode, Options: unset, Help: "on: messages are generated but not delivered"},
		form.Choice{ID: skipDelay, Label: "Skip delays", Value: of.SkipDelay, Options: unset},
	)
	d.form.SetTheme(t)
	d.json.SetPlaceholder(`{"name": "value"}`)
	d.json.SetValue(of.Data)
	d.recheck()
	d.renew()
	return d
}

// recheck holds the data against the schema of what the workflow is now.
func (d *draft) recheck() {
	d.json.SetCheck(func([]byte) []jsonedit.Problem {
		var out []jsonedit.Problem
		for _, o := range d.objections().value {
			out = append(out, jsonedit.Problem{Path: o.Path, Message: o.Text})
		}
		return out
	})
}

// renew makes the keys of a trigger that was not sent before.
func (d *draft) renew() {
	d.uuid, d.idempotency, d.next = ops.NewCancellationKey(), uuid.NewString(), uuid.NewString()
	d.tried, d.triedAt, d.failure = "", time.Time{}, nil
	d.clean = d.written()
}

// written is what was typed.
func (d *draft) written() ops.Draft {
	v := d.form.Value
	return ops.Draft{
		Workflow: v(Workflow), Recipients: v(recipients), Actor: v(actor), Tenant: v(tenant), Data: v(data),
		KeyFrom: v(keyMode), Key: v(key), SandboxMode: v(sandboxMode), SkipDelay: v(skipDelay),
	}
}

func (d *draft) dirty() bool { return d.written() != d.clean }

func (d *draft) workflow() string { return strings.TrimSpace(d.form.Value(Workflow)) }

func (d *draft) recipients() ([]client.Recipient, error) {
	s := d.form.Value(recipients)
	p := d.read.get(s, func() parsed[[]client.Recipient] {
		all, err := parseRecipients(s)
		return parsed[[]client.Recipient]{all, err}
	})
	return p.value, p.err
}

// data is nil when there is none.
func (d *draft) data() json.RawMessage {
	if s := strings.TrimSpace(d.form.Value(data)); s != "" {
		return json.RawMessage(s)
	}
	return nil
}

// objections are the schema's; the error says that the data is no JSON object.
func (d *draft) objections() parsed[[]ops.Objection] {
	at := dataAt{d.workflow(), d.form.Value(data), d.catalogue.version}
	return d.checked.get(at, func() parsed[[]ops.Objection] {
		raw := []byte(at.text)
		if strings.TrimSpace(at.text) != "" {
			if err := client.CheckJSON(data, raw); err != nil {
				return parsed[[]ops.Objection]{nil, err}
			}
			if !strings.HasPrefix(strings.TrimSpace(at.text), "{") {
				return parsed[[]ops.Objection]{nil, errors.New(`the data must be a JSON object, like {"name": "value"}`)}
			}
		}
		return parsed[[]ops.Objection]{d.catalogue.check(at.workflow, raw), nil}
	})
}

// checkData is short where the editor itself says what is wrong and where.
func (d *draft) checkData() error {
	p := d.objections()
	var broken *client.JSONError
	switch {
	case errors.As(p.err, &broken):
		return errors.New("invalid JSON cannot be sent")
	case p.err != nil:
		return p.err
	case len(p.value) > 0 && len(d.data()) == 0:
		return fmt.Errorf("the workflow wants data: %s", p.value[0])
	case len(p.value) > 0:
		return errors.New("this breaks the workflow's schema, and Knock would refuse it")
	}
	return nil
}

func checkWorkflow(s string) error {
	return plain(client.CheckID("workflow key", strings.TrimSpace(s)))
}

func parseActor(s string) (*client.Recipient, error) {
	if s = strings.TrimSpace(s); s == "" {
		return nil, nil
	}
	r, err := client.ParseRecipient(s)
	if err != nil {
		return nil, plain(err)
	}
	return &r, nil
}

func parseTenant(s string) (*client.Tenant, error) {
	if s = strings.TrimSpace(s); s == "" {
		return nil, nil
	}
	t, err := client.ParseTenant(s)
	if err != nil {
		return nil, plain(err)
	}
	return t, nil
}

// chooseKey takes what is typed as the key for what it looks like.
func (d *draft) chooseKey(typed string) {
	mode := ops.KeyTyped
	if strings.Contains(typed, "{data.") {
		mode = ops.KeyPattern
	}
	d.form.SetValue(keyMode, mode)
}

// key makes the cancellation key in the way that is chosen.
func (d *draft) key() (string, error) {
	at := keyAt{d.form.Value(keyMode), d.form.Value(key), d.uuid, d.workflow(), string(d.data())}
	p := d.made.get(at, func() parsed[string] {
		if at.mode == ops.KeyTyped && strings.TrimSpace(at.typed) == "" {
			return parsed[string]{"", errors.New("type the key, or choose another way to one")}
		}
		k, err := ops.Draft{Workflow: at.workflow, Data: at.data, KeyFrom: at.mode, Key: at.typed}.CancellationKey(at.uuid)
		return parsed[string]{k, err}
	})
	return p.value, p.err
}
