// Package liquid fills in the templates of messages, which Knock writes in Liquid, from values that are at hand. What
// has no value, and what only Knock can render, is marked in the text and listed: a hole is as much of an answer as
// what fills it. Templates are not trusted: their size, their work, their depth and their time are bounded.
package liquid

import (
	"context"
	"strings"

	"github.com/knockops/knockops/internal/termtext"
)

// Bounds of one template. A letter takes a small part of them.
const (
	maxSource = 512 << 10 // bytes of a template
	maxText   = 256 << 10 // bytes of what it makes, and of each value on the way
	maxDepth  = 50        // of blocks within blocks, and of brackets
	maxWork   = 1 << 18   // steps; copying bytesPerStep bytes is one too
	maxListed = 200       // holes and notes, each
)

const bytesPerStep = 32

// Scope is what templates name.
type Scope struct {
	// Values by their first name: data, recipient … as JSON is decoded.
	Values map[string]any
	// Elsewhere are first names that have values, but not here.
	Elsewhere []string
}

// Result is a template that was filled in.
type Result struct {
	// Text has marks in brackets where something is missing: [data.total: no value].
	Text string
	// Unfilled are the variables that the text wanted and that are missing or empty.
	Unfilled []string
	// NotRendered is what cannot be done here, each named: "partial header", "vars.app_name", "filter t".
	NotRendered []string
	// Stopped says which bound ended it early, "" for none.
	Stopped string
}

// Render fills a template in. A context that ends stops it.
func Render(ctx context.Context, source string, scope Scope) Result {
	if len(source) > maxSource {
		return Result{Stopped: "the template is longer than " + termtext.Count(maxSource) + " bytes"}
	}
	r := &renderer{ctx: ctx, scope: scope, left: maxWork, names: map[string]any{}, from: map[string]string{}}
	p := &parser{tokens: tokenize(source)}
	r.run(p.block(0))
	for _, problem := range p.problems {
		r.note(problem)
	}
	return Result{r.out.String(), r.unfilled, r.notRendered, r.stopped}
}

// renderer is one rendering.
type renderer struct {
	ctx   context.Context
	scope Scope
	left  int // work that it may still do
	asked int // of left, when the context was asked last
	out   *strings.Builder
	names map[string]any    // assigned, captured, or of a loop
	from  map[string]string // where those of names came from, for a name that leads to the scope

	holes       []hole // of the expression that is being evaluated
	unfilled    []string
	notRendered []string
	stopped     string
}

// hole is a variable that gave nothing.
type hole struct{ name, why string }

const (
	noValue    = "no value"
	isEmpty    = "empty"
	elsewhere  = "not known here"
	unrendered = "not rendered here"
)

// overspent ends a rendering from wherever it is.
type overspent struct{ why string }

// run executes the template, up to the bound that it meets.
func (r *renderer) run(nodes []node) {
	r.out = &strings.Builder{}
	defer func() {
		switch stop := recover().(type) {
		case nil:
		case overspent:
			r.stopped = stop.why
		default:
			panic(stop)
		}
	}()
	r.all(nodes)
}

// spend counts work: a step, and the bytes that it copies.
func (r *renderer) spend(bytes int) {
	r.left -= 1 + bytes/bytesPerStep
	if r.left < 0 {
		panic(overspent{"the template does too much: it was stopped"})
	}
	const often = 1024
	if r.asked-r.left > often || r.asked == 0 {
		r.asked = r.left
		if r.ctx.Err() != nil {
			panic(overspent{"the template took too long: it was stopped"})
		}
	}
}

// sized is spend for a value of so many bytes, which must not be made where it is too large.
func (r *renderer) sized(bytes int) { r.grown(0, bytes) }

// grown is sized for bytes that are added to what is there.
func (r *renderer) grown(there, bytes int) {
	if there+bytes > maxText {
		panic(overspent{"the template makes a text of more than " + termtext.Count(maxText) + " bytes: it was stopped"})
	}
	r.spend(bytes)
}

func (r *renderer) write(s string) {
	if room := maxText - r.out.Len(); len(s) > room {
		r.out.WriteString(strings.ToValidUTF8(s[:room], "")) // all that there is room for is shown
	} else {
		r.out.WriteString(s)
		r.spend(len(s))
		return
	}
	r.sized(maxText + 1)
}

// mark says in the text that something is missing.
func (r *renderer) mark(what, why string) { r.write("[" + what + ": " + why + "]") }

// Marked reports that a piece of a text has a mark in it.
func Marked(text string) bool {
	for _, why := range []string{noValue, isEmpty, elsewhere, unrendered} {
		if strings.Contains(text, ": "+why+"]") {
			return true
		}
	}
	return false
}

func (r *renderer) note(what string) { r.notRendered = listed(r.notRendered, what) }

// listed adds what is not in a list.
func listed(list []string, what string) []string {
	for _, known := range list {
		if known == what {
			return list
		}
	}
	if len(list) == maxListed {
		return list
	}
	return append(list, what)
}

// reportHoles marks what the expression wanted and did not get.
func (r *renderer) reportHoles() {
	for _, h := range r.holes {
		r.mark(h.name, h.why)
		if h.why != elsewhere {
			r.unfilled = listed(r.unfilled, h.name)
		}
	}
	r.holes = nil
}
