package ops

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"github.com/knockops/knockops/client"
)

// NewCancellationKey makes a key that nothing else has: a cancel under it
// reaches this one trigger.
func NewCancellationKey() string { return uuid.NewString() }

// HashCancellationKey makes a key of workflow and data: 16 hexadecimal digits
// of a SHA-256. The order of properties and the spaces between them make no
// difference; numbers count as they are written, so 1 and 1.0 differ. The same
// data gives the same key, so a cancel under it reaches every trigger that had it.
func HashCancellationKey(workflow string, data json.RawMessage) (string, error) {
	object, err := keyData(data)
	if err != nil {
		return "", err
	}
	var canonical bytes.Buffer
	e := json.NewEncoder(&canonical) // sorts the keys of objects
	e.SetEscapeHTML(false)
	if err := e.Encode(object); err != nil {
		return "", err
	}
	h := sha256.New()
	_, _ = io.WriteString(h, workflow+"\n")
	_, _ = h.Write(canonical.Bytes())
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}

var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// PatternCancellationKey fills the placeholders of a pattern such as
// invite-{data.id} from the data; {data.order.lines.0.sku} reaches into objects
// and lists. A value that is missing, empty, or no text, number or truth value
// is an error: half a key would gather triggers that have nothing in common.
func PatternCancellationKey(pattern string, data json.RawMessage) (string, error) {
	if strings.TrimSpace(pattern) == "" {
		return "", fmt.Errorf("write a pattern such as invite-{data.id}")
	}
	object, err := keyData(data)
	if err != nil {
		return "", err
	}
	found := placeholder.FindAllStringSubmatchIndex(pattern, -1)
	if len(found) == 0 {
		return "", fmt.Errorf("%q has no placeholder such as {data.id}: every trigger would have the same key", pattern)
	}
	var key strings.Builder
	rest := 0
	for _, at := range found {
		value, err := lookUp(object, pattern[at[2]:at[3]])
		if err != nil {
			return "", err
		}
		key.WriteString(pattern[rest:at[0]])
		key.WriteString(value)
		rest = at[1]
	}
	key.WriteString(pattern[rest:])
	return key.String(), nil
}

func keyData(data json.RawMessage) (map[string]any, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return map[string]any{}, nil
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var object map[string]any
	if err := d.Decode(&object); err != nil || object == nil {
		return nil, fmt.Errorf("the key is made from the data, which is not a JSON object")
	}
	return object, nil
}

// lookUp finds what a placeholder names.
func lookUp(data map[string]any, path string) (string, error) {
	names := strings.Split(path, ".")
	if names[0] != "data" || len(names) < 2 {
		return "", fmt.Errorf("{%s} is not known here: placeholders begin with data, like {data.id}", path)
	}
	var at any = data
	for _, name := range names[1:] {
		switch now := at.(type) {
		case map[string]any:
			at = now[name]
		case []any:
			at = nil
			if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(now) {
				at = now[i]
			}
		default:
			at = nil
		}
	}
	switch v := at.(type) {
	case string:
		if v != "" {
			return v, nil
		}
	case json.Number:
		return v.String(), nil
	case bool:
		return strconv.FormatBool(v), nil
	case map[string]any, []any:
		return "", fmt.Errorf("{%s} is not one value: name a property in it", path)
	}
	return "", fmt.Errorf("the data has no %s", strings.Join(names[1:], "."))
}

// KeyWarnings say what there is to think about a trigger's cancellation key before it is sent.
func KeyWarnings(t client.Trigger) []string {
	k := t.CancellationKey
	if k == "" {
		return []string{"without a cancellation key nothing of it can be cancelled"}
	}
	warnings := []string{}
	named := slices.ContainsFunc(t.Recipients, func(r client.Recipient) bool { return strings.Contains(k, r.ID) })
	if !named && !strings.ContainsFunc(k, unicode.IsDigit) && !heldIn(t.Data, k) {
		warnings = append(warnings, "the cancellation key "+k+" looks like a constant: a cancel under it reaches every trigger that has it")
	}
	if n := len(t.Recipients); n > 1 && !named && uuid.Validate(k) != nil { // a UUID is of this trigger alone
		warnings = append(warnings, "the cancellation key names no recipient: a cancel that names none reaches all "+strconv.Itoa(n))
	}
	return warnings
}

// heldIn reports whether a key holds a value of the data.
func heldIn(data json.RawMessage, key string) bool {
	object, err := keyData(data)
	if err != nil {
		return false
	}
	for _, v := range object {
		if text, ok := v.(string); ok && len(text) > 1 && strings.Contains(key, text) {
			return true
		}
	}
	return false
}

// PendingUnder counts what is pending under a key of a workflow, in the newest page of what is pending there; more
// says that there may be more.
func (s *Session) PendingUnder(ctx context.Context, workflow, key string) (n int, more bool, err error) {
	page, err := s.Client.ListRuns(ctx, client.RunFilter{Workflow: workflow, Statuses: client.PendingStatuses}, client.Cursor{})
	for _, r := range page.Items {
		if r.TriggerSource.CancellationKey == key {
			n++
		}
	}
	return n, page.After != "", err
}
