package jsonview

import (
	"fmt"
	"sort"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/kit/jsondoc"
	"github.com/knockops/knockops/ui/theme"
)

// statusLines returns the lines that the status takes.
func (v *Viewer) statusLines() int {
	if v.h < 3 {
		return 0
	}
	return 1
}

// height returns the rows that fit.
func (v *Viewer) height() int { return v.h - v.statusLines() }

// View draws the rows in sight and the status.
func (v *Viewer) View() string {
	if v.w == 0 || v.h == 0 {
		return ""
	}
	lines := make([]string, 0, v.h)
	for i, end := v.sight.Range(v.height(), v.rowCount()); i < end; i++ {
		lines = append(lines, v.window(v.row(i), i == v.cursor))
	}
	if v.statusLines() > 0 {
		for len(lines) < v.height() {
			lines = append(lines, "")
		}
		lines = append(lines, v.status())
	} else if v.Editing() {
		lines = []string{v.status()}
	}
	return strings.Join(lines, "\n")
}

// window cuts a row to the columns in sight and puts the cursor's sign ahead.
func (v *Viewer) window(row string, selected bool) string {
	sign := "  "
	if selected {
		sign = v.theme.Paint(theme.Accent, v.theme.Glyphs.Cursor) + " "
	}
	if v.left > 0 {
		row = ansi.TruncateLeft(row, v.left, "")
	}
	return termtext.Clip(sign+row, v.w, 1)
}

// row draws a row from its first column to the last in sight.
func (v *Viewer) row(i int) string {
	if v.shown.doc == nil {
		return v.highlight(theme.Plain, v.clean([]byte(v.shown.lines[i])))
	}
	node, closing := v.rows[i], false
	if node < 0 {
		node, closing = ^node, true
	}
	doc := v.shown.doc
	n := doc.Nodes[node]
	depth := 0
	for p := n.Parent; p >= 0; p = doc.Nodes[p].Parent {
		depth++
	}
	indent := termtext.Spaces(min(2*depth, v.left+v.w))
	if closing {
		return indent + "  " + v.theme.Paint(theme.Muted, brackets(n.Kind)[1:])
	}
	var b strings.Builder
	b.WriteString(indent)
	b.WriteString(v.foldSign(node, n))
	if key := doc.Key(node); len(key) > 0 {
		b.WriteString(v.highlight(theme.Muted, v.clean(key)))
		b.WriteString(v.theme.Paint(theme.Muted, ": "))
	}
	switch {
	case n.Container():
		b.WriteString(v.theme.Paint(theme.Muted, v.container(node, n)))
	case n.Kind == jsondoc.String:
		b.WriteString(v.highlight(theme.Plain, v.clean(doc.Value(node))))
	case n.Kind == jsondoc.Null:
		b.WriteString(v.highlight(theme.Muted, "null"))
	default:
		b.WriteString(v.highlight(theme.Accent, v.clean(doc.Value(node))))
	}
	return b.String()
}

func brackets(k jsondoc.Kind) string {
	if k == jsondoc.Object {
		return "{}"
	}
	return "[]"
}

func (v *Viewer) foldSign(node int, n jsondoc.Node) string {
	switch {
	case n.Children == 0:
		return "  "
	case v.folded[node]:
		return v.theme.Paint(theme.Accent, v.theme.Glyphs.Folded) + " "
	}
	return v.theme.Paint(theme.Muted, v.theme.Glyphs.Open) + " "
}

func (v *Viewer) container(node int, n jsondoc.Node) string {
	b := brackets(n.Kind)
	switch {
	case n.Children == 0:
		return b
	case v.folded[node]:
		return b[:1] + termtext.Ellipsis + b[1:] + " " + termtext.Count(int(n.Children))
	}
	return b[:1]
}

// clean makes a part of the document fit to be shown. What cannot be in sight
// is cut off before, since a value may be as large as the document.
func (v *Viewer) clean(raw []byte) string {
	const bytesPerCell = 16
	return termtext.Clean(string(raw[:min(len(raw), (v.left+v.w)*bytesPerCell)]))
}

// highlight paints a part of a row and the matches of the search in it.
func (v *Viewer) highlight(ink theme.Ink, s string) string {
	if v.query == "" {
		return v.theme.Paint(ink, s)
	}
	needle := string(lower([]byte(termtext.Clean(v.query))))
	hay := string(lower([]byte(s)))
	var b strings.Builder
	for {
		i := strings.Index(hay, needle)
		if i < 0 {
			b.WriteString(v.theme.Paint(ink, s))
			return b.String()
		}
		end := i + len(needle)
		b.WriteString(v.theme.Paint(ink, s[:i]))
		b.WriteString(v.theme.PaintMatch(s[i:end]))
		s, hay = s[end:], hay[end:]
	}
}

// status is the line at the bottom: what is being typed, what is going on, or
// where the cursor is.
func (v *Viewer) status() string {
	switch {
	case v.asking == forSearch:
		return v.promptView("/")
	case v.asking == forFilter:
		return v.promptView("jq ")
	case v.loading > 0:
		return v.theme.Paint(theme.Muted, termtext.Truncate(fmt.Sprintf("reading %.1f MB", float64(v.loading)/1e6), v.w))
	case v.filtering:
		return v.theme.Paint(theme.Muted, termtext.Truncate("jq "+v.filter+" is running", v.w))
	case v.filterNote != "":
		return v.theme.Paint(theme.Attention, termtext.Truncate(
			fmt.Sprintf("%s jq %s: %s", v.theme.Glyphs.Error, v.filter, v.filterNote), v.w))
	}
	left := v.Path()
	if v.filter != "" {
		left = "jq " + v.filter + "  " + left
	}
	if v.shown.why != "" {
		left = "not JSON: " + v.shown.why
	}
	right := v.counts()
	room := v.w - termtext.Width(right) - 1
	if room < 8 {
		return v.theme.Paint(theme.Muted, termtext.Truncate(left, v.w))
	}
	return v.theme.Paint(theme.Muted, termtext.Fit(left, room)+" "+right)
}

func (v *Viewer) counts() string {
	i, n := v.Position()
	s := termtext.Count(i) + "/" + termtext.Count(n)
	if v.query == "" {
		return s
	}
	if len(v.matches) == 0 {
		return "no match  " + s
	}
	at := sort.SearchInts(v.matches, v.at()+1)
	return fmt.Sprintf("match %s/%s  %s", termtext.Count(at), termtext.Count(len(v.matches)), s)
}

func (v *Viewer) promptView(label string) string {
	label = termtext.Truncate(label, v.w)
	v.input.SetSize(v.w-termtext.Width(label), 1)
	return v.theme.Paint(theme.Accent, label) + v.input.View()
}
