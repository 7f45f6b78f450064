package emulator

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	schemakind "github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	printing "golang.org/x/text/message"
)

const (
	mostRecipients  = 1000
	replayLifetime  = day
	longestReplyKey = 255
)

// replay is the answer that an idempotency key is remembered by.
type replay struct {
	key       string
	sum       [sha256.Size]byte
	requestID string
	answer    fields
	until     stamp
}

func triggerWorkflow(e *Emulator, q *query) (int, any, *apiError) {
	wf := e.published(q.path("key"))
	if wf == nil {
		return 0, nil, fault(http.StatusNotFound, invalidRequest, "workflow_missing", "There is no workflow %q in this environment", q.path("key"))
	}
	body := q.object()
	if body == nil {
		q.bad.add("recipients", "required", "can't be blank")
	}
	key := q.req.Header.Get("Idempotency-Key")
	if len(key) > longestReplyKey {
		q.bad.add("idempotency_key", "length", "should be at most %d characters", longestReplyKey)
	}
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	sum := requestSum(wf, body)
	if old := e.replays[key]; key != "" && old != nil && e.at < old.until {
		if old.sum != sum {
			return 0, nil, fault(http.StatusUnprocessableEntity, invalidRequest, "idempotency_key_mismatch", "This idempotency key was used for another request: %s", old.requestID)
		}
		q.w.Header().Set("Idempotent-Replayed", "true")
		q.w.Header().Set("Original-X-Request-Id", old.requestID)
		return http.StatusOK, old.answer, nil
	}
	t, err := e.triggerBy(wf, body, "api")
	if err != nil {
		return 0, nil, err
	}
	answer := fields{"workflow_run_id": t.id}
	if key != "" {
		e.remember(key, &replay{sum: sum, requestID: q.id, answer: answer, until: e.at + replayLifetime})
	}
	return http.StatusOK, answer, nil
}

// requestSum is the same for requests that say the same, in whatever order.
func requestSum(wf *workflow, body map[string]any) [sha256.Size]byte {
	raw, _ := json.Marshal(body) // it was JSON before
	return sha256.Sum256(append([]byte(wf.Key+"\x00"), raw...))
}

func (e *Emulator) remember(key string, r *replay) {
	r.key = key
	e.replays[key] = r
	e.plan(replayLifetime, r)
}

// due forgets it.
func (r *replay) due(e *Emulator, _ stamp) {
	if e.replays[r.key] == r {
		delete(e.replays, r.key)
	}
}

// person is a recipient or actor as a request gives it.
type person struct {
	ref
	props map[string]any // nil for a mere reference
	own   map[string]any // its $trigger_data
}

func (e *Emulator) readPerson(bad *problems, field string, v any) person {
	r, wrong := refOf(v)
	if wrong != "" {
		bad.add(field, "format", "%s", wrong)
		return person{}
	}
	checkID(bad, field, r.id)
	p := person{ref: r}
	m, _ := v.(map[string]any)
	if own, given := m["$trigger_data"]; given && own != nil {
		var ok bool
		if p.own, ok = own.(map[string]any); !ok {
			bad.add(field+".$trigger_data", "type", "must be a map")
		}
	}
	for name := range m {
		if name != "id" && name != "collection" && name != "$trigger_data" {
			p.props = maps.Clone(m)
			delete(p.props, "$trigger_data")
			e.checkProperties(bad, field+".", p.props)
			break
		}
	}
	return p
}

// resolve identifies a person that came with properties.
func (e *Emulator) resolve(p person) *recipient {
	if p.props != nil {
		return e.identify(p.ref, p.props)
	}
	return e.recipient(p.ref)
}

// triggerBy checks everything that a trigger says, and only then does it.
func (e *Emulator) triggerBy(wf *workflow, v map[string]any, source string) (*trigger, *apiError) {
	if !wf.active {
		return nil, fault(http.StatusBadRequest, invalidRequest, "workflow_inactive", "The workflow %q is not active in this environment", wf.Key)
	}
	var bad problems
	people := e.readRecipients(&bad, v["recipients"])
	key := bad.text(v, "cancellation_key")
	checkID(&bad, "cancellation_key", key)
	settings, ok := v["settings"].(map[string]any)
	if !ok && v["settings"] != nil {
		bad.add("settings", "type", "must be a map")
	}
	in := invocation{
		wf: wf, key: key, source: source,
		sandbox: bad.flag(settings, "sandbox_mode"), skipDelay: bad.flag(settings, "skip_delay"),
	}
	switch in.data, ok = dataOf(v["data"]); {
	case !ok:
		bad.add("data", "type", "must be a map")
	case len(in.data) > dataLimit:
		bad.add("data", "length", "should be at most 10 MB")
	default:
		wf.checkData(&bad, v["data"])
	}
	var actor person
	if v["actor"] != nil {
		actor = e.readPerson(&bad, "actor", v["actor"])
	}
	tenantID, tenantProps := readTenant(&bad, v["tenant"])
	if err := bad.err(); err != nil {
		return nil, err
	}
	if actor.id != "" {
		if actor.props == nil && e.known(actor.ref) == nil {
			return nil, fault(http.StatusUnprocessableEntity, invalidRequest, "actor_missing", "The actor %q does not exist: identify it first, or inline", actor.ref)
		}
		in.actor = e.resolve(actor)
	}
	if tenantID != "" {
		in.tenant = e.setTenant(tenantID, tenantProps)
	}
	in.recipients = make([]invited, len(people))
	for i, p := range people {
		in.recipients[i] = invited{e.resolve(p), p.own}
	}
	return e.invoke(in), nil
}

func (e *Emulator) readRecipients(bad *problems, v any) []person {
	list, ok := v.([]any)
	switch {
	case v == nil:
		bad.add("recipients", "required", "can't be blank")
	case !ok:
		bad.add("recipients", "type", "must be a list")
	case len(list) == 0 || len(list) > mostRecipients:
		bad.add("recipients", "length", "should have from 1 to %d items, not %d", mostRecipients, len(list))
		return nil
	}
	people := make([]person, len(list))
	for i, item := range list {
		people[i] = e.readPerson(bad, fmt.Sprintf("recipients[%d]", i), item)
	}
	return people
}

// checkData holds the data against the workflow's schema.
func (wf *workflow) checkData(bad *problems, data any) {
	if wf.schema == nil {
		return
	}
	if data == nil {
		data = map[string]any{}
	}
	var invalid *jsonschema.ValidationError
	if errors.As(wf.schema.Validate(data), &invalid) {
		tellSchemaErrors(bad, invalid, printing.NewPrinter(language.English))
	}
}

func tellSchemaErrors(bad *problems, err *jsonschema.ValidationError, p *printing.Printer) {
	for _, cause := range err.Causes {
		tellSchemaErrors(bad, cause, p)
	}
	if len(err.Causes) > 0 {
		return
	}
	at := strings.Join(append([]string{"data"}, err.InstanceLocation...), ".")
	if required, ok := err.ErrorKind.(*schemakind.Required); ok {
		for _, name := range required.Missing {
			bad.add(at+"."+name, "required", "can't be blank")
		}
		return
	}
	bad.add(at, strings.Join(err.ErrorKind.KeywordPath(), "."), "%s", err.ErrorKind.LocalizedString(p))
}

// cancelWorkflow accepts every cancel that can be understood, for a workflow
// that does not exist too.
func cancelWorkflow(e *Emulator, q *query) (int, any, *apiError) { return e.cancelBy(q, q.path("key")) }

func (e *Emulator) cancelBy(q *query, name string) (int, any, *apiError) {
	body := q.object()
	key := q.bad.text(body, "cancellation_key")
	if key == "" {
		q.bad.add("cancellation_key", "required", "can't be blank")
	}
	list, ok := body["recipients"].([]any)
	if !ok && body["recipients"] != nil {
		q.bad.add("recipients", "type", "must be a list")
	}
	var only map[ref]bool
	for i, item := range list {
		r, wrong := refOf(item)
		if wrong != "" {
			q.bad.add(fmt.Sprintf("recipients[%d]", i), "format", "%s", wrong)
		}
		if only == nil {
			only = map[ref]bool{}
		}
		only[r] = true
	}
	if err := q.bad.err(); err != nil {
		return 0, nil, err
	}
	if wf := e.workflows[name]; wf != nil {
		e.cancel(cancelKey{wf, key}, only, q.id)
	}
	return http.StatusNoContent, nil, nil
}
