// Package picture draws screens as SVG: text is text, in whatever monospace font there is, held to its
// columns; lines and blocks are shapes, so that they join in any font. There are no scripts and nothing
// is loaded from elsewhere, as GitHub wants it.
package picture

import (
	"encoding/xml"
	"fmt"
	"image/color"
	"strconv"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
)

// Screen is what a terminal shows: its lines, and their cells. The second cell of a wide character has
// no width.
type Screen [][]uv.Cell

// What a cell measures, and what stands around a screen. A monospace font is 0.6 em wide.
const (
	cellWidth, cellHeight = 9, 19
	baseline              = 14 // from the top of a cell
	fontSize              = 15
	margin                = 14
)

const fonts = `ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace`

// Look is the terminal's own colours.
type Look struct{ ink, paper, border string }

// Dark and Light are those of GitHub, where pictures are looked at.
var (
	Dark  = Look{ink: "#e6edf3", paper: "#0d1117", border: "#3d444d"}
	Light = Look{ink: "#1f2328", paper: "#ffffff", border: "#d1d9e0"}
)

// Still draws one screen. title says what it shows to those who do not see it.
func (l Look) Still(title string, s Screen) string {
	d := newDrawing(l)
	var body strings.Builder
	for y, cells := range s {
		body.WriteString(d.line(y, cells))
	}
	return d.document(title, size{columns: s.columns(), lines: len(s)}, body.String(), "")
}

func (s Screen) columns() (n int) {
	for _, cells := range s {
		n = max(n, len(cells))
	}
	return n
}

// size is that of the drawn screen, in cells.
type size struct{ columns, lines int }

// drawing gathers the colours of a picture while its lines are drawn.
type drawing struct {
	Look
	classes map[string]string // of colours, in the order in which they came
	order   []string
}

func newDrawing(l Look) *drawing { return &drawing{Look: l, classes: map[string]string{}} }

// class names a colour. The ink of the terminal needs no name.
func (d *drawing) class(hex string) string {
	if hex == d.ink {
		return ""
	}
	if _, ok := d.classes[hex]; !ok {
		d.classes[hex] = "c" + strconv.Itoa(len(d.order))
		d.order = append(d.order, hex)
	}
	return d.classes[hex]
}

func (d *drawing) document(title string, s size, body, style string) string {
	width, height := s.columns*cellWidth+2*margin, s.lines*cellHeight+2*margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, "<title>%s</title>\n<style>\n", escape(title))
	fmt.Fprintf(&b, "svg{font-family:%s;font-size:%dpx;fill:%s;color:%s}\n", fonts, fontSize, d.ink, d.ink)
	for _, hex := range d.order {
		fmt.Fprintf(&b, ".%s{fill:%s;color:%s}", d.classes[hex], hex, hex)
	}
	b.WriteString("\n.b{font-weight:bold}.i{font-style:italic}.u{text-decoration:underline}.s{text-decoration:line-through}" +
		".l{fill:none;stroke:currentColor}.x{shape-rendering:crispEdges}\n" + style + "</style>\n")
	fmt.Fprintf(&b, `<rect x=".5" y=".5" width="%d" height="%d" rx="8" fill="%s" stroke="%s"/>`+"\n", width-1, height-1, d.paper, d.border)
	fmt.Fprintf(&b, "<g transform=\"translate(%d %d)\">\n%s</g>\n</svg>\n", margin, margin, body)
	return b.String()
}

// line draws a line of the screen; nothing for an empty one.
func (d *drawing) line(y int, cells []uv.Cell) string {
	body := d.content(cells)
	if body == "" {
		return ""
	}
	return fmt.Sprintf("<g transform=\"translate(0 %d)\">%s</g>\n", y*cellHeight, body)
}

// style is how a cell is drawn.
type style struct {
	ink, paper                      string
	faint, bold, italic, under, out bool
}

func (d *drawing) styleOf(c uv.Cell) style {
	s := style{
		ink: hexOf(c.Style.Fg, d.ink), paper: hexOf(c.Style.Bg, d.paper),
		faint: c.Style.Attrs&uv.AttrFaint != 0, bold: c.Style.Attrs&uv.AttrBold != 0, italic: c.Style.Attrs&uv.AttrItalic != 0,
		under: c.Style.Underline != 0, out: c.Style.Attrs&uv.AttrStrikethrough != 0,
	}
	if c.Style.Attrs&uv.AttrReverse != 0 {
		s.ink, s.paper = s.paper, s.ink
	}
	if c.Style.Attrs&uv.AttrConceal != 0 {
		s.ink = s.paper
	}
	return s
}

// attributes are those of an element in this style.
func (d *drawing) attributes(s style, more string) string {
	words := []string{d.class(s.ink), more}
	for _, w := range []struct {
		on   bool
		name string
	}{{s.bold, "b"}, {s.italic, "i"}, {s.under, "u"}, {s.out, "s"}} {
		if w.on && more == "" { // shapes have none of it
			words = append(words, w.name)
		}
	}
	var out string
	if names := strings.Join(strings.Fields(strings.Join(words, " ")), " "); names != "" {
		out = ` class="` + names + `"`
	}
	if s.faint {
		out += ` opacity=".6"`
	}
	return out
}

func hexOf(c color.Color, otherwise string) string {
	if c == nil {
		return otherwise
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// escape makes text safe in a document; what no document may hold becomes U+FFFD.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder takes everything
	return b.String()
}
