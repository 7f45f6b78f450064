package picture

import (
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

// screenOf is a screen with these lines, one cell a character and two for a wide one.
func screenOf(lines ...string) (s Screen) {
	for _, l := range lines {
		var cells []uv.Cell
		for _, r := range l {
			width := ansi.StringWidth(string(r))
			cells = append(cells, uv.Cell{Content: string(r), Width: width})
			if width == 2 {
				cells = append(cells, uv.Cell{})
			}
		}
		s = append(s, cells)
	}
	return s
}

// elements reads a picture as a strict reader of XML does: how often which element, and all texts.
func elements(t interface {
	Helper()
	Fatalf(string, ...any)
}, svg string) (names map[string]int, texts []string) {
	t.Helper()
	names = map[string]int{}
	within := ""
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return names, texts
		}
		if err != nil {
			t.Fatalf("%v:\n%s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			within = token.Name.Local
			names[within]++
		case xml.EndElement:
			within = ""
		case xml.CharData:
			if within == "text" || within == "title" {
				texts = append(texts, string(token))
			}
		}
	}
}

func TestWhatIsOnAScreenStaysText(t *testing.T) {
	for _, attack := range []string{
		"<script>alert(1)</script>", "]]>", "<![CDATA[", "</text><image/>", "&amp;", "&#0;", `"><g onload="x`, "<!--", "-->", "'",
		"</style><script/>", "</title><script/>", "{}*/",
	} {
		names, texts := elements(t, Dark.Still(attack, screenOf(attack)))
		if want := []string{"g", "rect", "style", "svg", "text", "title"}; !slices.Equal(slices.Sorted(maps.Keys(names)), want) {
			t.Errorf("%s makes other elements: %v", attack, names)
		}
		if len(texts) < 2 || texts[0] != attack || strings.Join(texts[1:], "") != strings.ReplaceAll(attack, " ", "") && strings.Join(texts[1:], "") != attack {
			t.Errorf("%s reads %q", attack, texts)
		}
	}
}

// Whatever a cell holds, the picture is well-formed, and holds nothing that is run or loaded.
func TestAnyCellIsDrawn(t *testing.T) {
	foreign := regexp.MustCompile(`(?i)<script|<image|<use|<foreignObject|href|url\(|@import|\son\w+=`)
	rapid.Check(t, func(t *rapid.T) {
		var s Screen
		for range rapid.IntRange(1, 3).Draw(t, "lines") {
			var cells []uv.Cell
			for range rapid.IntRange(0, 8).Draw(t, "cells") {
				content := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", " ", "\x00", "\x1b", "\xff", "\ufffe", "&", "<", "]]>", "█", "╭", "⠿", "日"})).Draw(t, "content")
				cells = append(cells, uv.Cell{Content: content, Width: rapid.IntRange(0, 2).Draw(t, "width"), Style: uv.Style{Attrs: rapid.Byte().Draw(t, "attributes")}})
			}
			s = append(s, cells)
		}
		for _, svg := range []string{
			Light.Still("any", s),
			Dark.Film("any", []Frame{{Screen: s, Key: "<", Caption: "&", Hold: time.Second}, {Hold: time.Second}}, 0),
		} {
			elements(t, svg)
			if bad := foreign.FindString(regexp.MustCompile(`>[^<]*</text>`).ReplaceAllString(svg, "></text>")); bad != "" {
				t.Fatalf("%q is in\n%s", bad, svg)
			}
		}
	})
}

var textElement = regexp.MustCompile(`<text[^>]* x="(\d+)" y="\d+" textLength="(\d+)">([^<]*)</text>`)

// Each text begins and ends on its cells, whatever the font's characters measure.
func TestTextStandsInItsColumns(t *testing.T) {
	svg := Dark.Still("columns", screenOf("STATUS    one two  日本 ✓ done"))
	var got []string
	for _, m := range textElement.FindAllStringSubmatch(svg, -1) {
		x, _ := strconv.Atoi(m[1])
		length, _ := strconv.Atoi(m[2])
		got = append(got, strconv.Itoa(x/cellWidth)+"+"+strconv.Itoa(length/cellWidth)+" "+m[3])
	}
	if want := []string{"0+6 STATUS", "10+7 one two", "19+2 日", "21+2 本", "24+1 ✓", "26+4 done"}; !slices.Equal(got, want) {
		t.Errorf("it has\n%q, not\n%q", got, want)
	}
}

// Lines meet at the edges of their cells, and blocks fill them.
func TestShapesJoin(t *testing.T) {
	for glyph, path := range map[string]string{
		"──": "M0 9.5h18",
		"│":  "M4.5 9.5L4.5 0M4.5 9.5L4.5 19",
		"╭":  "M9 9.5Q4.5 9.5 4.5 13.5V19",
		"╯":  "M0 9.5Q4.5 9.5 4.5 5.5V0",
		"┤":  "M4.5 9.5L4.5 0M4.5 9.5L4.5 19M4.5 9.5L0 9.5",
		"██": "M0 0h18v19h-18z",
		"▄":  "M0 9.5h9v9.5h-9z",
		"▌▌": "M0 0h4.5v19h-4.5zM9 0h4.5v19h-4.5z",
		"⠃":  "M1.125 0h2.25v2.375h-2.25zM1.125 4.75h2.25v2.375h-2.25z",
	} {
		if svg := Dark.Still("shapes", screenOf(glyph)); !strings.Contains(svg, ` d="`+path+`"`) || strings.Contains(svg, "<text") {
			t.Errorf("%s is not drawn as %s:\n%s", glyph, path, svg)
		}
	}
	for glyph, opacity := range map[string]string{"░": ".3", "▒": ".5", "▓": ".75"} {
		if svg := Dark.Still("shades", screenOf(glyph)); !strings.Contains(svg, `opacity="`+opacity+`" d="M0 0h9v19h-9z"`) {
			t.Errorf("%s is not drawn as a shade of %s:\n%s", glyph, opacity, svg)
		}
	}
}

func TestStyles(t *testing.T) {
	red := ansi.BasicColor(1)
	screen := screenOf("abcde")
	for x, style := range []uv.Style{{Attrs: uv.AttrBold}, {Fg: red, Attrs: uv.AttrReverse}, {Attrs: uv.AttrFaint | uv.AttrItalic}, {Attrs: uv.AttrStrikethrough, Underline: 1}, {Bg: red, Attrs: uv.AttrConceal}} {
		screen[0][x].Style = style
	}
	svg := Light.Still("styles", screen)
	for _, want := range []string{
		`<text class="b" x="0"`, `<text class="c1" x="9"`, ".c1{fill:#ffffff;", `<path class="c0 x" d="M9 0h9v19h-9z"/>`, ".c0{fill:#800000;",
		`<text class="i" opacity=".6" x="18"`, `<text class="u s" x="27"`, `<path class="c0 x" d="M36 0h9v19h-9z"/>`, `<text class="c0" x="36"`,
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s is missing:\n%s", want, svg)
		}
	}
}

// A line of a film is drawn once for as long as it stays, and shown then alone.
func TestAFilmShowsEachLineInItsFrames(t *testing.T) {
	svg := Dark.Film("film", []Frame{
		{Screen: screenOf("title", "first"), Hold: 1 * time.Second},
		{Screen: screenOf("title", "second"), Hold: 2 * time.Second, Key: "z", Caption: "and so on"},
		{Screen: screenOf("title", "first"), Hold: 1 * time.Second},
	}, 1)
	_, texts := elements(t, svg)
	if want := []string{"film", "title", "first", "second", "z", "and so on"}; !slices.Equal(texts, want) {
		t.Errorf("it has the texts %q, not %q", texts, want)
	}
	for _, want := range []string{
		`<g transform="translate(0 0)"><text`, // the title is always there
		`<g class="f0" transform="translate(0 19)"><text x="0" y="14" textLength="45">first`,
		"@keyframes f0{0.000%{visibility:visible}25.000%{visibility:hidden}75.000%{visibility:visible}}",
		"@keyframes f1{0.000%{visibility:hidden}25.000%{visibility:visible}75.000%{visibility:hidden}}",
		".f1{animation:f1 4s step-end infinite}",
		".f0{visibility:hidden}\n@media (prefers-reduced-motion:no-preference)", // the poster is the second frame
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s is missing:\n%s", want, svg)
		}
	}
}
