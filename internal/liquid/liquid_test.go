package liquid

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/knockops/knockops/internal/tuitest/fullscale"
)

// scopeOf decodes what templates name as answers of Knock are decoded.
func scopeOf(t *testing.T, values string) Scope {
	t.Helper()
	var v map[string]any
	d := json.NewDecoder(strings.NewReader(values))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return Scope{Values: v, Elsewhere: []string{"vars"}}
}

const dana = `{"recipient": {"id": "dana", "name": "Dana", "plan": "pro"},
	"data": {"total": 12.50, "count": 1, "empty": "", "vip": false, "big": 12345678901234567890,
		"items": [{"name": "anvil", "price": 3}, {"name": "mud", "price": 20}, {"price": 1}], "none": [], "when": "2026-11-28T01:02:03Z"}}`

func TestTemplatesAreFilledInAsLiquidDoes(t *testing.T) {
	scope := scopeOf(t, dana)
	for _, c := range []struct{ template, want string }{
		{"Hello {{ recipient.name }}!", "Hello Dana!"},
		{"{{recipient['name']}} {{ data.items[1].name }} {{ data.items.0.name }} {{ data.items.size }} {{ data.items.last.price }}", "Dana mud anvil 3 1"},
		{"{{ data.total }} {{ data.total | times: 2 }} {{ data.count | plus: 1 }} {{ 7 | divided_by: 2 }} {{ 7 | divided_by: 2.0 }} {{ 3.14159 | round: 2 }}", "12.5 25 2 3 3.5 3.14"},
		{"{{ recipient.name | upcase | append: '!' }} {{ 'a,b' | split: ',' | reverse | join: ' and ' }} {{ 'x' | replace: 'x', 'yy' }}", "DANA! b and a yy"},
		{"{% if recipient.plan == 'pro' and data.vip %}a{% elsif data.total > 12 %}b{% else %}c{% endif %}", "b"},
		{"{% if false and false or true %}a{% else %}from the right{% endif %}", "from the right"},
		{"{% unless data.vip %}no{% endunless %}{% if data.nothing %}x{% endif %}{% if data.none == empty %} none{% endif %}", "no none"},
		{"{% if recipient.name contains 'an' %}yes{% endif %}{% if data.nothing == nil %} nil{% endif %}", "yes nil"},
		{"{% case recipient.plan %}{% when 'free' %}f{% when 'basic', 'pro' %}p{% else %}e{% endcase %}", "p"},
		{"{% for i in data.items limit: 2 %}{{ forloop.index }}:{{ i.name }}{% unless forloop.last %}, {% endunless %}{% endfor %}", "1:anvil, 2:mud"},
		{"{% for i in (1..9) reversed %}{% if i == 8 %}{% continue %}{% endif %}{{ i }}{% if i < 7 %}{% break %}{% endif %}{% endfor %}", "976"},
		{"{% for i in data.none %}x{% else %}nobody{% endfor %}", "nobody"},
		{"{% assign who = recipient.name | downcase %}{% capture hi %}Hi {{ who }}{% endcapture %}{{ hi }}", "Hi dana"},
		{"a {{- ' b ' -}} c{% comment %}{{ gone }} {% if %}{% endcomment %}{% raw %}{{ kept }}{% endraw %}{% # note %}", "a b c{{ kept }}"},
		{"{{ data.nothing | default: 'there' }} {{ data.empty | default: \"it's\" }}", "there it's"},
		{"{{ data.when | timezone: 'Asia/Tokyo' | date: '%d %B %Y %H:%M' }} {{ data.count | pluralize: 'item', 'items' }}", "28 November 2026 10:02 item"},
		{"{{ data.items | map: 'price' | sort | join: ',' }} {{ data.items | where: 'name', 'mud' | json }}", `1,3,20 [{"name":"mud","price":20}]`},
		{"{% cycle 'a', 'b' %}{% increment n %}{% increment n %}{{ 'e' | capitalize | prepend: '<' | escape }}", "a01&lt;E"},
		{"{{ data.big | json }} {{ 'some words here' | truncatewords: 2 }} {{ 'longer' | truncate: 5 }} {{ 'abc' | slice: -2, 2 }}", "12345678901234567890 some words... lo... bc"},
		{"open {{ and never closed", "open {{ and never closed"},
		{"{ a } { {% %} }", "{ a } {  }"},
	} {
		got := Render(context.Background(), c.template, scope)
		if got.Text != c.want || got.Stopped != "" || len(got.Unfilled)+len(got.NotRendered) > 0 {
			t.Errorf("%s\n got %+v\nwant %s", c.template, got, c.want)
		}
	}
}

func TestWhatIsMissingIsMarkedAndNamed(t *testing.T) {
	scope := scopeOf(t, dana)
	for _, c := range []struct {
		template, want string
		unfilled       []string
		not            []string
	}{
		{"Pay {{ data.amount }} now", "Pay [data.amount: no value] now", []string{"data.amount"}, nil},
		{"{{ data.empty }}", "[data.empty: empty]", []string{"data.empty"}, nil},
		{"{{ data.sum | append: ' EUR' }}", "[data.sum: no value] EUR", []string{"data.sum"}, nil},
		{"{{ 'Hi ' | append: data.sum }}", "[data.sum: no value]Hi ", []string{"data.sum"}, nil},
		{"{{ actor.name }} {{ actor.name }}", "[actor.name: no value] [actor.name: no value]", []string{"actor.name"}, nil},
		{"{% for i in data.items %}{{ i.name }};{% endfor %}", "anvil;mud;[data.items.2.name: no value];", []string{"data.items.2.name"}, nil},
		{"{% for i in data.lines %}x{% endfor %}", "[data.lines: no value]", []string{"data.lines"}, nil},
		{"{% assign x = data.deep.er %}{{ x }}", "[data.deep.er: no value]", []string{"data.deep.er"}, nil},
		{"{{ vars.app }} {% if vars.beta %}x{% endif %}", "[vars.app: not known here] ", nil, []string{"vars.app", "vars.beta"}},
		{"{% render 'header', title: data.nothing %}", "[partial header: not rendered here]", nil, []string{"partial header"}},
		{"{{ 'hello' | t }} {{ data.count | currency: 'EUR' }}", "[translation hello: not known here] [filter currency: not known here]1", nil, []string{"translation hello", "filter currency"}},
		{"{% tablerow i in data.items %}{% endtablerow %}", "[tag tablerow: not known here]", nil, []string{"tag tablerow"}},
		{"{% if data.vip %}never ends", "", nil, []string{"a block that has no {% endif %}"}},
	} {
		got := Render(context.Background(), c.template, scope)
		if got.Text != c.want || !slices.Equal(got.Unfilled, c.unfilled) || !slices.Equal(got.NotRendered, c.not) {
			t.Errorf("%s\n got %+v\nwant %s %q %q", c.template, got, c.want, c.unfilled, c.not)
		}
	}
}

// No template makes more than a bound of text, of work or of depth, however it is written.
func TestHostileTemplatesAreStopped(t *testing.T) {
	fullscale.Unraced(t)
	nine := strings.Repeat("{% for i in (1..1000000000) %}", 9)
	long := strings.Repeat("x", 100<<10)
	for name, template := range map[string]string{
		"loops":         nine + strings.Repeat("{% endfor %}", 9),
		"loop":          "{% for i in (1..1000000000) %}{{ i }}{% endfor %}",
		"doubling":      "{% assign a = 'aaaaaaaa' %}{% for i in (1..99) %}{% assign a = a | append: a %}{% endfor %}{{ a }}",
		"capturing":     "{% for i in (1..99999999) %}{% capture a %}{{ a }}x{{ a }}{% endcapture %}{% endfor %}{{ a }}",
		"replacing":     "{% assign a = '" + long + "' %}{{ a | replace: '', a }}",
		"comparing":     "{% assign a = '" + long + "' %}{% for i in (1..1000000000) %}{% if a == a %}{% endif %}{% endfor %}",
		"measuring":     "{% assign a = '" + long + "' %}{% for i in (1..1000000000) %}{% if a.size == 1 %}{% endif %}{% endfor %}",
		"joining":       "{% assign a = '" + long + "' | split: '' %}{{ a | join: '" + long[:9999] + "' }}",
		"lists":         "{% assign a = 'a b' | split: ' ' %}{% for i in (1..99) %}{% assign a = a | concat: a %}{% endfor %}{{ a | size }}",
		"stripping":     "{% assign a = '" + strings.Repeat("<a ", 30<<10) + "' %}{% for i in (1..1000000000) %}{{ a | strip_html | size }}{% endfor %}",
		"long":          strings.Repeat("x", maxSource+1),
		"long of text":  strings.Repeat("x", maxText+1),
		"long of names": "{% for i in (1..1000000000) %}{% assign " + strings.Repeat("x", 100<<10) + " = 1 %}{% endfor %}",
	} {
		t.Run(name, func(t *testing.T) {
			got := Render(context.Background(), template, Scope{})
			if got.Stopped == "" || len(got.Text) > maxText {
				t.Errorf("%d bytes, stopped %q", len(got.Text), got.Stopped)
			}
		})
	}
	for name, template := range map[string]string{
		"blocks":      strings.Repeat("{% if true %}", 30000),
		"brackets":    "{{ a" + strings.Repeat("[a", 20000) + " }}",
		"parentheses": "{{ " + strings.Repeat("(", 50000) + " }}",
		"openings":    strings.Repeat("{{", 50000),
		"tags":        strings.Repeat("{%", 50000),
		"words":       "{{ " + strings.Repeat("a ", 50000) + " }}",
		"comments":    strings.Repeat("{% comment %}", 30000),
	} {
		t.Run(name, func(t *testing.T) {
			if got := Render(context.Background(), template, Scope{}); len(got.Text) > 2*maxText || len(got.Unfilled) > maxListed {
				t.Errorf("%d bytes, %d holes", len(got.Text), len(got.Unfilled))
			}
		})
	}
}

// Blocks are followed so deep and no deeper, and that is said.
func TestBlocksWithinBlocksAreBounded(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("{% if true %}", n) + "x" + strings.Repeat("{% endif %}", n) }
	if got := Render(context.Background(), deep(maxDepth), Scope{}); got.Text != "x" || len(got.NotRendered) > 0 {
		t.Errorf("%+v", got)
	}
	if got := Render(context.Background(), deep(maxDepth+1), Scope{}); !slices.Contains(got.NotRendered, "blocks within blocks, more than 50 deep") {
		t.Errorf("%+v", got)
	}
}

func TestAContextThatEndsStopsATemplate(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	got := Render(ctx, "before {% for i in (1..5000) %}{% assign a = i %}{% endfor %} after", Scope{})
	if got.Stopped == "" || strings.Contains(got.Text, "after") {
		t.Errorf("%+v", got)
	}
}

func FuzzRender(f *testing.F) {
	f.Add("{{ data.x | default: 'a' }}{% for i in (1..3) %}{{ i }}{% endfor %}")
	f.Add("{% case a %}{% when 1 %}{% else %}{% endcase %}{% if a == b or c %}{% endif %}")
	f.Add("{{ data.items | map: 'a' | sort | uniq | slice: -9, 9 | date: '%c' }}{% cycle %}{% cycle a: 1, 2 %}")
	f.Fuzz(func(t *testing.T, template string) {
		got := Render(context.Background(), template, Scope{Values: map[string]any{"data": map[string]any{"x": nil, "items": []any{"b", nil, map[string]any{"a": 1}}}}})
		if len(got.Text) > maxText {
			t.Errorf("%d bytes", len(got.Text))
		}
	})
}
