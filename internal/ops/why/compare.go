package why

import (
	"context"

	"github.com/knockops/knockops/client"
	"github.com/knockops/knockops/internal/ops"
)

// Row is one step of two routes, side by side. Either side may lack it.
type Row struct {
	Title   string `json:"title"`
	Left    *Hop   `json:"left,omitempty"`
	Right   *Hop   `json:"right,omitempty"`
	Differs bool   `json:"differs,omitempty"`
}

// Comparison is two answers with their routes side by side.
type Comparison struct {
	Left  Answer `json:"left"`
	Right Answer `json:"right"`
	Rows  []Row  `json:"rows"`
	// Parts is the first row in which the two differ, -1 where none does.
	Parts int `json:"parts_at"`
}

// AskBoth answers two questions and compares the answers. Where the second names a recipient alone, its run of the
// first one's trigger is meant, or else its latest run of that workflow.
func AskBoth(ctx context.Context, s *ops.Session, left, right Question, progress func(Progress)) (Comparison, error) {
	l, err := Ask(ctx, s, left, progress)
	if err != nil {
		return Comparison{}, err
	}
	if right == (Question{Recipient: right.Recipient}) && right.Recipient != (client.Ref{}) && l.Run != "" {
		of := right
		of.Trigger, of.Workflow = l.WorkflowRunID, l.Workflow
		if r, err := Ask(ctx, s, of, progress); err == nil && r.Run != "" {
			return Compare(l, r), nil
		}
		right.Workflow = l.Workflow
	}
	r, err := Ask(ctx, s, right, progress)
	return Compare(l, r), err
}

// Compare puts two routes side by side: hops of the same kind and title, in their order, stand in one row.
func Compare(left, right Answer) Comparison {
	c := Comparison{Left: left, Right: right, Parts: -1}
	l, r := left.Route, right.Route
	for len(l) > 0 || len(r) > 0 {
		switch {
		case len(l) > 0 && len(r) > 0 && same(l[0], r[0]):
			c.add(&l[0], &r[0])
			l, r = l[1:], r[1:]
		case len(l) > 0 && !among(l[0], r):
			c.add(&l[0], nil)
			l = l[1:]
		case len(r) > 0:
			c.add(nil, &r[0])
			r = r[1:]
		}
	}
	if c.Parts < 0 && left.Cause != right.Cause {
		c.Parts = len(c.Rows) - 1
	}
	return c
}

func same(a, b Hop) bool { return a.Hop == b.Hop && a.Title == b.Title }

func among(h Hop, hops []Hop) bool {
	for _, o := range hops {
		if same(h, o) {
			return true
		}
	}
	return false
}

func (c *Comparison) add(l, r *Hop) {
	row := Row{Left: l, Right: r, Differs: l == nil || r == nil || l.Outcome != r.Outcome}
	if l != nil {
		row.Title = l.Title
	} else {
		row.Title = r.Title
	}
	if row.Differs && c.Parts < 0 {
		c.Parts = len(c.Rows)
	}
	c.Rows = append(c.Rows, row)
}
