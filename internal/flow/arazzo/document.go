// Package arazzo reads Arazzo documents, versions 1.0 and 1.1, into a model that knows where
// everything stands.
package arazzo

import (
	"github.com/knockops/knockops/internal/flow/expr"
)

// Document is an Arazzo Description.
type Document struct {
	File        string // where it was read from, as errors name it
	Version     string // of the specification
	Self        string
	Title       string
	Summary     string
	Description string
	InfoVersion string
	Sources     []Source
	Workflows   []Workflow
	Components  Components
	Root        *Node
}

// Text is a string with its place.
type Text struct {
	S   string
	Pos Pos
}

// Source is a Source Description Object.
type Source struct {
	Name, URL, Type string
	Pos             Pos
}

// Components is a Components Object.
type Components struct {
	Inputs     *Node
	Parameters map[string]Parameter
	Success    map[string]Action
	Failure    map[string]Action
}

// Workflow is a Workflow Object.
type Workflow struct {
	ID, Summary, Description string
	Inputs                   *Node // a JSON Schema; nil when there is none
	DependsOn                []Text
	Steps                    []Step
	Success, Failure         []Action
	Outputs                  []Output
	Parameters               []Parameter
	Index                    int // in its document
	Pos                      Pos
}

// Step is a Step Object.
type Step struct {
	ID, Description                                   string
	OperationID, OperationPath, ChannelPath, Workflow Text
	Parameters                                        []Parameter // with those of the workflow
	Body                                              *Body
	Criteria                                          []Criterion
	OnSuccess, OnFailure                              []Action // with those of the workflow
	Outputs                                           []Output
	Timeout                                           int // milliseconds; 0 for none
	CorrelationID                                     *Node
	Action                                            string // send, receive or ""
	DependsOn                                         []Text
	Pos                                               Pos
}

// Target is what the step calls: an operation, a channel or a workflow, as it is written.
func (s *Step) Target() Text {
	for _, t := range []Text{s.OperationID, s.OperationPath, s.ChannelPath, s.Workflow} {
		if t.S != "" {
			return t
		}
	}
	return Text{}
}

// Parameter is a Parameter Object.
type Parameter struct {
	Name, In string
	Value    *Node
	Pos      Pos
}

// Body is a Request Body Object.
type Body struct {
	ContentType  string
	Payload      *Node
	Replacements []Replacement
	Pos          Pos
}

// Replacement is a Payload Replacement Object.
type Replacement struct {
	Target   Text
	Language expr.Language // "" where the content type decides
	Value    *Node
}

// Criterion is a Criterion Object.
type Criterion struct {
	Context, Condition Text
	Language           expr.Language
}

// Action is a Success or a Failure Action Object.
type Action struct {
	Name, Type       string // end, goto or retry
	StepID, Workflow Text
	RetryAfter       float64 // seconds
	RetryLimit       int
	Criteria         []Criterion
	Parameters       []Parameter
	Pos              Pos
}

// The types of actions.
const (
	End   = "end"
	Goto  = "goto"
	Retry = "retry"
)

// Output is a member of an outputs map: an expression or a Selector Object.
type Output struct {
	Name  string
	Value *Node
	Pos   Pos
}

// WorkflowByID finds a workflow; nil when there is none.
func (d *Document) WorkflowByID(id string) *Workflow {
	for i := range d.Workflows {
		if d.Workflows[i].ID == id {
			return &d.Workflows[i]
		}
	}
	return nil
}

// Source finds a source description; nil when there is none.
func (d *Document) Source(name string) *Source {
	for i := range d.Sources {
		if d.Sources[i].Name == name {
			return &d.Sources[i]
		}
	}
	return nil
}

// Step finds a step; -1 when there is none.
func (w *Workflow) Step(id string) int {
	for i := range w.Steps {
		if w.Steps[i].ID == id {
			return i
		}
	}
	return -1
}
