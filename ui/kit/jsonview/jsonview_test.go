package jsonview

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

const sample = `{"id": "user_1", "data": {"items": [{"id": "A7"}, {"id": "b8"}], "none": {}}, "ok": true, "n": 12345678901234567890, "x": null}`

func newViewer(data string) *Viewer {
	v := New()
	v.SetSize(60, 20)
	v.SetJSON([]byte(data))
	return v
}

func press(v *Viewer, keys ...string) {
	named := map[string]tea.KeyPressMsg{
		"down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape},
	}
	for _, k := range keys {
		if msg, ok := named[k]; ok {
			settle(v, v.Update(msg))
			continue
		}
		for _, r := range k {
			settle(v, v.Update(tea.KeyPressMsg{Code: r, Text: string(r)}))
		}
	}
}

// settle runs a command and what follows from it.
func settle(v *Viewer, cmd tea.Cmd) {
	if cmd != nil {
		v.Update(cmd())
	}
}

func screen(v *Viewer) string { return ansi.Strip(v.View()) }

func TestTree(t *testing.T) {
	v := newViewer(`{"a": [1, {"b": "ü"}], "e": {}}`)
	want := `▌ ▾ {
    ▾ "a": [
        1
      ▾ {
          "b": "ü"
        }
      ]
      "e": {}
    }`
	if got := screen(v); !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	press(v, "down", "left")
	if got := screen(v); !strings.Contains(got, `▸ "a": […] 2`) || strings.Contains(got, "ü") {
		t.Errorf("folded:\n%s", got)
	}
	press(v, "enter")
	if !strings.Contains(screen(v), "ü") {
		t.Error("unfolded, the value is not back")
	}
	press(v, "down", "left")
	if got := v.Path(); got != ".a" {
		t.Errorf("left on a plain value went to %s", got)
	}
	press(v, "G", "-")
	if i, n := v.Position(); i != 1 || n != 4 {
		t.Errorf("all folded, at %d of %d:\n%s", i, n, screen(v))
	}
	press(v, "+")
	if _, n := v.Position(); n != 9 {
		t.Errorf("all unfolded, %d rows", n)
	}
}

func TestPathAndValue(t *testing.T) {
	v := newViewer(sample)
	v.Search("A7")
	v.Next()
	if v.Path() != ".data.items[0].id" || v.Value() != "A7" {
		t.Errorf("at %s: %s", v.Path(), v.Value())
	}
	v.Search(`"items"`)
	v.Next()
	if got := v.Value(); got != `[{"id": "A7"}, {"id": "b8"}]` {
		t.Errorf("value %s", got)
	}
	v.Search("n\": 1")
	if len(v.matches) != 0 {
		t.Error("a match across key and value")
	}
	v.Search("1234567890")
	v.Next()
	if got := v.Value(); got != "12345678901234567890" {
		t.Errorf("a large number became %s", got)
	}
}

func TestSearchByKeys(t *testing.T) {
	v := newViewer(sample)
	press(v, "-", "/")
	if !v.Editing() {
		t.Fatal("no line is open")
	}
	press(v, "ID", "enter")
	if v.Editing() || v.Path() != ".id" || !strings.Contains(screen(v), "match 1/3") {
		t.Errorf("at %s:\n%s", v.Path(), screen(v))
	}
	press(v, "n")
	if v.Path() != ".data.items[0].id" {
		t.Errorf("next is %s: a match in what is folded must be unfolded", v.Path())
	}
	press(v, "n", "n")
	if v.Path() != ".id" {
		t.Errorf("after the last comes %s", v.Path())
	}
	press(v, "N")
	if v.Path() != ".data.items[1].id" {
		t.Errorf("ahead of the first comes %s", v.Path())
	}
	press(v, "/", "zzz", "esc")
	if len(v.matches) != 3 {
		t.Error("esc changed the search")
	}
	v.Search("zzz")
	if !strings.Contains(screen(v), "no match") {
		t.Errorf("nothing says that there is none:\n%s", screen(v))
	}
}

func TestFilter(t *testing.T) {
	v := newViewer(sample)
	press(v, "|", ".data.items[].id", "enter")
	if got := screen(v); !strings.Contains(got, `"A7"`) || strings.Contains(got, "user_1") {
		t.Errorf("filtered:\n%s", got)
	}
	settle(v, v.Filter(".n"))
	if got := v.Value(); got != "12345678901234567890" {
		t.Errorf("a large number became %s", got)
	}
	settle(v, v.Filter(".data["))
	if got := screen(v); !strings.Contains(got, "jq .data[:") || !strings.Contains(got, "12345678901234567890") {
		t.Errorf("a broken filter must say so and leave what was shown:\n%s", got)
	}
	settle(v, v.Filter(".id + 1"))
	if got := screen(v); !strings.Contains(got, "cannot add") {
		t.Errorf("a failing filter must say so:\n%s", got)
	}
	settle(v, v.Filter("range(1e9)"))
	if got := screen(v); !strings.Contains(got, "the first 10,000 results") {
		t.Errorf("an endless filter must say what was left out:\n%s", got)
	}
	settle(v, v.Filter(""))
	if !strings.Contains(screen(v), "user_1") {
		t.Error("without a filter, the document is not back")
	}
}

func TestLateAnswersAreDropped(t *testing.T) {
	v := newViewer(sample)
	late := v.Filter(".id")
	settle(v, v.Filter(".ok"))
	v.Update(late())
	if got := v.Value(); got != "true" {
		t.Errorf("the late answer replaced the new one: %s", got)
	}
	other := newViewer("1")
	other.Update(v.Filter(".id")())
	if got := other.Value(); got != "1" {
		t.Errorf("another viewer's answer was taken: %s", got)
	}
}

func TestLargeDocumentsAreReadByACommand(t *testing.T) {
	v := New()
	v.SetSize(60, 10)
	data := large(2 << 20)
	cmd := v.SetJSON(data)
	if cmd == nil || !strings.Contains(screen(v), "reading 2.1 MB") {
		t.Fatalf("read at once:\n%s", screen(v))
	}
	if v.Filter(".") != nil {
		t.Error("a filter of what is not read yet")
	}
	v.Update(cmd())
	if _, n := v.Position(); n < 10_000 {
		t.Errorf("%d rows", n)
	}
}

func TestNotJSON(t *testing.T) {
	v := newViewer("<html>\n<body>502 Bad Gateway\x1b[2J</body>\n</html>")
	got := screen(v)
	if !strings.Contains(got, "502 Bad Gateway␛[2J") || !strings.Contains(got, "not JSON: ") {
		t.Errorf("got\n%s", got)
	}
	v.Search("bad gateway")
	v.Next()
	if got := v.Value(); !strings.Contains(got, "502") {
		t.Errorf("the search went to %q", got)
	}
	if v.Filter(".") != nil || !strings.Contains(screen(v), "this is not JSON") {
		t.Error("a filter on what is not JSON says nothing")
	}
	if ok, why := v.IsJSON(); ok || why == "" {
		t.Error("it passes for JSON")
	}
}

func TestScrollingSideways(t *testing.T) {
	v := newViewer(`["` + strings.Repeat("0123456789", 20) + `"]`)
	press(v, "down", ">", ">")
	if got := strings.Split(screen(v), "\n")[1]; !strings.HasPrefix(got, "▌ 5678") {
		t.Errorf("got %q", got)
	}
	press(v, "<", "<", "<")
	if !strings.Contains(screen(v), `"0123`) {
		t.Error("the start is not back")
	}
}

func large(n int) []byte {
	item := `{"id":"2w3Y0000000000000000G176","recipient":"user_4821","count":12,"ok":true,"data":{"invoice_id":"99121","tags":["a","b"]}}`
	return []byte("[" + strings.Repeat(item+",", n/len(item)) + item + "]")
}

func BenchmarkMoveIn10MB(b *testing.B) {
	v := New()
	v.SetSize(120, 40)
	v.Update(v.SetJSON(large(10 << 20))())
	v.moveTo(500_000)
	b.ReportAllocs()
	for b.Loop() {
		v.Down(1)
		if v.View() == "" {
			b.Fatal("nothing drawn")
		}
	}
}

func BenchmarkFoldIn10MB(b *testing.B) {
	v := New()
	v.SetSize(120, 40)
	v.Update(v.SetJSON(large(10 << 20))())
	v.moveTo(1)
	for b.Loop() {
		if !v.Toggle() {
			b.Fatal(fmt.Errorf("nothing to fold at %s", v.Path()))
		}
	}
}

func BenchmarkSearchIn10MB(b *testing.B) {
	v := New()
	v.SetSize(120, 40)
	v.Update(v.SetJSON(large(10 << 20))())
	for b.Loop() {
		if v.Search("USER_4821") == 0 {
			b.Fatal("nothing found")
		}
	}
}
