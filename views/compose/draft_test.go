package compose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
	"github.com/knockops/knockops/ui/theme"
)

func TestPreviewIsTheBodyThatIsSent(t *testing.T) {
	c, err := client.New(client.Options{APIKey: "sk_test_1"})
	if err != nil {
		t.Fatal(err)
	}
	for name, fields := range map[string]map[string]string{
		"least": {recipients: "u1"},
		"all": {
			recipients: "u1\nprojects/atlas\n{\"id\":\"u2\",\"n\":12345678901234567890}", actor: "u3", tenant: `{"id":"t","x":"<&>"}`,
			data: "{ \"b\": 1.0,\n \"a\": \"<ü>\" }", keyMode: ops.KeyPattern, key: "k-{data.b}", sandboxMode: "true", skipDelay: "false",
		},
		"no key": {recipients: "u1", keyMode: ops.KeyNone, skipDelay: "true"},
	} {
		d := newDraft(theme.Default(), &catalogue{}, ops.Draft{Workflow: "welcome"})
		for id, v := range fields {
			d.form.SetValue(id, v)
		}
		r, err := c.TriggerRequest(d.trigger())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var shown strings.Builder
		for _, l := range d.body(theme.Default()) {
			shown.WriteString(l.Text)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, []byte(shown.String())); err != nil {
			t.Fatalf("%s: %v in %s", name, err, shown.String())
		}
		if compact.String() != string(r.Body) {
			t.Errorf("%s: shown\n%s, sent\n%s", name, &compact, r.Body)
		}
	}
}

func TestSplitRefsTakesApartWhatStringGives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfN(rapid.StringMatching(`[a-z0-9_/."üé -]{1,12}`), 1, 5).Draw(t, "ids")
		var words []string
		for _, id := range ids {
			raw, err := json.Marshal(id)
			if err != nil {
				t.Fatal(err)
			}
			words = append(words, string(raw))
		}
		for _, between := range []string{" ", ",", ", ", "\n"} {
			got := splitRefs(strings.Join(words, between))
			if len(got) != len(ids) {
				t.Fatalf("%q came apart into %q", words, got)
			}
			for i, w := range got {
				if r, err := client.ParseRecipient(w); err != nil || r.ID != ids[i] {
					t.Fatalf("%q became %v, %v", ids[i], r, err)
				}
			}
		}
	})
}

func TestSplitRefsNeverHangs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[{}",: a/]{0,20}`).Draw(t, "s")
		n := 0
		for _, w := range splitRefs(s) {
			n += len(w)
		}
		if n > len(s) {
			t.Fatalf("%q came apart into more than there was", s)
		}
	})
	got := splitRefs(`user_1, projects/atlas {"id": "u 2"},"a, b"`)
	want := []string{"user_1", "projects/atlas", `{"id": "u 2"}`, `"a, b"`}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestASchemaReadsNoFilesAndABrokenOneIsLeftToKnock(t *testing.T) {
	for _, schema := range []string{`{"$ref":"file:///etc/passwd"}`, `{"type":7}`, `[`} {
		if _, err := ops.NewDataSchema(json.RawMessage(schema)); err == nil {
			t.Errorf("%s was taken for a schema", schema)
		}
		var c catalogue
		c.take([]client.Workflow{{Key: "w", TriggerDataSchema: json.RawMessage(schema)}}, nil)
		if got := c.check("w", []byte(`{}`)); got != nil {
			t.Errorf("%s objects to %v", schema, got)
		}
	}
}

func TestObjectionsNameTheirPath(t *testing.T) {
	schema := `{"properties":{"a":{"properties":{"x/y":{"type":"string"}}},"l":{"items":{"minimum":1}}}}`
	var c catalogue
	c.take([]client.Workflow{{Key: "w", TriggerDataSchema: json.RawMessage(schema)}}, nil)
	var paths []string
	for _, o := range c.check("w", []byte(`{"a":{"x/y":1},"l":[1,0]}`)) {
		paths = append(paths, o.Path)
	}
	for _, want := range []string{"/a/x~1y", "/l/1"} {
		if !strings.Contains(strings.Join(paths, " "), want) {
			t.Errorf("objections at %q, want one at %s", paths, want)
		}
	}
}

func BenchmarkThousandRecipients(b *testing.B) {
	d := newDraft(theme.Default(), &catalogue{}, ops.Draft{Workflow: "welcome"})
	var to strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&to, "user_%d\n", i)
	}
	d.form.SetValue(recipients, to.String())
	d.form.SetValue(data, `{"text":"`+strings.Repeat("x", 1<<20)+`"}`)
	d.form.SetSize(80, 30)
	for b.Loop() {
		_ = d.form.View()
		_ = d.form.Errors()
		_ = d.written()
	}
}
