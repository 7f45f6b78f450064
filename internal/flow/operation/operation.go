// Package operation finds what a step of a flow calls: in the document's own API descriptions where
// they can be read, else among the operations of Knock's APIs that the console knows.
package operation

import (
	"slices"
	"strings"
)

// API is one of Knock's APIs, each with its own host and key.
type API string

// The APIs of [Operation].
const (
	Public     API = "public"
	Management API = "management"
)

// Operation is one call of an API.
type Operation struct {
	ID     string // its operationId; "" when a description gives none
	Method string
	Path   string // with its {parameters}, from the host on
	API    API
	Tier   int    // of Knock's rate limits, 1 to 5; 0 where none is published
	Source string // the description it was found in; "" for the table of this package
}

// Table are the operations of Knock's APIs.
func Table() []Operation { return slices.Clone(table) }

// Parameters are the names in the path, in order.
func (o Operation) Parameters() (names []string) {
	for _, segment := range strings.Split(o.Path, "/") {
		if n, ok := parameter(segment); ok {
			names = append(names, n)
		}
	}
	return names
}

func parameter(segment string) (string, bool) {
	if len(segment) > 2 && segment[0] == '{' && segment[len(segment)-1] == '}' {
		return segment[1 : len(segment)-1], true
	}
	return "", false
}

// Changes says whether the operation may change something.
func (o Operation) Changes() bool { return o.Method != "GET" && o.Method != "HEAD" }

// Known finds an operation among those of Knock, whatever its description calls it and the
// parameters of its path.
func Known(method, path string) (Operation, bool) {
	for _, o := range table {
		if o.Method == method && samePath(o.Path, path) {
			return o, true
		}
	}
	return Operation{}, false
}

// samePath compares templates without regard to the names of their parameters.
func samePath(a, b string) bool {
	x, y := strings.Split(a, "/"), strings.Split(strings.TrimSuffix(b, "/"), "/")
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		_, p := parameter(x[i])
		_, q := parameter(y[i])
		if p != q || !p && x[i] != y[i] {
			return false
		}
	}
	return true
}

// choose picks from operations that share an id the one whose path asks for what the step gives. In
// Knock's description, cancelWorkflow is POST /v1/notify/cancel and "cancelWorkflow (2)" the cancel of
// a workflow; a document that says cancelWorkflow with a workflow's key means the latter.
func choose(all []Operation, id string, given []string) (Operation, bool) {
	var found []Operation
	for _, o := range all {
		base, _, _ := strings.Cut(o.ID, " (")
		switch {
		case o.ID == id:
			found = slices.Insert(found, 0, o)
		case base == id:
			found = append(found, o)
		}
	}
	if len(found) == 0 {
		return Operation{}, false
	}
	best, most := found[0], -1
	for _, o := range found {
		matched := 0
		asked := o.Parameters()
		for _, p := range asked {
			if slices.Contains(given, p) {
				matched++
			}
		}
		if matched == len(asked) && matched > most {
			best, most = o, matched
		}
	}
	return best, true
}
