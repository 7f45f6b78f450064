package arazzo

import "fmt"

// Problem is something wrong with a document.
type Problem struct {
	File    string
	Pos     Pos
	Where   string // the workflow and the step: "workflow w, step s"
	What    string
	Warning bool // the document can be run all the same
}

func (p Problem) Error() string {
	text := p.What
	if p.Where != "" {
		text = p.Where + ": " + text
	}
	switch {
	case p.Pos.Line == 0:
		return p.File + ": " + text
	}
	return fmt.Sprintf("%s:%s: %s", p.File, p.Pos, text)
}

// Problems are those of one document, in order.
type Problems []Problem

// Add notes a problem.
func (p *Problems) Add(file string, at Pos, where, format string, args ...any) {
	*p = append(*p, Problem{File: file, Pos: at, Where: where, What: fmt.Sprintf(format, args...)})
}

// Warn notes a problem that keeps nothing from running.
func (p *Problems) Warn(file string, at Pos, where, format string, args ...any) {
	*p = append(*p, Problem{File: file, Pos: at, Where: where, What: fmt.Sprintf(format, args...), Warning: true})
}

// Errors are the problems that keep a document from running.
func (p Problems) Errors() (out Problems) {
	for _, x := range p {
		if !x.Warning {
			out = append(out, x)
		}
	}
	return out
}

func (p Problems) Error() string {
	errs := p.Errors()
	if len(errs) == 0 {
		return "no problems"
	}
	text := errs[0].Error()
	for _, x := range errs[1:] {
		text += "\n" + x.Error()
	}
	return text
}
