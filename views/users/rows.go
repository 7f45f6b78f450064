package users

import (
	"errors"
	"strings"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/termtext"
	"github.com/knockops/knockops/ui/theme"
)

// rows builds a sheet section by section.
type rows struct {
	theme *theme.Theme
	width int
	all   []row
	edit  *edits // of the section that comes next
}

func (b *rows) add(r row) { b.all = append(b.all, r) }

func (b *rows) blank() { b.add(row{}) }

// section starts a section, and reports whether there is something of it to show. Where there is
// not, it says why.
func (b *rows) section(id, title, note string, json []byte, of asked) bool {
	if len(b.all) > 0 {
		b.blank()
	}
	b.add(row{id: id, head: true, json: json, edit: b.edit, spans: []span{{title, theme.Accent, 0}, {"   " + note, theme.Muted, 0}}})
	b.edit = nil
	read, err := of.state()
	switch {
	case err != nil:
		b.wrapped(id+".error", theme.Danger, b.theme.Glyphs.Error+" "+err.Error())
	case !read:
		b.words("reading " + b.theme.Glyphs.Requested)
	}
	return read
}

// list starts a section of n lines, and says what it means where there are none.
func (b *rows) list(id, title, note string, of asked, n int, none string) {
	if b.section(id, title, note, nil, of) && n == 0 {
		b.words(none)
	}
}

func (b *rows) words(s string) { b.add(row{spans: []span{{s, theme.Muted, 0}}}) }

// wrapped adds text of any length; the cursor can go to its first line.
func (b *rows) wrapped(id string, ink theme.Ink, s string) {
	for i, line := range termtext.Wrap(s, max(10, b.width-4)) {
		r := row{spans: []span{{line, ink, 0}}}
		if i == 0 {
			r.id, r.copy, r.what = id, s, "the text"
		}
		b.add(r)
	}
}

// fact adds a name and its value.
func (b *rows) fact(id, name, value string) {
	b.add(row{id: id, copy: value, what: name, spans: []span{{name, theme.Muted, max(16, termtext.Width(name)+2)}, {value, theme.Plain, 0}}})
}

// missing reports that Knock has no such thing.
func missing(err error) bool {
	var e *client.Error
	return errors.As(err, &e) && e.Status == 404
}

// joined puts the parts that say something between dots.
func joined(t *theme.Theme, parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, " "+t.Glyphs.Dot+" ")
}
